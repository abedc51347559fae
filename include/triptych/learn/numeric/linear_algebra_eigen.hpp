// triptych/learn/numeric/linear_algebra_eigen.hpp: linear algebra by Eigen (MPL 2.0), which is header-only: nothing to link. To be included through
// linear_algebra.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <triptych/learn/numeric/inverse_iteration.hpp>
#include <triptych/learn/numeric/matrix.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

namespace detail {
using dense = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
inline auto mapped(matrix &m) {
    return Eigen::Map<dense>(m.values.data(), static_cast<Eigen::Index>(m.rows), static_cast<Eigen::Index>(m.columns));
}
inline auto mapped(matrix const &m) {
    return Eigen::Map<dense const>(m.values.data(), static_cast<Eigen::Index>(m.rows),
                                   static_cast<Eigen::Index>(m.columns));
}
} // namespace detail

/// a · b.
inline auto product(matrix const &a, matrix const &b) -> matrix {
    if (a.columns != b.rows) throw std::invalid_argument("product: the matrices do not fit each other");
    matrix c(a.rows, b.columns);
    detail::mapped(c).noalias() = detail::mapped(a) * detail::mapped(b);
    return c;
}

/// aᵀ · b.
inline auto transposed_product(matrix const &a, matrix const &b) -> matrix {
    if (a.rows != b.rows) throw std::invalid_argument("transposed_product: the matrices do not fit each other");
    matrix c(a.columns, b.columns);
    detail::mapped(c).noalias() = detail::mapped(a).transpose() * detail::mapped(b);
    return c;
}

/// Adds xᵀ · x of the first `rows` rows of x to the lower triangle of `sum`.
inline void add_gram(matrix &sum, matrix const &x, std::size_t rows) {
    if (sum.rows != x.columns || sum.columns != x.columns || rows > x.rows)
        throw std::invalid_argument("add_gram: the matrices do not fit each other");
    auto s = detail::mapped(sum);
    s.selfadjointView<Eigen::Lower>().rankUpdate(
        detail::mapped(x).topRows(static_cast<Eigen::Index>(rows)).transpose());
}

namespace detail {
/// Row k of the vectors, with its sign.
inline void set_vector(eigen_system &e, std::size_t k, auto const &vector) {
    Eigen::Index largest = 0;
    vector.cwiseAbs().maxCoeff(&largest);
    double const sign = vector[largest] < 0 ? -1 : 1;
    for (std::size_t d = 0; d < e.vectors.columns; ++d) e.vectors(k, d) = sign * vector[static_cast<Eigen::Index>(d)];
}
} // namespace detail

/// Of a symmetric matrix, of which the lower triangle is read: all eigenvalues, and the first `wanted` eigenvectors at least.
inline auto symmetric_eigen(matrix const &a, std::size_t wanted = static_cast<std::size_t>(-1)) -> eigen_system {
    if (a.rows != a.columns) throw std::invalid_argument("symmetric_eigen: the matrix is not square");
    auto const n = a.rows;
    if (wanted < n / 4) { // then most of the time would go into vectors that nobody wants
        Eigen::Tridiagonalization<Eigen::MatrixXd> const t(detail::mapped(a));
        Eigen::VectorXd const diagonal = t.diagonal(), beside = t.subDiagonal();
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
        solver.computeFromTridiagonal(diagonal, beside, Eigen::EigenvaluesOnly);
        if (solver.info() == Eigen::Success) {
            auto const &rising = solver.eigenvalues();
            eigen_system e{std::vector<double>(rising.data(), rising.data() + n), matrix(wanted, n)};
            std::reverse(e.values.begin(), e.values.end());
            if (detail::inverse_iteration({diagonal.data(), diagonal.data() + n},
                                          {beside.data(), beside.data() + n - 1},
                                          {e.values.begin(), e.values.begin() + static_cast<std::ptrdiff_t>(wanted)},
                                          e.vectors.values.data())) {
                Eigen::MatrixXd const found = t.matrixQ() * detail::mapped(e.vectors).transpose();
                for (std::size_t k = 0; k < wanted; ++k)
                    detail::set_vector(e, k, found.col(static_cast<Eigen::Index>(k)));
                return e;
            }
        }
    }
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(detail::mapped(a));
    if (solver.info() != Eigen::Success) throw std::runtime_error("symmetric_eigen: no convergence");
    eigen_system e{std::vector<double>(n), matrix(n, n)};
    for (std::size_t k = 0; k < n; ++k) {
        auto const from = static_cast<Eigen::Index>(n - 1 - k);
        e.values[k] = solver.eigenvalues()[from];
        detail::set_vector(e, k, solver.eigenvectors().col(from));
    }
    return e;
}

/// Columns of a made orthonormal (Householder): as many, spanning the same space. a has at least as many rows as columns.
inline auto orthonormal(matrix const &a) -> matrix {
    if (a.rows < a.columns) throw std::invalid_argument("orthonormal: more columns than rows");
    auto const rows = static_cast<Eigen::Index>(a.rows), columns = static_cast<Eigen::Index>(a.columns);
    Eigen::HouseholderQR<Eigen::MatrixXd> const qr(detail::mapped(a));
    matrix q(a.rows, a.columns);
    detail::mapped(q) = qr.householderQ() * Eigen::MatrixXd::Identity(rows, columns);
    return q;
}

/// The lower triangular l with l · lᵀ = a, of which the lower triangle is read. Throws std::invalid_argument if a is not positive definite.
inline auto cholesky(matrix const &a) -> matrix {
    if (a.rows != a.columns) throw std::invalid_argument("cholesky: the matrix is not square");
    Eigen::LLT<Eigen::MatrixXd> const llt(detail::mapped(a));
    if (llt.info() != Eigen::Success) throw std::invalid_argument("cholesky: the matrix is not positive definite");
    matrix l(a.rows, a.columns);
    detail::mapped(l) = Eigen::MatrixXd(llt.matrixL());
    return l;
}

/// The x of l · lᵀ · x = b, for what `cholesky` has given.
inline auto solve_factored(matrix const &l, matrix const &b) -> matrix {
    if (l.rows != l.columns || l.columns != b.rows)
        throw std::invalid_argument("solve_factored: the matrices do not fit each other");
    Eigen::MatrixXd const factor = detail::mapped(l);
    Eigen::MatrixXd solved = detail::mapped(b);
    factor.triangularView<Eigen::Lower>().solveInPlace(solved);
    factor.transpose().triangularView<Eigen::Upper>().solveInPlace(solved);
    matrix x(b.rows, b.columns);
    detail::mapped(x) = solved;
    return x;
}

/// The x of a · x = b, for a symmetric positive definite a, of which the lower triangle is read.
inline auto solve_positive(matrix const &a, matrix const &b) -> matrix {
    if (a.rows != a.columns || a.columns != b.rows)
        throw std::invalid_argument("solve_positive: the matrices do not fit each other");
    Eigen::LLT<Eigen::MatrixXd> const factors(detail::mapped(a));
    if (factors.info() != Eigen::Success)
        throw std::runtime_error("solve_positive: the matrix is not positive definite");
    matrix x(b.rows, b.columns);
    detail::mapped(x) = factors.solve(detail::mapped(b));
    return x;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
