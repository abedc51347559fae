// triptych/transform/wavelet.hpp: a picture as a pyramid of details, by lifting in integers.
//
// Mallat's pyramid (1989) with the filters of JPEG 2000: the reversible 5/3 and the 9/7, and Haar's. The reversible
// ones are exact lifting for any integers. The 9/7 keeps up to four fractional bits in its output. Surprise: bands
// are not scaled to norm 1, so that integers stay small. `gain` says what a step means in each band (a JPEG 2000
// encoder keeps the same table).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/transform/detail/lifting.hpp>
#include <triptych/transform/detail/plane.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

enum class wavelet_filter { haar, cdf53, cdf97 };

using enum wavelet_filter;

namespace pyramid {
template <wavelet_filter F>
using filter_of = std::conditional_t<F == haar, detail::haar_filter,
                                     std::conditional_t<F == cdf53, detail::cdf53_filter, detail::cdf97_filter>>;

/// Only Haar's blocks do not overlap, so that strips of whole blocks give what the whole picture gives.
template <wavelet_filter F, std::size_t Levels>
struct tiles {};
template <std::size_t Levels>
struct tiles<haar, Levels> {
    static constexpr std::size_t tile_height = std::size_t{1} << Levels, tile_margin = 0;
};
} // namespace pyramid

/// Each signal band to 3 * Levels + 1 bands (rank 1: Levels + 1) over the last two axes, coarsest first, each contiguous: LL, then
/// HL, LH and HH of each level. `place.level` counts from the finest, 0; `place.index` is 0 for LL, 1 for HL (high along the rows), 2
/// for LH, 3 for HH (rank 1: 0 and 1). Any extents; a band of odd extent gives the larger half to the low band.
template <wavelet_filter Filter = cdf97, std::size_t Levels = 5>
requires(Levels <= 16) struct wavelet : pyramid::tiles<Filter, Levels> {
    static constexpr bool reversible = Filter != cdf97;
    static constexpr void describe(auto &d) {
        constexpr std::string_view names[] = {"haar", "cdf53", "cdf97"};
        d("wavelet", names[static_cast<std::size_t>(Filter)], Levels);
    }

    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        if (!in.ok()) return in;
        layout<R> out;
        for (auto const &band : in) {
            if (band.at.kind == role::side) {
                out.add(band.shape, band);
                continue;
            }
            for (std::size_t k = 0; k < count<R>(band); ++k) {
                auto const [level, kind] = kind_of<R>(k);
                out.add(extents_of<R>(band.shape, level, kind), labelled<R>(band, level, kind));
            }
        }
        return out;
    }

    template <class B>
    auto forward(B x) const -> B {
        using T = typename B::value_type;
        B out(arrange(x.layout()));
        for (std::size_t b = 0, first = 0; out.ok() && b < x.count(); first += count<B::rank>(x.info(b)), ++b) {
            auto const p = detail::planes_of(x.info(b));
            detail::buffer<T> plane(p.rows * p.cols * (p.batch > 0)), line(p.batch > 0 ? p.cols : 0);
            if (!plane.ok() || !line.ok()) return B(detail::failed_layout<B::rank>());
            int const down = x.info(b).frac - out.info(first).frac;
            for (std::size_t k = 0; k < p.batch; ++k) {
                T const *const from = x.data() + p.row(k, 0);
                for (std::size_t i = 0; i < plane.size(); ++i)
                    plane[i] = static_cast<T>(detail::shifted<detail::wide<T>>(from[i * p.unit], down));
                auto rows = p.rows, cols = p.cols;
                if (x.info(b).at.kind == role::signal)
                    for (std::size_t level = 1; level <= Levels; ++level) {
                        detail::analyse_columns<filter>(plane.data(), rows, cols);
                        split(plane.data(), line.data(), rows, cols, out, first, level, k);
                        rows = B::rank == 1 ? 1 : rows - rows / 2, cols -= cols / 2;
                    }
                auto const low = detail::planes_of(out.info(first));
                for (std::size_t i = 0; i < rows * cols; ++i) out.data()[low.row(k, 0) + i] = plane[i];
            }
        }
        return out;
    }

    /// `x` may have other fractional bits than `arrange(in)` says; they are handed on.
    template <class B>
    auto inverse(B x, layout<B::rank> const &in) const -> B {
        using T = typename B::value_type;
        layout<B::rank> where = in;
        std::size_t bands = 0;
        for (auto const &band : in) bands += count<B::rank>(band);
        if (!x.ok() || bands != x.count()) return B(detail::failed_layout<B::rank>());
        for (std::size_t b = 0, first = 0; b < in.count(); first += count<B::rank>(in[b]), ++b) {
            int const frac = detail::common_frac(x, first, count<B::rank>(in[b]));
            where.relabel(b, [&](auto &band) { detail::set_frac(band, frac); });
        }
        B out(std::move(where));
        for (std::size_t b = 0, first = 0; out.ok() && b < out.count(); first += count<B::rank>(in[b]), ++b) {
            auto const p = detail::planes_of(out.info(b));
            detail::buffer<T> plane(p.rows * p.cols * (p.batch > 0)), line(p.batch > 0 ? p.cols : 0);
            if (!plane.ok() || !line.ok()) return B(detail::failed_layout<B::rank>());
            bool const signal = in[b].at.kind == role::signal;
            for (std::size_t k = 0; k < p.batch; ++k) {
                auto const low = detail::planes_of(x.info(first));
                for (std::size_t i = 0; i < low.rows * low.cols; ++i) plane[i] = x.data()[low.row(k, 0) + i * low.unit];
                for (std::size_t level = signal ? Levels : 0; level > 0; --level) {
                    auto const rows = B::rank == 1 ? 1 : halved(p.rows, level - 1), cols = halved(p.cols, level - 1);
                    join(plane.data(), line.data(), rows, cols, x, first, level, k);
                    detail::synthesise_columns<filter>(plane.data(), rows, cols);
                }
                T *const to = out.data() + p.row(k, 0);
                for (std::size_t i = 0; i < plane.size(); ++i) to[i * p.unit] = plane[i];
            }
        }
        return out;
    }

private:
    using filter = pyramid::filter_of<Filter>;
    template <std::size_t R>
    static constexpr std::size_t kinds = R == 1 ? 1 : 3;

    template <std::size_t R>
    static constexpr auto count(band_info<R> const &band) -> std::size_t {
        return band.at.kind == role::side ? 1 : kinds<R> * Levels + 1;
    }
    struct subband {
        std::size_t level, kind; ///< level 1 is the finest, `Levels` the coarsest
    };
    /// Level and kind of the k-th band of a pyramid, and the other way round.
    template <std::size_t R>
    static constexpr auto kind_of(std::size_t k) -> subband {
        return k == 0 ? subband{Levels, 0} : subband{Levels - (k - 1) / kinds<R>, (k - 1) % kinds<R> + 1};
    }
    template <std::size_t R>
    static constexpr auto number_of(std::size_t level, std::size_t kind) -> std::size_t {
        return 1 + (Levels - level) * kinds<R> + kind - 1;
    }
    /// The extent of the low band after some levels.
    static constexpr auto halved(std::size_t n, std::size_t levels) -> std::size_t {
        for (; levels > 0; --levels) n -= n / 2;
        return n;
    }
    template <std::size_t R>
    static constexpr auto extents_of(extents<R> shape, std::size_t level, std::size_t kind) -> extents<R> {
        if (level == 0) return shape;
        auto const part = [=](std::size_t n, bool high) { return high ? halved(n, level - 1) / 2 : halved(n, level); };
        shape[R - 1] = part(shape[R - 1], kind % 2 == 1);
        if constexpr (R > 1) shape[R - 2] = part(shape[R - 2], kind >= 2);
        return shape;
    }

    /// A norm after `level` levels along an axis of n samples; beyond 6 levels each one multiplies by sqrt(2).
    static constexpr auto axis_gain(std::size_t n, std::size_t level, bool high) -> std::uint64_t {
        if (!high)
            for (std::size_t l = 0; l < level; ++l)
                if (halved(n, l) <= 1) level = l; // an axis of one sample is left alone
        if (level == 0) return 65536;
        auto const at = level < 6 ? level : 6;
        std::uint64_t gain = (high ? filter::norms.high_gain : filter::norms.low_gain)[at - 1];
        for (auto l = at; l < level; ++l) gain = gain * 92682 >> 16;
        return gain;
    }
    static constexpr auto axis_growth(std::size_t level, bool high) -> std::uint64_t {
        if (level == 0) return 256;
        return (high ? filter::norms.high_growth : filter::norms.low_growth)[(level < 6 ? level : 6) - 1];
    }

    template <std::size_t R>
    static auto labelled(band_info<R> band, std::size_t level, std::size_t kind) -> band_info<R> {
        bool const across = kind % 2 == 1, down = kind >= 2;
        if (level > 0) {
            // Within lifting a value grows to at most 4.6 x 2.14 < 2^4 times the largest sample, whatever the level.
            if (!reversible) detail::set_frac(band, detail::frac_beside(detail::whole_bits(band) + 4, 4));
            auto gain = axis_gain(band.shape[R - 1], level, across), growth = axis_growth(level, across) << 8;
            if constexpr (R > 1) {
                gain = gain * axis_gain(band.shape[R - 2], level, down) >> 16;
                growth = (growth >> 8) * axis_growth(level, down);
            }
            band.gain = detail::gain_product(band.gain, static_cast<std::uint32_t>((gain + 128) >> 8));
            // The largest value: that of the samples times the growth, and what roundings may add.
            auto const largest = ((growth << (band.bits - 1)) >> 16) + filter::slack;
            int bits = band.bits;
            while (bits < 32 && largest > std::uint64_t{1} << (bits - 1)) ++bits;
            band.bits = detail::capped_bits(bits);
            band.at.level = static_cast<std::uint8_t>(band.at.level + level - 1);
        }
        band.at.index = static_cast<std::uint32_t>(4 * band.at.index + kind);
        return band;
    }

    /// Rows of a plane, whose columns are done, to bands; the low ones close up in the plane.
    template <class T, class B>
    static void split(T *plane, T *line, std::size_t rows, std::size_t cols, B &out, std::size_t first,
                      std::size_t level, std::size_t batch) {
        auto const high = cols / 2, low = cols - high;
        for (std::size_t r = 0; r < rows; ++r) {
            T const *const row = plane + r * cols;
            T *const s = line, *const d = line + low;
            for (std::size_t c = 0; c < high; ++c) s[c] = row[2 * c], d[c] = row[2 * c + 1];
            if (low > high) s[high] = row[cols - 1];
            detail::analyse_line<filter>(s, low, d, high);
            std::copy_n(s, low, r % 2 ? row_of(out, first, level, 2, batch, r / 2) : plane + r / 2 * low);
            std::copy_n(d, high, row_of(out, first, level, r % 2 ? 3 : 1, batch, r / 2));
        }
    }
    template <class T, class B>
    static void join(T *plane, T *line, std::size_t rows, std::size_t cols, B &x, std::size_t first, std::size_t level,
                     std::size_t batch) {
        auto const high = cols / 2, low = cols - high;
        for (std::size_t r = rows; r-- > 0;) {
            T *const s = line, *const d = line + low, *const row = plane + r * cols;
            std::copy_n(r % 2 ? row_of(x, first, level, 2, batch, r / 2) : plane + r / 2 * low, low, s);
            std::copy_n(row_of(x, first, level, r % 2 ? 3 : 1, batch, r / 2), high, d);
            detail::synthesise_line<filter>(s, low, d, high);
            for (std::size_t c = 0; c < high; ++c) row[2 * c] = s[c], row[2 * c + 1] = d[c];
            if (low > high) row[cols - 1] = s[high];
        }
    }
    template <class B>
    static auto row_of(B &x, std::size_t first, std::size_t level, std::size_t kind, std::size_t batch, std::size_t r) {
        return x.data() + detail::planes_of(x.info(first + number_of<B::rank>(level, kind))).row(batch, r);
    }
};

static_assert(transform_for<wavelet<cdf97, 5>, bands<std::int16_t, 2>>);
static_assert(transform_for<wavelet<cdf53, 3>, bands<std::int32_t, 1>> && reversible<wavelet<cdf53>>);
static_assert(tileable<wavelet<haar, 2>> && !tileable<wavelet<cdf53, 2>> && !reversible<wavelet<cdf97>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
