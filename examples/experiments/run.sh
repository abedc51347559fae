#!/usr/bin/env bash
# Builds the experiments, runs them on real pictures, prints their tables and draws their figures.
#   bash examples/experiments/run.sh [DATA]
# Without DATA: the photographs of examples/pictures and the digits of examples/experiments/digits. DATA may hold more, each part if it is there:
#   digits/   *images*.npy (uint8, n x 28 x 28) and *labels*.npy, the first 8,000 to learn from
#   xray/     *.npz with train_images, train_labels, test_images, test_labels (0 is healthy)
#   emoji/    PNG files, RGBA
# Needs a C++ compiler, CMake, Ninja, Python and what the tool is built with (examples/demo.sh installs that); Python packages go to
# build/experiments/venv. Results: build/experiments/out, figures: build/experiments/figures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=examples/experiments build=build/experiments out=build/experiments/out
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

mkdir -p "$out"
python=${EXPERIMENTS_PYTHON:-$build/venv/bin/python}
if [ ! -x "$python" ]; then
    say "Setting up Python in $build/venv"
    python3 -m venv $build/venv
    "$python" -m pip install --quiet --disable-pip-version-check --requirement $here/requirements.txt
fi

say "Building (two minutes or so, the first time)"
cmake -S . -B $build/programs -G Ninja -DCMAKE_BUILD_TYPE=Release -DTRIPTYCH_TESTS=OFF -DTRIPTYCH_BENCHMARKS=OFF \
    -DTRIPTYCH_WERROR=OFF >$build/configure.log 2>&1 || { cat $build/configure.log >&2; exit 1; }
cmake --build $build/programs --target experiments
programs=$build/programs/bin/experiments

say "One photograph: code books, axes, coders"
$programs/picture examples/pictures/dog.png $out/dog
say "Code books at equal quality: orders of entries, escapes"
$programs/books $out/books 128 examples/pictures/{dog,city,reflect}.png
say "Products and sums of small code books, judged by another photograph"
$programs/large_books $out/large_books 256 2 examples/pictures/{dog,reflect,city}.png
say "Sets of transforms, and levels that lie where the values are"
$programs/sets $out/sets 2 examples/pictures/{dog,city,reflect}.png
$programs/levels $out/levels examples/pictures/{dog,city,reflect}.png
say "A photograph with noise and gaps"
$programs/restore examples/pictures/city.png $out/city 256 examples/pictures/dog.png examples/pictures/reflect.png

# name, images, labels or -, how many to learn from (0: four fifths)
features() {
    local set=$out/$1
    say "$1: generation";     $programs/generate "$2" "$set" "$4"
    say "$1: restoration";    $programs/restore "$2" "$set" "$4"
    if [ "$3" = - ]; then return 0; fi
    say "$1: classification"; $programs/classify "$2" "$3" "$set" "$4"
    say "$1: strangers";      $programs/anomaly "$2" "$3" "$set" "$4"
}
features digits-8x8 $here/digits/images.npy $here/digits/labels.npy 0
if [ $# -ge 1 ]; then
    "$python" $here/prepare.py "$1" $build/data
    for set in digits xray emoji; do
        [ -e $build/data/$set-images.npy ] || continue
        labels=$build/data/$set-labels.npy
        [ -e "$labels" ] || labels=-
        features $set $build/data/$set-images.npy "$labels" "$(cat $build/data/$set-learned)"
    done
fi

say "Figures"
"$python" $here/figures.py $out $build/figures
