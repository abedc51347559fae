// triptych/coder/engine/rans_lanes.hpp: the arithmetic of rANS, lane by lane. The reference of all vector machines, and what runs where there is none.
//
// A state x of a lane lies in [2^16, 2^32). To decode, its lowest 12 bits name a slot of a table, and so a token with an interval of `freq`
// slots from `start`: x becomes freq · (x >> 12) + slot - start, and below 2^16 takes in a word of 16 bits. Encoding is the inverse, with a
// division by freq, for which a reciprocal stands. Lane after lane takes its word, so however many lanes a machine steps at once, the
// words lie in the same order (F. Giesen, arXiv:1402.3392).
#pragma once

#include <array>
#include <bit>
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
    std::uint32_t reciprocal = 0; ///< of the frequency: ceil or floor of 2^(32 + shift) / freq
    std::uint32_t packed =
        0; ///< frequency - 1 (12 bits), start (12), shift (4), 1 if the state is to be increased before (1)

    /// The quotient q = (x + increase) · reciprocal >> 32 + shift is exact for all x < 2^20 · freq, which are those that are divided: rounded
    /// up, the reciprocal is off by e / freq with e = -2^(32 + shift) mod freq, and x · e / freq < 2^(32 + shift) as long as e < 2^11; else
    /// it is rounded down, off by (freq - e) / freq, and one more in x makes up for it.
    static constexpr auto of(interval const &in) noexcept -> rans_code {
        std::uint32_t const shift = in.freq < 2 ? 0 : static_cast<std::uint32_t>(std::bit_width(in.freq - 1)) - 1;
        auto const scale = std::uint64_t{1} << (32 + shift);
        auto const up = (scale + in.freq - 1) / in.freq;
        bool const increase = up >> 32 != 0 || up * in.freq - scale >= 2048;
        auto const reciprocal = increase ? (in.freq == 1 ? scale - 1 : scale / in.freq) : up;
        return {static_cast<std::uint32_t>(reciprocal),
                (in.freq - 1) | in.start << 12 | shift << 24 | (increase ? 1u << 28 : 0u)};
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
void rans_decode_portable(std::uint32_t *state, rans_source &s, std::size_t n) noexcept {
    std::size_t i = 0;
    auto const step = [&](std::size_t lane, std::uint32_t word) {
        auto x = state[lane];
        auto const slot =
            s.slots[static_cast<std::size_t>(s.table[i + lane]) << rans_precision | (x & (rans_whole - 1))];
        s.tokens[i + lane] = static_cast<std::uint8_t>(slot);
        x = rans_advanced(x, slot);
        bool const takes = x < rans_low;
        state[lane] = takes ? x << 16 | word : x;
        return takes;
    };
    auto const *at = s.words;
    for (; i + Lanes <= n && static_cast<std::size_t>(s.last - at) >= 2 * Lanes; i += Lanes)
        for (std::size_t lane = 0; lane < Lanes; ++lane)
            at += 2 * static_cast<unsigned>(step(lane, static_cast<std::uint32_t>(at[0] | at[1] << 8)));
    // Near the end of the bytes each word is looked for.
    std::size_t missing = 0;
    for (; i < n; i += Lanes)
        for (std::size_t lane = 0; lane < Lanes && i + lane < n; ++lane) {
            bool const there = s.last - at >= 2;
            if (step(lane, there ? static_cast<std::uint32_t>(at[0] | at[1] << 8) : 0))
                at += there ? 2 : 0, missing += there ? 0 : 1;
        }
    s.words = at, s.missing += missing;
}

/// Encodes n symbols backwards, the first of which is in lane 0.
template <std::size_t Lanes>
void rans_encode_portable(std::uint32_t *state, rans_sink &s, std::size_t n) noexcept {
    auto *words = s.words;
    auto const step = [&](std::size_t i, std::size_t lane) {
        auto const code = s.codes[static_cast<std::size_t>(s.table[i]) << 8 | s.tokens[i]];
        auto x = state[lane];
        auto const freq = (code.packed & (rans_whole - 1)) + 1;
        bool const gives = x >> 20 >= freq;
        words[-1] = static_cast<std::uint16_t>(x);
        words -= gives;
        x = gives ? x >> 16 : x;
        auto const q = static_cast<std::uint32_t>(((x + std::uint64_t{code.packed >> 28}) * code.reciprocal >> 32) >>
                                                  (code.packed >> 24 & 15));
        state[lane] = x + (code.packed >> 12 & (rans_whole - 1)) + q * (rans_whole - freq);
    };
    for (; n % Lanes != 0; --n) step(n - 1, (n - 1) % Lanes);
    for (; n > 0; n -= Lanes)
        for (std::size_t lane = Lanes; lane-- > 0;) step(n - Lanes + lane, lane);
    s.words = words;
}

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
