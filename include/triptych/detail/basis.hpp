// triptych/detail/basis.hpp: orthonormal bases as integers, computed while compiling.
//
// The numbers are part of the format: entry (k, n) is the real entry times 2^scale, rounded to nearest, halves away from zero.
// Cosines are summed in double, with at least 45 correct bits, so every compiler arrives at the same integers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// cos(pi * p / q) for p, q > 0.
constexpr auto cosine_of_pi(std::size_t p, std::size_t q) -> double {
    p %= 2 * q;
    if (p > q) p = 2 * q - p;
    bool const mirrored = 2 * p > q;
    if (mirrored) p = q - p;
    double const x = 3.14159265358979323846 * static_cast<double>(p) / static_cast<double>(q), xx = x * x;
    double sum = 1;
    for (int i = 22; i >= 2; i -= 2) sum = 1 - xx / (i * (i - 1)) * sum;
    return mirrored ? -sum : sum;
}

/// The square root of v >= 1, by Newton's method from above.
constexpr auto newton_root(double v) -> double {
    double r = v, last = 0;
    for (int i = 0; i < 64 && r != last; ++i) last = r, r = (r + v / r) / 2;
    return r;
}

template <std::size_t N>
using matrix = std::array<std::array<std::int32_t, N>, N>;

constexpr auto fixed_point(double v, int scale) -> std::int32_t {
    double const scaled = v * static_cast<double>(std::int64_t{1} << scale);
    return static_cast<std::int32_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
}

/// The discrete cosine transform of type II: row k is sqrt(2 / N) cos(pi k (2n + 1) / 2N), row 0 is 1 / sqrt(N).
template <std::size_t N>
constexpr auto cosine_basis(int scale) -> matrix<N> {
    // All entries are cosines of 4 N angles: far fewer than there are entries, and compilers compute slowly.
    double const two = newton_root(2), norm = newton_root(static_cast<double>(N));
    std::array<std::int32_t, 4 * N> wave{};
    for (std::size_t p = 0; p < 4 * N; ++p) wave[p] = fixed_point(two * cosine_of_pi(p, 2 * N) / norm, scale);
    matrix<N> m{};
    for (auto &v : m[0]) v = fixed_point(1 / norm, scale);
    for (std::size_t k = 1; k < N; ++k)
        for (std::size_t n = 0; n < N; ++n) m[k][n] = wave[k * (2 * n + 1) % (4 * N)];
    return m;
}

/// The real discrete Fourier transform: row 0 is constant, rows 2k - 1 and 2k are sqrt(2 / N) times cos and sin(2 pi k n / N),
/// row N - 1 is (-1)^n / sqrt(N).
template <std::size_t N>
constexpr auto fourier_basis(int scale) -> matrix<N> {
    matrix<N> m{};
    for (std::size_t row = 0; row < N; ++row)
        for (std::size_t n = 0; n < N; ++n) {
            std::size_t const k = (row + 1) / 2;
            // sin(x) = cos(x - pi / 2), and 3 pi / 2 further keeps it positive.
            std::size_t const quarter = row % 2 == 0 && row > 0 ? 3 * N : 0;
            double const c = cosine_of_pi(8 * k * n + 2 * quarter, 4 * N);
            bool const single = row == 0 || row == N - 1;
            m[row][n] = fixed_point((single ? 1 : newton_root(2)) * c / newton_root(static_cast<double>(N)), scale);
        }
    return m;
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
