// triptych/coder/multisymbol.hpp: the adaptive multi-symbol coder over a model: 16-ary digits under adaptive
// probabilities.
//
// The engine is `multisymbol_engine.hpp`. A model names `digits`: what adapts during one stream, as its `statistics`
// do for `coder::range`, but through `engine.digit(cdf, d) -> d`. The surprise: a digit says as much as four
// decisions of a binary tree, and takes no more time than one. As with `coder::range`, a model may have learned
// state. Then the coder holds it and names its arrays.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/adaptive_coding.hpp>
#include <triptych/coder/engine/multisymbol_engine.hpp>
#include <triptych/coder/model/neighbourhood.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// A model that codes bands through an engine for digits, and learns while it does.
template <class M>
concept digit_model = requires(typename M::digits const &d) {
    { d.ok() } -> std::same_as<bool>;
};
template <class M>
struct digits_of {
    static_assert(
        digit_model<M>,
        "multisymbol: the model must name its adaptive `digits` (see docs/concepts/coder.md), as model::adaptive and "
        "model::neighbourhood do");
    using type = typename M::digits;
};
} // namespace detail

/// Adaptive multi-symbol coder. Symbols may have any value within their band's `bits`.
template <class Model = model::neighbourhood>
struct multisymbol
    : detail::adaptive_coder<Model, typename detail::digits_of<Model>::type, multisymbol_encoder, multisymbol_decoder> {
    static constexpr void describe(auto &d) { d("multisymbol", part<Model>{}); }
};

static_assert(coder_for<multisymbol<>, bands<std::int16_t, 2>> && coder_for<multisymbol<>, bands<std::int32_t, 4>>);
static_assert(streaming_coder<multisymbol<>, bands<std::int16_t, 2>> &&
              rate_aware<multisymbol<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
