// triptych/learn/linear_algebra.hpp: the little linear algebra that learning needs, as one thin seam.
//
// Learners know `matrix` and the functions below, not the library behind them. Behind them is Eigen (MPL 2.0), which is
// header-only: nothing to link, and on one core faster than the alternatives that were tried. Only learn/ includes this.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Row-major matrix of doubles.
struct matrix {
    std::size_t rows = 0, columns = 0;
    std::vector<double> values;

    matrix() = default;
    matrix(std::size_t r, std::size_t c) : rows(r), columns(c), values(r * c, 0.0) {}
    auto operator()(std::size_t r, std::size_t c) -> double & { return values[r * columns + c]; }
    auto operator()(std::size_t r, std::size_t c) const -> double { return values[r * columns + c]; }
    auto row(std::size_t r) -> double * { return values.data() + r * columns; }
    auto row(std::size_t r) const -> double const * { return values.data() + r * columns; }
};

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

/// Adds xᵀ · x of the first `rows` rows of x to the lower triangle of `sum`.
inline void add_gram(matrix &sum, matrix const &x, std::size_t rows) {
    if (sum.rows != x.columns || sum.columns != x.columns || rows > x.rows)
        throw std::invalid_argument("add_gram: the matrices do not fit each other");
    auto s = detail::mapped(sum);
    s.selfadjointView<Eigen::Lower>().rankUpdate(
        detail::mapped(x).topRows(static_cast<Eigen::Index>(rows)).transpose());
}

/// Eigenvalues in falling order, and as rows of `vectors` the unit eigenvectors, whose largest element is positive.
struct eigen_system {
    std::vector<double> values;
    matrix vectors;
};

/// Of a symmetric matrix, of which the lower triangle is read.
inline auto symmetric_eigen(matrix const &a) -> eigen_system {
    if (a.rows != a.columns) throw std::invalid_argument("symmetric_eigen: the matrix is not square");
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(detail::mapped(a));
    if (solver.info() != Eigen::Success) throw std::runtime_error("symmetric_eigen: no convergence");
    eigen_system e{std::vector<double>(a.rows), matrix(a.rows, a.rows)};
    for (std::size_t k = 0; k < a.rows; ++k) {
        auto const from = static_cast<Eigen::Index>(a.rows - 1 - k);
        e.values[k] = solver.eigenvalues()[from];
        auto const vector = solver.eigenvectors().col(from);
        Eigen::Index largest = 0;
        vector.cwiseAbs().maxCoeff(&largest);
        double const sign = vector[largest] < 0 ? -1 : 1;
        for (std::size_t d = 0; d < a.rows; ++d) e.vectors(k, d) = sign * vector[static_cast<Eigen::Index>(d)];
    }
    return e;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
