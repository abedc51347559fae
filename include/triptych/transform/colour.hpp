// triptych/transform/colour.hpp: red, green and blue to one band of brightness and two of colour.
//
//   ycbcr, ycbcr420   ITU-R BT.601, full range, as JFIF has it; lossy, with up to 3 fractional bits kept. 4:2:0 halves chroma.
//   ycocg_r           Malvar and Sullivan, "YCoCg-R: a color space with RGB reversibility" (JVT-I014, 2003); reversible
//   subtract_green    G, R - G, B - (R + G) / 2, the colour transform of QOI-like coders with half of red added; reversible
//
// Applies to pictures of three or four components, whose bands come straight from the samples; a fourth (alpha) passes
// unchanged, and so does a picture of any other number. Samples are centred, so chroma needs no offset. Surprise: gains are
// above 1 (an error in Y is an error in three components), so one quantisation step gives equal errors in RGB.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/transform/detail/plane.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

enum class colour_kind { ycbcr, ycbcr420, ycocg_r, subtract_green };

using enum colour_kind;

} // namespace triptych::inline TRIPTYCH_ABI::transform

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Does the layout hold three or four components of one shape, and nothing else?
template <std::size_t R>
auto has_colour(layout<R> const &in) -> bool {
    if (!in.ok() || in.count() < 3 || in.count() > 4) return false;
    for (std::size_t b = 0; b < in.count(); ++b)
        if (in[b].at.component != b || in[b].at.kind != role::signal || in[b].shape != in[0].shape) return false;
    for (std::size_t b = 1; b < 3; ++b)
        if (in[b].bits != in[0].bits || in[b].frac != in[0].frac) return false;
    return true;
}

/// Modular arithmetic of a work type, in which lifting steps undo each other for any values.
template <class T>
struct modular {
    static constexpr auto add(T a, T b) noexcept -> T {
        return static_cast<T>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
    }
    static constexpr auto sub(T a, T b) noexcept -> T {
        return static_cast<T>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
    }
    /// The floor of the mean.
    static constexpr auto mean(T a, T b) noexcept -> T { return static_cast<T>((wide<T>{a} + wide<T>{b}) >> 1); }
};

/// A colour transform of one sample; `bits` is how many bits each output band has more than the inputs, `gain` is in 1/256.
struct ycocg_r_sample {
    static constexpr std::array<int, 3> bits{0, 1, 1};
    // Columns of the inverse matrix: (1, 1, 1), (1/2, 0, -1/2) and (-1/2, 1/2, -1/2).
    static constexpr std::array<std::uint16_t, 3> gain{443, 181, 222};
    template <class T>
    static constexpr void forward(T &r, T &g, T &b) noexcept {
        using m = modular<T>;
        T const co = m::sub(r, b), t = m::add(b, static_cast<T>(co >> 1)), cg = m::sub(g, t);
        r = m::add(t, static_cast<T>(cg >> 1)), g = co, b = cg;
    }
    template <class T>
    static constexpr void inverse(T &y, T &co, T &cg) noexcept {
        using m = modular<T>;
        T const t = m::sub(y, static_cast<T>(cg >> 1)), green = m::add(cg, t);
        T const blue = m::sub(t, static_cast<T>(co >> 1));
        y = m::add(blue, co), co = green, cg = blue;
    }
};

struct subtract_green_sample {
    static constexpr std::array<int, 3> bits{0, 1, 1};
    // Columns of the inverse matrix: (1, 1, 1), (1, 0, 1/2) and (0, 0, 1).
    static constexpr std::array<std::uint16_t, 3> gain{443, 286, 256};
    template <class T>
    static constexpr void forward(T &r, T &g, T &b) noexcept {
        using m = modular<T>;
        T const red = r, green = g;
        b = m::sub(b, m::mean(red, green)), r = green, g = m::sub(red, green);
    }
    template <class T>
    static constexpr void inverse(T &g, T &rg, T &bx) noexcept {
        using m = modular<T>;
        T const green = g, red = m::add(rg, green);
        bx = m::add(bx, m::mean(red, green)), g = red, rg = green;
    }
};

/// BT.601 in fixed point with `scale` bits: 14 in int16, where products stay within 32 bits for any input, and 29 in int32.
template <class T>
struct bt601 {
    static constexpr int scale = sizeof(T) == 2 ? 14 : 29;
    static constexpr auto fixed(double v) -> wide<T> {
        double const scaled = v * static_cast<double>(wide<T>{1} << scale);
        return static_cast<wide<T>>(scaled + (scaled < 0 ? -0.5 : 0.5));
    }
    // Rows sum to exactly 1, 0 and 0, so grey has no colour.
    static constexpr wide<T> red = fixed(0.299), blue = fixed(0.114), green = fixed(1) - red - blue;
    static constexpr wide<T> cb_r = fixed(-0.299 / 1.772), cb_b = fixed(0.5), cb_g = -cb_r - cb_b;
    static constexpr wide<T> cr_b = fixed(-0.114 / 1.402), cr_r = fixed(0.5), cr_g = -cr_b - cr_r;
    static constexpr wide<T> r_cr = fixed(1.402), b_cb = fixed(1.772);
    static constexpr wide<T> g_cb = fixed(0.114 * 1.772 / 0.587), g_cr = fixed(0.299 * 1.402 / 0.587);

    /// `up` fractional bits are added; `down` = scale - up.
    static constexpr void forward(T &r, T &g, T &b, int down) noexcept {
        wide<T> const x = r, y = g, z = b, half = wide<T>{1} << (down - 1);
        r = saturate<T>((red * x + green * y + blue * z + half) >> down);
        g = saturate<T>((cb_r * x + cb_g * y + cb_b * z + half) >> down);
        b = saturate<T>((cr_r * x + cr_g * y + cr_b * z + half) >> down);
    }
    /// R = Y + ((1.402 Cr) rounded), and so on; each saturates.
    static constexpr void inverse(T &luma, T &cb, T &cr) noexcept {
        wide<T> const y = luma, p = cb, q = cr, half = wide<T>{1} << (scale - 1);
        luma = saturate<T>(y + ((r_cr * q + half) >> scale));
        cb = saturate<T>(y - ((g_cb * p + g_cr * q + half) >> scale));
        cr = saturate<T>(y + ((b_cb * p + half) >> scale));
    }
};

/// Calls f(a, b, c) for each sample of the first three bands.
template <class B, class F>
void for_each_colour(B &x, F &&f) {
    std::array<plane_batch, 3> const p{planes_of(x.info(0)), planes_of(x.info(1)), planes_of(x.info(2))};
    auto const n = p[0].samples();
    if (n == 0) return; // no pointer to step from
    auto *const a = x.data() + p[0].offset;
    auto *const b = x.data() + p[1].offset;
    auto *const c = x.data() + p[2].offset;
    if (p[0].unit == 1 && p[1].unit == 1 && p[2].unit == 1)
        // The planes do not overlap, which no compiler can know; blocks on the stack let it vectorise all the same.
        for (std::size_t i = 0; i < n; i += 256) {
            using T = typename B::value_type;
            T u[256], v[256], w[256];
            auto const m = std::min<std::size_t>(256, n - i);
            std::copy_n(a + i, m, u), std::copy_n(b + i, m, v), std::copy_n(c + i, m, w);
            for (std::size_t k = 0; k < m; ++k) f(u[k], v[k], w[k]);
            std::copy_n(u, m, a + i), std::copy_n(v, m, b + i), std::copy_n(w, m, c + i);
        }
    else
        for (std::size_t i = 0; i < n; ++i) f(a[i * p[0].unit], b[i * p[1].unit], c[i * p[2].unit]);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail

namespace triptych::inline TRIPTYCH_ABI::transform {

/// Decorrelates the components of colour pictures. 4:2:0 takes the mean of 2 x 2 samples, so a chroma sample sits in the centre
/// of its four (the phase of JPEG and MPEG-1), and the inverse interpolates linearly: weights 9, 3, 3, 1 of 16, borders
/// repeated, rounded once. Its chroma gain is that of a single sample; behind it, the low frequencies of a transform weigh up to
/// 1.6 times as much.
template <colour_kind Kind>
struct colour {
    static constexpr bool reversible = Kind == ycocg_r || Kind == subtract_green;
    static constexpr bool subsamples = Kind == ycbcr420;
    static constexpr std::size_t tile_height = subsamples ? 2 : 1, tile_margin = 0;
    static constexpr void describe(auto &d) {
        constexpr std::string_view names[] = {"ycbcr", "ycbcr420", "ycocg_r", "subtract_green"};
        d("colour", names[static_cast<std::size_t>(Kind)]);
    }

    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        if (!detail::has_colour(in)) return in;
        if constexpr (!subsamples) {
            layout<R> out = in;
            for (std::size_t b = 0; b < 3; ++b) out.relabel(b, [&](auto &band) { label(band, b); });
            return out;
        } else {
            layout<R> out;
            for (std::size_t b = 0; b < in.count(); ++b) {
                auto band = in[b];
                if (b < 3) label(band, b);
                out.add(b == 1 || b == 2 ? detail::divided<R>(in[b].shape, 2) : in[b].shape, band);
            }
            return out;
        }
    }

    template <class B>
    auto forward(B x) const -> B {
        using T = typename B::value_type;
        if (!detail::has_colour(x.layout())) return x;
        auto out = arrange(x.layout());
        if (!out.ok()) return B(std::move(out));
        if constexpr (Kind == ycocg_r)
            detail::for_each_colour(x, [](T &a, T &b, T &c) { detail::ycocg_r_sample::forward(a, b, c); });
        else if constexpr (Kind == subtract_green)
            detail::for_each_colour(x, [](T &a, T &b, T &c) { detail::subtract_green_sample::forward(a, b, c); });
        else {
            int const down = detail::bt601<T>::scale - (out[0].frac - x.info(0).frac);
            detail::for_each_colour(x, [=](T &a, T &b, T &c) { detail::bt601<T>::forward(a, b, c, down); });
        }
        if constexpr (!subsamples)
            return std::move(x).relabel(std::move(out));
        else
            return halved(x, B(std::move(out)));
    }

    /// `x` may have more fractional bits than `arrange(in)` says; they are handed on.
    template <class B>
    auto inverse(B x, layout<B::rank> const &in) const -> B {
        using T = typename B::value_type;
        if (!detail::has_colour(in) || !x.ok() || x.count() != in.count()) return x;
        int const frac = detail::common_frac(x, 0, 3);
        layout<B::rank> out = in;
        for (std::size_t b = 0; b < in.count(); ++b)
            out.relabel(b, [&](auto &band) { detail::set_frac(band, b < 3 ? frac : x.info(b).frac); });
        if constexpr (!subsamples)
            x = std::move(x).relabel(std::move(out));
        else
            x = doubled(x, B(std::move(out)));
        if (!x.ok()) return x;
        if constexpr (Kind == ycocg_r)
            detail::for_each_colour(x, [](T &a, T &b, T &c) { detail::ycocg_r_sample::inverse(a, b, c); });
        else if constexpr (Kind == subtract_green)
            detail::for_each_colour(x, [](T &a, T &b, T &c) { detail::subtract_green_sample::inverse(a, b, c); });
        else
            detail::for_each_colour(x, [](T &a, T &b, T &c) { detail::bt601<T>::inverse(a, b, c); });
        return x;
    }

private:
    template <std::size_t R>
    static void label(band_info<R> &band, std::size_t b) {
        std::uint32_t gain = 0;
        int bits = 0, frac = 0;
        if constexpr (reversible) {
            using sample = std::conditional_t<Kind == ycocg_r, detail::ycocg_r_sample, detail::subtract_green_sample>;
            gain = sample::gain[b], bits = sample::bits[b];
        } else {
            // Columns of the inverse: (1, 1, 1), (0, -0.344, 1.772), (1.402, -0.714, 0). Interpolation spreads a chroma
            // sample over 2 x 2 x (9 + 1) / 16 of an axis: norm sqrt(1.25) an axis.
            constexpr std::array<std::uint32_t, 3> gains{443, 462, 403}, halved_gains{443, 578, 503},
                row_gains{443, 517, 450};
            gain = !subsamples ? gains[b] : R == 1 ? row_gains[b] : halved_gains[b];
            frac = detail::frac_beside(band.bits + 1, std::max(0, 3 - band.frac));
            bits = b == 0 ? frac : std::max(frac, 1); // chroma reaches half a unit further than the samples
        }
        band.gain = detail::gain_product(band.gain, gain);
        band.frac = static_cast<std::int8_t>(band.frac + frac), band.bits = detail::capped_bits(band.bits + bits);
    }

    template <class B>
    static auto halved(B const &x, B out) -> B {
        using T = typename B::value_type;
        if (!out.ok()) return out;
        for (std::size_t b = 0; b < x.count(); ++b) {
            if (b == 0 || b == 3) {
                detail::copy_band(x, b, out, b);
                continue;
            }
            auto const from = detail::planes_of(x.info(b)), to = detail::planes_of(out.info(b));
            for (std::size_t k = 0; k < to.batch; ++k)
                for (std::size_t r = 0; r < to.rows; ++r) {
                    T const *const top = x.data() + from.row(k, 2 * r);
                    T const *const low = x.data() + from.row(k, std::min(2 * r + 1, from.rows - 1));
                    T *const mean = out.data() + to.row(k, r);
                    for (std::size_t c = 0; c < to.cols; ++c) {
                        auto const left = 2 * c * from.unit, right = std::min(2 * c + 1, from.cols - 1) * from.unit;
                        detail::wide<T> const sum = detail::wide<T>{top[left]} + top[right] + low[left] + low[right];
                        mean[c] = static_cast<T>((sum + 2) >> 2);
                    }
                }
        }
        return out;
    }

    template <class B>
    static auto doubled(B const &x, B out) -> B {
        using T = typename B::value_type;
        if (!out.ok()) return out;
        for (std::size_t b = 0; b < x.count(); ++b) {
            if (b == 0 || b == 3) {
                detail::copy_band(x, b, out, b);
                continue;
            }
            auto const from = detail::planes_of(x.info(b)), to = detail::planes_of(out.info(b));
            detail::buffer<detail::wide<T>> blend(from.cols);
            if (!blend.ok()) return B(detail::failed_layout<B::rank>());
            for (std::size_t k = 0; k < to.batch; ++k)
                for (std::size_t r = 0; r < to.rows; ++r) {
                    auto const row = r / 2, last = from.rows - 1;
                    auto const other = r % 2 ? std::min(row + 1, last) : (row ? row - 1 : 0);
                    T const *const near = x.data() + from.row(k, row);
                    T const *const far = x.data() + from.row(k, other);
                    for (std::size_t c = 0; c < from.cols; ++c)
                        blend[c] = detail::wide<T>{3} * near[c * from.unit] + far[c * from.unit];
                    T *const full = out.data() + to.row(k, r);
                    for (std::size_t c = 0; c < to.cols; ++c) {
                        auto const col = c / 2;
                        auto const beside = c % 2 ? std::min(col + 1, from.cols - 1) : (col ? col - 1 : 0);
                        full[c * to.unit] = static_cast<T>((3 * blend[col] + blend[beside] + 8) >> 4);
                    }
                }
        }
        return out;
    }
};

static_assert(transform_for<colour<ycbcr>, bands<std::int16_t, 2>>);
static_assert(transform_for<colour<ycbcr420>, bands<std::int32_t, 3>>);
static_assert(reversible<colour<ycocg_r>> && !reversible<colour<ycbcr>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
