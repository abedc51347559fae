// triptych/coder/parts/tokens.hpp: symbols of any size as a small alphabet and raw bits.
//
// The hybrid integers of JPEG XL. A signed symbol is folded to 0, -1, 1, -2 ... = 0, 1, 2, 3 .... Small values are
// tokens of their own. A larger value becomes a token that holds its length and its second highest bit; the rest
// follows as raw bits. `token` has 16 small values. An `alphabet` has as many as suit its stream, up to 256, and may
// count from the least symbol instead of folding.
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

/// The tokens of a stream with static tables. They are at most 256, so a token is a byte.
struct alphabet {
    static constexpr unsigned fewest = 4, most = 8; ///< of `split`
    static constexpr std::uint32_t most_tokens = 256;

    bool counts = false;   ///< values count from `base`; else they are folded
    std::int32_t base = 0; ///< the least symbol
    unsigned split = most; ///< values below 2^split are their own tokens; with 8 there are no others

    constexpr auto tokens() const noexcept -> std::uint32_t {
        return split == most ? 256 : direct() + 2 * (32 - split);
    }
    /// Tokens from here on have extra bits.
    constexpr auto direct() const noexcept -> std::uint32_t { return 1u << split; }
    constexpr auto extra(std::uint32_t t) const noexcept -> unsigned {
        return t < direct() ? 0 : (t - direct()) / 2 + split - 1;
    }
    constexpr auto value(std::int32_t symbol) const noexcept -> std::uint32_t {
        auto const v = static_cast<std::uint32_t>(symbol);
        return counts ? v - static_cast<std::uint32_t>(base) : v << 1 ^ static_cast<std::uint32_t>(symbol >> 31);
    }
    constexpr auto symbol(std::uint32_t value) const noexcept -> std::int32_t {
        return static_cast<std::int32_t>(counts ? value + static_cast<std::uint32_t>(base)
                                                : value >> 1 ^ (0u - (value & 1)));
    }
    /// Of a value below 256 if split is 8, of any value if it is less.
    constexpr auto token(std::uint32_t value) const noexcept -> std::uint32_t {
        if (value < direct()) return value;
        auto const e = static_cast<unsigned>(std::bit_width(value)) - 1;
        return direct() + 2 * (e - split) + ((value >> (e - 1)) & 1);
    }
    /// The value of a token and its extra bits; the inverse of `token`.
    constexpr auto value(std::uint32_t t, std::uint32_t rest) const noexcept -> std::uint32_t {
        return t < direct() ? t : (2 + (t & 1)) << extra(t) | rest;
    }
    /// The token of this alphabet that a token of a finer one is part of.
    constexpr auto coarsened(std::uint32_t t, alphabet const &finer) const noexcept -> std::uint32_t {
        return token(finer.value(t, 0));
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::coder
