// triptych/coder/engine/rans_sse4.hpp: rANS in eight vectors of 4 lanes, with SSE4.1. Decoding only: without a gather
// instruction the encoder gains nothing.
//
// After F. Giesen's ryg_rans: look-ups stay scalar, words are dealt to the lanes that want them by one shuffle of bytes. Processors of
// 64 bits only, as all of these machines: indices leave a vector in pairs.
#pragma once

#include <cstring>

#include <triptych/coder/engine/rans_gather.hpp>
#include <triptych/coder/engine/rans_lanes.hpp>
#include <triptych/version.hpp>

#if defined(__x86_64__) && defined(__SSE4_1__) && !defined(__AVX2__)
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
[[gnu::noinline]] inline auto rans_decode_vector(std::uint32_t *state, rans_source &s, std::size_t n) noexcept
    -> std::size_t {
    auto const mask12 = _mm_set1_epi32(rans_whole - 1), one = _mm_set1_epi32(1);
    auto const low_bytes = _mm_set1_epi32(0x0c080400);
    auto const *const slots = s.slots;
    auto const *const table = s.table, *const last = s.last, *at = s.words;
    auto *const tokens = s.tokens;
    __m128i x[8];
    for (int v = 0; v < 8; ++v) x[v] = _mm_loadu_si128(reinterpret_cast<__m128i const *>(state + 4 * v));
    std::size_t i = 0;
    for (; i + rans_lanes <= n && last - at >= 64; i += rans_lanes)
        for (int v = 0; v < 8; ++v) {
            auto const j = i + 4 * static_cast<unsigned>(v);
            int four;
            std::memcpy(&four, table + j, 4);
            auto const of = _mm_slli_epi32(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four)), rans_precision);
            auto const slot = rans_gather4(slots, _mm_or_si128(of, _mm_and_si128(x[v], mask12)));
            four = _mm_cvtsi128_si32(_mm_shuffle_epi8(slot, low_bytes));
            std::memcpy(tokens + j, &four, 4);
            auto const freq = _mm_add_epi32(_mm_srli_epi32(slot, 20), one);
            x[v] = _mm_add_epi32(_mm_mullo_epi32(freq, _mm_srli_epi32(x[v], rans_precision)),
                                 _mm_and_si128(_mm_srli_epi32(slot, 8), mask12));
            auto const takes = _mm_cmpeq_epi32(_mm_srli_epi32(x[v], 16), _mm_setzero_si128());
            auto const set = static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(takes)));
            auto const words = _mm_loadl_epi64(reinterpret_cast<__m128i const *>(at));
            auto const dealt =
                _mm_shuffle_epi8(words, _mm_loadu_si128(reinterpret_cast<__m128i const *>(rans_deal4[set].data())));
            x[v] = _mm_blendv_epi8(x[v], _mm_or_si128(_mm_slli_epi32(x[v], 16), dealt), takes);
            at += 2 * (0x4332322132212110u >> (4 * set) & 15); // lanes in the set: SSE4.1 has no popcnt
        }
    for (int v = 0; v < 8; ++v) _mm_storeu_si128(reinterpret_cast<__m128i *>(state + 4 * v), x[v]);
    s.words = at;
    return i;
}

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
#endif
