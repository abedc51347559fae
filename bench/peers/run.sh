#!/usr/bin/env bash
# Rate-distortion curves and a BD-rate table of triptych and its peers on a folder of pictures.
#   bash bench/peers/run.sh DIR [options of peers.py]
# Builds the tool and makes a Python environment in .venv if there is none.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 1 ] || { echo "usage: bash bench/peers/run.sh DIR [--lossless] [--codecs a,b] [--limit N]" >&2; exit 1; }
if [ ! -x build/release/bin/triptych ]; then
    cmake --preset release
    cmake --build --preset release --target triptych_cli
fi
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -c 'import imagecodecs, matplotlib, scipy, PIL' 2>/dev/null ||
    .venv/bin/python -m pip install --quiet --requirement bench/peers/requirements.txt
exec .venv/bin/python bench/peers/peers.py "$@"
