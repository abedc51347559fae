// triptych/coder/model/mixing.hpp: any contexts, mixed; the model to compose when none of the others fits.
//
// Each symbol becomes four or five decisions: zero, sign, length of the magnitude, the bits behind the highest. Every
// context that is listed has counters for each decision. Adaptive weights mix their predictions in the logistic
// domain (Mahoney, PAQ7, 2005; Mattern, "Mixing strategies in data compression", 2012). There is one set of weights
// for each activity of the causal neighbourhood. Two tables then correct the mixed probability by what really
// followed such a probability (secondary estimation: Shkarin's PPMII, 2002; PAQ's APM).
//
//     using residuals = model::mixing<contexts::order<1>, contexts::order<2>, contexts::co-located sample>;
//
// Time is proportional to the number of contexts, memory to the sum of their sizes: 1.1 KB for each value of a
// context.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/contexts.hpp>
#include <triptych/coder/parts/decisions.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {

template <class... Contexts>
class mixing_state {
public:
    mixing_state() noexcept
        : counters_(components * total * nodes, {}), tails_(components * tails, {}),
          mixes_(components * activities * nodes, {}), by_activity_(components * activities * nodes, {}),
          by_left_(components * contexts::order<1>::size * nodes, {}) {}
    auto ok() const noexcept -> bool {
        return counters_.ok() && tails_.ok() && mixes_.ok() && by_activity_.ok() && by_left_.ok();
    }

    static constexpr std::size_t rate_rows = 4 * contexts::activity::size; ///< see rate table.hpp

    /// Codes all symbols in buffer order. `E` is an engine for bits; when it decodes, the symbols are written.
    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        code_vicinities(engine, symbols, [&](auto const &v, std::int32_t symbol, unsigned width, std::size_t at) {
            return value(engine, v, symbol, width, at);
        });
    }

private:
    static constexpr std::size_t count = sizeof...(Contexts), total = (Contexts::size + ...);
    static constexpr std::size_t components = 4, activities = contexts::activity::size, nodes = decisions::nodes,
                                 tails = decisions::tails;
    static constexpr unsigned rate = 17;
    using learner = counter<6, 8>;

    template <class E, class T>
    auto value(E &engine, causal_neighbours<T> const &v, std::int32_t symbol, unsigned width, [[maybe_unused]] std::size_t at)
        -> std::int32_t {
        std::size_t const c = v.at.kind == role::side ? 3 : std::min<std::size_t>(v.at.component, 2);
        std::array<std::size_t, count> where;
        std::size_t base = c * total, i = 0;
        ((where[i++] = (base + std::min<std::size_t>(Contexts::of(v), Contexts::size - 1)) * nodes,
          base += Contexts::size),
         ...);
        auto const active = c * activities + contexts::activity::of(v);
        auto const left = c * contexts::order<1>::size + contexts::order<1>::of(v);

        auto const decide = [&](std::size_t node, bool b) {
            std::array<learner *, count> heard;
            for (std::size_t j = 0; j < count; ++j) heard[j] = &counters_[where[j] + node];
            auto &mix = mixes_[active * nodes + node];
            auto &first = by_activity_[active * nodes + node], &second = by_left_[left * nodes + node];
            blended<count> const said(heard, mix);
            auto const p = (2 * said.p + first.p(said.sum) + second.p(said.sum)) >> 2;
            b = engine.bit(static_cast<std::uint32_t>(std::clamp(p, 16, 65520)), b);
            said.template correct<rate>(mix, b);
            first.learn(said.sum, b), second.learn(said.sum, b);
            for (auto *const h : heard) h->learn(b);
            return b;
        };
        auto const tail = [&](std::size_t node, bool b) {
            auto &l = tails_[c * tails + node];
            b = engine.bit(std::clamp<std::uint32_t>(l.p(), 64, 65472), b);
            l.learn(b);
            return b;
        };
        auto const got = decisions::code(engine, symbol, width, decide, tail);
        if constexpr (requires { engine.note(at, active, 0, got); }) engine.note(at, active, 0, got);
        return got;
    }

    triptych::detail::buffer<learner> counters_, tails_;
    triptych::detail::buffer<weights<count>> mixes_;
    triptych::detail::buffer<refinement> by_activity_, by_left_;
};

} // namespace detail

/// Contexts mixed, for `coder::range`; see `model/contexts.hpp` for those there are and for what one of your own must offer. At most 16.
template <detail::context... Contexts>
struct mixing {
    static_assert(sizeof...(Contexts) <= 16);
    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("mixing", part<Contexts>{}...); }
    using statistics = detail::mixing_state<Contexts...>;
};

/// For residuals of a predictor in up to three components, such as `transform::difference` leaves.
template <>
struct mixing<>
    : mixing<contexts::order<2>, contexts::order<6>, contexts::activity, contexts::colocated, contexts::components> {};

} // namespace triptych::inline TRIPTYCH_ABI::model
