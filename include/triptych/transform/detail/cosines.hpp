// triptych/transform/detail/cosines.hpp: the lowest frequencies of an orthonormal discrete cosine transform as
// fixed-point vectors.
//
// A transform with a learned basis uses them before it has learned one. They are computed at compile time, so a
// decoder does no floating-point arithmetic and every machine has the same integers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

inline constexpr double pi = 3.14159265358979323846;

/// cos(x) for 0 <= x <= pi, by its Taylor series after halving the argument twice.
constexpr auto cosine(double x) -> double {
    double const y = x * x / 16;
    double term = 1, sum = 1;
    for (int n = 1; n < 12; ++n) sum += term *= -y / ((2 * n - 1) * (2 * n));
    sum = 2 * sum * sum - 1;
    return 2 * sum * sum - 1;
}
constexpr auto square_root(double x) -> double {
    double r = x > 1 ? x : 1;
    for (int n = 0; n < 64; ++n) r = (r + x / r) / 2;
    return r;
}

/// cos(pi j / (2 N)) · 2^24 for j = 0 ... 2 N: all values that a DCT-II of length N needs, up to sign.
template <std::size_t N>
constexpr auto quarter_waves() -> std::array<std::int32_t, 2 * N + 1> {
    std::array<std::int32_t, 2 * N + 1> table{};
    for (std::size_t j = 0; j <= 2 * N; ++j) {
        double const c = cosine(pi * static_cast<double>(j) / static_cast<double>(2 * N)) * (1 << 24);
        table[j] = static_cast<std::int32_t>(c < 0 ? c - 0.5 : c + 0.5);
    }
    return table;
}

/// Element n of the u-th orthonormal DCT-II vector of length N, times 2^24.
template <std::size_t N>
constexpr auto dct_element(std::size_t u, std::size_t n) noexcept -> std::int64_t {
    constexpr auto table = quarter_waves<N>();
    constexpr auto flat = static_cast<std::int64_t>(square_root(1.0 / N) * (1 << 24) + 0.5);
    constexpr auto wave = static_cast<std::int64_t>(square_root(2.0 / N) * (1 << 24) + 0.5);
    auto const phase = (2 * n + 1) * u % (4 * N);
    std::int64_t const c = table[phase <= 2 * N ? phase : 4 * N - phase];
    return ((u == 0 ? flat : wave) * c + (1 << 23)) >> 24;
}

/// Writes `count` vectors of H * W * components elements with `frac` fractional bits: frequencies of the H x W transform from
/// the lowest on, each for all components in turn. Vectors beyond the last frequency are left as they are.
template <std::size_t H, std::size_t W>
void low_frequencies(std::size_t count, std::size_t components, int frac, std::int16_t *out) noexcept {
    std::size_t k = 0;
    for (std::size_t sum = 0; k < count && sum <= 2 * H * W; ++sum)
        for (std::size_t u = 0; u < H && u * W <= sum; ++u) {
            auto const v = (sum - u * W) / H;
            if ((sum - u * W) % H != 0 || v >= W) continue;
            for (std::size_t c = 0; c < components && k < count; ++c, ++k)
                for (std::size_t y = 0; y < H; ++y)
                    for (std::size_t x = 0; x < W; ++x) {
                        auto const product = dct_element<H>(u, y) * dct_element<W>(v, x);
                        int const shift = 48 - frac;
                        out[(k * H * W + y * W + x) * components + c] =
                            static_cast<std::int16_t>((product + (std::int64_t{1} << (shift - 1))) >> shift);
                    }
        }
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
