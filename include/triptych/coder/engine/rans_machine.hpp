// triptych/coder/engine/rans_machine.hpp: rANS by the widest instructions that the compiler may use. All write and
// read the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/rans_lanes.hpp>
#include <triptych/version.hpp>

#if defined(__AVX512F__) && defined(__AVX512BW__)
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
