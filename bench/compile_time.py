#!/usr/bin/env python3
"""Compile times of what users write, against an empty program; median of several runs, without ccache.

    python3 bench/compile_time.py [--runs N] [compiler ...]

`decode core` includes a codec of three panels and a generated header (4,800 parameters), and decodes a stream; `photo`
encodes and decodes with the preset, `everything` the same behind triptych.hpp; `lossless` does so for 5 types of samples
and 4 ranks. The goals are the project's own, at -O2 beyond the empty program: 1.0, 3.5 and 4.0 s.
"""

import argparse
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

EMPTY = "int main() {}\n"

# A learned codec, and the program that writes its header, with components that no training chose.
CODEC = """
#include <cstdint>
#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/pca.hpp>
using tiles = triptych::codec<triptych::transform::pca<8, 8, 24>, triptych::quantizer::uniform,
                              triptych::coder::range<>>;
"""

GENERATOR = CODEC + """
#include <iostream>
#include <vector>
#include <triptych/learn/storage/header.hpp>
int main() {
    std::vector<std::int32_t> mean(192);
    std::vector<std::int16_t> basis(24 * 192);
    for (std::size_t k = 0; k < basis.size(); ++k) basis[k] = static_cast<std::int16_t>(k * 37 % 4001) - 2000;
    triptych::transform::pca<8, 8, 24> pca;
    pca.mean = {mean.data(), triptych::dims{192}};
    pca.basis = {basis.data(), triptych::dims{24, 192}};
    triptych::write_header(std::cout, "tiles_model", tiles{pca, {}, {}});
}
"""

DECODE_CORE = CODEC + """
#include "tiles_model.hpp"
constexpr tiles codec{tiles_model};
int main(int count, char **arguments) {
    auto const bytes = std::as_bytes(std::span(arguments[0], static_cast<std::size_t>(count)));
    auto const decoded = codec.try_decode(bytes);
    return decoded.error ? 1 : decoded.value.data()[0];
}
"""

PHOTO = """
#include <triptych/presets.hpp>
int main(int count, char **) {
    std::uint8_t const samples[12] = {static_cast<std::uint8_t>(count)};
    auto const stream = triptych::photo{}.encode(triptych::picture_view<std::uint8_t, 2>{samples, {2, 2}, 3});
    return triptych::photo{}.decode(stream).data()[0];
}
"""

LOSSLESS = """
#include <triptych/presets.hpp>
template <class S, std::size_t R>
int both() {
    triptych::extents<R> shape;
    shape.fill(4);
    triptych::picture<S, R> const x(shape, 1);
    auto const stream = triptych::lossless{}.encode(x.view());
    return triptych::lossless{}.decode<S, R>(stream).size() == 0;
}
template <class S>
int ranks() { return both<S, 1>() + both<S, 2>() + both<S, 3>() + both<S, 4>(); }
int main() {
    return ranks<std::uint8_t>() + ranks<std::uint16_t>() + ranks<std::int16_t>() + ranks<std::int32_t>() +
           ranks<float>();
}
"""


def seconds(compiler, source, flags):
    """User and system time of one compilation: what the machine's other work disturbs least."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [compiler, "-std=c++20", *flags, f"-I{ROOT / 'include'}", "-c", source.name, "-o", "/dev/null"],
        cwd=source.parent, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("compilers", nargs="*", default=["g++", "clang++"])
    options = parser.parse_args()

    programs = [("empty", EMPTY, None), ("decode core", DECODE_CORE, 1.0), ("photo", PHOTO, 3.5),
                ("everything", PHOTO.replace("presets.hpp", "triptych.hpp"), None), ("lossless", LOSSLESS, 4.0)]
    missed = False
    print(f"{'compiler':10} {'program':12} {'flags':6} {'seconds':>8} {'more':>7} {'goal':>6}")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "generator.cpp").write_text(GENERATOR)
        subprocess.run([options.compilers[0], "-std=c++20", f"-I{ROOT / 'include'}", "generator.cpp", "-o", "generator"],
                       cwd=folder, check=True)
        (folder / "tiles_model.hpp").write_text(subprocess.check_output([folder / "generator"], text=True))
        for compiler in options.compilers:
            if not shutil.which(compiler):
                print(f"{compiler:10} is not installed")
                continue
            for flags in ["-O0"], ["-O2"]:
                empty = 0.0
                for name, text, goal in programs:
                    source = folder / (name.replace(" ", "_") + ".cpp")
                    source.write_text(text)
                    took = statistics.median(seconds(compiler, source, flags) for _ in range(options.runs))
                    if name == "empty":
                        empty = took
                    more = took - empty
                    late = goal is not None and flags == ["-O2"] and more > goal
                    missed |= late
                    print(f"{compiler:10} {name:12} {flags[0]:6} {took:8.2f} {more:7.2f} "
                          f"{'' if goal is None else f'{goal:.1f}':>6}{'  missed' if late else ''}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
