// triptych/coder/range.hpp: the adaptive binary range coder over a model.
//
// The engine is `binary_engine.hpp`; all that is particular to a kind of data is in the model. A model names
// `statistics`: what adapts during one stream, with `ok()` and `code(engine, bands)`. `code` codes the bands symbol
// by symbol through `engine.bit(p1, b) -> b` (and `direct`), the same code for both directions. Rate estimates come
// from statistics that `note` each symbol or name `rates`, or from an `estimator` of the model's own, which is made
// from symbols. A model with learned state is a value like any policy with state: the coder holds it, and statistics
// and estimator are made from it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/adaptive_coding.hpp>
#include <triptych/coder/engine/binary_engine.hpp>
#include <triptych/coder/model/neighbourhood.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// A model that codes bands through an engine for bits, and learns while it does.
template <class M>
concept adaptive_model = requires(typename M::statistics const &s) {
    { s.ok() } -> std::same_as<bool>;
};
template <class M>
struct statistics_of {
    static_assert(
        adaptive_model<M>,
        "range: the model must name its adaptive `statistics` (see docs/concepts/coder.md); static models such as "
        "model::table are for coder::rans and coder::huffman");
    using type = typename M::statistics;
};
} // namespace detail

/// Adaptive range coder. Symbols may have any value within their band's `bits`. The best compression of the
/// coders here, at some tens of nanoseconds a decision.
template <class Model = model::neighbourhood>
struct range
    : detail::adaptive_coder<Model, typename detail::statistics_of<Model>::type, binary_encoder, binary_decoder> {
    static constexpr void describe(auto &d) { d("range", part<Model>{}); }
};

static_assert(coder_for<range<>, bands<std::int16_t, 2>> && coder_for<range<>, bands<std::int32_t, 4>>);
static_assert(streaming_coder<range<>, bands<std::int16_t, 2>> && rate_aware<range<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
