// triptych/quantizer/dead_zone.hpp: a uniform quantizer with a wider zero, fitted reconstruction points, and
// rate-distortion optimised decisions if the coder estimates rates.
//
// Coefficients are peaked at zero, so rounding down more often than to the nearest saves more bits than it costs
// distortion. For the same reason the centroid of a symbol's values lies off the middle of their interval (Sullivan
// 1996). Where it lies depends on the share of zeros in the band. The decoder knows this share once it has the
// symbols. So points are kept for classes of density and not of frequency, and the same few bytes fit any transform.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/quantizer/detail/decide.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// value = (|symbol| · step - shift) with the symbol's sign. Bands of role `side` pass untouched.
struct dead_zone {
    /// Bands are classed by their share of symbols that are not zero: below 1/32, 1/8, 3/8, and the rest.
    static constexpr std::size_t classes = 4;
    /// For |symbol| 1, 2 and more: how much nearer to zero than symbol · step the value lies, in 64ths of the step.
    using points = std::array<std::int8_t, 3>;
    /// The points of a stream that does not send its own: means over photographs, decisions weighed.
    static constexpr std::array<points, classes> usual{{{0, 2, 2}, {0, 0, 0}, {1, 0, -1}, {-1, -1, -2}}};
    /// Rounding offset, of 256, where no rates are known. Candidates with rates are rounded to the nearest: a dead zone and rates
    /// together throw away too much.
    static constexpr std::uint32_t plain_offset = 85, priced_offset = 128;
    /// Rounding offset, of 256, of the symbols that a coder starts from which decides them itself.
    static constexpr std::uint32_t first_offset = 97;

    struct setting {
        std::uint64_t step = 0; ///< in units of the integer samples, Q8; 0 for no loss
        std::array<points, classes> shift = usual;
    };
    static constexpr bool can_be_exact = true;
    static constexpr void describe(auto &d) { d("dead_zone"); }

    auto plan(target const &aim) const -> setting { return {detail::stream_step(aim), usual}; }
    template <class B>
    auto plan(B const &, target const &aim) const -> setting {
        return plan(aim);
    }
    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &s) const -> layout<R> {
        return detail::symbol_layout(in, s.step);
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        detail::round_to_symbols(x, x, s.step, plain_offset);
        auto where = detail::symbol_layout(x.layout(), s.step);
        return std::move(x).relabel(std::move(where));
    }

    /// Chooses for each symbol the cheapest of itself, the next one towards zero, and zero: the least
    /// distortion + lambda · step² · bits, where `rates` gives the bits of a symbol in the context of those decided before it.
    template <class B, class Rates>
    auto decide(B symbols, B const &x, setting const &s, Rates const &rates, target const &aim) const -> B {
        if (s.step == 0) return symbols;
        detail::round_to_symbols(x, symbols, s.step, priced_offset);
        scale<B> const steps(x.layout(), symbols, s);
        if (!x.ok() || !symbols.ok() || !steps.ok()) return detail::no_memory<B>();
        detail::decide(
            symbols, x, rates, aim.lambda, [&](std::size_t b) { return steps.grids[b].step; },
            [&](std::int32_t q, std::size_t b) { return steps.value(q, b); });
        return symbols;
    }

    /// The same with rates that decide whole blocks of symbols by themselves.
    template <class B, class Rates>
    requires optimising_rates<Rates, B>
    auto decide(B symbols, B const &x, setting const &s, Rates const &rates, target const &aim) const -> B {
        if (s.step == 0) return symbols;
        detail::round_to_symbols(x, symbols, s.step, first_offset);
        auto const grids = detail::grids<typename B::value_type>(x.layout(), s.step);
        if (!x.ok() || !symbols.ok() || !grids.ok()) return detail::no_memory<B>();
        auto const unit = [&](std::size_t b) { return 256.0F / static_cast<float>(grids[b].step); };
        rates.optimise(symbols, x, unit, aim.lambda);
        return symbols;
    }

    /// Refinement `refits`: the points that suit these symbols best, in the classes where they save more than their bytes cost.
    template <class B>
    auto refit(B const &x, B const &symbols, setting s, target const &aim) const -> setting {
        s.shift = usual;
        scale<B> const steps(x.layout(), symbols, s);
        if (s.step == 0 || !steps.ok()) return s;
        std::array<std::array<double, 3>, classes> count{}, miss{};
        for_each_value(symbols, [&](std::size_t at, std::size_t b, std::int32_t q) {
            if (q == 0 || x.info(b).at.kind == role::side) return;
            auto const low = std::int64_t{steps.grids[b].value(q)} - x.data()[at];
            std::size_t const c = steps.dense[b], m = rank_of(q);
            count[c][m] += 1;
            miss[c][m] +=
                64.0 * 256 * static_cast<double>(q > 0 ? low : -low) / static_cast<double>(steps.grids[b].step);
        });
        for (std::size_t c = 0; c < classes; ++c) {
            auto fitted = usual[c];
            double saved = 0;
            for (std::size_t m = 0; m < 3; ++m) {
                if (count[c][m] == 0) continue;
                auto const mean = miss[c][m] / count[c][m];
                fitted[m] = static_cast<std::int8_t>(std::clamp(std::floor(mean + 0.5), -double{limit}, double{limit}));
                auto const before = usual[c][m] - mean, after = fitted[m] - mean;
                saved += count[c][m] * (before * before - after * after) / (64 * 64);
            }
            if (saved > static_cast<double>(aim.lambda) * 24) s.shift[c] = fitted;
        }
        return s;
    }

    template <class B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        x = std::move(x).relabel(in);
        scale<B> const steps(in, x, s);
        if (!x.ok() || !steps.ok()) return detail::no_memory<B>();
        for_each_value(x, [&](std::size_t, std::size_t b, std::int32_t q) {
            return static_cast<typename B::value_type>(steps.value(q, b));
        });
        return x;
    }

    auto step(setting const &s) const -> fixed_step { return {s.step}; }
    /// For closed loops: the band's density is not known there, so points lie at symbol · step.
    auto scalar(setting const &s) const -> detail::scalar_loop { return {s.step, plain_offset}; }

    /// Twice the step, plus one if points follow: a byte that names the classes, and three for each of them.
    void write(setting const &s, byte_writer &w) const {
        unsigned own = 0;
        for (std::size_t c = 0; c < classes; ++c) own |= s.shift[c] != usual[c] ? 1u << c : 0u;
        w.varint(s.step * 2 + (own != 0));
        if (own == 0) return;
        w.u8(static_cast<std::uint8_t>(own));
        for (std::size_t c = 0; c < classes; ++c)
            for (std::size_t m = 0; m < 3 && (own >> c & 1); ++m) w.u8(static_cast<std::uint8_t>(s.shift[c][m]));
    }
    auto read(byte_reader &r) const -> setting {
        setting s;
        auto const first = r.varint(detail::max_step * 2 + 1);
        s.step = first / 2;
        if (first % 2 == 0) return s;
        auto const own = r.u8();
        if (r.ok() && (own == 0 || own >> classes != 0)) r.fail(errc::corrupt);
        for (std::size_t c = 0; c < classes; ++c)
            for (std::size_t m = 0; m < 3 && (own >> c & 1); ++m) {
                s.shift[c][m] = static_cast<std::int8_t>(r.u8());
                if (s.shift[c][m] > limit || s.shift[c][m] < -limit) r.fail(errc::corrupt);
            }
        return r.ok() ? s : setting{};
    }

private:
    static constexpr int limit = 31; ///< a shift stays below half a step

    static constexpr auto rank_of(std::int32_t q) noexcept -> std::size_t {
        return q == 1 || q == -1 ? 0 : q == 2 || q == -2 ? 1 : 2;
    }

    /// Steps, classes and shifts of all bands, given their symbols.
    template <class B>
    struct scale {
        detail::buffer<detail::grid<typename B::value_type>> grids;
        detail::buffer<std::uint8_t> dense;
        detail::buffer<std::array<std::int64_t, 3>> shifts; ///< Q8

        scale(layout<B::rank> const &in, B const &symbols, setting const &s)
            : grids(detail::grids<typename B::value_type>(in, s.step)), dense(in.count()), shifts(in.count()) {
            detail::buffer<std::size_t> count(in.count(), 0);
            if (!symbols.ok() || !count.ok() || !ok()) return;
            for_each_value(symbols, [&](std::size_t, std::size_t b, std::int32_t q) { count[b] += q != 0; });
            for (std::size_t b = 0; b < in.count(); ++b) {
                auto const n = volume(in[b].shape), some = 8 * std::uint64_t{count[b]};
                dense[b] = static_cast<std::uint8_t>((4 * some > n) + (some > n) + (some > 3 * n));
                bool const whole = in[b].at.kind == role::side || grids[b].step == 256;
                for (std::size_t m = 0; m < 3; ++m)
                    shifts[b][m] = whole ? 0 : s.shift[dense[b]][m] * static_cast<std::int64_t>(grids[b].step) / 64;
            }
        }
        auto ok() const noexcept -> bool { return grids.ok() && dense.ok() && shifts.ok(); }
        auto value(std::int32_t q, std::size_t b) const noexcept -> std::int32_t {
            return grids[b].value(q, q == 0 ? 0 : shifts[b][rank_of(q)]);
        }
    };
};

static_assert(quantizer_for<dead_zone, bands<std::int16_t, 2>>);
static_assert(scalar_quantizer_for<dead_zone, bands<std::int16_t, 2>> && plans_ahead<dead_zone>);
static_assert(steps<dead_zone> && refits<dead_zone, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
