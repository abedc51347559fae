#!/usr/bin/env bash
# The learners beside scikit-learn, faiss and MiniSom: a table, and a plot of time against size.
#   bash bench/learners/run.sh [options of learners.py]
# Compiles for this machine and makes a Python environment in build/learners if there is none.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/learners
eigen=$(pkg-config --cflags-only-I eigen3 2>/dev/null | sed 's/-I/-isystem /g' || true)
# shellcheck disable=SC2086
${CXX:-c++} -std=c++20 -O3 -march=native -DNDEBUG -Iinclude ${eigen:--isystem /usr/include/eigen3} \
    bench/learners/learners.cpp -o build/learners/learners -pthread
python=${LEARNERS_PYTHON:-build/learners/venv/bin/python}
if [ ! -x "$python" ]; then
    python3 -m venv build/learners/venv
    "$python" -m pip install --quiet --requirement bench/learners/requirements.txt
fi
exec "$python" bench/learners/learners.py "$@"
