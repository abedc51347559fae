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
#include <triptych/refinement.hpp>
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
class matrix : public detail::forwarding<Inner> {
    static_assert(detail::has_setting<Inner>,
                  "matrix: the quantizer inside is missing `struct setting`, default-constructible and copyable");

public:
    using setting = typename Inner::setting;
    using detail::forwarding<Inner>::forwarding, detail::forwarding<Inner>::inner, detail::forwarding<Inner>::write;
    static constexpr bool can_be_exact = requires { requires bool(Inner::can_be_exact); };
    static constexpr bool exact_only = requires { requires bool(Inner::exact_only); };
    static constexpr void describe(auto &d) { d("matrix", part<Table>{}, part<Inner>{}); }
    static constexpr std::array refuses{
        refusal{refinement::scalar, "a band's weight follows from its place in its group, which one value does not tell"},
        refusal{refinement::bounds_errors, "bands have steps of their own, larger than the target's"}};

    auto plan(target const &aim) const -> setting requires plans_ahead<Inner> { return inner.plan(aim); }
    template <class B>
    requires detail::has_plan<Inner, B>
    auto plan(B const &x, target const &aim) const -> setting { return inner.plan(x, aim); }
    template <std::size_t R>
    requires requires(Inner const &q, layout<R> const &in, setting const &s) { q.arrange(in, s); }
    auto arrange(layout<R> const &in, setting const &s) const -> layout<R> { return inner.arrange(weighted(in), s); }
    /// With a target, if the quantizer inside takes it.
    template <class B, class... More>
    requires requires(Inner const &q, B x, setting const &s, More const &...more) {
        q.quantize(std::move(x), s, more...);
    }
    auto quantize(B x, setting const &s, More const &...more) const -> B {
        return inner.quantize(weighted(std::move(x)), s, more...);
    }
    template <class B, class Rates>
    requires uses_rates<Inner, B, Rates>
    auto decide(B symbols, B const &x, setting const &s, Rates const &rates, target const &aim) const -> B {
        return inner.decide(std::move(symbols), given(x), s, rates, aim);
    }
    auto step(setting const &s) const -> fixed_step requires triptych::steps<Inner> { return inner.step(s); }
    template <class B>
    requires triptych::refits<Inner, B>
    auto refit(B const &x, B const &symbols, setting const &s, target const &aim) const -> setting {
        return inner.refit(given(x), symbols, s, aim);
    }
    template <class B>
    requires detail::has_dequantize<Inner, B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        return inner.dequantize(std::move(x), s, weighted(in)).relabel(in);
    }
    void write(setting const &s, byte_writer &w) const requires detail::has_setting_write<Inner, byte_writer> {
        inner.write(s, w);
    }
    auto read(byte_reader &r) const -> setting requires detail::has_setting_read<Inner> { return inner.read(r); }

    template <class B>
    requires per_picture<Inner, B>
    auto prepare(B const &x) const -> matrix { return matrix(inner.prepare(given(x))); }
    auto restore(byte_reader &r) const -> matrix requires detail::restores<Inner> { return matrix(inner.restore(r)); }

    /// What the quantizer inside is given.
    template <class B>
    static auto given(B const &x) -> B {
        return weighted(x.clone());
    }

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
};

static_assert(quantizer_for<matrix<>, bands<std::int16_t, 2>> && plans_ahead<matrix<>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
