// triptych/coder/range.hpp: the adaptive binary range coder over a model.
//
// The engine is `binary_engine.hpp`; all that is particular to a kind of data is in the model. A model names `statistics`: what adapts
// during one stream, with `ok()` and `code(engine, bands)`, which codes the bands symbol by symbol through `engine.bit(p1, b) -> b` (and
// `direct`), the same code for both directions. Statistics that `note` each symbol, or name `prices`, give rate estimates, and a model that
// names an `estimator`, made from symbols, gives its own. A model that has learned something is a value like any policy with state: the coder
// holds it, and statistics and estimator are made from it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/adaptive_coding.hpp>
#include <triptych/coder/engine/binary_engine.hpp>
#include <triptych/coder/engine/ledger.hpp>
#include <triptych/coder/engine/order.hpp>
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
} // namespace detail

/// Adaptive range coder. Symbols may have any value within their band's `bits`. The best compression of the
/// coders here, at some tens of nanoseconds a decision.
template <class Model = model::neighbourhood>
struct range {
    static_assert(
        detail::adaptive_model<Model>,
        "range: the model must name its adaptive `statistics` (see docs/concepts/coder.md); static models such as "
        "model::table are for coder::rans and coder::huffman");
    using order = fifo;
    using model_type = Model;
    static constexpr void describe(auto &d) { d("range", part<Model>{}); }

    [[no_unique_address]] Model model{};

    template <class V>
    requires stateful<Model>
    static constexpr void state(auto &self, V &&v) { nested("model", self.model, v); }

    auto encoder() const -> detail::adaptive_encoder<typename Model::statistics, binary_encoder> {
        return detail::adaptive_encoder<typename Model::statistics, binary_encoder>(model);
    }
    auto decoder(byte_reader const &r) const noexcept
        -> detail::adaptive_decoder<typename Model::statistics, binary_decoder> {
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
    auto rates(B const &symbols) const -> typename M::estimator requires requires {
        typename M::estimator;
    }
    {
        if constexpr (std::constructible_from<typename M::estimator, M const &, B const &>)
            return typename M::estimator(model, symbols);
        else
            return typename M::estimator(symbols);
    }
    template <class B, class M = Model>
    auto rates(B const &symbols) const -> detail::adaptive_estimator<typename M::statistics>
    requires requires { typename M::statistics::prices; }
    { return {model, symbols}; }
    template <class B, class M = Model>
    requires detail::noting<typename M::statistics>
    auto rates(B const &symbols) const -> detail::ledger_estimator {
        return detail::ledger_estimator(detail::fresh_statistics<typename M::statistics>(model), symbols);
    }
};

static_assert(coder_for<range<>, bands<std::int16_t, 2>> && coder_for<range<>, bands<std::int32_t, 4>>);
static_assert(streaming_coder<range<>, bands<std::int16_t, 2>> && rate_aware<range<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
