// triptych/quantizer/detail/decide.hpp: greedy rate-distortion decisions, symbol by symbol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include <triptych/bands.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Chooses for each symbol, in buffer order, the cheapest of itself, the next one towards zero, and zero: the least distortion +
/// lambda · step² · bits, where `rates` gives the bits of a symbol in the context of those decided before it. `step(band)` is in stored units, Q8;
/// `value(symbol, band)` is what a symbol of a coefficient of `x` stands for. Bands of role `side` stay as they are.
template <class B, class Rates, class Step, class Value>
void decide(B &symbols, B const &x, Rates const &rates, float lambda, Step &&step, Value &&value) {
    using T = typename B::value_type;
    for_each_value(symbols, [&](std::size_t at, std::size_t b, std::int32_t q) {
        if (q == 0 || x.info(b).at.kind == role::side) return static_cast<T>(q);
        auto const unit = 256.0F / static_cast<float>(step(b));
        auto best = q;
        auto least = std::numeric_limits<float>::max();
        for (auto const candidate : {q, q > 0 ? q - 1 : q + 1, std::int32_t{0}}) {
            auto const miss = static_cast<float>(std::int64_t{x.data()[at]} - value(candidate, b)) * unit;
            auto const cost = miss * miss + lambda * static_cast<float>(rates.bits(symbols, b, at, candidate));
            if (cost < least) least = cost, best = candidate;
            if (candidate == 0) break;
        }
        return static_cast<T>(best);
    });
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
