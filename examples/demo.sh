#!/usr/bin/env bash
# Builds the command-line tool, compresses and restores real photographs, and shows how that compares with JPEG, WebP and PNG.
# On Debian and its kin it installs what it needs; elsewhere it says what that is. May be run again at any time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

packages=(g++ cmake ninja-build libpng-dev libjpeg-dev libcli11-dev nlohmann-json3-dev libeigen3-dev libxtensor-dev
          python3-pil fonts-dejavu-core)

installed() { dpkg-query -W -f '${Status}\n' "$@" 2>/dev/null | grep -c '^install ok installed$'; }

if command -v apt-get >/dev/null; then
    if [ "$(installed "${packages[@]}" || true)" -ne "${#packages[@]}" ]; then
        say "Installing what the tool is built with"
        root=()
        [ "$(id -u)" -eq 0 ] || root=(sudo)
        "${root[@]}" apt-get update -qq
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" \
            >/dev/null
    fi
    python=/usr/bin/python3
else
    for program in c++ cmake ninja python3; do
        command -v "$program" >/dev/null || missing+=("$program")
    done
    if [ -n "${missing[*]:-}" ]; then
        echo "Please install: ${missing[*]}; and the libraries libpng, libjpeg, CLI11, nlohmann/json, Eigen 3 and xtensor." >&2
        exit 1
    fi
    python=python3
    if ! "$python" -c 'import PIL' 2>/dev/null; then
        say "Setting up Pillow in build/demo/venv"
        [ -x build/demo/venv/bin/python ] || python3 -m venv build/demo/venv
        build/demo/venv/bin/pip install --quiet pillow
        python=build/demo/venv/bin/python
    fi
fi

say "Building the tool (two minutes or so on two cores, the first time)"
# A folder of its own: the presets' build/release also makes tests and benchmarks.
mkdir -p build/demo
cmake -S . -B build/demo/tool -G Ninja -DCMAKE_BUILD_TYPE=Release -DTRIPTYCH_TESTS=OFF -DTRIPTYCH_BENCHMARKS=OFF \
    -DTRIPTYCH_WERROR=OFF >build/demo/configure.log 2>&1 || { cat build/demo/configure.log >&2; exit 1; }
cmake --build build/demo/tool --target triptych_cli

say "Three photographs, there and back"
exec "$python" examples/demo.py build/demo/tool/bin/triptych examples/pictures build/demo
