// triptych/conformance/wrapper.hpp: the law of policies made of another: each refinement of what is inside is kept, or refused in words.
//
//     static_assert(triptych::wrapper_keeps<my_wrapper<inner>, inner, triptych::bands<std::int16_t, 2>>);
//     auto const report = triptych::wrapper_conformance<my_wrapper<inner>>(trained_inner);
//
// The first is about what can be called. The second takes an inner policy that has learned something, for state is what gets lost most
// easily and hurts most: without its arrays' names a wrapper has no fingerprint, and any model decodes its streams, to noise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/concepts.hpp>
#include <triptych/conformance/report.hpp>
#include <triptych/refinement.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
/// Stands for the estimator of a rate-aware coder.
struct estimator_probe {
    template <class B>
    auto bits(B const &, std::size_t, std::size_t, std::int32_t) const -> float {
        return 0;
    }
};
template <class C, class B>
concept optimises = rate_aware<C, B> && requires(C const &c, B const &symbols) {
    { c.rates(symbols) } -> optimising_rates<B>;
};
/// True if the learner's header is included.
template <class P>
concept learns = requires {
    sizeof(learner<P>);
};

inline constexpr std::array<std::string_view, 20> refinement_names{
    "reversible",    "tileable",     "target_aware",     "closed_loop", "step_aware", "keeps_errors", "plans_ahead",
    "scalar",        "uses_rates",   "refits",           "steps",       "bounds_errors", "can_be_exact",
    "rate_aware",    "optimising_rates", "streaming",    "embedded",    "per_picture", "stateful",   "learnable"};
inline constexpr std::size_t refinements = refinement_names.size();

template <class P, class B>
constexpr auto offered() -> std::array<bool, refinements> {
    return {reversible<P>, tileable<P>, target_aware<P, B>, closed_loop_for<P, B>,
            step_aware<P, B>, keeps_errors<P>, plans_ahead<P>, scalar_quantizer_for<P, B>,
            uses_rates<P, B, estimator_probe>, refits<P, B>, steps<P>, bounds_errors<P>,
            requires {requires bool(P::can_be_exact);
}
, rate_aware<P, B>, optimises<P, B>, streaming_coder<P, B>, embedded_coder<P, B>, per_picture<P, B>, stateful<P>,
    learns<P>
}; // namespace detail
} // namespace triptych::inline TRIPTYCH_ABI
template <class W>
constexpr auto refused(refinement what) -> bool {
    if constexpr (requires { W::refuses; })
        for (refusal const &r : W::refuses)
            if (r.what == what && !r.why.empty()) return true;
    return false;
}
/// Which refinements of what is inside the wrapper neither has nor refuses.
template <class W, class Inner, class B, class InnerB>
constexpr auto lost() -> std::array<bool, refinements> {
    auto const inside = offered<Inner, InnerB>(), outside = offered<W, B>();
    std::array<bool, refinements> missing{};
    for (std::size_t i = 0; i < refinements; ++i)
        missing[i] = inside[i] && !outside[i] && !refused<W>(static_cast<refinement>(i));
    return missing;
}
} // namespace detail

/// Has W each refinement that `Inner` has for bands of type InnerB, or a `refuses` that names it? B are the bands that W itself is given.
template <class W, class Inner, class B, class InnerB = B>
inline constexpr bool wrapper_keeps = detail::lost<W, Inner, B, InnerB>() == std::array<bool, detail::refinements>{};

/// The same as a report, and that the wrapper shows all that `learned`, an inner policy with state, has learned. `W` is made from its inner
/// policy, or `make(inner)` makes it.
template <class W, class B = bands<std::int16_t, 2>, class InnerB = B, class Inner, class Make>
auto wrapper_conformance(Inner const &learned, Make const &make) -> conformance_report {
    conformance_report report;
    report.role("wrapper");
    constexpr auto missing = detail::lost<W, Inner, B, InnerB>();
    for (std::size_t i = 0; i < missing.size(); ++i)
        report.check(!missing[i], "a wrapper keeps each refinement or refuses it",
                     [&] { return std::string(detail::refinement_names[i]); });
    if constexpr (stateful<W> && stateful<Inner>) {
        auto const nothing = [] { return std::string("of one policy"); };
        W const with = make(learned), without = make(Inner{});
        report.check(parameter_count(learned) != 0, "the policy inside has learned something", nothing);
        report.check(parameter_count(with) == parameter_count(learned), "a wrapper counts the parameters inside",
                     nothing);
        report.check(model_fingerprint(with) != model_fingerprint(without), "a model inside changes the fingerprint",
                     nothing);
        // Loaders write through `state`.
        W filled = make(Inner{});
        std::vector<std::string> names;
        W::state(with, [&](std::string_view name, auto const &array) {
            for (auto const &other : names)
                report.check(other != name, "names of arrays are unique", [&] { return other; });
            names.emplace_back(name);
            W::state(filled, [&](std::string_view to, auto &place) {
                if constexpr (std::is_same_v<std::remove_cvref_t<decltype(place)>,
                                             std::remove_cvref_t<decltype(array)>>)
                    if (to == name) place = array;
            });
        });
        report.check(model_fingerprint(filled) == model_fingerprint(with), "arrays can be set by name", nothing);
        report.check(valid_state(with) == valid_state(learned), "a wrapper is valid if what is inside is", nothing);
    }
    return report;
}
template <class W, class B = bands<std::int16_t, 2>, class InnerB = B, class Inner>
auto wrapper_conformance(Inner const &learned) -> conformance_report {
    return wrapper_conformance<W, B, InnerB>(learned, [](Inner const &inner) { return W(inner); });
}

} // namespace triptych::inline TRIPTYCH_ABI
