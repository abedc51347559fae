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
#include <stdexcept>

#include <triptych/coder/binary_engine.hpp>
#include <triptych/coder/ledger.hpp>
#include <triptych/coder/metering_engine.hpp>
#include <triptych/coder/model/neighbourhood.hpp>
#include <triptych/coder/order.hpp>
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

/// What adapts during one stream, as the learned model has it when it begins. May refer to the model.
template <class M>
auto fresh_statistics(M const &model) -> typename M::statistics {
    if constexpr (std::constructible_from<typename M::statistics, M const &>)
        return typename M::statistics(model);
    else
        return {};
}
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

    /// Takes bands in parts, in order; statistics carry over, neighbours do not. The coder outlives it.
    class encoder_type {
    public:
        explicit encoder_type(Model const &model) : statistics_(detail::fresh_statistics(model)) {
            if (!statistics_.ok())
                triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
        }
        template <class T, std::size_t R, class W>
        void put(bands<T, R> const &symbols, W &w) {
            statistics_.code(engine_, symbols);
            if (!statistics_.ok())
                triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
            engine_.flush(w);
        }
        template <class W>
        void finish(W &w) {
            engine_.finish(w);
        }

    private:
        typename Model::statistics statistics_;
        binary_encoder engine_;
    };
    class decoder_type {
    public:
        decoder_type(Model const &model, byte_reader const &r) noexcept
            : statistics_(detail::fresh_statistics(model)), engine_(r) {}
        template <class T, std::size_t R>
        void get(bands<T, R> &symbols, byte_reader &r) noexcept {
            if (!statistics_.ok()) return r.fail(errc::memory);
            // A copy stays in registers; the member could not, with a model's counters written beside it.
            auto engine = engine_;
            statistics_.code(engine, symbols);
            engine_ = engine;
            if (!statistics_.ok()) return r.fail(errc::memory);
            if (engine_.exhausted()) r.fail(errc::truncated);
        }
        void finish(byte_reader &r) noexcept { engine_.finish(r); }

    private:
        typename Model::statistics statistics_;
        binary_decoder engine_;
    };
    auto encoder() const -> encoder_type { return encoder_type(model); }
    auto decoder(byte_reader const &r) const noexcept -> decoder_type { return decoder_type(model, r); }

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

    /// What the coder paid on average in the contexts that the given symbols make; for models that name `statistics::prices`.
    template <class M>
    class estimator_type {
    public:
        template <class B>
        estimator_type(M const &model, B const &symbols) : group_(symbols.count()) {
            auto statistics = detail::fresh_statistics(model);
            if (!statistics.ok() || !paid_.ok() || !group_.ok())
                triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
            auto const &groups = symbols.layout().groups();
            for (std::size_t g = 0; g < groups.size(); ++g)
                for (std::size_t k = 0; k < groups[g].count; ++k) group_[groups[g].first + k] = g;
            detail::metering_engine meter(paid_);
            statistics.code(meter, symbols);
        }
        /// Bits of the value v at an element of the buffer. `symbols` has the layout that the estimator was made from.
        template <class B>
        auto bits(B const &symbols, std::size_t band, std::size_t element, std::int32_t v) const -> float {
            return M::statistics::price(paid_, symbols, group_[band], band, element, v);
        }

    private:
        typename M::statistics::prices paid_;
        triptych::detail::buffer<std::size_t> group_;
    };
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
    auto rates(B const &symbols) const -> estimator_type<M>
    requires requires { typename M::statistics::prices; }
    { return estimator_type<M>(model, symbols); }
    template <class B, class M = Model>
    requires detail::noting<typename M::statistics>
    auto rates(B const &symbols) const -> detail::ledger_estimator {
        return detail::ledger_estimator(detail::fresh_statistics(model), symbols);
    }
};

static_assert(coder_for<range<>, bands<std::int16_t, 2>> && coder_for<range<>, bands<std::int32_t, 4>>);
static_assert(streaming_coder<range<>, bands<std::int16_t, 2>> && rate_aware<range<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
