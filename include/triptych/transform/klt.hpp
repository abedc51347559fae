// triptych/transform/klt.hpp: the Karhunen-Loeve transform of the components, fitted to each picture.
//
// K. Karhunen (1947); for colour W. K. Pratt, "Spatial transform coding of color images" (1971). The encoder fits the
// axes to local differences of the picture, not to its values, because differences are what the coefficients of a
// later transform hold. The axes travel as integers, a byte each, and the encoder uses the exact inverse of those.
// Axes are orthonormal, so one quantisation step suits all components. Surprise: on photographs this saves 4 % of the
// bits beside fixed axes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/transform/detail/plane.hpp>
#include <triptych/transform/detail/symmetric.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// Rotates the components of pictures that have 3 (red, green, blue), 4 (the same and alpha, which passes unchanged) or 5 to 16 of
/// them, all of one shape. Pictures of 1, 2 or more than 16 components pass unchanged. Keeps two more fractional bits.
struct klt {
    static constexpr std::size_t most = 16; ///< components
    static constexpr bool reversible = false;
    static constexpr std::size_t tile_height = 1, tile_margin = 0;
    static constexpr void describe(auto &d) { d("klt"); }

    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        auto const n = rotated(in);
        if (n == 0) return in;
        layout<R> out = in;
        for (std::size_t b = 0; b < n; ++b)
            out.relabel(b, [&](auto &band) {
                int const whole = detail::whole_bits(band) + growth(n), more = detail::frac_beside(whole, 2);
                band.frac = static_cast<std::int8_t>(band.frac + more);
                band.bits = detail::capped_bits(whole + band.frac);
            });
        return out;
    }

    template <class B>
    auto forward(B x) const -> B {
        using T = typename B::value_type;
        auto const n = rotated(x.layout());
        auto out = arrange(x.layout());
        if (n == 0 || !out.ok()) return std::move(x).relabel(std::move(out));
        // The width of the factors leaves room for the sum; the layout says how wide the samples are.
        int const q = std::min(sizeof(T) == 2 ? 14 : 24,
                               static_cast<int>(8 * sizeof(detail::wide<T>)) - 3 - x.info(0).bits - growth(n) * 2);
        int const down = std::max(q - (out[0].frac - x.info(0).frac), 1);
        auto const inverse = detail::inverted(real(n), n);
        std::array<detail::wide<T>, most * most> factors{};
        for (std::size_t i = 0; i < n * n; ++i)
            factors[i] = static_cast<detail::wide<T>>(
                std::lround(inverse[i] * std::ldexp(1.0, down + out[0].frac - x.info(0).frac)));
        rotate<B>(x, n, factors.data(), down);
        return std::move(x).relabel(std::move(out));
    }

    /// Sums of bytes times values, rounded half up to the fractional bits that came in, saturated.
    template <class B>
    auto inverse(B x, layout<B::rank> const &in) const -> B {
        using T = typename B::value_type;
        auto const n = rotated(in);
        if (!x.ok() || x.count() != in.count() || x.size() != in.size()) return B(detail::failed_layout<B::rank>());
        int const frac = n ? detail::common_frac(x, 0, n) : 0;
        layout<B::rank> out = in;
        for (std::size_t b = 0; b < in.count(); ++b)
            out.relabel(b, [&](auto &band) { detail::set_frac(band, b < n ? frac : x.info(b).frac); });
        if (n != 0) {
            auto const axes = bytes(n);
            std::array<detail::wide<T>, most * most> factors{};
            std::copy_n(axes.data(), n * n, factors.data());
            rotate<B>(x, n, factors.data(), 7);
        }
        return std::move(x).relabel(std::move(out));
    }

    // --- fitted to each picture ------------------------------------------------------------------------------------------

    /// Axes of the differences of samples two apart. Pictures of fewer than 2048 samples keep the fixed axes: their own would cost
    /// more than they save.
    template <class B>
    auto prepare(B const &x) const -> klt {
        auto const n = rotated(x.layout());
        klt fitted;
        if (n == 0 || volume(x.info(0).shape) < 2048) return fitted;
        auto const axes = detail::eigenvectors(covariance(x, n), n);
        fitted.components_ = static_cast<std::uint8_t>(n);
        for (std::size_t i = 0; i < n * n; ++i)
            fitted.axes_[i] = static_cast<std::int8_t>(std::clamp(std::lround(axes[i] * 128), -127L, 127L));
        return fitted;
    }
    /// The number of components, 0 for the fixed axes, then the weights of the axes in each component, in 128ths.
    template <class W>
    void write(W &w) const {
        w.u8(components_);
        for (std::size_t i = 0; i < std::size_t{components_} * components_; ++i)
            w.u8(static_cast<std::uint8_t>(axes_[i]));
    }
    auto restore(byte_reader &r) const -> klt {
        klt fitted;
        fitted.components_ = r.u8();
        if (fitted.components_ > most) r.fail(errc::corrupt);
        if (!r.ok()) return {};
        for (std::size_t i = 0; i < std::size_t{fitted.components_} * fitted.components_; ++i)
            fitted.axes_[i] = static_cast<std::int8_t>(r.u8());
        return r.ok() ? fitted : klt{};
    }

private:
    /// (1, 1, 1) / sqrt(3), (1, 0, -1) / sqrt(2), (1, -2, 1) / sqrt(6): the usual axes of red, green and blue.
    static constexpr std::array<std::int8_t, 9> opponent{74, 91, 52, 74, 0, -105, 74, -91, 52};

    /// How many bands take part, from the first on.
    template <std::size_t R>
    static auto rotated(layout<R> const &in) -> std::size_t {
        auto const n = in.count() == 4 ? 3 : in.count();
        if (!in.ok() || n < 3 || n > most) return 0;
        for (std::size_t b = 0; b < n; ++b)
            if (in[b].at.kind != role::signal || in[b].shape != in[0].shape || in[b].bits != in[0].bits ||
                in[b].frac != in[0].frac)
                return 0;
        return n;
    }
    /// Bits by which sums of n components may grow: half of log2(n), rounded up.
    static constexpr auto growth(std::size_t n) -> int { return (static_cast<int>(std::bit_width(n - 1)) + 1) / 2; }

    /// The matrix in use for n components; row j holds the weights of the axes in component j, 128ths.
    auto bytes(std::size_t n) const -> std::array<std::int8_t, most * most> {
        if (components_ == n) return axes_;
        std::array<std::int8_t, most * most> m{};
        if (n == 3)
            std::copy(opponent.begin(), opponent.end(), m.begin());
        else
            for (std::size_t i = 0; i < n; ++i) m[i * n + i] = 127;
        return m;
    }
    auto real(std::size_t n) const -> detail::square {
        auto const m = bytes(n);
        detail::square out{};
        for (std::size_t i = 0; i < n * n; ++i) out[i] = m[i] / 128.0;
        return out;
    }

    /// Replaces n samples by their products with the rows of a matrix, shifted down and rounded.
    template <class B>
    static void rotate(B &x, std::size_t n, detail::wide<typename B::value_type> const *factors, int down) {
        using T = typename B::value_type;
        using W = detail::wide<T>;
        constexpr std::size_t run = 256;
        T in[most][run];
        auto const p = detail::planes_of(x.info(0));
        for (std::size_t at = 0; at < p.samples(); at += run) {
            auto const m = std::min(run, p.samples() - at);
            for (std::size_t k = 0; k < n; ++k) {
                auto const *const from = x.data() + x.info(k).offset;
                auto const unit = detail::planes_of(x.info(k)).unit;
                for (std::size_t i = 0; i < m; ++i) in[k][i] = from[(at + i) * unit];
            }
            for (std::size_t j = 0; j < n; ++j) {
                W sum[run];
                for (std::size_t i = 0; i < m; ++i) sum[i] = W{1} << (down - 1);
                for (std::size_t k = 0; k < n; ++k)
                    for (std::size_t i = 0; i < m; ++i) sum[i] += factors[j * n + k] * in[k][i];
                auto *const to = x.data() + x.info(j).offset;
                auto const unit = detail::planes_of(x.info(j)).unit;
                for (std::size_t i = 0; i < m; ++i) to[(at + i) * unit] = detail::saturate<T>(sum[i] >> down);
            }
        }
    }

    /// Sums of products of the differences to the samples two to the left and two above, at every sixth sample.
    template <class B>
    static auto covariance(B const &x, std::size_t n) -> detail::square {
        detail::square sum{};
        auto const p = detail::planes_of(x.info(0));
        std::array<double, most> d{};
        auto const add = [&](std::size_t batch, std::size_t row, std::size_t col, std::size_t up, std::size_t left) {
            for (std::size_t k = 0; k < n; ++k) {
                auto const q = detail::planes_of(x.info(k));
                d[k] = static_cast<double>(x.data()[q.row(batch, row) + col * q.unit]) -
                       static_cast<double>(x.data()[q.row(batch, row - up) + (col - left) * q.unit]);
            }
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t k = 0; k <= i; ++k) sum[i * n + k] += d[i] * d[k];
        };
        for (std::size_t batch = 0; batch < p.batch; ++batch)
            for (std::size_t row = p.rows > 2 ? 2 : 0; row < p.rows; row += 2)
                for (std::size_t col = 2; col < p.cols; col += 3) {
                    add(batch, row, col, 0, 2);
                    if (row >= 2) add(batch, row, col, 2, 0);
                }
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t k = 0; k < i; ++k) sum[k * n + i] = sum[i * n + k];
        return sum;
    }

    std::uint8_t components_ = 0; ///< 0: the fixed axes
    std::array<std::int8_t, most * most> axes_{};
};

static_assert(transform_for<klt, bands<std::int16_t, 2>> && transform_for<klt, bands<std::int32_t, 3>>);
static_assert(per_picture<klt, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
