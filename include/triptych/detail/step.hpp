// triptych/detail/step.hpp: the arithmetic that scalar quantizers share.
//
// A step travels as unsigned Q8, in units of the integer samples. A band stores values times 2^frac whose errors reach the
// samples multiplied by gain / 256, so its own step is step · 2^frac · 256 / gain, again in Q8 and never below one stored unit:
// there the quantizer is the identity, which is also what side bands and the step 0 ("no loss") get.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/quality.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// The largest step of a stream, Q8: every sample there is has become zero long before.
inline constexpr std::uint64_t max_step = std::uint64_t{1} << 40;

/// The step of a target as a stream holds it; 0 for no loss.
inline auto stream_step(target const &aim) noexcept -> std::uint64_t {
    if (!(aim.step > 0)) return 0;
    double const scaled = static_cast<double>(aim.step) * 256 + 0.5;
    return scaled >= static_cast<double>(max_step) ? max_step
                                                   : std::max<std::uint64_t>(static_cast<std::uint64_t>(scaled), 1);
}

/// How values of one band become symbols and symbols values. `T` is the band's integer type: 16 bits need 32-bit products only.
template <class T>
struct grid {
    using word = std::conditional_t<sizeof(T) == 2, std::uint32_t, std::uint64_t>;
    /// Steps beyond this make any `T` zero, whatever the rounding; products with clamped symbols stay within `word`.
    static constexpr word most = word{1} << (sizeof(T) == 2 ? 25 : 41);

    word step = 256;                                ///< Q8, at least 256
    word largest = 0;                               ///< symbols above give values beyond `T`
    std::uint64_t inverse = std::uint64_t{1} << 32; ///< 2^40 / step, for 16 bits
    std::int32_t low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max(); ///< values of the band
    std::int32_t first = low, last = high;                                                  ///< symbols of the band
    std::uint8_t symbol_bits = 8 * sizeof(T);

    grid() : grid(0, band_info<1>{}) {}
    template <std::size_t R>
    grid(std::uint64_t stream_step, band_info<R> const &b) noexcept {
        bool const identity = stream_step == 0 || b.at.kind == role::side;
        if (!identity) {
            int const frac = std::clamp<int>(b.frac, -15, 15);
            auto const gain = std::max<std::uint64_t>(b.gain, 1);
            auto const scaled = frac < 0 ? stream_step << 8 >> -frac : stream_step << 8 << frac;
            step = static_cast<word>(std::clamp<std::uint64_t>((scaled + gain / 2) / gain, 256, most));
            inverse = ((std::uint64_t{1} << 40) + step / 2) / step;
        }
        largest = (word{1} << (sizeof(T) == 2 ? 23 : 39)) / step + 1;
        symbol_bits = b.bits;
        if (b.bits == 0 || b.bits > 8 * sizeof(T)) return;
        auto const reach = std::int64_t{1} << (b.bits - 1);
        if (b.at.kind == role::signal)
            low = static_cast<std::int32_t>(-reach), high = static_cast<std::int32_t>(reach - 1);
        if (identity) return;
        auto const s = static_cast<std::int64_t>(step);
        auto const up = ((reach - 1) * 256 + s / 2) / s, down = (reach * 256 + s / 2) / s;
        symbol_bits = 1;
        while (symbol_bits < b.bits && (up >> (symbol_bits - 1) != 0 || down > std::int64_t{1} << (symbol_bits - 1)))
            ++symbol_bits;
        auto const most_symbol = std::int64_t{1} << (symbol_bits - 1);
        first = static_cast<std::int32_t>(-most_symbol), last = static_cast<std::int32_t>(most_symbol - 1);
    }

    /// |v| / step plus `offset` / 256, rounded down, with the sign of v. Offset 128 rounds to the nearest symbol.
    constexpr auto symbol(std::int32_t v, std::uint32_t offset) const noexcept -> std::int32_t {
        auto const sign = static_cast<std::uint32_t>(v >> 31);
        std::uint64_t const magnitude = (static_cast<std::uint32_t>(v) ^ sign) - sign;
        std::uint64_t q = 0;
        if constexpr (sizeof(T) == 2)
            q = (magnitude * inverse + (std::uint64_t{offset} << 24)) >> 32;
        else
            q = (magnitude * 256 + (step * offset >> 8)) / step;
        auto const signed_q = static_cast<std::int64_t>(q ^ (0 - static_cast<std::uint64_t>(sign & 1))) +
                              static_cast<std::int64_t>(sign & 1);
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(signed_q, first, last));
    }

    /// The value that the symbol q stands for, `shift` (Q8, at most half a step, 0 for q = 0) nearer to zero. Any q is allowed.
    constexpr auto value(std::int32_t q, std::int64_t shift = 0) const noexcept -> std::int32_t {
        auto const sign = static_cast<std::uint32_t>(q >> 31);
        auto const magnitude = std::min<word>((static_cast<std::uint32_t>(q) ^ sign) - sign, largest);
        auto const v = static_cast<std::int64_t>((magnitude * step + 128 - static_cast<word>(shift)) >> 8);
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(sign ? -v : v, low, high));
    }
};

/// The grids of bands in turn, made anew only for a band that is unlike the one before: divisions are dear, and many bands alike.
template <class T>
class grid_in_turn {
public:
    explicit grid_in_turn(std::uint64_t stream_step) noexcept : stream_step_(stream_step) {}
    template <std::size_t R>
    auto of(band_info<R> const &b) noexcept -> grid<T> const & {
        auto const kind = static_cast<std::uint64_t>(b.at.kind) << 32 | std::uint64_t{b.gain} << 16 |
                          std::uint64_t{b.bits} << 8 | static_cast<std::uint8_t>(b.frac);
        if (kind != kind_) grid_ = grid<T>(stream_step_, b), kind_ = kind;
        return grid_;
    }

private:
    std::uint64_t stream_step_, kind_ = ~std::uint64_t{0};
    grid<T> grid_;
};

/// One value at a time, for closed loops: what `scalar(setting)` of a quantizer with a step gives.
class scalar_loop {
public:
    /// `offset` is the rounding offset of `grid::symbol`.
    scalar_loop(std::uint64_t stream_step, std::uint32_t offset) noexcept : turn_(stream_step), offset_(offset) {}
    template <std::size_t R>
    auto symbol(std::int32_t v, band_info<R> const &info) noexcept -> std::int32_t {
        return turn_.of(info).symbol(v, offset_);
    }
    template <std::size_t R>
    auto value(std::int32_t q, band_info<R> const &info) noexcept -> std::int32_t {
        return turn_.of(info).value(q);
    }

private:
    grid_in_turn<std::int32_t> turn_;
    std::uint32_t offset_;
};

/// The grids of all bands of a layout. Empty and not ok() if memory can't be had.
template <class T, std::size_t R>
auto grids(layout<R> const &in, std::uint64_t stream_step) -> buffer<grid<T>> {
    buffer<grid<T>> all(in.count());
    grid_in_turn<T> turn(stream_step);
    for (std::size_t b = 0; b < all.size(); ++b) all[b] = turn.of(in[b]);
    return all;
}

/// What a stage returns when it had no memory, or bands that can't be.
template <class B>
auto no_memory() -> B {
    layout<B::rank> nothing;
    nothing.fail();
    return B(std::move(nothing));
}

/// The symbols of all values of x, at the places of the values; `symbols` may be x itself. Not ok if memory can't be had.
template <class B>
void round_to_symbols(B const &x, B &symbols, std::uint64_t stream_step, std::uint32_t offset) {
    using T = typename B::value_type;
    auto const all = grids<T>(x.layout(), stream_step);
    if (!x.ok() || !symbols.ok() || !all.ok()) {
        symbols = no_memory<B>();
        return;
    }
    auto const *const from = x.data();
    for_each_value(symbols, [&](std::size_t at, std::size_t b, std::int32_t) {
        return static_cast<T>(all[b].symbol(from[at], offset));
    });
}

/// The layout of the symbols: the same bands, narrower.
template <std::size_t R>
auto symbol_layout(layout<R> in, std::uint64_t stream_step) -> layout<R> {
    grid_in_turn<std::int32_t> turn(stream_step);
    for (std::size_t b = 0; b < in.count(); ++b) {
        auto const bits = turn.of(in[b]).symbol_bits;
        in.relabel(b, [&](band_info<R> &info) { info.bits = bits; });
    }
    return in;
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
