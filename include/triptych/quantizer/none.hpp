// triptych/quantizer/none.hpp: no quantizer; for lossless codecs.
#pragma once

#include <triptych/concepts.hpp>
#include <triptych/quantizer/detail/no_setting.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// Passes integers on. With a reversible transform the codec is exact, and `exact` is the only goal it takes.
struct none : detail::no_setting {
    static constexpr bool exact_only = true, can_be_exact = true;
    static constexpr void describe(auto &d) { d("none"); }

    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &) const -> layout<R> {
        return in;
    }
    template <class B>
    auto quantize(B x, setting const &) const -> B {
        return x;
    }
    template <class B>
    auto dequantize(B x, setting const &, layout<B::rank> const &in) const -> B {
        return std::move(x).relabel(in);
    }
    struct loop {
        template <std::size_t R>
        auto symbol(std::int32_t v, band_info<R> const &) const noexcept -> std::int32_t {
            return v;
        }
        template <std::size_t R>
        auto value(std::int32_t q, band_info<R> const &) const noexcept -> std::int32_t {
            return q;
        }
    };
    auto scalar(setting const &) const noexcept -> loop { return {}; }
};

static_assert(quantizer_for<none, bands<std::int16_t, 2>>);
static_assert(scalar_quantizer_for<none, bands<std::int16_t, 2>> && plans_ahead<none>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
