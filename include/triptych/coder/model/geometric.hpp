// triptych/coder/model/geometric.hpp: one fixed two-sided geometric law a band, with learned probabilities.
//
// A Laplace density integrated over unit intervals is a geometric law with a zero of its own. So two probabilities a
// band say it exactly: that of a zero, and that a magnitude goes on growing. Nothing adapts, so the rate has a
// gradient, which learn/joint.hpp needs. On a codec's own coefficients the adaptive models are better. Where the
// scale may travel in the stream instead of being learned, take `coder::rans<model::laplace>`.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/order.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

/// For `coder::range`. Any symbols. Bands beyond those that odds were learned for use even odds. Learned by learn/coder/geometric.hpp.
struct geometric {
    /// A magnitude is at most this many steps of the geometric law; what is above is coded plainly.
    static constexpr std::uint32_t longest = 24;

    frozen<std::uint16_t> odds; ///< a row a band: probabilities of a zero and of going on, times 65536

    static constexpr bool looks_back = false;
    static constexpr void describe(auto &d) { d("geometric"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("odds", self.odds);
    }
    constexpr auto valid() const noexcept -> bool {
        return odds.empty() || (odds.shape().rank == 2 && odds.shape().extent[1] == 2);
    }
    /// Probability times 65536, within what an engine takes: `what` 0 of a zero, 1 of going on.
    auto probability(std::size_t band, std::size_t what) const noexcept -> std::uint32_t {
        auto const at = 2 * band + what;
        return valid() && at < odds.size() ? std::clamp<std::uint32_t>(odds[at], 32, 65504) : 32768;
    }

    class statistics;
    class estimator;
};

/// Nothing adapts; refers to the model. Codes band after band.
class geometric::statistics {
public:
    explicit statistics(geometric const &model) noexcept : model_(model) {}
    auto ok() const noexcept -> bool { return true; }

    /// Codes all symbols. `E` is an engine for bits; when it decodes, the symbols are written.
    template <class E, class B>
    void code(E &engine, B &symbols) const noexcept(E::decoding) {
        using T = typename std::remove_const_t<B>::value_type;
        for (std::size_t b = 0; b < symbols.count(); ++b) {
            auto const n = symbols[b].size();
            if (n == 0) continue; // there may be no buffer to point into
            auto const &info = symbols.info(b);
            auto const unit = n > 1 ? info.stride[B::rank - 1] : 1;
            auto const width = width_of<T>(info);
            auto *const first = symbols.data() + info.offset;
            for (std::size_t i = 0; i < n; ++i) {
                if constexpr (requires { engine.exhausted(); })
                    if (engine.exhausted()) return;
                auto const v = value(engine, b, static_cast<std::int32_t>(first[i * unit]));
                if constexpr (E::decoding) first[i * unit] = static_cast<T>(sign_extend(v, width));
            }
        }
    }

private:
    /// Gives what was coded, modulo 2^32.
    template <class E>
    auto value(E &engine, std::size_t band, std::int32_t v) const noexcept(E::decoding) -> std::uint32_t {
        if (engine.bit(model_.probability(band, 0), v == 0)) return 0;
        bool const negative = engine.direct(v < 0, 1) != 0;
        auto const magnitude = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        std::uint32_t m = 1;
        auto const on = model_.probability(band, 1);
        while (m < longest && engine.bit(on, m < magnitude)) ++m;
        if (m == longest) {
            auto const rest = E::decoding ? 0 : magnitude - longest;
            auto const width = engine.direct(static_cast<std::uint32_t>(std::bit_width(rest)), 6);
            m += engine.direct(rest, std::min(width, 32u));
        }
        return negative ? 0u - m : m;
    }

    geometric const &model_;
};

/// Prices: nothing adapts, so they are the odds. Its model outlives it.
class geometric::estimator {
public:
    template <class B>
    estimator(geometric const &model, B const &) noexcept : model_(model) {}
    template <class B>
    auto bits(B const &, std::size_t band, std::size_t, std::int32_t v) const noexcept -> float {
        auto const of = [](std::uint32_t p) { return 16 - std::log2(static_cast<float>(p)); };
        auto const zero = model_.probability(band, 0), on = model_.probability(band, 1);
        if (v == 0) return of(zero);
        auto const m = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        auto const steps = static_cast<float>(std::min(m, longest) - 1);
        float const end = m < longest ? of(65536 - on) : static_cast<float>(6 + std::bit_width(m - longest));
        return of(65536 - zero) + 1 + steps * of(on) + end;
    }

private:
    geometric const &model_;
};

} // namespace triptych::inline TRIPTYCH_ABI::model
