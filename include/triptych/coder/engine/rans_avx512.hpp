// triptych/coder/engine/rans_avx512.hpp: rANS with AVX-512 (F, BW and VL). It decodes in four vectors of 8 lanes and encodes in two of 16.
//
// Words are dealt to the lanes that want them by vpexpandd, and gathered from those that give them by vpcompressd. Decoding waits for its
// look-ups, so four chains of short vectors are quicker than two of long ones.
#pragma once

#include <type_traits>

#include <triptych/coder/engine/rans_gather.hpp>
#include <triptych/coder/engine/rans_lanes.hpp>
#include <triptych/version.hpp>

#if defined(__x86_64__) && defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#include <immintrin.h>

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes its own _mm512_undefined_epi32 for a mistake (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// Eight symbols, of the eight lanes x, from i on; `at` is where words are taken from. Gives the next states.
[[gnu::always_inline]] inline auto rans_step8(__m256i x, std::uint32_t const *slots, std::uint8_t const *table,
                                              std::uint8_t *tokens, std::uint8_t const *&at) noexcept -> __m256i {
    auto const mask12 = _mm256_set1_epi32(rans_whole - 1);
    auto const of = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<__m128i const *>(table)));
    auto const slot =
        rans_gather8(slots, _mm256_or_si256(_mm256_slli_epi32(of, rans_precision), _mm256_and_si256(x, mask12)));
    _mm_storel_epi64(reinterpret_cast<__m128i *>(tokens), _mm256_cvtepi32_epi8(slot));
    auto const freq = _mm256_add_epi32(_mm256_srli_epi32(slot, 20), _mm256_set1_epi32(1));
    x = _mm256_add_epi32(_mm256_mullo_epi32(freq, _mm256_srli_epi32(x, rans_precision)),
                         _mm256_and_si256(_mm256_srli_epi32(slot, 8), mask12));
    auto const takes = _mm256_cmplt_epu32_mask(x, _mm256_set1_epi32(static_cast<int>(rans_low)));
    auto const words = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<__m128i const *>(at)));
    at += 2 * std::popcount(static_cast<unsigned>(takes));
    return _mm256_mask_or_epi32(x, takes, _mm256_slli_epi32(x, 16), _mm256_maskz_expand_epi32(takes, words));
}

/// Encodes n symbols backwards; n is a multiple of 32.
inline void rans_encode_vector(std::uint32_t *state, rans_sink &s, std::size_t n) noexcept {
    auto *words = s.words;
    auto const quotient = [](__m512i x, __m512i reciprocal) { // x · reciprocal >> 32, by halves
        auto const low = _mm512_srli_epi64(_mm512_mul_epu32(x, reciprocal), 32);
        return _mm512_add_epi64(low, _mm512_mul_epu32(x, _mm512_srli_epi64(reciprocal, 32)));
    };
    auto const step = [&](__m512i x, std::size_t i) {
        auto const table = _mm_loadu_si128(reinterpret_cast<__m128i const *>(s.table + i));
        auto const token = _mm_loadu_si128(reinterpret_cast<__m128i const *>(s.tokens + i));
        auto const low = _mm_unpacklo_epi8(token, table), high = _mm_unpackhi_epi8(token, table);
        auto const at = [&](int k) { return _mm_loadu_si128(reinterpret_cast<__m128i const *>(s.codes + k)); };
        // The codes of lanes k, k + 4, k + 8 and k + 12.
        auto const four = [&]<int K>(std::integral_constant<int, K>) {
            auto const pair = [&](__m128i index) {
                return _mm256_inserti128_si256(_mm256_castsi128_si256(at(_mm_extract_epi16(index, K))),
                                               at(_mm_extract_epi16(index, K + 4)), 1);
            };
            return _mm512_inserti64x4(_mm512_castsi256_si512(pair(low)), pair(high), 1);
        };
        auto const c0 = four(std::integral_constant<int, 0>{}), c1 = four(std::integral_constant<int, 1>{}),
                   c2 = four(std::integral_constant<int, 2>{}), c3 = four(std::integral_constant<int, 3>{});
        auto const even = _mm512_unpackhi_epi64(c0, c2), odd = _mm512_unpackhi_epi64(c1, c3);
        auto const most = _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
        auto const packed = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
        auto const gives = _mm512_cmpgt_epu32_mask(x, most);
        auto const count = std::popcount(static_cast<unsigned>(gives));
        auto const given = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(gives, x));
        words -= count;
        _mm512_mask_storeu_epi16(words, (1u << count) - 1, _mm512_castsi256_si512(given));
        x = _mm512_mask_srli_epi32(x, gives, x, 16);
        auto const q = _mm512_mask_blend_epi32(
            0xaaaa, _mm512_srli_epi64(quotient(x, _mm512_unpacklo_epi64(c0, c2)), 12),
            _mm512_slli_epi64(quotient(_mm512_srli_epi64(x, 32), _mm512_unpacklo_epi64(c1, c3)), 20));
        auto const start = _mm512_and_si512(packed, _mm512_set1_epi32(0xffff));
        return _mm512_add_epi32(_mm512_add_epi32(x, start), _mm512_mullo_epi32(q, _mm512_srli_epi32(packed, 16)));
    };
    auto x0 = _mm512_loadu_si512(state), x1 = _mm512_loadu_si512(state + 16);
    for (; n > 0; n -= rans_lanes) x1 = step(x1, n - 16), x0 = step(x0, n - 32);
    _mm512_storeu_si512(state, x0), _mm512_storeu_si512(state + 16, x1);
    s.words = words;
}

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif
