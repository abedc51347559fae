// triptych/coder/engine/rans_machine.hpp: rANS by the widest instructions that the compiler may use. All write and
// read the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/rans_lanes.hpp>
#include <triptych/version.hpp>

#if !defined(__x86_64__)
#define TRIPTYCH_DETAIL_RANS 0
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#include <triptych/coder/engine/rans_avx512.hpp>
#define TRIPTYCH_DETAIL_RANS 512
#elif defined(__AVX2__)
#include <triptych/coder/engine/rans_avx2.hpp>
#define TRIPTYCH_DETAIL_RANS 256
#elif defined(__SSE4_1__)
#include <triptych/coder/engine/rans_sse4.hpp>
#define TRIPTYCH_DETAIL_RANS 128
#else
#define TRIPTYCH_DETAIL_RANS 0
#endif

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

#if TRIPTYCH_DETAIL_RANS >= 256
/// Decodes as many symbols of n as there are whole steps of 32 and bytes enough for; returns how many. A function of its own, so that the
/// loop has all registers.
[[gnu::noinline]] inline auto rans_decode_vector(std::uint32_t *state, rans_source &s, std::size_t n) noexcept
    -> std::size_t {
    // Tokens are bytes, which may be stored anywhere for all that a compiler knows: what it shall keep in registers is local.
    auto const *const slots = s.slots;
    auto const *const table = s.table, *const last = s.last, *at = s.words;
    auto *const tokens = s.tokens;
    auto const load = [&](int v) { return _mm256_loadu_si256(reinterpret_cast<__m256i const *>(state + 8 * v)); };
    auto const store = [&](int v, __m256i x) { _mm256_storeu_si256(reinterpret_cast<__m256i *>(state + 8 * v), x); };
    auto x0 = load(0), x1 = load(1), x2 = load(2), x3 = load(3);
    std::size_t i = 0;
    for (; i + rans_lanes <= n && last - at >= 64; i += rans_lanes) {
        x0 = rans_step8(x0, slots, table + i, tokens + i, at);
        x1 = rans_step8(x1, slots, table + i + 8, tokens + i + 8, at);
        x2 = rans_step8(x2, slots, table + i + 16, tokens + i + 16, at);
        x3 = rans_step8(x3, slots, table + i + 24, tokens + i + 24, at);
    }
    store(0, x0), store(1, x1), store(2, x2), store(3, x3);
    s.words = at;
    return i;
}
#endif

/// Decodes n symbols in `lanes` lanes, 1, 4 or 32; the first is in lane 0, and only the last call's n may be no multiple of `lanes`.
inline void rans_decode(std::size_t lanes, std::uint32_t *state, rans_source &s, std::size_t n) noexcept {
    if (lanes == 1) return rans_decode_portable<1>(state, s, n);
    if (lanes == 4) return rans_decode_portable<4>(state, s, n);
#if TRIPTYCH_DETAIL_RANS
    auto const done = rans_decode_vector(state, s, n);
    s.table += done, s.tokens += done, n -= done;
#endif
    rans_decode_portable<rans_lanes>(state, s, n);
}

/// Encodes n symbols backwards; only the first call's n may be no multiple of `lanes`.
inline void rans_encode(std::size_t lanes, std::uint32_t *state, rans_sink &s, std::size_t n) noexcept {
    if (lanes == 1) return rans_encode_portable<1>(state, s, n);
    if (lanes == 4) return rans_encode_portable<4>(state, s, n);
#if TRIPTYCH_DETAIL_RANS >= 256
    auto const whole = n / rans_lanes * rans_lanes;
    auto tail = s;
    tail.table += whole, tail.tokens += whole;
    rans_encode_portable<rans_lanes>(state, tail, n - whole);
    s.words = tail.words, n = whole;
    rans_encode_vector(state, s, n);
#else
    rans_encode_portable<rans_lanes>(state, s, n);
#endif
}

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
