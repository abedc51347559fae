// triptych/coder/model/family.hpp: Laplace and Gauss laws as static tables that cost one number each, for
// `coder::rans`.
//
// Prediction residuals and transform coefficients follow a Laplace or a Gauss law closely. So the scale of the law
// says nearly all that a counted table would (Reininger and Gibson, 1983). A scale takes 14 bits where a table takes
// hundreds, which suits small pictures and many classes. There are 64 scales, four an octave from 1/16 on. The
// nearest one is at most 9 % off, which costs about 0.006 bit a symbol.
//
// Tables must be the same on every machine, so they are made of integers alone. Densities are 2^-|x/h| and
// 2^-(x/h)^2, where the scale h is the distance of half the density. They are computed as products of square roots of
// 1/2. The mass of an interval is the mean of eight points of it. Every token up to the largest that occurs gets a
// unit at least.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/parts/powers.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {

/// 2^24 · 2^(i / 4)
inline constexpr std::array<std::uint64_t, 4> quarters{16777216, 19951585, 23726566, 28215802};

/// A law of symbols around 0 that a scale tells whole. `Squared`: the logarithm falls with the square.
template <bool Squared>
struct family {
    static constexpr bool looks_back = false;
    static constexpr std::size_t most_tables = table::most_tables;
    static constexpr std::uint32_t scales = 64;

    using classes = table::classes;
    using histogram = table::histogram;
    using intervals_type = std::array<coder::interval, coder::alphabet::most_tokens>;
    static auto cluster(triptych::detail::buffer<histogram> const &counted) -> clusters {
        return table::cluster(counted);
    }

    /// All that a table's owner sends: the scale, and the largest token there may be.
    struct parameters {
        std::uint32_t scale = 0, top = 0;
    };

    /// Half the density lies 2^((scale - 16) / 4) from 0. x in 16ths; 2^31 at 0.
    static constexpr auto density(std::uint32_t scale, std::uint64_t x) noexcept -> std::uint64_t {
        auto const up = 64 - scale; // 1 / h = 2^((up - 48) / 4)
        auto const slope = quarters[up % 4] << (up / 4) >> 12;
        auto y = std::min<std::uint64_t>(x, 1u << 20) * slope >> 12;
        if constexpr (Squared) y = std::min<std::uint64_t>(y, 1u << 22), y = y * y >> 16;
        return power_of_half(y);
    }
    /// Of n symbols from `first` on: eight points, in the middles of eighths.
    static constexpr auto mass(std::uint32_t scale, std::int64_t first, std::int64_t n) noexcept -> std::uint64_t {
        std::uint64_t sum = 0;
        for (std::int64_t j = 0; j < 8; ++j) {
            auto const x = 16 * first - 8 + n * (2 * j + 1);
            sum += density(scale, static_cast<std::uint64_t>(x < 0 ? -x : x));
        }
        return (sum >> 3) * static_cast<std::uint64_t>(n);
    }
    static constexpr auto mass_of_token(std::uint32_t scale, coder::alphabet const &letters, std::uint32_t t) noexcept
        -> std::uint64_t {
        if (t < letters.direct()) return mass(scale, letters.symbol(t), 1);
        auto const n = std::int64_t{1} << letters.extra(t);
        auto const value = static_cast<std::int64_t>(2 + (t & 1)) << letters.extra(t);
        if (letters.counts) return mass(scale, letters.base + value, n);
        return mass(scale, value / 2, n / 2) + mass(scale, -(value + n) / 2, n / 2);
    }

    /// Intervals of [0, 2^bits), 9 <= bits <= 16, for the tokens 0 ... top.
    static constexpr auto intervals(parameters const &p, coder::alphabet const &letters, unsigned bits)
        -> intervals_type {
        intervals_type out{};
        std::array<std::uint64_t, coder::alphabet::most_tokens> m{};
        std::uint64_t all = 0;
        for (std::uint32_t t = 0; t <= p.top; ++t)
            all += m[t] = std::min(mass_of_token(p.scale, letters, t), std::uint64_t{1} << 40) + 1;
        std::int64_t left = std::int64_t{1} << bits;
        std::uint32_t most = 0;
        for (std::uint32_t t = 0; t <= p.top; ++t) {
            out[t].freq = static_cast<std::uint32_t>(std::max<std::uint64_t>(1, (m[t] << bits) / all));
            left -= out[t].freq;
            if (out[t].freq > out[most].freq) most = t;
        }
        // What rounding left over goes to the likeliest; what the unlikely took comes from the likeliest of the moment.
        if (left > 0) out[most].freq += static_cast<std::uint32_t>(left);
        for (; left < 0; ++left) {
            for (std::uint32_t t = most = 0; t <= p.top; ++t)
                if (out[t].freq > out[most].freq) most = t;
            --out[most].freq;
        }
        std::uint32_t start = 0;
        for (auto &i : out) i.start = start, start += i.freq;
        return out;
    }

    /// The scale that codes what was counted in the fewest bits, and their number times 65536.
    struct fitted {
        parameters best;
        std::int64_t bits = 0;
    };
    static auto fit(histogram const &h, coder::alphabet const &letters, unsigned bits) -> fitted {
        fitted f;
        for (std::uint32_t t = 0; t < letters.tokens(); ++t)
            if (h[t] > 0) f.best.top = t;
        bool first = true;
        auto const attempt = [&](std::uint32_t scale) {
            auto const table = intervals({scale, f.best.top}, letters, bits);
            std::int64_t cost = 14 << 16;
            for (std::uint32_t t = 0; t <= f.best.top; ++t)
                if (h[t] > 0) cost += h[t] * ((static_cast<std::int64_t>(bits) << 16) - detail::log2_of(table[t].freq));
            if (first || cost < f.bits) f.bits = cost, f.best.scale = scale;
            first = false;
        };
        for (std::uint32_t scale = 4; scale < scales; scale += 8) attempt(scale);
        for (std::uint32_t step = 4; step > 0; step /= 2)
            for (auto const s : {f.best.scale - step, f.best.scale + step})
                if (s < scales) attempt(s);
        return f;
    }
};
} // namespace detail

/// Laplace's law: residuals of predictors, coefficients of transforms.
struct laplace : detail::family<false> {
    static constexpr void describe(auto &d) { d("laplace"); }
};
/// Gauss's law: noise, means of many.
struct gaussian : detail::family<true> {
    static constexpr void describe(auto &d) { d("gaussian"); }
};

} // namespace triptych::inline TRIPTYCH_ABI::model
