// triptych/quantizer/matrix.hpp: steps that follow the eye: a table over frequencies makes them coarser where errors
// are less visible.
//
// The tables are those of ITU-T T.81 (JPEG), Annex K, which come from Lohscheller's threshold experiments (1984).
// Weights are scaled so that the lowest frequency keeps the step of the target. So the matrix is coarser than a flat
// quantizer at the same step: if squared errors grow with squared steps, the mean squared error grows by 12.5 dB for
// luma and 14.5 dB for chroma. At equal rate PSNR is lower, so judge it by eye. The matrix only changes the `gain` by
// which the quantizer inside scales its step. So that one's decisions and points are made in visible units.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// JPEG's tables: luminance for component 0, chrominance for all others. A table names `size` and `weight(component, row, column)`.
struct annex_k {
    static constexpr std::size_t size = 8;
    static constexpr void describe(auto &d) { d("annex_k"); }
    static constexpr auto weight(std::size_t component, std::size_t row, std::size_t column) -> std::uint32_t {
        return (component == 0 ? luminance : chrominance)[row * size + column];
    }
    static constexpr std::array<std::uint8_t, 64> luminance{
        16, 11,  10,  16, 24, 40, 51, 61, 12,  12,  14,  19,  26, 58, 60, 55,  14,  13,  16,  24, 40, 57,
        69, 56,  14,  17, 22, 29, 51, 87, 80,  62,  18,  22,  37, 56, 68, 109, 103, 77,  24,  35, 55, 64,
        81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98,  112, 100, 103, 99};
    static constexpr std::array<std::uint8_t, 64> chrominance{
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99,
        99, 99, 47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};
};

/// `Inner` with its step multiplied, in each band of a group of N × N (the coefficients of a block, row by row), by the table's weight at
/// that frequency over the weight at the lowest. For N other than the table's size it is interpolated, at equal cycles per sample. Arrays of
/// rank 1 take the table's first row; groups that are not N × N keep the step.
template <class Table = annex_k, class Inner = dead_zone>
class matrix {
public:
    using setting = typename Inner::setting;
    static constexpr bool can_be_exact = requires { requires bool(Inner::can_be_exact); };
    static constexpr void describe(auto &d) { d("matrix", part<Table>{}, part<Inner>{}); }

    auto plan(target const &aim) const -> setting requires plans_ahead<Inner> { return inner_.plan(aim); }
    template <class B>
    auto plan(B const &x, target const &aim) const -> setting {
        return inner_.plan(x, aim);
    }
    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &s) const -> layout<R> {
        return inner_.arrange(weighted(in), s);
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        return inner_.quantize(weighted(std::move(x)), s);
    }
    template <class B, class Rates>
    auto decide(B symbols, B const &x, setting const &s, Rates const &rates, target const &aim) const
        -> B requires uses_rates<Inner, B, Rates> {
        return inner_.decide(std::move(symbols), weighted(x.clone()), s, rates, aim);
    }
    auto step(setting const &s) const -> fixed_step requires steps<Inner> { return inner_.step(s); }
    template <class B>
    auto refit(B const &x, B const &symbols, setting const &s, target const &aim) const
        -> setting requires refits<Inner, B> {
        return inner_.refit(weighted(x.clone()), symbols, s, aim);
    }
    template <class B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        return inner_.dequantize(std::move(x), s, weighted(in)).relabel(in);
    }
    void write(setting const &s, byte_writer &w) const { inner_.write(s, w); }
    auto read(byte_reader &r) const -> setting { return inner_.read(r); }

    /// The layout with the gains that the inner quantizer is given.
    template <std::size_t R>
    static auto weighted(layout<R> in) -> layout<R> {
        for (auto const &g : in.groups()) {
            std::size_t n = R == 1 ? g.count : 1;
            while (R > 1 && n * n < g.count) ++n;
            if (n < 2 || (R > 1 && n * n != g.count)) continue;
            for (std::size_t k = 0; k < g.count; ++k) {
                auto const w = weight(in[g.first].at.component, k / n, k % n, n);
                auto const least = weight(in[g.first].at.component, 0, 0, n);
                in.relabel(g.first + k, [=](band_info<R> &b) {
                    auto const gain = (b.gain * std::uint64_t{least} + w / 2) / w;
                    b.gain = static_cast<std::uint16_t>(std::clamp<std::uint64_t>(gain, 1, 65535));
                });
            }
        }
        return in;
    }

private:
    template <class B>
    static auto weighted(B x) -> B requires requires {
        x.layout();
    }
    {
        auto where = weighted(x.layout());
        return std::move(x).relabel(std::move(where));
    }

    /// The table, times 4096, at a frequency of blocks of n: linear between its entries, constant beyond the last.
    static constexpr auto weight(std::size_t component, std::size_t row, std::size_t column, std::size_t n)
        -> std::uint64_t {
        auto const top = Table::size - 1;
        struct position {
            std::size_t low, high;
            std::uint64_t part; ///< of 64
        };
        auto const at = [n, top](std::size_t i) {
            auto const scaled = std::min(i * Table::size * 64 / n, top * 64);
            return position{scaled / 64, std::min(scaled / 64 + 1, top), scaled % 64};
        };
        auto const y = at(row), x = at(column);
        auto const along = [&](std::size_t r) {
            return Table::weight(component, r, x.low) * (64 - x.part) + Table::weight(component, r, x.high) * x.part;
        };
        return along(y.low) * (64 - y.part) + along(y.high) * y.part;
    }

    [[no_unique_address]] Inner inner_{};
};

static_assert(quantizer_for<matrix<>, bands<std::int16_t, 2>> && plans_ahead<matrix<>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
