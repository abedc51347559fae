// triptych/coder/tokens.hpp: symbols of any size as a small alphabet and raw bits.
//
// The hybrid integers of JPEG XL: a signed symbol is folded to 0, -1, 1, -2 ... = 0, 1, 2, 3 ..., values below 16 are tokens of their
// own, larger ones a token that holds the length and the second highest bit, the rest follows as raw bits.
#pragma once

#include <bit>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// A token in [0, token_count) and `extra` raw bits, of value `rest`.
struct token {
    static constexpr std::uint32_t count = 72;

    std::uint32_t value = 0, rest = 0;

    /// Raw bits that follow a token.
    static constexpr auto extra(std::uint32_t token) noexcept -> unsigned {
        return token < 16 ? 0 : (token - 16) / 2 + 3;
    }
    static constexpr auto of(std::int32_t symbol) noexcept -> token {
        auto const v = static_cast<std::uint32_t>(symbol) << 1 ^ static_cast<std::uint32_t>(symbol >> 31);
        if (v < 16) return {v, 0};
        auto const e = static_cast<std::uint32_t>(std::bit_width(v)) - 1;
        auto const t = 16 + 2 * (e - 4) + ((v >> (e - 1)) & 1);
        return {t, v & ((1u << (e - 1)) - 1)};
    }
    constexpr auto symbol() const noexcept -> std::int32_t {
        std::uint32_t v = value;
        if (v >= 16) v = (2 + (value & 1)) << extra(value) | rest;
        return static_cast<std::int32_t>(v >> 1 ^ (0u - (v & 1)));
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::coder
