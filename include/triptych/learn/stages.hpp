// triptych/learn/stages.hpp: what a panel will be given when a codec encodes: learners must see nothing else.
#pragma once

#include <cstdint>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/concepts.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/panels.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// The policy fitted to this picture, or the policy itself.
template <class P, class B>
auto fitted(P const &policy, B const &x, target const &aim) -> P requires per_picture<P, B> {
    return policy.prepare(x, aim);
}
template <class P, class B>
auto fitted(P const &policy, B const &, target const &) -> P const & {
    return policy;
}

/// What stands behind an open transform.
template <class T, class B>
auto transformed(T const &transform, B x, target const &aim) -> B {
    auto const &t = fitted(transform, x, aim);
    return analyse(t, std::move(x), aim);
}

/// What the quantizer is given; in a closed loop, with what it gives back itself.
template <class T, class Q, class B>
auto coefficients_of(T const &transform, Q const &quantizer, B x, target const &aim) -> B {
    if constexpr (closed_loop_for<T, B>) {
        auto const &t = fitted(transform, x, aim);
        auto const setting = quantizer.plan(x, aim);
        auto const symbol = symbol_of<Q, B>(quantizer, setting);
        auto const value = value_of<Q, B>(quantizer, setting);
        using info = band_info<B::rank>;
        return t.forward(
            std::move(x), [](std::int32_t v, info const &) { return v; },
            [&](std::int32_t v, info const &i) { return value(symbol(v, i), i); });
    } else {
        return transformed(transform, std::move(x), aim);
    }
}

/// What the coder is given.
template <class T, class Q, class C, class B>
auto symbols_of(T const &transform, Q const &quantizer, C const &coder, B x, target const &aim) -> B {
    if constexpr (closed_loop_for<T, B>) {
        auto const &t = fitted(transform, x, aim);
        auto const setting = quantizer.plan(x, aim);
        return t.forward(std::move(x), symbol_of<Q, B>(quantizer, setting), value_of<Q, B>(quantizer, setting));
    } else {
        auto y = transformed(transform, std::move(x), aim);
        auto const &q = fitted(quantizer, y, aim);
        auto const setting = q.plan(y, aim);
        return quantise(q, coder, std::move(y), setting, aim);
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
