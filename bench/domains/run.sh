#!/usr/bin/env bash
# Codecs learned on small pictures of one kind, judged on unseen ones beside general codecs on the same files.
#   bash bench/domains/run.sh DATA [DOMAIN...] [--choose] [--peers N]
# DATA holds xray/, digits/, cells/, emoji/ and emoji-test/, see small_pictures.py. Builds the tool and makes a Python environment in .venv if there is none.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 1 ] || { echo "usage: bash bench/domains/run.sh DATA [DOMAIN...]" >&2; exit 1; }
if [ ! -x build/release/bin/triptych ]; then
    cmake --preset release
    cmake --build --preset release --target triptych_cli
fi
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -c 'import imagecodecs, numpy, PIL, zstandard' 2>/dev/null ||
    .venv/bin/python -m pip install --quiet --requirement bench/domains/requirements.txt
exec .venv/bin/python bench/domains/small_pictures.py build/release/bin/triptych "$@"
