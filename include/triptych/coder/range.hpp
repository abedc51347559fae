// triptych/coder/range.hpp: the adaptive binary range coder over a model.
//
// The engine is `binary_engine.hpp`; all that is particular to a kind of data is in the model. A model names `state`: what adapts during
// one stream, with `ok()` and `code(engine, bands)`, which codes the bands symbol by symbol through `engine.bit(p1, b) -> b` (and
// `direct`), the same code for both directions. A model whose state also names `prices` gives rate estimates, and one that names an
// `estimator`, made from symbols, gives its own.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include <triptych/coder/binary_engine.hpp>
#include <triptych/coder/metering_engine.hpp>
#include <triptych/coder/model/neighbourhood.hpp>
#include <triptych/coder/order.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// A model that codes bands through an engine for bits, and learns while it does.
template <class M>
concept adaptive_model = requires(typename M::state const &s) {
    { s.ok() } -> std::same_as<bool>;
};
} // namespace detail

/// Adaptive range coder. Symbols may have any value within their band's `bits`. The best compression of the
/// coders here, at some tens of nanoseconds a decision.
template <class Model = model::neighbourhood>
struct range {
    static_assert(detail::adaptive_model<Model>,
                  "range: the model must name its adaptive `state` (see docs/concepts/coder.md); static models such as "
                  "model::table are for coder::rans and coder::huffman");
    using order = fifo;
    using model_type = Model;
    static constexpr void describe(auto &d) { d("range", part<Model>{}); }

    /// Takes bands in parts, in order; statistics carry over, neighbours do not.
    class encoder_type {
    public:
        encoder_type() {
            if (!state_.ok()) triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
        }
        template <class T, std::size_t R, class W>
        void put(bands<T, R> const &symbols, W &w) {
            state_.code(engine_, symbols);
            if (!state_.ok()) triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
            engine_.flush(w);
        }
        template <class W>
        void finish(W &w) {
            engine_.finish(w);
        }

    private:
        typename Model::state state_;
        binary_encoder engine_;
    };
    class decoder_type {
    public:
        explicit decoder_type(byte_reader const &r) noexcept : engine_(r) {}
        template <class T, std::size_t R>
        void get(bands<T, R> &symbols, byte_reader &r) noexcept {
            if (!state_.ok()) return r.fail(errc::memory);
            state_.code(engine_, symbols);
            if (!state_.ok()) return r.fail(errc::memory);
            if (engine_.exhausted()) r.fail(errc::truncated);
        }
        void finish(byte_reader &r) noexcept { engine_.finish(r); }

    private:
        typename Model::state state_;
        binary_decoder engine_;
    };
    auto encoder() const -> encoder_type { return {}; }
    auto decoder(byte_reader const &r) const noexcept -> decoder_type { return decoder_type(r); }

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

    /// What the coder paid on average in the contexts that the given symbols make; for models that name `state::prices`.
    template <class M>
    class estimator_type {
    public:
        template <class B>
        explicit estimator_type(B const &symbols) : group_(symbols.count()) {
            typename M::state state;
            if (!state.ok() || !paid_.ok() || !group_.ok())
                triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
            auto const &groups = symbols.layout().groups();
            for (std::size_t g = 0; g < groups.size(); ++g)
                for (std::size_t k = 0; k < groups[g].count; ++k) group_[groups[g].first + k] = g;
            detail::metering_engine meter(paid_);
            state.code(meter, symbols);
        }
        /// Bits of the value v at an element of the buffer. `symbols` has the layout that the estimator was made from.
        template <class B>
        auto bits(B const &symbols, std::size_t band, std::size_t element, std::int32_t v) const -> float {
            return M::state::price(paid_, symbols, group_[band], band, element, v);
        }

    private:
        typename M::state::prices paid_;
        triptych::detail::buffer<std::size_t> group_;
    };
    template <class B, class M = Model>
    auto rates(B const &symbols) const -> typename M::estimator requires requires {
        typename M::estimator;
    }
    { return typename M::estimator(symbols); }
    template <class B, class M = Model>
    auto rates(B const &symbols) const -> estimator_type<M>
    requires requires { typename M::state::prices; }
    { return estimator_type<M>(symbols); }
};

static_assert(coder_for<range<>, bands<std::int16_t, 2>> && coder_for<range<>, bands<std::int32_t, 4>>);
static_assert(streaming_coder<range<>, bands<std::int16_t, 2>> && rate_aware<range<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
