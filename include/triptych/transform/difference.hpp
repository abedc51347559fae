// triptych/transform/difference.hpp: residuals of a simple predictor, for coders that look at no neighbours.
//
// left and up are differences; paeth is the predictor of PNG (Paeth, "Image file compression made easy", 1991);
// median is the median edge detector of LOCO-I (Weinberger, Seroussi and Sapiro, 1996; JPEG-LS). Surprise: residuals
// are kept modulo 2^bits, so they take no more bits than samples, and a large difference may have the other sign.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/transform/detail/plane.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

enum class predictor { left, up, paeth, median };

/// Replaces each sample of each signal band by its difference from a prediction, over the last two axes. The first row is
/// predicted from the left, the first column from above, the first sample from nothing. For lossless codecs: errors of a
/// quantizer would add up from sample to sample.
template <predictor P = predictor::median>
struct difference {
    static constexpr bool reversible = true;
    static constexpr void describe(auto &d) {
        constexpr std::string_view names[] = {"left", "up", "paeth", "median"};
        d("difference", names[static_cast<std::size_t>(P)]);
    }

    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        return in;
    }

    template <class B>
    auto forward(B x) const -> B {
        using T = typename B::value_type;
        each_plane(x, [](T *first, detail::plane_batch const &p, int bits) {
            // From the end, so that neighbours still are samples.
            for (std::size_t r = p.rows; r-- > 0;)
                for (std::size_t c = p.cols; c-- > 0;) {
                    T *const at = first + (r * p.cols + c) * p.unit;
                    auto const guess = static_cast<std::uint32_t>(predicted(at, r, c, p));
                    *at = static_cast<T>(detail::wrapped(static_cast<std::uint32_t>(*at) - guess, bits));
                }
        });
        return x;
    }

    /// If `x` has more fractional bits than `in` says, they are handed on, and the modulus grows with them.
    template <class B>
    auto inverse(B x, layout<B::rank> const &in) const -> B {
        using T = typename B::value_type;
        if (!x.ok() || x.count() != in.count()) return B(detail::failed_layout<B::rank>());
        each_plane(x, [](T *first, detail::plane_batch const &p, int bits) {
            for (std::size_t r = 0; r < p.rows; ++r)
                for (std::size_t c = 0; c < p.cols; ++c) {
                    T *const at = first + (r * p.cols + c) * p.unit;
                    auto const guess = static_cast<std::uint32_t>(predicted(at, r, c, p));
                    *at = static_cast<T>(detail::wrapped(static_cast<std::uint32_t>(*at) + guess, bits));
                }
        });
        return x;
    }

private:
    template <class B, class F>
    static void each_plane(B &x, F &&f) {
        using T = typename B::value_type;
        for (std::size_t b = 0; b < x.count(); ++b) {
            auto const &band = x.info(b);
            if (band.at.kind == role::side) continue;
            auto const p = detail::planes_of(band);
            int const bits = std::clamp<int>(band.bits, 1, 8 * sizeof(T));
            for (std::size_t k = 0; k < p.batch; ++k) f(x.data() + p.row(k, 0), p, bits);
        }
    }

    template <class T>
    static auto predicted(T const *at, std::size_t r, std::size_t c, detail::plane_batch const &p) noexcept
        -> std::int32_t {
        if (r == 0) return c == 0 ? 0 : *(at - p.unit);
        if (c == 0) return *(at - p.cols * p.unit);
        detail::wide<T> const w = *(at - p.unit), n = *(at - p.cols * p.unit), nw = *(at - (p.cols + 1) * p.unit);
        if constexpr (P == predictor::left) return static_cast<std::int32_t>(w);
        if constexpr (P == predictor::up) return static_cast<std::int32_t>(n);
        if constexpr (P == predictor::paeth) {
            auto const distance = [v = w + n - nw](detail::wide<T> to) { return v < to ? to - v : v - to; };
            auto const nearest = distance(w) <= distance(n) && distance(w) <= distance(nw) ? w
                                 : distance(n) <= distance(nw)                             ? n
                                                                                           : nw;
            return static_cast<std::int32_t>(nearest);
        }
        if constexpr (P == predictor::median)
            return static_cast<std::int32_t>(std::clamp(w + n - nw, std::min(w, n), std::max(w, n)));
    }
};

static_assert(transform_for<difference<>, bands<std::int16_t, 2>> && reversible<difference<>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
