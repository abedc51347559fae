// triptych/transform/dct.hpp: the cosine transform of blocks, orthonormal, in integers.
//
// Ahmed, Natarajan and Rao, "Discrete Cosine Transform" (IEEE Trans. Computers, 1974); JPEG's transform for N = 8. Coefficients have
// up to three fractional bits, which are handed outwards, so that a picture is rounded once. Surprise: a band becomes N * N bands,
// one a coefficient, that lie interleaved: the buffer holds block after block.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/concepts.hpp>
#include <triptych/transform/detail/blocks.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// The DCT of type II by blocks of N x N over the last two axes (rank 1: by N). Borders repeat the last sample. Band k of a group
/// is coefficient (k / N, k % N), `place.index` k. Room for coefficients ends at 32 bits: whole bits of the samples + log2(N).
template <std::size_t N = 8>
requires(N == 4 || N == 8 || N == 16 || N == 32) struct dct : detail::separable_blocks<N, detail::cosine_kernel<N>> {
    static constexpr void describe(auto &d) { d("dct", N); }
};

static_assert(transform_for<dct<8>, bands<std::int16_t, 2>> && transform_for<dct<32>, bands<std::int32_t, 1>>);
static_assert(tileable<dct<8>> && !reversible<dct<8>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
