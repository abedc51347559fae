#!/usr/bin/env bash
# Installs what is missing, builds everything and runs all tests: with the sanitizers, then optimised with g++. Clang takes part in the
# tests of determinism and of programs that must not compile; `--all` builds and runs all tests with it, too.
#   bash tests/run.sh [--quick] [--all] [--cross] [--long] [--no-install] [preset …]
#     --quick        the release preset alone
#     --all          clang, asan and release, and --cross; the sanitizers on all tests, not only on what decodes and parses
#     --cross        installs cross compilers and emulators (650 MB), so that streams are decoded on i686, aarch64 and s390x, too
#     --long         the long runs too: 10⁶ mutated streams for each preset codec; takes hours
#     --no-install   leave the system's packages and .venv as they are
#     preset …       these presets of CMakePresets.json, in this order, instead of `asan release`
# Needs bash and git; on Debian or Ubuntu apt (as root or with sudo) gets the rest. Python packages go to .venv, never
# elsewhere. May be run again and again; a second run builds only what has changed.
set -uo pipefail
cd "$(dirname "$0")/.."

presets=() install=1 long=OFF cross=() all=
others=(g++-i686-linux-gnu g++-aarch64-linux-gnu g++-s390x-linux-gnu qemu-user)
for argument in "$@"; do
    case $argument in
    --quick) presets=(release) ;;
    --all) presets=(clang asan release) cross=("${others[@]}") all=1 ;;
    --cross) cross=("${others[@]}") ;;
    --long) long=ON ;;
    --no-install) install=0 ;;
    -h | --help) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    -*) echo "run.sh: unknown option $argument; --help lists them" >&2; exit 1 ;;
    *) presets+=("$argument") ;;
    esac
done
((${#presets[@]})) || presets=(asan release)

started=$SECONDS begun=$(date +%s)
say() { printf '\n==> [%02d:%02d] %s\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)) "$*"; }

# --- what must be there ---------------------------------------------------------------------------------------------

packages=(g++ clang libclang-rt-dev cmake ninja-build ccache pkg-config python3-venv
    libboost-test-dev libeigen3-dev libxtensor-dev libxtensor-blas-dev liblapack-dev nlohmann-json3-dev libbenchmark-dev libcli11-dev libpng-dev libjpeg-dev "${cross[@]}")

install_packages() {
    local missing=() package sudo=()
    for package in "${packages[@]}"; do
        dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed' ||
            missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "run.sh: as root, run: apt-get install ${missing[*]}" >&2
            return 1
        }
        sudo=(sudo)
    fi
    say "Installing ${missing[*]}"
    "${sudo[@]}" apt-get -qq update &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${missing[@]}" \
            >/dev/null
}

# A stamp with the list's checksum says that .venv is as it should be.
install_python() {
    local stamp
    stamp=.venv/$(cksum <tests/requirements.txt | cut -d' ' -f1).stamp
    [ -e "$stamp" ] && return 0
    say "Installing Python packages into .venv"
    python3 -m venv .venv && .venv/bin/pip -q --disable-pip-version-check install -r tests/requirements.txt || return 1
    # The oldest CMake that may consume the library; there is a build for x86-64 alone.
    .venv/bin/pip -q --disable-pip-version-check install --upgrade --target .venv/cmake-3.15 'cmake==3.15.3' 2>/dev/null ||
        echo "no CMake 3.15 for this machine: the consumers are tested with the system's alone"
    touch "$stamp"
}

if ((install)); then
    if command -v apt-get >/dev/null; then
        install_packages || { echo "run.sh: the packages above could not be installed" >&2; exit 1; }
    else
        echo "run.sh: no apt here; expecting the likes of: ${packages[*]}"
    fi
    install_python || echo "run.sh: no Python packages; tests that need them are left out" >&2
fi

# --- each preset ----------------------------------------------------------------------------------------------------

jobs=$(nproc)
export CTEST_PARALLEL_LEVEL=$jobs NINJA_STATUS='[%f/%t %es] '
failed=()
for preset in "${presets[@]}"; do
    say "$preset: configure"
    options=(-DTRIPTYCH_LONG=$long)
    [ -n "$all" ] && options+=(-DTRIPTYCH_TEST_FOLDERS=)
    cmake --preset "$preset" "${options[@]}" || { failed+=("$preset (configure)"); continue; }
    # What sanitizers and the second compiler can't change is built and tested once, in the last preset.
    targets=(all all_verify_interface_header_sets) but=(-LE 'consumers|compile_fail|determinism')
    [ "$preset" = asan ] && targets=(all) but=(-LE 'consumers|compile_fail|determinism|build')
    [ "$preset" = "${presets[-1]}" ] && targets=(all all_verify_interface_header_sets) but=()
    say "$preset: build"
    cmake --build --preset "$preset" -j "$jobs" --target "${targets[@]}" || {
        failed+=("$preset (build)")
        continue
    }
    say "$preset: test"
    ctest --preset "$preset" "${but[@]}" || failed+=("$preset (test)")
done

# What the minutes went into: units that were compiled in this run, and tests.
dearest() {
    local preset
    for preset in "${presets[@]}"; do
        [ -e "build/$preset/.ninja_log" ] && awk -v p="$preset" -v since="$begun" 'NR > 1 && $3 / 1e9 >= since {
            printf "%8.1f s  %-8s build  %s\n", ($2 - $1) / 1000, p, $4 }' "build/$preset/.ninja_log"
        [ -e "build/$preset/Testing/Temporary/CTestCostData.txt" ] && awk -v p="$preset" '/^---/ { exit } NF == 3 {
            printf "%8.1f s  %-8s test   %s\n", $3, p, $1 }' "build/$preset/Testing/Temporary/CTestCostData.txt"
    done | sort -rn | awk '!seen[$0]++' | head -10
}
say "the ten dearest units of this run"
dearest

if ((${#failed[@]})); then
    say "FAILED: $(printf '%s; ' "${failed[@]}")see above"
    exit 1
fi
