// triptych/quantizer/learned_dead_zone.hpp: a dead-zone quantizer whose step and reconstruction points are learned, for
// records of a few bytes.
//
// quantizer::dead_zone sends its step and fits its points to each picture. A picture of thirty bytes can pay for
// neither. Here both are in the model. The stream spends one byte: how much finer or coarser than the learned step it
// is, in 32nds of an octave. Each band has points of its own, the centroids of the corpus (Lloyd's second condition,
// 1957).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/quantizer/detail/decide.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// value = (|symbol| · step - shift) with the symbol's sign. Bands of role `side` pass untouched. It can't be exact.
struct learned_dead_zone {
    /// Rounding offsets, of 256: without rates, and of candidates that rates decide on.
    static constexpr std::uint32_t plain_offset = 85, priced_offset = 128;
    static constexpr std::uint32_t usual_step = 8 * 256; ///< Q8, without state
    static constexpr int limit = 31;                     ///< a shift stays below half a step

    frozen<std::int32_t> learned; ///< one element: the step that was learned for, Q8, in units of the integer samples
    frozen<std::int8_t>
        points; ///< bands × 3: for |symbol| 1, 2 and more, how much nearer to zero the value lies, in 64ths of the step

    struct setting {
        std::uint8_t fineness = middle; ///< the step is the learned one · 2^((fineness - 128) / 32)
    };
    static constexpr std::uint8_t middle = 128;
    static constexpr bool can_be_exact = false;
    static constexpr void describe(auto &d) { d("learned_dead_zone"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("step", self.learned), v("points", self.points);
    }
    /// Do the extents of the learned arrays fit each other? True without state.
    constexpr auto valid() const noexcept -> bool {
        return (learned.empty() || learned.shape() == dims{1u}) &&
               (points.empty() || (!learned.empty() && points.shape().rank == 2 && points.shape().extent[1] == 3));
    }

    auto plan(target const &aim) const -> setting {
        auto const octaves = std::log2(std::max(aim.step, 1e-6F) * 256 / static_cast<float>(learned_step()));
        return {static_cast<std::uint8_t>(std::clamp(std::lround(32 * octaves) + middle, 0L, 255L))};
    }
    template <class B>
    auto plan(B const &, target const &aim) const -> setting {
        return plan(aim);
    }
    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &s) const -> layout<R> {
        return detail::symbol_layout(in, stream_step(s));
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        detail::round_to_symbols(x, x, stream_step(s), plain_offset);
        auto where = arrange(x.layout(), s);
        return std::move(x).relabel(std::move(where));
    }
    /// Chooses for each symbol the cheapest of itself, the next one towards zero, and zero.
    template <class B, class Rates>
    auto decide(B symbols, B const &x, setting const &s, Rates const &rates, target const &aim) const -> B {
        detail::round_to_symbols(x, symbols, stream_step(s), priced_offset);
        auto const grids = detail::grids<typename B::value_type>(x.layout(), stream_step(s));
        if (!x.ok() || !symbols.ok() || !grids.ok()) return detail::no_memory<B>();
        detail::decide(
            symbols, x, rates, aim.lambda, [&](std::size_t b) { return grids[b].step; },
            [&](std::int32_t q, std::size_t b) { return value_of(grids[b], q, b); });
        return symbols;
    }
    template <class B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        detail::grid_in_turn<typename B::value_type> turn(stream_step(s));
        x = std::move(x).relabel(in);
        if (!x.ok()) return detail::no_memory<B>();
        for_each_value(x, [&](std::size_t, std::size_t b, std::int32_t q) {
            if (q == 0) return typename B::value_type{0};
            return static_cast<typename B::value_type>(in[b].at.kind == role::side ? q
                                                                                   : value_of(turn.of(in[b]), q, b));
        });
        return x;
    }

    auto step(setting const &s) const -> fixed_step { return {stream_step(s)}; }
    /// In a closed loop the number of a value's band is not known, so points lie at symbol · step.
    auto scalar(setting const &s) const -> detail::scalar_loop { return {stream_step(s), plain_offset}; }

    void write(setting const &s, byte_writer &w) const { w.u8(s.fineness); }
    auto read(byte_reader &r) const -> setting { return {r.u8()}; }

    /// The step of a setting, Q8: octaves by shifts, 32nds by a table, in integers.
    auto stream_step(setting const &s) const -> std::uint64_t {
        auto const up = s.fineness - middle + 4 * 32;
        auto const scaled = std::uint64_t{learned_step()} * thirty_seconds[static_cast<std::size_t>(up % 32)];
        return std::max<std::uint64_t>((scaled << (up / 32)) >> (15 + 4), 1);
    }
    /// Index, among a band's points, of those of a symbol that is not zero.
    static constexpr auto rank_of(std::int32_t q) noexcept -> std::size_t {
        return q == 1 || q == -1 ? 0 : q == 2 || q == -2 ? 1 : 2;
    }

private:
    /// 2^(i / 32), in 2^-15.
    static constexpr std::array<std::uint16_t, 32> thirty_seconds{
        32768, 33486, 34219, 34968, 35734, 36516, 37316, 38133, 38968, 39821, 40693, 41584, 42495, 43425, 44376, 45348,
        46341, 47356, 48393, 49452, 50535, 51642, 52773, 53928, 55109, 56316, 57549, 58809, 60097, 61413, 62757, 64132};

    auto learned_step() const noexcept -> std::uint32_t {
        return learned.size() == 1 && learned[0] > 0 ? static_cast<std::uint32_t>(std::min(learned[0], 1 << 24)) : usual_step;
    }
    template <class T>
    auto value_of(detail::grid<T> const &grid, std::int32_t q, std::size_t band) const noexcept -> std::int32_t {
        auto const at = 3 * band + rank_of(q);
        auto const shift = q == 0 || at >= points.size() ? 0 : std::clamp<int>(points[at], -limit, limit);
        return grid.value(q, grid.step == 256 ? 0 : shift * static_cast<std::int64_t>(grid.step) / 64);
    }
};

static_assert(quantizer_for<learned_dead_zone, bands<std::int16_t, 2>> && plans_ahead<learned_dead_zone>);
static_assert(scalar_quantizer_for<learned_dead_zone, bands<std::int16_t, 2>> && stateful<learned_dead_zone>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
