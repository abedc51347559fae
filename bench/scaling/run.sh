#!/usr/bin/env bash
# What tiles bring and cost: threads, regions, streamed rows, time against size (build/scaling.png, log-log).
#   bash bench/scaling/run.sh [PICTURE.ppm] [--large]     --large: up to 100 Mpixel, some minutes
set -euo pipefail
cd "$(dirname "$0")/../.."
. bench/environment.sh
need_python bench/scaling matplotlib
[ -d build/release ] || cmake --preset release
cmake --build --preset release --target bench_scaling
build/release/bench/bench_scaling "$@" | tee build/scaling.txt
.venv/bin/python bench/scaling/plot.py build/scaling.txt build/scaling.png
