// triptych/coder/parts/logistic_law.hpp: symbols around a prediction with fractional bits, by a logistic law of any
// scale; in integers.
#pragma once

#include <algorithm>
#include <cstdint>

#include <triptych/coder/parts/powers.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// The logistic law, cut to the symbols of a width, with 2^-11 spread evenly over all of them for what no law foresees. Its scale is its mean
/// absolute deviation: the odds of lying beyond fall by 4 for each.
struct logistic_law {
    static constexpr std::uint32_t most_spread = 16 * 36 - 1;

    std::int64_t centre = 0;  ///< in 16ths of a symbol, |centre| <= 2^35
    std::uint32_t spread = 0; ///< 16 · log2(16 · mean absolute deviation), at most `most_spread`
    unsigned width = 8;       ///< signed bits of a symbol, 1 ... 32

    /// 2^46 · P(symbol < v), for v from -2^(width - 1) to 2^(width - 1); what is beyond both ends is counted, too.
    constexpr auto below(std::int64_t v) const noexcept -> std::int64_t {
        auto const d = 16 * v - 8 - centre;
        // 2 |d| < 2^38, so y < 2^55: in 65536ths, 4^(-|d| / deviation) is 2^-y.
        auto const y = static_cast<std::uint64_t>(d < 0 ? -d : d) * 2 * sixteenths[spread & 15] >> (spread >> 4);
        auto const odds = power_of_half(y);
        auto const tail = static_cast<std::int64_t>((odds << 30) / ((std::uint64_t{1} << 31) + odds));
        return ((d < 0 ? tail : (std::int64_t{1} << 30) - tail) << 16) +
               ((v + (std::int64_t{1} << (width - 1))) << (35 - width));
    }

    /// Codes v through `bit(p1, b) -> b`: is it in the upper half of what is left?
    template <class Bit>
    constexpr auto code(std::int32_t v, Bit &&bit) const -> std::int32_t {
        auto low = -(std::int64_t{1} << (width - 1));
        auto from = below(low), to = below(-low);
        for (auto half = -low; half > 0; half /= 2) {
            auto const middle = below(low + half);
            // Powers are rounded down, so a difference that should be nothing may be a unit below it.
            auto const p = ((to - middle) << 16) / std::max<std::int64_t>(to - from, 1);
            if (bit(static_cast<std::uint32_t>(std::clamp<std::int64_t>(p, 1, 65535)), v >= low + half))
                low += half, from = middle;
            else
                to = middle;
        }
        return static_cast<std::int32_t>(low);
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
