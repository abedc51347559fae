// bench/scaling/scaling.cpp: what tiles are for, in figures: threads, regions, rows that stream, time against size.
//
//   scaling [PICTURE.ppm] [--large]      a line a figure, and `size` lines for plot.py
//
// The picture, or the synthetic one of bench/picture.hpp, is repeated, each copy shifted in brightness, to the sizes asked for. Ratios are of
// runs within this process, each the least of three; whole pictures of 100 Mpixel and more with --large.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <vector>

#include <triptych/presets.hpp>
#include <triptych/rows.hpp>
#include <triptych/threads.hpp>

#include "../picture.hpp"

namespace {
using namespace triptych;

/// Of f, the least of some runs, in seconds.
template <class F>
auto seconds(int runs, F &&f) -> double {
    double least = 1e300;
    for (int i = 0; i < runs; ++i) {
        auto const began = std::chrono::steady_clock::now();
        f();
        least = std::min(least,
                         std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    }
    return least;
}

/// Rows [first, first + n) of the repeated picture, w pixels wide.
void fill(std::size_t first, std::size_t n, std::size_t w, std::uint8_t *to) {
    auto const &p = bench::picture();
    for (std::size_t y = first; y < first + n; ++y)
        for (std::size_t x = 0; x < w; ++x) {
            auto const shift = static_cast<int>((x / p.width * 7 + y / p.height * 13) % 32) - 16;
            auto const *const from = p.samples.data() + (y % p.height * p.width + x % p.width) * 3;
            for (int c = 0; c < 3; ++c) *to++ = static_cast<std::uint8_t>(std::clamp(from[c] + shift, 0, 255));
        }
}
auto square(std::size_t side) -> picture<std::uint8_t, 2> {
    picture<std::uint8_t, 2> x({side, side}, 3);
    fill(0, side, side, x.data());
    return x;
}
auto peak_megabytes() -> double {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <class C>
using in_one_piece = codec<typename C::transform_type, typename C::quantizer_type, typename C::coder_type>;

template <class C>
void threads_and_cost(char const *name, quality const &goal) {
    auto const x = square(4096);
    C const c;
    auto const bytes = c.encode(x, goal), whole_bytes = in_one_piece<C>{}.encode(x, goal);
    auto const e1 = seconds(2, [&] { (void)c.encode(x, goal); });
    auto const e2 = seconds(2, [&] { (void)c.encode(x, goal, framing::file, threads(2)); });
    auto const d1 = seconds(2, [&] { (void)c.decode(bytes); });
    auto const d2 = seconds(2, [&] { (void)c.decode(bytes, {}, threads(2)); });
    std::printf("%s, 16 Mpixel: encode %.2f s, 2 threads %.2f x; decode %.2f s, 2 threads %.2f x; tiles cost %+.2f %% "
                "of %zu bytes\n",
                name, e1, e1 / e2, d1, d1 / d2,
                100 * (static_cast<double>(bytes.size()) / static_cast<double>(whole_bytes.size()) - 1),
                whole_bytes.size());
    std::fflush(stdout);
}

template <class C>
void regions(char const *name, quality const &goal) {
    auto const x = square(8192);
    C const c;
    auto const bytes = c.encode(x, goal, framing::file, threads(0));
    auto const all = seconds(1, [&] { (void)c.decode(bytes); });
    double sum = 0, worst = 0;
    constexpr int places = 64;
    for (int k = 0; k < places; ++k) {
        box<2> const where{{static_cast<std::size_t>(k * 3929 % 7936), static_cast<std::size_t>(k * 2777 % 7936)},
                           {256, 256}};
        auto const t = seconds(2, [&] { (void)c.decode_region(bytes, where); });
        sum += t, worst = std::max(worst, t);
    }
    std::printf("%s, 64 Mpixel: a region of 256 x 256 takes 1/%.0f of the whole (mean of %d places), 1/%.0f at worst\n",
                name, all / (sum / places), places, all / worst);
    std::fflush(stdout);
}

/// Rows in, rows out; nothing holds the picture.
template <class C>
void streamed(char const *name, std::size_t side, quality const &goal) {
    std::vector<std::byte> bytes;
    std::size_t at = 0;
    auto const e = seconds(1, [&] {
        encode_rows<std::uint8_t, 2>(
            C{}, {side, side}, 3, goal, [&](std::size_t n, std::uint8_t *to) { fill(at, n, side, to), at += n; },
            [&](std::span<std::byte const> more) { bytes.insert(bytes.end(), more.begin(), more.end()); }, threads(2));
    });
    std::size_t from = 0, rows = 0;
    auto const d = seconds(1, [&] {
        auto const wrong = decode_rows<std::uint8_t, 2>(
            C{},
            [&](std::span<std::byte> to) {
                auto const n = std::min(to.size(), bytes.size() - from);
                std::memcpy(to.data(), bytes.data() + from, n);
                return from += n, n;
            },
            [](stream_info const &) {}, [&](std::size_t n, std::uint8_t const *) { rows += n; },
            {std::uint64_t{1} << 40, std::uint64_t{1} << 33}, threads(2));
        if (wrong) std::printf("%s: %s\n", name, message(wrong.code));
    });
    std::printf("%s, %.0f Mpixel streamed: encode %.1f s, decode %.1f s, %zu rows; peak of the process %.0f MB, of which "
                "%.0f MB are the stream\n",
                name, static_cast<double>(side * side) / 1e6, e, d, rows, peak_megabytes(),
                static_cast<double>(bytes.size()) / 1e6);
    std::fflush(stdout);
}

template <class C>
void sizes(char const *name, quality const &goal, bool large) {
    for (std::size_t const side : {100u, 178u, 316u, 562u, 1000u, 1778u, 3162u, 5623u, 10000u}) {
        if (side > 5700 && !large) continue;
        auto const x = square(side);
        int const runs = side < 600 ? 9 : side < 1800 ? 3 : 1;
        std::vector<std::byte> bytes;
        auto const e = seconds(runs, [&] { bytes = C{}.encode(x, goal); });
        auto const d = seconds(runs, [&] { (void)C{}.decode(bytes); });
        std::printf("size %s %.4f %.6f %.6f %zu\n", name, static_cast<double>(side * side) / 1e6, e, d, bytes.size());
        std::fflush(stdout);
    }
}
} // namespace

int main(int count, char **arguments) {
    bool large = false;
    for (int i = 1; i < count; ++i) {
        if (std::string_view(arguments[i]) == "--large")
            large = true;
        else
            setenv("TRIPTYCH_BENCH_PICTURE", arguments[i], 1);
    }
    // First what has a peak of memory: it must not be that of the others.
    if (large) streamed<photo>("photo", 10000, scale(75));
    if (large) streamed<lossless>("lossless", 10000, exact);
    threads_and_cost<photo>("photo at scale 75", scale(75));
    threads_and_cost<photo>("photo at scale 50", scale(50));
    threads_and_cost<lossless>("lossless", exact);
    regions<photo>("photo", scale(75));
    regions<lossless>("lossless", exact);
    sizes<photo>("photo", scale(75), large);
    sizes<lossless>("lossless", exact, large);
}
