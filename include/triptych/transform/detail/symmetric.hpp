// triptych/transform/detail/symmetric.hpp: small symmetric eigenproblems and inverses, for encoders that fit a matrix to each picture.
//
// Cyclic Jacobi rotations (C. G. J. Jacobi, 1846; Golub and Van Loan, 8.5): simple, accurate, and fast enough for 16 x 16. Larger
// problems belong to learners, which have a linear algebra library.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// An n x n matrix, n <= 16, row-major.
using square = std::array<double, 256>;

/// Orthonormal eigenvectors as columns, by falling eigenvalue; each with a positive sum, so that signs do not depend on the way.
inline auto eigenvectors(square a, std::size_t n) -> square {
    square v{};
    for (std::size_t i = 0; i < n; ++i) v[i * n + i] = 1;
    double total = 0;
    for (std::size_t i = 0; i < n; ++i) total += std::abs(a[i * n + i]);
    for (int sweep = 0; sweep < 30; ++sweep) {
        double off = 0;
        for (std::size_t p = 0; p < n; ++p)
            for (std::size_t q = p + 1; q < n; ++q) {
                double const x = a[p * n + q];
                off = std::max(off, std::abs(x));
                if (std::abs(x) <= 1e-14 * total) continue;
                double const theta = (a[q * n + q] - a[p * n + p]) / (2 * x);
                double const t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
                double const c = 1 / std::sqrt(t * t + 1), s = t * c;
                for (std::size_t k = 0; k < n; ++k) {
                    double const y = a[k * n + p], z = a[k * n + q];
                    a[k * n + p] = c * y - s * z, a[k * n + q] = s * y + c * z;
                }
                for (std::size_t k = 0; k < n; ++k) {
                    double const y = a[p * n + k], z = a[q * n + k];
                    a[p * n + k] = c * y - s * z, a[q * n + k] = s * y + c * z;
                }
                for (std::size_t k = 0; k < n; ++k) {
                    double const y = v[k * n + p], z = v[k * n + q];
                    v[k * n + p] = c * y - s * z, v[k * n + q] = s * y + c * z;
                }
            }
        if (off <= 1e-14 * total) break;
    }
    std::array<std::size_t, 16> order{};
    for (std::size_t i = 0; i < n; ++i) order[i] = i;
    std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n), [&](std::size_t i, std::size_t k) {
        return a[i * n + i] != a[k * n + k] ? a[i * n + i] > a[k * n + k] : i < k;
    });
    square out{};
    for (std::size_t k = 0; k < n; ++k) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += v[i * n + order[k]];
        for (std::size_t i = 0; i < n; ++i) out[i * n + k] = sum < 0 ? -v[i * n + order[k]] : v[i * n + order[k]];
    }
    return out;
}

/// The inverse, by Gauss-Jordan elimination with pivoting; the identity if there is none.
inline auto inverted(square a, std::size_t n) -> square {
    square out{};
    for (std::size_t i = 0; i < n; ++i) out[i * n + i] = 1;
    square const identity = out;
    for (std::size_t c = 0; c < n; ++c) {
        std::size_t pivot = c;
        for (std::size_t r = c + 1; r < n; ++r)
            if (std::abs(a[r * n + c]) > std::abs(a[pivot * n + c])) pivot = r;
        if (std::abs(a[pivot * n + c]) < 1e-9) return identity;
        for (std::size_t k = 0; k < n; ++k)
            std::swap(a[c * n + k], a[pivot * n + k]), std::swap(out[c * n + k], out[pivot * n + k]);
        double const scale = 1 / a[c * n + c];
        for (std::size_t k = 0; k < n; ++k) a[c * n + k] *= scale, out[c * n + k] *= scale;
        for (std::size_t r = 0; r < n; ++r) {
            if (r == c) continue;
            double const f = a[r * n + c];
            for (std::size_t k = 0; k < n; ++k) a[r * n + k] -= f * a[c * n + k], out[r * n + k] -= f * out[c * n + k];
        }
    }
    return out;
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
