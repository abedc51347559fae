// triptych/coder/model/detail/neighbourhood_digits.hpp: quantised coefficients as digits, in one context each.
//
// Where `neighbourhood` mixes three contexts, this has one table of contexts, as in AV1 (AV1 specification, 8.3.2,
// coeff_base). A context is the kind of band and the size of the neighbouring magnitudes, in two classes an octave.
// Streams are a few percent larger, and coding is several times as fast.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/parts/digits.hpp>
#include <triptych/coder/parts/neighbours.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

class neighbourhood_digits {
    static constexpr std::size_t zones = 16, activities = 16, colocated_values = 4;
    using digits = digit_statistics<7, 4 * zones * activities * colocated_values, 32>;

public:
    /// Contexts begin with the spread that such neighbours suggest: there are too many for each to learn it anew.
    neighbourhood_digits() noexcept : digits_([](std::size_t c) { return first[c / colocated_values % activities]; }) {}
    auto ok() const noexcept -> bool { return digits_.ok(); }

    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        for (std::size_t g = 0; g < symbols.layout().groups().size(); ++g)
            if (!code_sites(engine, symbols, g, [&](auto const &s, auto const &info, std::int32_t v, unsigned width) {
                    auto const c = context_of(s, info);
                    return digits_.value(engine, c.context, c.kind, v, width);
                }))
                return zero_rest(symbols, g);
    }

    class rates : public digit_prices {
    public:
        rates() : digit_prices(digits::places) {}
    };
    /// Bits of the value v as if it stood at element `element` of band `band`.
    template <class B>
    static auto rate(rates const &paid, B const &symbols, std::size_t group, std::size_t band, std::size_t element,
                      std::int32_t v) -> float {
        auto const c = context_of(site_of(symbols, group, band, element), symbols.info(band));
        return digits::rate(paid, c.context, c.kind, v);
    }

private:
    static constexpr auto first = [] {
        std::array<digits::cdf, activities> all;
        for (unsigned a = 0; a < activities; ++a) {
            auto const sum = a == escape_digit ? escape_from : class_start(a);
            all[a] = laplacian<digits::cdf>(32768 * (2 * sum + 1) / (2 * sum + 31));
        }
        return all;
    }();

    struct where {
        std::size_t context, kind;
    };
    template <class T, std::size_t R>
    static auto context_of(site<T> const &s, band_info<R> const &info) noexcept -> where {
        std::size_t const component = info.at.kind == role::side ? 3 : std::min<std::size_t>(info.at.component, 2);
        std::size_t zone = 0;
        auto sum = 2 * (s.w() + s.north() + s.past()) + s.nw() + s.ne();
        if (s.n == 1) {
            zone = 2 * std::min<std::size_t>(info.at.level, 1) + ((info.at.index & 3) != 0 ? 1 : 0);
            sum += s.ww() + s.nn() + (s.parent ? 2 * magnitude(*s.parent) : 0);
        } else {
            auto const far = s.side ? s.k / s.side + s.k % s.side : s.k;
            zone = log_class(static_cast<std::uint32_t>(far), zones - 1);
            sum += 2 * s.inside();
        }
        auto const activity = log_class(sum, activities - 1);
        auto const colocated = s.colocated ? std::min<std::size_t>(magnitude(*s.colocated), colocated_values - 1) : 0;
        return {((component * zones + zone) * activities + activity) * colocated_values + colocated, component * 8 + activity / 2};
    }

    digits digits_;
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
