// triptych/coder/parts/digits.hpp: symbols of any size as digits 0 ... 15, for models of `coder::multisymbol`.
//
// A symbol is folded to 0, -1, 1, -2 ... = 0, 1, 2, 3 .... It becomes a class, two an octave, and the bits that tell
// values of one class apart. For folded values up to 191 the class is one digit, and the highest four of the bits are
// another. Larger values escape to an Elias gamma code. So most coefficients are one digit and most residuals of
// prediction two, where a binary tree needs seven decisions.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/coder/parts/adaptive_cdf.hpp>
#include <triptych/coder/parts/neighbours.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// The digit that stands for values above the classes.
inline constexpr unsigned escape_digit = 15;
/// Folded values from here on escape.
inline constexpr std::uint32_t escape_from = 192;

/// Bits that tell the values of a class below the escape apart.
constexpr auto class_bits(unsigned c) noexcept -> unsigned {
    return c < 4 ? 0 : c / 2 - 1;
}
/// The first value of a class below the escape.
constexpr auto class_start(unsigned c) noexcept -> std::uint32_t {
    return c < 4 ? c : (2u + (c & 1)) << class_bits(c);
}
static_assert(class_start(14) == 128 && log_class(127, 15) == 13 && log_class(128, 15) == 14 &&
              log_class(escape_from - 1, 15) == 14 && log_class(escape_from, 15) == escape_digit);

/// The classes of a two-sided geometric distribution: a magnitude is at least k with probability (decay / 32768)^k.
template <class Cdf>
constexpr auto laplacian(std::uint32_t decay) noexcept -> Cdf {
    std::uint32_t at_least_k = 32768, k = 0;
    return Cdf([&](unsigned i) {
        // Folded values f and more are the magnitudes from (f + 1) / 2 on; an even f lacks half of the first, the negative ones.
        auto const f = i == escape_digit ? escape_from : class_start(i);
        for (; k < (f + 1) / 2; ++k) at_least_k = at_least_k * decay >> 15;
        return f % 2 ? at_least_k : (at_least_k + (at_least_k * decay >> 15)) >> 1;
    });
}

/// What the coder paid, on average, for each digit at each place. Filled by an engine that meters (`last()`).
class digit_prices {
public:
    explicit digit_prices(std::size_t places) noexcept : cells_(places, {}) {}
    auto ok() const noexcept -> bool { return cells_.ok(); }
    void note(std::size_t place, unsigned digit, float bits) noexcept {
        cells_[place].bits[digit] += bits, cells_[place].seen[digit] += 1, cells_[place].all += 1;
    }
    auto of(std::size_t place, unsigned digit) const noexcept -> float {
        auto const &c = cells_[place];
        // A digit that was never seen is dear, the more so the oftener others were.
        return c.seen[digit] > 0 ? c.bits[digit] / c.seen[digit] : 3.0F + std::log2(1 + c.all);
    }

private:
    struct cell {
        std::array<float, 16> bits{}, seen{};
        float all = 0;
    };
    triptych::detail::buffer<cell> cells_;
};

/// Digits in `Contexts` contexts; the bits behind a class in `Kinds` of them. Slowest is the last rate, see `adaptive_cdf`.
template <unsigned Slowest, std::size_t Contexts, std::size_t Kinds>
class digit_statistics {
public:
    static constexpr std::size_t places = Contexts + Kinds * 16;

    using cdf = coder::adaptive_cdf<Slowest>;

    /// `first(context)` is how a context begins.
    template <class F>
    explicit digit_statistics(F &&first) noexcept : cdfs_(places, cdf()) {
        if (!cdfs_.ok()) return;
        for (std::size_t c = 0; c < Contexts; ++c) cdfs_[c] = first(c);
        for (std::size_t k = 0; k < Kinds; ++k)
            for (unsigned c = 4; c < escape_digit; ++c)
                cdfs_[behind(k, c)] = cdf::uniform(1u << std::min(class_bits(c), 4u));
    }
    auto ok() const noexcept -> bool { return cdfs_.ok(); }
    /// Codes a symbol of a signed width; returns it. The engine decides the direction.
    template <class E>
    auto value(E &engine, std::size_t context, std::size_t kind, std::int32_t v, unsigned width) -> std::int32_t {
        auto f = static_cast<std::uint32_t>(v) << 1 ^ static_cast<std::uint32_t>(v >> 31);
        auto const c = digit(engine, context, log_class(f, escape_digit));
        if (c < 4) {
            f = c;
        } else if (c < escape_digit) {
            auto const low = class_bits(c) - std::min(class_bits(c), 4u);
            auto const rest = f - class_start(c);
            auto const high = digit(engine, behind(kind, c), rest >> low & 15);
            f = class_start(c) + (high << low);
            if (low > 0) f += engine.direct(rest & ((1u << low) - 1), low);
        } else {
            auto const rest = f - (escape_from - 1);
            auto length = static_cast<unsigned>(std::bit_width(rest) - 1) & 31;
            length = 2 * digit(engine, behind(kind, c), length >> 1);
            length |= engine.direct(static_cast<unsigned>(std::bit_width(rest) - 1) & 1, 1);
            f = escape_from - 1 + (1u << length | engine.direct(rest & ((1u << length) - 1), length));
        }
        return sign_extend(f >> 1 ^ (0u - (f & 1)), width);
    }

    /// What `value` would pay.
    static auto rate(digit_prices const &paid, std::size_t context, std::size_t kind, std::int32_t v) noexcept
        -> float {
        auto const f = static_cast<std::uint32_t>(v) << 1 ^ static_cast<std::uint32_t>(v >> 31);
        auto const c = log_class(f, escape_digit);
        auto bits = paid.of(context, c);
        if (c >= 4 && c < escape_digit) {
            auto const low = class_bits(c) - std::min(class_bits(c), 4u);
            bits += paid.of(behind(kind, c), (f - class_start(c)) >> low) + static_cast<float>(low);
        } else if (c == escape_digit) {
            auto const length = static_cast<unsigned>(std::bit_width(f - (escape_from - 1)) - 1);
            bits += paid.of(behind(kind, c), length >> 1) + 1 + static_cast<float>(length);
        }
        return bits;
    }

private:
    static constexpr auto behind(std::size_t kind, unsigned c) noexcept -> std::size_t {
        return Contexts + kind * 16 + c;
    }
    template <class E>
    auto digit(E &engine, std::size_t place, unsigned d) -> unsigned {
        d = engine.digit(cdfs_[place], d);
        if constexpr (requires { engine.last(); }) engine.paid.note(place, d, engine.last());
        return d;
    }

    triptych::detail::buffer<cdf> cdfs_;
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
