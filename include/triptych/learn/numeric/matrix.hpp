// triptych/learn/numeric/matrix.hpp: the matrix that learners and the linear algebra behind them share.
#pragma once

#include <cstddef>
#include <vector>

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

inline auto transposed(matrix const &m) -> matrix {
    matrix t(m.columns, m.rows);
    for (std::size_t r = 0; r < m.rows; ++r)
        for (std::size_t c = 0; c < m.columns; ++c) t(c, r) = m(r, c);
    return t;
}

/// Eigenvalues in falling order, and as rows of `vectors` the unit eigenvectors, whose largest element is positive.
struct eigen_system {
    std::vector<double> values;
    matrix vectors;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
