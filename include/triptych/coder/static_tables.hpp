// triptych/coder/static_tables.hpp: what coders with static tables share: counting, sending, walking, pricing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include <triptych/bands.hpp>
#include <triptych/coder/binary_engine.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/order.hpp>
#include <triptych/coder/tokens.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// A model that stands still during a stream: classes of bands, and tables that are counted.
template <class M>
concept static_model = !looks_back<M> && requires {
    typename M::classes;
    typename M::histogram;
    M::most_tables;
};

/// Each symbol in buffer order, with its band: `f(symbol, band)`.
template <class B, class F>
void each_symbol(B &symbols, F &&f) {
    for (auto const &g : symbols.layout().groups()) {
        auto *at = symbols.data() + g.offset;
        for (std::size_t p = 0; p < g.samples; ++p)
            for (std::size_t k = 0; k < g.count; ++k) f(*at++, g.first + k);
    }
}

/// Counts the tokens of each class, and joins classes.
template <class M, class B>
auto counted(B const &symbols, typename M::classes const &classes) {
    triptych::detail::buffer<typename M::histogram> counts(classes.count(), {});
    if (!classes.ok() || !counts.ok()) triptych::detail::raise<std::length_error>("there is no memory for the tables");
    each_symbol(symbols, [&](auto v, std::size_t band) { ++counts[classes[band]][token::of(v).value]; });
    return M::cluster(counts);
}

/// Bits of a token with its raw bits, by class: what estimates are made of.
template <class M>
class table_estimator {
public:
    template <class B, class Price>
    table_estimator(B const &symbols, Price &&price) : classes_(symbols.layout()) {
        auto c = counted<M>(symbols, classes_);
        of_ = std::move(c.of);
        for (auto const &h : c.tables) prices_.push_back(price(h));
        if (!prices_.ok()) triptych::detail::raise<std::length_error>("there is no memory for the tables");
    }
    /// Contexts do not matter here: only the band and the value do.
    template <class B>
    auto bits(B const &, std::size_t band, std::size_t, std::int32_t v) const -> float {
        auto const t = token::of(v).value;
        return prices_[of_[classes_[band]]][t];
    }

private:
    typename M::classes classes_;
    triptych::detail::buffer<std::uint8_t> of_;
    triptych::detail::list<std::array<float, token::count>> prices_;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
