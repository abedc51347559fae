// triptych/quantizer/uniform.hpp: one step for all bands, rounded to the nearest symbol (a mid-tread quantizer).
//
// The surprise: it is also the near-lossless quantizer. On integers that no transform has scaled, the step 2e + 1 keeps every
// error within e exactly, and the step 1 (or 0) loses nothing (Weinberger, Seroussi and Sapiro 2000, LOCO-I, do the same).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// value = symbol · step. Bands of role `side` pass untouched; the symbols' layout says how many bits are left.
struct uniform {
    struct setting {
        std::uint64_t step = 0; ///< in units of the integer samples, Q8; 0 for no loss
    };
    static constexpr bool can_be_exact = true;
    static constexpr void describe(auto &d) { d("uniform"); }

    auto plan(target const &aim) const -> setting { return {detail::stream_step(aim)}; }
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
        detail::round_to_symbols(x, x, s.step, 128);
        auto where = arrange(x.layout(), s);
        return std::move(x).relabel(std::move(where));
    }
    template <class B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        auto const grids = detail::grids<typename B::value_type>(in, s.step);
        x = std::move(x).relabel(in);
        if (!x.ok() || !grids.ok()) return detail::no_memory<B>();
        for_each_value(x, [&](std::size_t, std::size_t b, std::int32_t q) {
            return static_cast<typename B::value_type>(grids[b].value(q));
        });
        return x;
    }

    auto step(setting const &s) const -> fixed_step { return {s.step}; }
    auto scalar(setting const &s) const -> detail::scalar_loop { return {s.step, 128}; }
    /// 2e + 1 integers share a symbol, and its value is the middle one.
    static constexpr auto step_within(std::int64_t e) -> double { return 2 * static_cast<double>(e) + 1; }

    void write(setting const &s, byte_writer &w) const { w.varint(s.step); }
    auto read(byte_reader &r) const -> setting { return {r.varint(detail::max_step)}; }
};

static_assert(quantizer_for<uniform, bands<std::int16_t, 2>>);
static_assert(scalar_quantizer_for<uniform, bands<std::int16_t, 2>> && plans_ahead<uniform>);
static_assert(steps<uniform> && bounds_errors<uniform>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
