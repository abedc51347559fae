// triptych/detail/call.hpp: how a stage of a panel is called, whatever form the policy offers it in.
//
// Refinements let a policy ask for more than its concept hands it: the target, the step. Codecs, schedules, learners and policies
// made of policies all call through these functions, so that none of them forgets a form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/quality.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

// --- transforms ---------------------------------------------------------------------------------------------------------

template <class T, class B>
auto analyse(T const &t, B x, target const &aim) -> B {
    if constexpr (target_aware<T, B>)
        return t.forward(std::move(x), aim);
    else
        return t.forward(std::move(x));
}

/// The part of the analysis that does not depend on the target: all, nothing, or the first members of a chain. A search for a step makes it once.
template <class T, class B>
auto analyse_ahead(T const &t, B x) -> B {
    if constexpr (closed_loop_for<T, B>)
        return x;
    else if constexpr (!target_aware<T, B>)
        return t.forward(std::move(x));
    else if constexpr (requires { t.forward_ahead(std::move(x)); })
        return t.forward_ahead(std::move(x));
    else
        return x;
}
/// The rest of it.
template <class T, class B>
auto analyse_rest(T const &t, B x, target const &aim) -> B {
    if constexpr (!target_aware<T, B>)
        return x;
    else if constexpr (requires { t.forward_rest(std::move(x), aim); })
        return t.forward_rest(std::move(x), aim);
    else
        return t.forward(std::move(x), aim);
}

template <class T, class B>
auto synthesise(T const &t, B x, layout_of<B> const &in, fixed_step step) -> B {
    if constexpr (has_step_inverse<T, B>)
        return t.inverse(std::move(x), in, step);
    else
        return t.inverse(std::move(x), in);
}

// --- quantizers ---------------------------------------------------------------------------------------------------------

/// The step that a setting stands for; 0 for quantizers that have none.
template <class Q>
auto step_of(Q const &q, typename Q::setting const &s) -> fixed_step {
    if constexpr (has_step<Q>)
        return q.step(s);
    else
        return {};
}

template <class Q, class B>
auto first_symbols(Q const &q, B x, typename Q::setting const &s, target const &aim) -> B {
    if constexpr (has_quantize_for_target<Q, B>)
        return q.quantize(std::move(x), s, aim);
    else
        return q.quantize(std::move(x), s);
}

// --- coders -------------------------------------------------------------------------------------------------------------

template <class C, class B, class W>
void encode(C const &c, B const &symbols, W &w, fixed_step step) {
    if constexpr (requires { c.encode(symbols, w, step); })
        c.encode(symbols, w, step);
    else
        c.encode(symbols, w);
}
template <class C, class B>
void decode(C const &c, B &symbols, byte_reader &r, fixed_step step) {
    if constexpr (requires { c.decode(symbols, r, step); })
        c.decode(symbols, r, step);
    else
        c.decode(symbols, r);
}
template <class C, class B>
auto rates(C const &c, B const &symbols, fixed_step step) {
    if constexpr (requires { c.rates(symbols, step); })
        return c.rates(symbols, step);
    else
        return c.rates(symbols);
}
template <class C>
auto encoder(C const &c, fixed_step step) {
    if constexpr (requires { c.encoder(step); })
        return c.encoder(step);
    else
        return c.encoder();
}
template <class C>
auto decoder(C const &c, byte_reader &r, fixed_step step) {
    if constexpr (requires { c.decoder(r, step); })
        return c.decoder(r, step);
    else
        return c.decoder(r);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
