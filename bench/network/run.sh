#!/usr/bin/env bash
# Networks beside PyTorch: a table of training steps on the same layers.
#   bash bench/network/run.sh [THREADS REPEATS]
# Compiles for this machine. $NETWORK_PYTHON is a Python with PyTorch; without one an environment is made in build/network (gigabytes).
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/network/models
${CXX:-c++} -std=c++20 -O3 -march=native -DNDEBUG -Iinclude bench/network/network.cpp -o build/network/network -pthread
python=${NETWORK_PYTHON:-build/network/venv/bin/python}
if [ ! -x "$python" ]; then
    python3 -m venv build/network/venv
    "$python" -m pip install --quiet torch numpy
fi
exec "$python" bench/network/network.py build/network/network build/network/models "$@"
