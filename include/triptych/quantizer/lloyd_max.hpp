// triptych/quantizer/lloyd_max.hpp: a scalar quantizer of K levels that lie where the values are.
//
// It has the least squared error for a number of levels (Lloyd 1957, published 1982; Max 1960). The levels are
// learned from a corpus or from the picture. It is for codes of a fixed rate, and for values whose density is not
// that of coefficients: depths, arrays of floats. The number of levels bounds the quality, so the goal of encoding
// changes nothing. The surprise: before an entropy coder it is no better for coefficients than equal steps, see
// docs/concepts/quantizer-catalogue.md.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/quantizer/detail/even_level.hpp>
#include <triptych/quantizer/detail/no_setting.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// The symbol 0 stands for the level that is nearest to zero, and others for how many levels further a value is, modulo K: there are always K symbols
/// from -K/2 on, which a coder of fixed width needs. Bands of role `side` pass untouched. Bands that no levels were learned for, and all
/// without state, have K even levels over their width.
template <std::size_t K>
struct lloyd_max : detail::no_setting {
    static_assert(K >= 2 && K <= 4096, "lloyd_max: 2 to 4096 levels");

    /// Rising, in 2^-4 of an integer sample: a row of K for each band, or one row for all.
    frozen<std::int32_t> levels;
    static constexpr int frac = 4;

    static constexpr bool can_be_exact = false;
    static constexpr void describe(auto &d) { d("lloyd_max", K); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("levels", self.levels);
    }
    /// Are they rows of K? True without state.
    constexpr auto valid() const noexcept -> bool {
        return levels.empty() || levels.shape() == dims{levels.shape().extent[0], static_cast<std::uint32_t>(K)};
    }

    template <std::size_t R>
    auto arrange(layout<R> in, setting const &) const -> layout<R> {
        for (std::size_t b = 0; b < in.count(); ++b)
            in.relabel(b, [](band_info<R> &info) {
                if (info.at.kind == role::signal) info.bits = static_cast<std::uint8_t>(std::bit_width(K - 1));
            });
        return in;
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        using T = typename B::value_type;
        detail::buffer<std::int32_t> values(K * x.count());
        detail::buffer<std::size_t> zeros(x.count());
        if (!x.ok() || !values.ok() || !zeros.ok()) return detail::no_memory<B>();
        for (std::size_t b = 0; b < x.count(); ++b) {
            zeros[b] = nearest_to_zero(row(b, x.count()));
            auto *const of = values.data() + K * b;
            // Levels of a state that no learner made may fall; a search needs them in order.
            for (std::size_t k = 0; k < K; ++k) {
                of[k] = level<T>(k, row(b, x.count()), x.info(b));
                if (k > 0) of[k] = std::max(of[k], of[k - 1]);
            }
        }
        for_each_value(x, [&](std::size_t, std::size_t b, std::int32_t v) {
            if (x.info(b).at.kind == role::side) return static_cast<T>(v);
            auto const *const of = values.data() + K * b;
            auto k = static_cast<std::size_t>(std::lower_bound(of, of + K, v) - of);
            if (k == K || (k > 0 && std::int64_t{v} - of[k - 1] <= std::int64_t{of[k]} - v)) --k;
            // Of equal levels the first is taken.
            if (k > 0 && of[k - 1] == of[k]) k = static_cast<std::size_t>(std::lower_bound(of, of + K, of[k]) - of);
            return static_cast<T>(static_cast<std::int64_t>((k + K - zeros[b] + K / 2) % K) - std::int64_t{K / 2});
        });
        auto where = arrange(x.layout(), s);
        return std::move(x).relabel(std::move(where));
    }
    template <class B>
    auto dequantize(B x, setting const &, layout<B::rank> const &in) const -> B {
        using T = typename B::value_type;
        x = std::move(x).relabel(in);
        detail::buffer<std::size_t> zeros(x.count());
        if (!x.ok() || !zeros.ok()) return detail::no_memory<B>();
        for (std::size_t b = 0; b < x.count(); ++b) zeros[b] = nearest_to_zero(row(b, x.count()));
        for_each_value(x, [&](std::size_t, std::size_t b, std::int32_t q) {
            if (in[b].at.kind == role::side) return static_cast<T>(q);
            constexpr auto n = static_cast<std::int64_t>(K);
            auto const k = ((q + static_cast<std::int64_t>(zeros[b])) % n + n) % n;
            return static_cast<T>(level<T>(static_cast<std::size_t>(k), row(b, x.count()), in[b]));
        });
        return x;
    }

private:
    /// The levels of a band, null for even ones.
    auto row(std::size_t band, std::size_t bands) const noexcept -> std::int32_t const * {
        auto const rows = levels.shape().extent[0];
        if (levels.data() == nullptr || levels.shape() != dims{rows, static_cast<std::uint32_t>(K)}) return nullptr;
        return rows == 1 ? levels.data() : rows == bands ? levels.data() + K * band : nullptr;
    }
    static auto nearest_to_zero(std::int32_t const *row) noexcept -> std::size_t {
        if (row == nullptr) return K / 2;
        std::size_t zero = 0;
        for (std::size_t k = 1; k < K; ++k)
            if (magnitude(row[k]) < magnitude(row[zero])) zero = k;
        return zero;
    }
    static auto magnitude(std::int32_t v) noexcept -> std::int64_t { return v < 0 ? -std::int64_t{v} : v; }

    /// A level as the band stores it.
    template <class T, std::size_t R>
    static auto level(std::size_t k, std::int32_t const *row, band_info<R> const &info) noexcept -> std::int32_t {
        auto const width = width_of<T>(info);
        if (row == nullptr) return static_cast<std::int32_t>(detail::even_level(k, K, width));
        auto const up = std::clamp(info.frac - frac, -20, 20);
        auto const v = up >= 0 ? std::int64_t{row[k]} * (std::int64_t{1} << up)
                               : (std::int64_t{row[k]} + (std::int64_t{1} << (-up - 1))) >> -up;
        auto const top = std::int64_t{1} << (width - 1);
        return static_cast<std::int32_t>(std::clamp(v, -top, top - 1));
    }
};

static_assert(quantizer_for<lloyd_max<16>, bands<std::int16_t, 2>> && plans_ahead<lloyd_max<16>>);
static_assert(stateful<lloyd_max<16>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
