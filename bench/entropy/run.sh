#!/usr/bin/env bash
# Size and speed of every entropy coder of the registry, and of its peers, on residuals and coefficients of real pictures; one core.
#   bash bench/entropy/run.sh [PICTURES...] [--only TEXT]
# PICTURES: files or folders, examples/pictures if none are given. --only: coders whose names hold TEXT. Peers are those that are installed: zstd and
# htscodecs (Debian: libzstd-dev, libhtscodecs-dev), and constriction, which is put into .venv. MB/s are millions of symbols a second. What the coders
# execute, in instructions, is counted by instructions.py.
set -euo pipefail
cd "$(dirname "$0")/../.."
. bench/environment.sh
pictures=() only=()
while [ $# -gt 0 ]; do
    case $1 in
    --only) only=(--only "$2"); shift ;;
    *) pictures+=("$1") ;;
    esac
    shift
done
((${#pictures[@]})) || pictures=(examples/pictures)
cmake --preset release >/dev/null
cmake --build --preset release --target bench_entropy >&2
build/release/bench/bench_entropy "${only[@]}" "${pictures[@]}"
((${#only[@]})) && exit 0
need_python bench/entropy constriction || exit 0
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
build/release/bench/bench_entropy --dump "$folder" "${pictures[@]}"
printf '\nresiduals, through numpy\n\n'
.venv/bin/python bench/entropy/constriction_speed.py "$folder"
