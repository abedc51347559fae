#!/usr/bin/env bash
# Writes all golden streams anew with today's encoders: of codecs without learned state, of the learned ones of tests/learned/entries.hpp, and
# the pack. For changes of the format, and for new policies.
#   bash tests/renew.sh [--models [NAME…]]
#     --models       learns the models of tests/models first: all of them, or those of the entries named. Needed for a new entry, and where
#                    a learner or the state of a policy has changed. Streams with them change, too.
# Builds with the preset `dev`. Look at `git diff --stat` behind it: what you did not mean to change must not be there.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
-h | --help) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0"; exit 0 ;;
--models)
    cmake --preset dev >/dev/null
    cmake --build --preset dev --target make_models
    build/dev/tests/learned/make_models tests/models "${@:2}"
    ;;
'') ;;
*) echo "renew.sh: unknown option $1; --help lists them" >&2; exit 1 ;;
esac
cmake --preset dev >/dev/null
cmake --build --preset dev --target golden_add
build/dev/tests/golden/golden_add tests/golden --renew
