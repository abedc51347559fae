// triptych/learn/numeric/linear_algebra_blas.hpp: the same functions by xtensor-blas, on the BLAS and LAPACK that the program links. To be
// included through linear_algebra.hpp; empty in a program that has not asked for it.
#pragma once

#if defined(TRIPTYCH_LEARN_BLAS)

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <tuple>
#include <vector>

#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xadapt.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <triptych/learn/numeric/matrix.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

namespace detail {
inline auto adapted(matrix const &m, std::size_t rows) {
    return xt::adapt(m.values.data(), rows * m.columns, xt::no_ownership(),
                     std::array<std::size_t, 2>{rows, m.columns});
}
template <class X>
auto copied(X const &x) -> matrix {
    matrix m(x.shape()[0], x.shape()[1]);
    for (std::size_t i = 0; i < m.rows; ++i)
        for (std::size_t j = 0; j < m.columns; ++j) m(i, j) = x(i, j);
    return m;
}
} // namespace detail

/// a · b.
inline auto product(matrix const &a, matrix const &b) -> matrix {
    if (a.columns != b.rows) throw std::invalid_argument("product: the matrices do not fit each other");
    return detail::copied(xt::linalg::dot(detail::adapted(a, a.rows), detail::adapted(b, b.rows)));
}

/// aᵀ · b.
inline auto transposed_product(matrix const &a, matrix const &b) -> matrix {
    if (a.rows != b.rows) throw std::invalid_argument("transposed_product: the matrices do not fit each other");
    return detail::copied(xt::linalg::dot(xt::transpose(detail::adapted(a, a.rows)), detail::adapted(b, b.rows)));
}

/// Adds xᵀ · x of the first `rows` rows of x to the lower triangle of `sum`.
inline void add_gram(matrix &sum, matrix const &x, std::size_t rows) {
    if (sum.rows != x.columns || sum.columns != x.columns || rows > x.rows)
        throw std::invalid_argument("add_gram: the matrices do not fit each other");
    if (rows == 0) return;
    auto const view = detail::adapted(x, rows);
    xt::xtensor<double, 2> const gram = xt::linalg::dot(xt::transpose(view), view);
    for (std::size_t i = 0; i < sum.rows; ++i)
        for (std::size_t j = 0; j <= i; ++j) sum(i, j) += gram(i, j);
}

/// Of a symmetric matrix, of which the lower triangle is read: all eigenvalues, and the first `wanted` eigenvectors at least.
inline auto symmetric_eigen(matrix const &a, std::size_t wanted = static_cast<std::size_t>(-1)) -> eigen_system {
    if (a.rows != a.columns) throw std::invalid_argument("symmetric_eigen: the matrix is not square");
    auto const n = a.rows;
    auto const [rising, columns] = xt::linalg::eigh(detail::adapted(a, n), 'L');
    eigen_system e{std::vector<double>(n), matrix(std::min(wanted, n), n)};
    for (std::size_t k = 0; k < n; ++k) e.values[k] = rising(n - 1 - k);
    for (std::size_t k = 0; k < e.vectors.rows; ++k) {
        double largest = 0;
        for (std::size_t t = 0; t < n; ++t)
            if (std::abs(columns(t, n - 1 - k)) > std::abs(largest)) largest = columns(t, n - 1 - k);
        for (std::size_t t = 0; t < n; ++t) e.vectors(k, t) = (largest < 0 ? -1 : 1) * columns(t, n - 1 - k);
    }
    return e;
}

/// Columns of a made orthonormal (Householder): as many, spanning the same space. a has at least as many rows as columns.
inline auto orthonormal(matrix const &a) -> matrix {
    if (a.rows < a.columns) throw std::invalid_argument("orthonormal: more columns than rows");
    return detail::copied(std::get<0>(xt::linalg::qr(detail::adapted(a, a.rows), xt::linalg::qrmode::reduced)));
}

/// The lower triangular l with l · lᵀ = a, of which the lower triangle is read. Throws std::invalid_argument if a is not positive definite.
inline auto cholesky(matrix const &a) -> matrix {
    if (a.rows != a.columns) throw std::invalid_argument("cholesky: the matrix is not square");
    try {
        auto l = detail::copied(xt::linalg::cholesky(detail::adapted(a, a.rows)));
        for (std::size_t i = 0; i < l.rows; ++i)
            for (std::size_t j = i + 1; j < l.columns; ++j) l(i, j) = 0;
        return l;
    } catch (std::runtime_error const &) {
        throw std::invalid_argument("cholesky: the matrix is not positive definite");
    }
}

/// The x of l · lᵀ · x = b, for what `cholesky` has given.
inline auto solve_factored(matrix const &l, matrix const &b) -> matrix {
    if (l.rows != l.columns || l.columns != b.rows)
        throw std::invalid_argument("solve_factored: the matrices do not fit each other");
    auto x = b;
    auto const subtract = [&](std::size_t to, double times, std::size_t from) {
        for (std::size_t j = 0; j < x.columns; ++j) x(to, j) -= times * x(from, j);
    };
    auto const divide = [&](std::size_t i) {
        for (std::size_t j = 0; j < x.columns; ++j) x(i, j) /= l(i, i);
    };
    for (std::size_t i = 0; i < x.rows; divide(i++))
        for (std::size_t t = 0; t < i; ++t) subtract(i, l(i, t), t);
    for (std::size_t i = x.rows; i-- > 0; divide(i))
        for (std::size_t t = i + 1; t < x.rows; ++t) subtract(i, l(t, i), t);
    return x;
}

/// The x of a · x = b, for a symmetric positive definite a, of which the lower triangle is read.
inline auto solve_positive(matrix const &a, matrix const &b) -> matrix {
    if (a.rows != a.columns || a.columns != b.rows)
        throw std::invalid_argument("solve_positive: the matrices do not fit each other");
    matrix l;
    try {
        l = cholesky(a);
    } catch (std::invalid_argument const &) {
        throw std::runtime_error("solve_positive: the matrix is not positive definite");
    }
    return solve_factored(l, b);
}

} // namespace triptych::inline TRIPTYCH_ABI::learn

#endif
