// triptych/coder/multisymbol.hpp: the adaptive multi-symbol coder over a model: 16-ary digits under adaptive probabilities.
//
// The engine is `multisymbol_engine.hpp`. A model names `digits`: what adapts during one stream, as its `statistics` do for `coder::range`, but
// through `engine.digit(cdf, d) -> d`. One digit says what a tree of bits says in four decisions and costs no more time than one. As there, a
// model may have learned: then the coder holds it, and names its arrays.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/adaptive_coding.hpp>
#include <triptych/coder/engine/ledger.hpp>
#include <triptych/coder/engine/multisymbol_engine.hpp>
#include <triptych/coder/engine/order.hpp>
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
} // namespace detail

/// Adaptive multi-symbol coder. Symbols may have any value within their band's `bits`.
template <class Model = model::neighbourhood>
struct multisymbol {
    static_assert(
        detail::digit_model<Model>,
        "multisymbol: the model must name its adaptive `digits` (see docs/concepts/coder.md), as model::adaptive and "
        "model::neighbourhood do");
    using order = fifo;
    using model_type = Model;
    static constexpr void describe(auto &d) { d("multisymbol", part<Model>{}); }

    [[no_unique_address]] Model model{};

    template <class V>
    requires stateful<Model>
    static constexpr void state(auto &self, V &&v) { nested("model", self.model, v); }

    auto encoder() const -> detail::adaptive_encoder<typename Model::digits, multisymbol_encoder> {
        return detail::adaptive_encoder<typename Model::digits, multisymbol_encoder>(model);
    }
    auto decoder(byte_reader const &r) const noexcept
        -> detail::adaptive_decoder<typename Model::digits, multisymbol_decoder> {
        return {model, r};
    }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        auto e = encoder();
        e.put(symbols, w), e.finish(w);
    }
    /// Fails with `truncated` where bytes are missing; otherwise any bytes decode to some symbols.
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        auto d = decoder(r);
        d.get(symbols, r);
        if (r.ok()) d.finish(r);
    }
    template <class B, class M = Model>
    auto rates(B const &symbols) const -> detail::adaptive_estimator<typename M::digits>
    requires requires { typename M::digits::prices; }
    { return {model, symbols}; }
    template <class B, class M = Model>
    requires detail::noting<typename M::digits>
    auto rates(B const &symbols) const -> detail::ledger_estimator {
        return detail::ledger_estimator(detail::fresh_statistics<typename M::digits>(model), symbols);
    }
};

static_assert(coder_for<multisymbol<>, bands<std::int16_t, 2>> && coder_for<multisymbol<>, bands<std::int32_t, 4>>);
static_assert(streaming_coder<multisymbol<>, bands<std::int16_t, 2>> &&
              rate_aware<multisymbol<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
