// triptych/coder/model/mixing.hpp: any contexts, mixed; the model to compose when none of the others fits.
//
// Each symbol becomes four or five decisions: zero, sign, length of the magnitude, the bits behind the highest. Every context that is listed
// has counters for each of them; what they say is joined in the logistic domain by weights learned as it goes (Mahoney, PAQ7, 2005;
// Mattern, "Mixing strategies in data compression", 2012), one set of weights for each activity of the surroundings. The mixture is then
// corrected twice by what really followed such a probability (secondary estimation: Shkarin's PPMII, 2002; PAQ's APM).
//
//     using residuals = model::mixing<contexts::order<1>, contexts::order<2>, contexts::cousin>;
//
// The time goes with the number of contexts, memory with the sum of their sizes: 1.1 KB for each value of a context.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/contexts.hpp>
#include <triptych/coder/model/detail/logistic.hpp>
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

    static constexpr std::size_t price_rows = 4 * contexts::activity::size; ///< see ledger.hpp

    /// Codes all symbols in buffer order. `E` is an engine for bits; when it decodes, the symbols are written.
    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        using T = typename std::remove_const_t<B>::value_type;
        using V = std::conditional_t<E::decoding, T, T const>;
        for (std::size_t g = 0; g < symbols.layout().groups().size(); ++g) {
            auto const view = view_of<V>(symbols, g);
            if (!view.ok()) continue;
            auto const near = links_of<V>(symbols, g);
            vicinity<V> v;
            v.cousin = near.cousin;
            if (near.cousin.ok()) {
                v.elder = links_of<V>(symbols, group_of(symbols, near.cousin.group.first, g)).cousin;
                v.elder.up += near.cousin.up;
            }
            for (v.slice = 0; v.slice < view.batch; ++v.slice)
                for (std::size_t y = 0; y < view.h; ++y) {
                    if constexpr (requires { engine.exhausted(); })
                        if (engine.exhausted()) return;
                    for (std::size_t x = 0; x < view.w; ++x) {
                        v.here = site_at(view, near, v.slice, y, x);
                        for (v.here.k = 0; v.here.k < view.n; ++v.here.k) {
                            auto const &info = symbols.info(view.first + v.here.k);
                            v.at = info.at;
                            auto *const at = symbols.data() + (v.here.at - symbols.data());
                            auto const got = value(engine, v, static_cast<std::int32_t>(*at), coder::width_of<T>(info),
                                                   static_cast<std::size_t>(at - symbols.data()));
                            if constexpr (E::decoding) *at = static_cast<T>(got);
                            ++v.here.at;
                            if (v.here.cousin) ++v.here.cousin;
                            if (v.here.parent) ++v.here.parent;
                        }
                    }
                }
        }
    }

private:
    static constexpr std::size_t count = sizeof...(Contexts), total = (Contexts::size + ...);
    static constexpr std::size_t components = 4, activities = contexts::activity::size, nodes = 46, tails = 576;
    static constexpr unsigned rate = 17;
    using learner = counter<6, 8>;

    /// The group, before `end`, that starts with the band `first`.
    template <class B>
    static auto group_of(B const &symbols, std::size_t first, std::size_t end) noexcept -> std::size_t {
        while (end-- > 0 && symbols.layout().groups()[end].first != first) {
        }
        return end;
    }

    template <class E, class T>
    auto value(E &engine, vicinity<T> const &v, std::int32_t symbol, unsigned width, [[maybe_unused]] std::size_t at)
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
        auto const got = coder::sign_extend(magnitude_and_sign(engine, symbol, width, decide, tail), width);
        if constexpr (requires { engine.note(at, active, 0, got); }) engine.note(at, active, 0, got);
        return got;
    }

    /// Nodes: 0 not zero; 1 negative; 1 + n longer than n = 1 ... 9 bits; from 11 on the bits behind the highest of magnitudes of 2 and
    /// of 3 bits, and the first two of longer ones. What is rarer has a counter without context, or none.
    template <class E, class Decide, class Tail>
    static auto magnitude_and_sign(E &engine, std::int32_t v, unsigned width, Decide &&decide, Tail &&tail)
        -> std::uint32_t {
        auto const m = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        unsigned const length = E::decoding ? 0 : static_cast<unsigned>(std::bit_width(m));
        if (!decide(0, m != 0)) return 0;
        bool const negative = decide(1, v < 0);
        std::size_t const side = negative ? 31 : 0;
        unsigned n = 1;
        while (n < width && (n < 10 ? decide(side + n + 1, n < length) : tail(n, n < length))) ++n;
        std::uint32_t got = 1;
        for (unsigned i = n - 1; i-- > 0;) {
            bool b = (m >> i) & 1;
            auto const known = n - 2 - i; // bits behind the highest that are known already
            if (n <= 3)
                b = decide(side + (n == 2 ? 11 : 11 + got), b);
            else if (known < 2)
                b = decide(15 + 3 * std::min(n - 4, 5u) + (known ? 1 + (got & 1) : 0), b);
            else if (known < 4)
                b = tail(32 + 16 * n + 4 * (known - 2) + (got & 3), b);
            else
                b = engine.direct(b, 1) != 0;
            got = got << 1 | static_cast<std::uint32_t>(b);
        }
        return negative ? 0u - got : got;
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
    : mixing<contexts::order<2>, contexts::order<6>, contexts::activity, contexts::cousin, contexts::components> {};

} // namespace triptych::inline TRIPTYCH_ABI::model
