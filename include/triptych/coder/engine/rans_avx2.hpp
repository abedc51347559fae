// triptych/coder/engine/rans_avx2.hpp: rANS in four vectors of 8 lanes, with AVX2.
//
// Permutations from tables scatter words to the lanes that need them, and gather them from the lanes that give them.
#pragma once

#include <triptych/coder/engine/rans_gather.hpp>
#include <triptych/coder/engine/rans_lanes.hpp>
#include <triptych/version.hpp>

#if defined(__x86_64__) && defined(__AVX2__) &&                                                                        \
    !(defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__))
#include <immintrin.h>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// For each set of lanes, a byte a lane: which word a lane of the set takes, and which lane gives word i.
struct rans_permutations {
    std::array<std::uint64_t, 256> deal{}, gather{};
    constexpr rans_permutations() noexcept {
        for (unsigned set = 0; set < 256; ++set)
            for (unsigned lane = 0, k = 0; lane < 8; ++lane) {
                if (!(set >> lane & 1)) continue;
                deal[set] |= std::uint64_t{k} << (8 * lane);
                gather[set] |= std::uint64_t{lane} << (8 * k++);
            }
    }
};
inline constexpr rans_permutations rans_permute;

inline auto rans_load(void const *p) noexcept -> __m256i {
    return _mm256_loadu_si256(static_cast<__m256i const *>(p));
}
inline auto rans_bytes(std::uint8_t const *p) noexcept -> __m256i {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<__m128i const *>(p)));
}
/// The lanes of a permutation of bytes.
inline auto rans_lanes_of(std::uint64_t bytes) noexcept -> __m256i {
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(bytes)));
}

/// Eight symbols of the eight lanes x; `at` is where words are taken from. Gives the next states.
[[gnu::always_inline]] inline auto rans_step8(__m256i x, std::uint32_t const *slots, std::uint8_t const *table,
                                              std::uint8_t *tokens, std::uint8_t const *&at) noexcept -> __m256i {
    auto const mask12 = _mm256_set1_epi32(rans_whole - 1);
    auto const of = _mm256_slli_epi32(rans_bytes(table), rans_precision);
    auto const slot = rans_gather8(slots, _mm256_or_si256(of, _mm256_and_si256(x, mask12)));
    auto const bytes = _mm256_shuffle_epi8(slot, _mm256_set1_epi32(0x0c080400));
    _mm_storel_epi64(reinterpret_cast<__m128i *>(tokens),
                     _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1)));
    auto const freq = _mm256_add_epi32(_mm256_srli_epi32(slot, 20), _mm256_set1_epi32(1));
    x = _mm256_add_epi32(_mm256_mullo_epi32(freq, _mm256_srli_epi32(x, rans_precision)),
                         _mm256_and_si256(_mm256_srli_epi32(slot, 8), mask12));
    auto const takes = _mm256_cmpeq_epi32(_mm256_srli_epi32(x, 16), _mm256_setzero_si256());
    auto const set = static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(takes)));
    auto const words = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<__m128i const *>(at)));
    auto const dealt = _mm256_permutevar8x32_epi32(words, rans_lanes_of(rans_permute.deal[set]));
    at += 2 * std::popcount(set);
    return _mm256_blendv_epi8(x, _mm256_or_si256(_mm256_slli_epi32(x, 16), dealt), takes);
}

/// The codes of eight symbols, as in rans_code; reciprocals, of 64 bits, for even and odd lanes.
struct rans_codes8 {
    __m256i even, odd, most, start, rest;
};
inline auto rans_codes_of(rans_code const *codes, std::uint8_t const *table, std::uint8_t const *tokens) noexcept
    -> rans_codes8 {
    auto const bytes = [](std::uint8_t const *p) { return _mm_loadl_epi64(reinterpret_cast<__m128i const *>(p)); };
    auto const index = _mm_unpacklo_epi8(bytes(tokens), bytes(table));
    auto const at = [&](int i) { return _mm_loadu_si128(reinterpret_cast<__m128i const *>(codes + i)); };
    auto const pair = [](__m128i low, __m128i high) {
        return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
    };
    auto const c04 = pair(at(_mm_extract_epi16(index, 0)), at(_mm_extract_epi16(index, 4)));
    auto const c15 = pair(at(_mm_extract_epi16(index, 1)), at(_mm_extract_epi16(index, 5)));
    auto const c26 = pair(at(_mm_extract_epi16(index, 2)), at(_mm_extract_epi16(index, 6)));
    auto const c37 = pair(at(_mm_extract_epi16(index, 3)), at(_mm_extract_epi16(index, 7)));
    auto const even = _mm256_unpackhi_epi64(c04, c26), odd = _mm256_unpackhi_epi64(c15, c37);
    auto const packed = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
    return {_mm256_unpacklo_epi64(c04, c26), _mm256_unpacklo_epi64(c15, c37),
            _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa),
            _mm256_and_si256(packed, _mm256_set1_epi32(0xffff)), _mm256_srli_epi32(packed, 16)};
}

/// Encodes n symbols backwards; n is a multiple of 32.
inline void rans_encode_vector(std::uint32_t *state, rans_sink &s, std::size_t n) noexcept {
    auto const quotient = [](__m256i x, __m256i reciprocal) { // x · reciprocal >> 32, by halves
        auto const low = _mm256_srli_epi64(_mm256_mul_epu32(x, reciprocal), 32);
        return _mm256_add_epi64(low, _mm256_mul_epu32(x, _mm256_srli_epi64(reciprocal, 32)));
    };
    auto *words = s.words;
    __m256i x[4];
    for (int v = 0; v < 4; ++v) x[v] = rans_load(state + 8 * v);
    for (; n > 0; n -= rans_lanes)
        for (int v = 3; v >= 0; --v) {
            auto const i = n - rans_lanes + 8 * static_cast<unsigned>(v);
            auto const code = rans_codes_of(s.codes, s.table + i, s.tokens + i);
            auto const gives = _mm256_cmpgt_epi32(_mm256_srli_epi32(x[v], 20), _mm256_srli_epi32(code.most, 20));
            auto const set = static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(gives)));
            auto const count = std::popcount(set);
            // The words end up at the top of eight, right below those written before.
            auto const top = rans_lanes_of(rans_permute.gather[set] << (8 * (8 - count) & 63));
            auto const given = _mm256_and_si256(_mm256_permutevar8x32_epi32(x[v], top), _mm256_set1_epi32(0xffff));
            auto const packed_words = _mm256_permute4x64_epi64(_mm256_packus_epi32(given, given), 8);
            _mm_storeu_si128(reinterpret_cast<__m128i *>(words - 8), _mm256_castsi256_si128(packed_words));
            words -= count;
            x[v] = _mm256_blendv_epi8(x[v], _mm256_srli_epi32(x[v], 16), gives);
            auto const even = _mm256_srli_epi64(quotient(x[v], code.even), 12);
            auto const odd = _mm256_slli_epi64(quotient(_mm256_srli_epi64(x[v], 32), code.odd), 20);
            auto const q = _mm256_blend_epi32(even, odd, 0xaa);
            x[v] = _mm256_add_epi32(_mm256_add_epi32(x[v], code.start), _mm256_mullo_epi32(q, code.rest));
        }
    for (int v = 0; v < 4; ++v) _mm256_storeu_si256(reinterpret_cast<__m256i *>(state + 8 * v), x[v]);
    s.words = words;
}

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
#endif
