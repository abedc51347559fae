// triptych/coder/engine/rans_sse4.hpp: rANS in eight vectors of 4 lanes, with SSE4.1. Decoding only: without a gather
// instruction the encoder gains nothing.
//
// After F. Giesen's ryg_rans: look-ups stay scalar, and one shuffle of bytes scatters words to the lanes that need
// them.
#pragma once

#include <triptych/coder/engine/rans_lanes.hpp>
#include <triptych/version.hpp>

#if defined(__SSE4_1__) && !defined(__AVX2__)
#include <smmintrin.h>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// For each set of 4 lanes the bytes of the words that its lanes take, in the lower halves of lanes; zero elsewhere.
inline constexpr auto rans_deal4 = [] {
    std::array<std::array<std::uint8_t, 16>, 16> deal{};
    for (unsigned set = 0; set < 16; ++set) {
        deal[set].fill(0x80);
        for (unsigned lane = 0, k = 0; lane < 4; ++lane)
            if (set >> lane & 1)
                deal[set][4 * lane] = static_cast<std::uint8_t>(2 * k),
                              deal[set][4 * lane + 1] = static_cast<std::uint8_t>(2 * k + 1), ++k;
    }
    return deal;
}();

/// Decodes as many symbols of n as there are whole steps of 32 and bytes enough for; returns how many.
inline auto rans_decode_vector(std::uint32_t *state, rans_source &s, std::size_t n) noexcept -> std::size_t {
    auto const mask12 = _mm_set1_epi32(rans_whole - 1), one = _mm_set1_epi32(1);
    auto const *at = s.words;
    __m128i x[8];
    for (int v = 0; v < 8; ++v) x[v] = _mm_loadu_si128(reinterpret_cast<__m128i const *>(state + 4 * v));
    std::size_t i = 0;
    for (; i + rans_lanes <= n && s.last - at >= 64; i += rans_lanes)
        for (int v = 0; v < 8; ++v) {
            auto const j = i + 4 * static_cast<unsigned>(v);
            auto const m = _mm_and_si128(x[v], mask12);
            auto const slot_at = [&](std::size_t lane, int low) {
                return s.slots[static_cast<std::size_t>(s.table[j + lane]) << rans_precision |
                               static_cast<std::uint32_t>(low)];
            };
            auto const s0 = slot_at(0, _mm_cvtsi128_si32(m)), s1 = slot_at(1, _mm_extract_epi32(m, 1)),
                       s2 = slot_at(2, _mm_extract_epi32(m, 2)), s3 = slot_at(3, _mm_extract_epi32(m, 3));
            s.tokens[j] = static_cast<std::uint8_t>(s0), s.tokens[j + 1] = static_cast<std::uint8_t>(s1);
            s.tokens[j + 2] = static_cast<std::uint8_t>(s2), s.tokens[j + 3] = static_cast<std::uint8_t>(s3);
            auto const slot =
                _mm_setr_epi32(static_cast<int>(s0), static_cast<int>(s1), static_cast<int>(s2), static_cast<int>(s3));
            auto const freq = _mm_add_epi32(_mm_srli_epi32(slot, 20), one);
            x[v] = _mm_add_epi32(_mm_mullo_epi32(freq, _mm_srli_epi32(x[v], rans_precision)),
                                 _mm_and_si128(_mm_srli_epi32(slot, 8), mask12));
            auto const takes = _mm_cmpeq_epi32(_mm_srli_epi32(x[v], 16), _mm_setzero_si128());
            auto const set = static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(takes)));
            auto const words = _mm_loadl_epi64(reinterpret_cast<__m128i const *>(at));
            auto const dealt =
                _mm_shuffle_epi8(words, _mm_loadu_si128(reinterpret_cast<__m128i const *>(rans_deal4[set].data())));
            x[v] = _mm_blendv_epi8(x[v], _mm_or_si128(_mm_slli_epi32(x[v], 16), dealt), takes);
            at += 2 * std::popcount(set);
        }
    for (int v = 0; v < 8; ++v) _mm_storeu_si128(reinterpret_cast<__m128i *>(state + 4 * v), x[v]);
    s.words = at;
    return i;
}

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
#endif
