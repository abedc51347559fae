#!/usr/bin/env bash
# Rate-distortion curves and a BD-rate table of triptych and its peers on a folder of pictures.
#   bash bench/peers/run.sh DIR [options of peers.py]
# Builds the tool and makes a Python environment in .venv if there is none.
set -euo pipefail
cd "$(dirname "$0")/../.."
. bench/environment.sh
[ $# -ge 1 ] || { echo "usage: bash bench/peers/run.sh DIR [--lossless] [--codecs a,b] [--limit N]" >&2; exit 1; }
need_tool
need_python bench/peers 'imagecodecs, matplotlib, scipy, PIL'
exec .venv/bin/python bench/peers/peers.py "$@"
