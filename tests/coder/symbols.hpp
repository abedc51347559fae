// Bands of many layouts and contents, for tests of coders.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>

namespace triptych::test {

template <std::size_t R>
auto info_of(unsigned bits, std::size_t component = 0, std::size_t level = 0, std::size_t index = 0,
             role kind = role::signal) -> band_info<R> {
    band_info<R> i;
    i.bits = static_cast<std::uint8_t>(bits);
    i.at = {static_cast<std::uint16_t>(component), static_cast<std::uint8_t>(level), kind,
            static_cast<std::uint32_t>(index)};
    return i;
}

/// Three components of n × n blocks, and a side band of modes.
inline auto blocks(std::size_t h, std::size_t w, std::size_t n, unsigned bits) -> layout<2> {
    layout<2> l;
    for (std::size_t c = 0; c < 3; ++c)
        l.add_group({(h + n - 1) / n, (w + n - 1) / n}, n * n,
                    [&](std::size_t k) { return info_of<2>(bits, c, 0, k); });
    l.add({(h + n - 1) / n, (w + n - 1) / n}, info_of<2>(3, 0, 0, 0, role::side));
    return l;
}

/// What a dyadic wavelet leaves: the coarsest first.
inline auto pyramid(std::size_t h, std::size_t w, std::size_t levels, unsigned bits) -> layout<2> {
    layout<2> l;
    std::vector<std::pair<std::size_t, std::size_t>> sizes{{h, w}};
    for (std::size_t i = 0; i < levels; ++i)
        sizes.push_back({(sizes.back().first + 1) / 2, (sizes.back().second + 1) / 2});
    for (std::size_t c = 0; c < 2; ++c) {
        l.add({sizes.back().first, sizes.back().second}, info_of<2>(bits, c, levels, 0));
        for (auto i = levels; i-- > 0;) {
            auto const [fh, fw] = sizes[i];
            auto const [ch, cw] = sizes[i + 1];
            l.add({ch, fw - cw}, info_of<2>(bits, c, i, 1));
            l.add({fh - ch, cw}, info_of<2>(bits, c, i, 2));
            l.add({fh - ch, fw - cw}, info_of<2>(bits, c, i, 3));
        }
    }
    return l;
}

template <std::size_t R>
auto planes(extents<R> const &shape, std::size_t components, unsigned bits) -> layout<R> {
    layout<R> l;
    for (std::size_t c = 0; c < components; ++c) l.add(shape, info_of<R>(bits, c));
    return l;
}

/// Two-sided geometric values of mean magnitude `mean(band)`, within each band's bits.
template <class T, std::size_t R, class Mean>
auto geometric(layout<R> const &where, unsigned seed, Mean &&mean) -> bands<T, R> {
    bands<T, R> x(where);
    std::mt19937 random(seed);
    for (std::size_t b = 0; b < x.count(); ++b) {
        auto const &i = x.info(b);
        std::geometric_distribution<int> length(1 / (1 + mean(b)));
        auto const most = (std::int64_t{1} << (i.bits - 1)) - 1;
        for (std::size_t p = 0; p < volume(i.shape); ++p) {
            auto const m = std::min<std::int64_t>(length(random), most);
            // Every group here has unit or constant stride along its samples.
            x.data()[i.offset + p * i.stride[R - 1]] = static_cast<T>(random() & 1 ? m : -m);
        }
    }
    return x;
}
/// Uniform over each band's bits, the extremes among them.
template <class T, std::size_t R>
auto noise(layout<R> const &where, unsigned seed) -> bands<T, R> {
    bands<T, R> x(where);
    std::mt19937 random(seed);
    for (std::size_t b = 0; b < x.count(); ++b) {
        auto const &i = x.info(b);
        auto const low = -(std::int64_t{1} << (i.bits - 1)), high = -low - 1;
        std::uniform_int_distribution<std::int64_t> any(low, high);
        for (std::size_t p = 0; p < volume(i.shape); ++p)
            x.data()[i.offset + p * i.stride[R - 1]] = static_cast<T>(p == 0 ? low : p == 1 ? high : any(random));
    }
    return x;
}

/// A first-order autoregressive field with innovations of deviation sigma: its entropy is known.
inline auto field(std::size_t h, std::size_t w, double sigma, unsigned seed) -> bands<std::int16_t, 2> {
    bands<std::int16_t, 2> x(planes<2>({h, w}, 1, 14));
    std::mt19937 random(seed);
    std::normal_distribution<double> step(0, sigma);
    std::vector<double> v(h * w);
    for (std::size_t y = 0; y < h; ++y)
        for (std::size_t c = 0; c < w; ++c) {
            auto const at = [&](std::size_t dy, std::size_t dx) {
                return y >= dy && c >= dx ? v[(y - dy) * w + c - dx] : 0;
            };
            v[y * w + c] = 0.95 * at(0, 1) + 0.95 * at(1, 0) - 0.9025 * at(1, 1) + step(random);
            x.data()[y * w + c] = static_cast<std::int16_t>(std::lround(v[y * w + c]));
        }
    return x;
}

template <class B>
auto same(B const &a, B const &b) -> bool {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a.data()[i] != b.data()[i]) return false;
    return true;
}

template <class C, class B>
auto encoded(C const &coder, B const &x) -> std::vector<std::byte> {
    byte_writer w;
    coder.encode(x, w);
    return std::move(w).take();
}

/// True if x comes back and exactly its bytes are taken, whatever follows them.
template <class C, class B>
auto survives(C const &coder, B const &x) -> bool {
    auto const bytes = encoded(coder, x);
    for (auto const tail : {0, 1, 255}) {
        auto longer = bytes;
        if (tail) longer.insert(longer.end(), 40, static_cast<std::byte>(tail));
        B y(x.layout(), typename B::value_type{77});
        byte_reader r(longer);
        coder.decode(y, r);
        if (!r.ok() || r.position() != bytes.size() || !same(x, y)) return false;
    }
    return true;
}

} // namespace triptych::test
