// triptych/coder/engine/rans_gather.hpp: look-ups in tables of rANS, four or eight at once, for machines with SSE4.1 and AVX2.
//
// By hand: as fast as vpgatherdd where that is fast, and 1.4 times as fast or more where it is not (AMD; Intel with the microcode against
// Downfall). Two indices leave a vector at once, which makes SSE4.1 twice as fast as one by one.
#pragma once

#include <cstdint>

#include <triptych/version.hpp>

#if defined(__x86_64__) && defined(__SSE4_1__)
#include <immintrin.h>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

[[gnu::always_inline]] inline auto rans_gather4(std::uint32_t const *slots, __m128i index) noexcept -> __m128i {
    auto const low = static_cast<std::uint64_t>(_mm_cvtsi128_si64(index));
    auto const high = static_cast<std::uint64_t>(_mm_extract_epi64(index, 1));
    auto const at = [&](std::uint64_t i) { return static_cast<int>(slots[i]); };
    return _mm_setr_epi32(at(low & 0xffffffffu), at(low >> 32), at(high & 0xffffffffu), at(high >> 32));
}
#if defined(__AVX2__)
[[gnu::always_inline]] inline auto rans_gather8(std::uint32_t const *slots, __m256i index) noexcept -> __m256i {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(rans_gather4(slots, _mm256_castsi256_si128(index))),
                                   rans_gather4(slots, _mm256_extracti128_si256(index, 1)), 1);
}
#endif

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
#endif
