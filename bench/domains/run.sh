#!/usr/bin/env bash
# Codecs learned on small pictures of one kind, judged on unseen ones beside general codecs on the same files.
#   bash bench/domains/run.sh DATA [DOMAIN...] [--choose] [--peers N]
# DATA holds xray/, digits/, cells/, emoji/ and emoji-test/, see small_pictures.py. Builds the tool and makes a Python environment in .venv if there is none.
set -euo pipefail
cd "$(dirname "$0")/../.."
. bench/environment.sh
[ $# -ge 1 ] || { echo "usage: bash bench/domains/run.sh DATA [DOMAIN...]" >&2; exit 1; }
need_tool
need_python bench/domains 'imagecodecs, numpy, PIL, zstandard'
exec .venv/bin/python bench/domains/small_pictures.py build/release/bin/triptych "$@"
