// triptych/learn/linear_algebra.hpp: the little linear algebra that learning needs, as one thin seam.
//
// Learners know `matrix` and a few functions (product, transposed_product, add_gram, symmetric_eigen, orthonormal, cholesky,
// solve_factored, solve_positive), not the library behind them. That is
// Eigen; a program that is compiled with TRIPTYCH_LEARN_BLAS defined, in all of its units, has xtensor-blas on the BLAS and LAPACK
// that it links instead. Learned results differ by roundings. Only learn/ includes this.
#pragma once

#include <triptych/learn/matrix.hpp>

#if defined(TRIPTYCH_LEARN_BLAS)
#if !__has_include(<xtensor-blas/xlinalg.hpp>)
#error "TRIPTYCH_LEARN_BLAS needs xtensor-blas"
#endif
#include <triptych/learn/linear_algebra_blas.hpp>
#else
#include <triptych/learn/linear_algebra_eigen.hpp>
#endif
