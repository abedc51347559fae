// triptych/coder/engine/rans_lanes.hpp: the arithmetic of rANS, lane by lane: the reference of all vector machines,
// and what runs where there is none.
//
// The state x of a lane lies in [2^16, 2^32). To decode, its lowest 12 bits name a slot of a table, and so a token
// with an interval of `freq` slots from `start`. Then x becomes freq · (x >> 12) + slot - start, and a state below
// 2^16 takes in a word of 16 bits. Encoding is the inverse, with a division by freq, for which a reciprocal stands.
// Lane after lane takes its word. So the words lie in the same order, however many lanes a machine steps at once (F.
// Giesen, arXiv:1402.3392).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/order.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

inline constexpr unsigned rans_precision = 12;
inline constexpr std::uint32_t rans_whole = 1u << rans_precision, rans_low = 1u << 16;
inline constexpr std::size_t rans_lanes = 32;

/// What a decoder reads from and writes to. All arrays are of symbols but `slots`.
struct rans_source {
    std::uint32_t const
        *slots; ///< of table t from t << 12 on: frequency - 1 (12 bits), offset in the interval (12), token (8)
    std::uint8_t const *table; ///< of each symbol
    std::uint8_t *tokens;      ///< of each symbol
    std::uint8_t const *words; ///< bytes of 16-bit words, lowest first
    std::uint8_t const *last;  ///< where those end
    std::size_t missing = 0;   ///< words that were not there, and were taken for zeros
};

/// How a token of a table is encoded.
struct rans_code {
    std::uint64_t reciprocal = 0; ///< of the frequency: ceil(2^44 / freq)
    std::uint32_t most = 0;       ///< a state above gives a word first: 2^20 · freq - 1
    std::uint16_t start = 0;
    std::uint16_t rest = 0; ///< 2^12 - freq

    /// The quotient x · reciprocal >> 44 is exact for all x < 2^20 · freq, which are those that are divided: the reciprocal is off by e / freq with
    /// e < freq, and x · e / freq < 2^20 · freq < 2^44 / freq.
    static constexpr auto of(interval const &in) noexcept -> rans_code {
        return {((std::uint64_t{1} << 44) + in.freq - 1) / in.freq,
                static_cast<std::uint32_t>((std::uint64_t{in.freq} << 20) - 1), static_cast<std::uint16_t>(in.start),
                static_cast<std::uint16_t>(rans_whole - in.freq)};
    }
};

/// What an encoder reads from and writes to.
struct rans_sink {
    rans_code const *codes;     ///< of token k of table t at t << 8 | k
    std::uint8_t const *table;  ///< of each symbol
    std::uint8_t const *tokens; ///< of each symbol
    std::uint16_t *words; ///< the lowest word written; those before are written below, and 16 more may be scribbled on
};

/// The next state of a lane, before it takes in a word.
constexpr auto rans_advanced(std::uint32_t x, std::uint32_t slot) noexcept -> std::uint32_t {
    return ((slot >> 20) + 1) * (x >> rans_precision) + (slot >> 8 & (rans_whole - 1));
}

/// Decodes n symbols, of which the first is in lane 0 of `Lanes`; moves `words` on.
template <std::size_t Lanes>
void rans_decode_portable(std::uint32_t *states, rans_source &s, std::size_t n) noexcept {
    // Tokens are bytes, which may be stored anywhere for all that a compiler knows: what it shall keep in registers is local.
    std::array<std::uint32_t, Lanes> state;
    std::copy_n(states, Lanes, state.begin());
    auto const *const slots = s.slots;
    auto const *table = s.table, *at = s.words;
    auto *tokens = s.tokens;
    auto const *const last = s.last;
    auto const word_at = [](std::uint8_t const *p) { return static_cast<std::uint32_t>(p[0] | p[1] << 8); };
    // Whether a word is taken is as good as random, so it is no branch.
    auto const step = [&](std::size_t lane, std::uint32_t word) -> std::uint32_t {
        auto x = state[lane];
        auto const slot = slots[static_cast<std::size_t>(table[lane]) << rans_precision | (x & (rans_whole - 1))];
        tokens[lane] = static_cast<std::uint8_t>(slot);
        x = rans_advanced(x, slot);
        std::uint32_t const takes = x < rans_low;
        state[lane] = x << 16 * takes | (word & (0 - takes));
        return takes;
    };
    for (; n >= Lanes && static_cast<std::size_t>(last - at) >= 2 * Lanes; n -= Lanes, table += Lanes, tokens += Lanes)
        for (std::size_t lane = 0; lane < Lanes; ++lane) at += 2 * step(lane, word_at(at));
    // Near the end of the bytes each word is looked for.
    std::size_t missing = 0;
    for (; n > 0; n -= std::min(n, Lanes), table += Lanes, tokens += Lanes)
        for (std::size_t lane = 0; lane < std::min(n, Lanes); ++lane) {
            bool const there = last - at >= 2;
            if (step(lane, there ? word_at(at) : 0) != 0) at += there ? 2 : 0, missing += there ? 0 : 1;
        }
    std::copy_n(state.begin(), Lanes, states);
    s.words = at, s.missing += missing;
}

/// Encodes n symbols backwards, the first of which is in lane 0.
template <std::size_t Lanes>
void rans_encode_portable(std::uint32_t *states, rans_sink &s, std::size_t n) noexcept {
    std::array<std::uint32_t, Lanes> state;
    std::copy_n(states, Lanes, state.begin());
    auto const *const codes = s.codes;
    auto const *const table = s.table, *const tokens = s.tokens;
    auto *words = s.words;
    auto const step = [&](std::size_t i, std::size_t lane) {
        auto const &code = codes[static_cast<std::size_t>(table[i]) << 8 | tokens[i]];
        auto x = state[lane];
        // The word is written anyway, and counts if it is given.
        bool const gives = x > code.most;
        words[-1] = static_cast<std::uint16_t>(x);
        words -= gives;
        x = gives ? x >> 16 : x;
        auto const q = static_cast<std::uint32_t>(x * code.reciprocal >> 44);
        state[lane] = x + code.start + q * code.rest;
    };
    for (; n % Lanes != 0; --n) step(n - 1, (n - 1) % Lanes);
    for (; n > 0; n -= Lanes)
        for (std::size_t lane = Lanes; lane-- > 0;) step(n - Lanes + lane, lane);
    std::copy_n(state.begin(), Lanes, states);
    s.words = words;
}

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
