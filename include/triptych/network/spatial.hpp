// triptych/network/spatial.hpp: layers that move, repeat or summarise values and have no weights, for integers and for their float twins.
//
// Means and interpolations of integers are rounded to nearest, halves up. The surprise: interpolation by a power of two needs no rounding
// before its end, for its weights are multiples of 1 / (2 · factor).
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/network/layer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::network {

/// Where an output row or column lies between two of the input: `part` / (2 · factor) from `low` to `high`.
struct between {
    std::size_t low = 0, high = 0;
    std::int32_t part = 0;

    constexpr between(std::size_t at, std::size_t factor, std::size_t extent) noexcept {
        auto const whole = static_cast<std::int64_t>(2 * factor), last = static_cast<std::int64_t>(extent) - 1;
        auto const n = static_cast<std::int64_t>(2 * at + 1 + factor); // one input further, so that it is positive
        part = static_cast<std::int32_t>(n % whole);
        low = static_cast<std::size_t>(std::clamp<std::int64_t>(n / whole - 1, 0, last));
        high = static_cast<std::size_t>(std::clamp<std::int64_t>(n / whole, 0, last));
    }
};

namespace detail {
/// sum / n, of integers rounded to nearest, halves up.
template <class T, class S>
constexpr auto mean(S sum, std::size_t n) noexcept -> T {
    if constexpr (std::integral<T>) {
        auto const twice = 2 * static_cast<std::int64_t>(n),
                   v = 2 * static_cast<std::int64_t>(sum) + static_cast<std::int64_t>(n);
        auto const q = v / twice;
        return static_cast<T>(v % twice < 0 ? q - 1 : q);
    } else {
        return static_cast<T>(sum / static_cast<S>(n));
    }
}
} // namespace detail

/// Calls f(input index, output index) for each value of shuffle, unshuffle or nearest; indices of values.
template <class F>
constexpr void each_moved(layer const &l, extents const &in, extents const &out, F &&f) {
    auto const r = static_cast<std::size_t>(l.stride);
    bool const up = l.op != kind::unshuffle, deep = l.op != kind::nearest;
    auto const &large = up ? out : in, &small = up ? in : out;
    for (std::size_t y = 0; y < large.height; ++y)
        for (std::size_t x = 0; x < large.width; ++x) {
            auto const sub = deep ? (y % r) * r + x % r : 0, each = deep ? r * r : 1;
            auto const a = (y * large.width + x) * large.channels;
            auto const b = (y / r * small.width + x / r) * small.channels + sub;
            for (std::size_t c = 0; c < large.channels; ++c) up ? f(b + c * each, a + c) : f(a + c, b + c * each);
        }
}

/// The output of shuffle, unshuffle, pooling, enlargement or reshape for one picture. T is int16, or a floating-point type.
template <class T>
void spatial(layer const &l, extents const &in, T const *x, extents const &out, T *y) {
    using wide = std::conditional_t<std::integral<T>, std::int64_t, T>;
    auto const k = static_cast<std::size_t>(l.kernel), s = static_cast<std::size_t>(l.stride), c = out.channels;
    switch (l.op) {
    case kind::shuffle:
    case kind::unshuffle:
    case kind::nearest:
        each_moved(l, in, out, [&](std::size_t from, std::size_t to) { y[to] = x[from]; });
        break;
    case kind::max_pool:
        for (std::size_t j = 0; j < out.height; ++j)
            for (std::size_t i = 0; i < out.width; ++i, y += c) {
                auto const *const corner = x + (j * s * in.width + i * s) * c;
                std::copy_n(corner, c, y);
                for (std::size_t v = 0; v < k; ++v)
                    for (std::size_t u = 0; u < k; ++u) {
                        auto const *const at = corner + (v * in.width + u) * c;
                        for (std::size_t n = 0; n < c; ++n) y[n] = at[n] > y[n] ? at[n] : y[n];
                    }
            }
        break;
    case kind::average_pool:
        for (std::size_t j = 0; j < out.height; ++j)
            for (std::size_t i = 0; i < out.width; ++i, y += c)
                for (std::size_t n = 0; n < c; ++n) {
                    auto const *const corner = x + (j * s * in.width + i * s) * c + n;
                    wide sum = 0;
                    for (std::size_t v = 0; v < k; ++v)
                        for (std::size_t u = 0; u < k; ++u) sum += corner[(v * in.width + u) * c];
                    y[n] = detail::mean<T>(sum, k * k);
                }
        break;
    case kind::bilinear:
        for (std::size_t j = 0; j < out.height; ++j)
            for (std::size_t i = 0; i < out.width; ++i, y += c) {
                between const v(j, s, in.height), u(i, s, in.width);
                auto const whole = static_cast<std::int32_t>(2 * s);
                auto const *const a = x + v.low * in.width * c, *const b = x + v.high * in.width * c;
                for (std::size_t n = 0; n < c; ++n) {
                    auto const row = [&](T const *r) {
                        return static_cast<wide>(r[u.low * c + n]) * static_cast<wide>(whole - u.part) +
                               static_cast<wide>(r[u.high * c + n]) * static_cast<wide>(u.part);
                    };
                    y[n] = detail::mean<T>(
                        row(a) * static_cast<wide>(whole - v.part) + row(b) * static_cast<wide>(v.part), 4 * s * s);
                }
            }
        break;
    default:
        std::copy_n(x, in.values(), y);
        break;
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::network
