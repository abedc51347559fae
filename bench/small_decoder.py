#!/usr/bin/env python3
"""Speed and size of a decoder that holds its model: small gray pictures of one size, in record framing.

    python3 bench/small_decoder.py [--train STACK.npy --test STACK.npy] [--step S] [--runs N] [compiler ...]

Learns a codec of eigenpictures from the first stack (uint8, n x h x w), compiles it as a header into a program without exceptions and RTTI that
links the C library alone, and prints for each compiler and -O the bytes of the stripped program beside its model, and pictures a second of CPU
time, the best of N runs over the second stack. Without stacks the pictures are blobs that a formula draws.
"""
import argparse
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

CODEC = """
#include <cstdint>
#include <triptych/codec.hpp>
#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/learned_dead_zone.hpp>
#include <triptych/transform/eigenpicture.hpp>
using scans = triptych::codec<triptych::transform::eigenpicture, triptych::quantizer::learned_dead_zone,
                              triptych::coder::range<triptych::model::conditional_scale>>;
"""

# Reads raw stacks, writes model.hpp and records.hpp: the records one after another, and their lengths.
GENERATOR = CODEC + """
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>
#include <triptych/learn.hpp>
#include <triptych/metric/error.hpp>
using triptych::picture;
auto stack(char const *path, std::size_t h, std::size_t w) {
    std::ifstream in(path, std::ios::binary);
    std::string const s((std::istreambuf_iterator<char>(in)), {});
    std::vector<picture<std::uint8_t, 2>> all;
    for (std::size_t i = 0; i + h * w <= s.size(); i += h * w) {
        picture<std::uint8_t, 2> p({h, w}, 1);
        std::copy(s.begin() + i, s.begin() + i + h * w, p.data());
        all.push_back(std::move(p));
    }
    return all;
}
int main(int, char **a) {
    auto const h = std::strtoul(a[3], nullptr, 10), w = std::strtoul(a[4], nullptr, 10);
    triptych::fit_options options;
    options.aim.step = std::strtof(a[5], nullptr);
    auto const codec = triptych::fit<scans>(stack(a[1], h, w), options);
    triptych::write_header(std::string("model.hpp"), "scans_model", codec);
    std::ofstream out("records.hpp");
    std::string lengths;
    double bytes = 0, psnr = 0, n = 0;
    out << "inline constexpr unsigned char records[] = {\\n";
    for (auto const &x : stack(a[2], h, w)) {
        auto const b = codec.encode(x, triptych::step(options.aim.step), triptych::framing::record);
        for (auto const v : b) out << std::to_integer<int>(v) << ',';
        out << '\\n';
        lengths += std::to_string(b.size()) + ",";
        auto const y = codec.decode<std::uint8_t, 2>(b, triptych::framing::record, x.shape(), 1);
        bytes += static_cast<double>(b.size()), psnr += triptych::metric::psnr(x, y), ++n;
    }
    out << "};\\ninline constexpr unsigned short lengths[] = {" << lengths << "};\\nconstexpr std::size_t height = " << h
        << ", width = " << w << ";\\n";
    std::cout << codec.transform().vectors() << " vectors, " << n << " unseen pictures: " << bytes / n << " bytes each at " << psnr / n << " dB\\n";
}
"""

DECODER = CODEC + """
#include <unistd.h>
#include "model.hpp"
constexpr scans decoder{scans_model};
int main() {
    static unsigned char record[65536];
    auto const n = read(0, record, sizeof record);
    auto const bytes = std::as_bytes(std::span(record, n < 0 ? 0 : static_cast<std::size_t>(n)));
    auto const y = decoder.try_decode<std::uint8_t, 2>(bytes, triptych::framing::record, {HEIGHT, WIDTH}, 1);
    return !y || write(1, y.value.data(), y.value.size()) < 0;
}
"""

SPEED = CODEC + """
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include "model.hpp"
#include "records.hpp"
constexpr scans decoder{scans_model};
int main(int, char **a) {
    auto const seconds = [] {
        timespec t;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
    };
    double best = 1e9;
    unsigned sum = 0;
    for (int run = std::atoi(a[1]); run >= 0; --run) {
        auto const start = seconds();
        auto const *at = records;
        for (auto const n : lengths) {
            auto const y = decoder.try_decode<std::uint8_t, 2>(std::as_bytes(std::span(at, n)), triptych::framing::record, {height, width}, 1);
            if (!y) return 1;
            if (run == 0) sum = triptych::crc32c(std::as_bytes(y.value.samples()), sum);
            at += n;
        }
        if (run != 0) best = std::min(best, seconds() - start);
    }
    std::printf("%.0f %08x", sizeof lengths / sizeof lengths[0] / best, sum);
}
"""


def blobs(n, seed):
    """n pictures of 28 x 28: a bright blob on a slope, and noise."""
    state, out = seed, bytearray()

    def random():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) & (1 << 64) - 1
        return (state >> 40) / (1 << 24)

    for _ in range(n):
        cy, cx, size, light, slope = 10 + 8 * random(), 10 + 8 * random(), 20 + 60 * random(), 80 + 90 * random(), 3 * random()
        for y in range(28):
            for x in range(28):
                r = ((y - cy) ** 2 + (x - cx) ** 2) / size
                out.append(int(min(255, 20 + slope * y + light / (1 + r * r) + 12 * random())))
    return bytes(out), 28, 28


def npy(path):
    data = pathlib.Path(path).read_bytes()
    size, = struct.unpack("<H", data[8:10])
    head = data[10 : 10 + size].decode()
    shape = [int(v) for v in re.search(r"'shape': \((\d+), (\d+), (\d+)", head).groups()]
    assert "|u1" in head and "'fortran_order': False" in head, f"{path}: not uint8 in C order"
    return data[10 + size :], *shape[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--train")
    parser.add_argument("--test")
    parser.add_argument("--step", default="16")
    parser.add_argument("--runs", default="60")
    parser.add_argument("compilers", nargs="*", default=["g++", "clang++"])
    options = parser.parse_args()
    train, h, w = npy(options.train) if options.train else blobs(2000, 1)
    test, *_ = npy(options.test) if options.test else blobs(500, 7)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)

        def build(compiler, name, *flags, libraries=()):
            subprocess.run([compiler, "-std=c++20", "-DNDEBUG", f"-DHEIGHT={h}", f"-DWIDTH={w}", *flags, f"-I{ROOT}/include", "-isystem",
                            "/usr/include/eigen3", f"{name}.cpp", "-o", name, *libraries], cwd=folder, check=True)

        for name, text in ("generate", GENERATOR), ("decoder", DECODER), ("speed", SPEED):
            (folder / f"{name}.cpp").write_text(text)
        (folder / "train.raw").write_bytes(train)
        (folder / "test.raw").write_bytes(test)
        build(options.compilers[0], "generate", "-O2", "-pthread")
        subprocess.run(["./generate", "train.raw", "test.raw", str(h), str(w), options.step], cwd=folder, check=True)
        header = (folder / "model.hpp").read_text()
        sizes = {"int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4}
        model = 0
        for kind, extents in re.findall(r"element::(\w+), \.shape = triptych::dims\{([^}]*)\}", header):
            count = sizes[kind]
            for e in extents.split(","):
                count *= int(e.strip(" u"))
            model += count
        print(f"the model takes {model:,} bytes\n\n{'':28}decoder, bytes   pictures/s\n")
        sums = set()
        for compiler in options.compilers:
            if not shutil.which(compiler):
                continue
            for flags in ["-Os"], ["-O2"], ["-O3"], ["-O3", "-march=native"]:
                small = ["-fno-exceptions", "-fno-rtti", "-ffunction-sections", "-Wl,--gc-sections"]
                build(compiler, "decoder", *flags, *small, "-nodefaultlibs", libraries=["-lc", "-lgcc"])
                subprocess.run(["strip", "decoder"], cwd=folder, check=True)
                build(compiler, "speed", *flags, *small)
                speed, checksum = subprocess.run(["./speed", options.runs], cwd=folder, check=True, capture_output=True,
                                                 text=True).stdout.split()
                sums.add(checksum)
                print(f"{compiler + ' ' + ' '.join(flags):28}{os.path.getsize(folder / 'decoder') - model:14,}{int(speed):13,}", flush=True)
        assert len(sums) == 1, "compilers do not agree on the pictures"


if __name__ == "__main__":
    main()
