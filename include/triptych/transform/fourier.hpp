// triptych/transform/fourier.hpp: the real Fourier transform of blocks, orthonormal, in integers.
//
// For periodic textures, halftones and signals whose phase matters. On photographs the cosine transform compacts
// better, because its blocks have no jump at the border. Real samples give as many real numbers: amplitudes of
// cosines and sines instead of complex numbers. Surprise: in two dimensions the transform is separable. So a
// coefficient is a product of waves along the two axes, not one oblique wave; the complex coefficients are sums and
// differences of four such products.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/concepts.hpp>
#include <triptych/transform/detail/blocks.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// The real DFT by blocks of N x N over the last two axes (rank 1: by N). Borders repeat the last sample. Along each axis the order
/// is: constant, cosine 1, sine 1, cosine 2, sine 2 … cosine N / 2. Groups, `frac` and `bits` are as with `dct`.
template <std::size_t N = 8>
requires(N == 8 || N == 16 || N == 32 || N == 64) struct fourier
    : detail::separable_blocks<N, detail::dense_kernel<N, detail::fourier_basis<N>>> {
    static constexpr void describe(auto &d) { d("fourier", N); }
};

static_assert(transform_for<fourier<8>, bands<std::int16_t, 2>> && transform_for<fourier<64>, bands<std::int32_t, 1>>);
static_assert(tileable<fourier<8>> && !reversible<fourier<8>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
