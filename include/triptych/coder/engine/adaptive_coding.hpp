// triptych/coder/engine/adaptive_coding.hpp: what coders over adaptive models share: all but the engine.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include <triptych/bands.hpp>
#include <triptych/coder/engine/rate_table.hpp>
#include <triptych/coder/engine/metering_engine.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/quality.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// What adapts during one stream, as the learned model has it when it begins. May refer to the model, and be told the step.
template <class Statistics, class Model>
auto fresh_statistics(Model const &model, fixed_step step) -> Statistics {
    if constexpr (std::constructible_from<Statistics, Model const &, fixed_step>)
        return Statistics(model, step);
    else if constexpr (std::constructible_from<Statistics, Model const &>)
        return Statistics(model);
    else
        return {};
}

/// Takes bands in parts, in order; statistics carry over, neighbours do not. The coder outlives it.
template <class Statistics, class Engine>
class adaptive_encoder {
public:
    template <class Model>
    adaptive_encoder(Model const &model, fixed_step step) : statistics_(fresh_statistics<Statistics>(model, step)) {
        check();
    }
    template <class T, std::size_t R, class W>
    void put(bands<T, R> const &symbols, W &w) {
        statistics_.code(engine_, symbols);
        check();
        engine_.flush(w);
    }
    template <class W>
    void finish(W &w) {
        engine_.finish(w);
    }

private:
    void check() const {
        if (!statistics_.ok()) triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
    }
    Statistics statistics_;
    Engine engine_;
};

/// Gives them back. Fails with `truncated` where bytes are missing; otherwise any bytes decode to some symbols.
template <class Statistics, class Engine>
class adaptive_decoder {
public:
    template <class Model>
    adaptive_decoder(Model const &model, byte_reader const &r, fixed_step step) noexcept
        : statistics_(fresh_statistics<Statistics>(model, step)), engine_(r) {}
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
    Statistics statistics_;
    Engine engine_;
};

/// What the coder paid on average in the contexts that the given symbols make; for statistics that name `rates`.
template <class Statistics>
class adaptive_estimator {
public:
    template <class Model, class B>
    adaptive_estimator(Model const &model, B const &symbols, fixed_step step) : group_(symbols.count()) {
        auto statistics = fresh_statistics<Statistics>(model, step);
        if (!statistics.ok() || !paid_.ok() || !group_.ok())
            triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
        auto const &groups = symbols.layout().groups();
        for (std::size_t g = 0; g < groups.size(); ++g)
            for (std::size_t k = 0; k < groups[g].count; ++k) group_[groups[g].first + k] = g;
        metering_engine meter(paid_);
        statistics.code(meter, symbols);
    }
    /// Bits of the value v at an element of the buffer. `symbols` has the layout that the estimator was made from.
    template <class B>
    auto bits(B const &symbols, std::size_t band, std::size_t element, std::int32_t v) const -> float {
        return Statistics::rate(paid_, symbols, group_[band], band, element, v);
    }

private:
    typename Statistics::rates paid_;
    triptych::detail::buffer<std::size_t> group_;
};

/// A coder over a model that adapts: `Statistics` are what the model codes bands with, through an engine for bits or for digits. What the
/// model has learned is the coder's state. The step is that of the symbols, for statistics and estimators that are made from it too.
template <class Model, class Statistics, class Encoder, class Decoder>
struct adaptive_coder {
    using order = fifo;
    using model_type = Model;

    [[no_unique_address]] Model model{};

    template <class V>
    requires stateful<Model>
    static constexpr void state(auto &self, V &&v) { nested("model", self.model, v); }

    auto encoder(fixed_step step = {}) const -> adaptive_encoder<Statistics, Encoder> { return {model, step}; }
    auto decoder(byte_reader const &r, fixed_step step = {}) const noexcept -> adaptive_decoder<Statistics, Decoder> {
        return {model, r, step};
    }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w, fixed_step step = {}) const {
        auto e = encoder(step);
        e.put(symbols, w), e.finish(w);
    }
    /// Fails with `truncated` where bytes are missing; otherwise any bytes decode to some symbols.
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r, fixed_step step = {}) const noexcept {
        auto d = decoder(r, step);
        d.get(symbols, r);
        if (r.ok()) d.finish(r);
    }

    /// Prices: of the model's own estimator, which is for its `statistics`, or by what these paid.
    template <class B, class M = Model>
    requires requires { typename M::estimator; } && std::same_as<typename M::statistics, Statistics>
    auto rates(B const &symbols, fixed_step step = {}) const -> typename M::estimator {
        if constexpr (std::constructible_from<typename M::estimator, M const &, B const &, fixed_step>)
            return typename M::estimator(model, symbols, step);
        else if constexpr (std::constructible_from<typename M::estimator, M const &, B const &>)
            return typename M::estimator(model, symbols);
        else
            return typename M::estimator(symbols);
    }
    template <class B, class S = Statistics>
    requires requires { typename S::rates; }
    auto rates(B const &symbols, fixed_step step = {}) const -> adaptive_estimator<S> { return {model, symbols, step}; }
    template <class B, class S = Statistics>
    requires noting<S>
    auto rates(B const &symbols, fixed_step step = {}) const -> rate_table_estimator {
        return rate_table_estimator(fresh_statistics<S>(model, step), symbols);
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
