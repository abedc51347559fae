// triptych/learn/numeric/linear_algebra.hpp: the little linear algebra that learning needs, as one thin seam.
//
// Learners know `matrix` and a few functions (product, transposed_product, add_gram, symmetric_eigen, orthonormal, cholesky,
// solve_factored, solve_positive, nearest_rotation), not the library behind them. That is
// Eigen; a program that is compiled with TRIPTYCH_LEARN_BLAS defined, in all of its units, has xtensor-blas on the BLAS and LAPACK
// that it links instead. Learned results differ by roundings. Only learn/ includes this.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include <triptych/learn/numeric/matrix.hpp>
#include <triptych/version.hpp>

#if defined(TRIPTYCH_LEARN_BLAS)
#if !__has_include(<xtensor-blas/xlinalg.hpp>)
#error "TRIPTYCH_LEARN_BLAS needs xtensor-blas"
#endif
#include <triptych/learn/numeric/linear_algebra_blas.hpp>
#else
#include <triptych/learn/numeric/linear_algebra_eigen.hpp>
#endif

namespace triptych::inline TRIPTYCH_ABI::learn {

/// The orthogonal matrix q that is nearest to a square m, and for which the trace of qᵀ · m is greatest: (m · mᵀ)^(-1/2) · m, the orthogonal
/// factor of its polar decomposition (orthogonal Procrustes: Schönemann 1966). m should be well away from singular, to a condition
/// number of about 10^6.
inline auto nearest_rotation(matrix const &m) -> matrix {
    if (m.rows != m.columns) throw std::invalid_argument("nearest_rotation: the matrix is not square");
    auto const t = transposed(m);
    auto const e = symmetric_eigen(transposed_product(t, t));
    auto scaled = e.vectors;
    for (std::size_t i = 0; i < m.rows; ++i)
        for (std::size_t j = 0; j < m.rows; ++j) scaled(i, j) /= std::sqrt(std::max(e.values[i], 1e-30));
    return product(transposed_product(scaled, e.vectors), m);
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
