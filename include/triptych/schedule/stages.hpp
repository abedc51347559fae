// triptych/schedule/stages.hpp: what happens between planes of integers and bytes, stage by stage, both ways.
//
//   encoding   fit to the picture → analyse → plan → quantise → refit → fit the coder → code
//   decoding   setting, step, states → layouts → limits → symbols → dequantise → synthesise
//
// This is the only place that knows the order. Schedules walk over a picture and call it for the whole or for each piece; `fit`, learners
// and joint fits call the same stages, so that what is learned from is what encoders will show. A payload holds
//
//   the quantizer's state | its setting, and with it the step | the transform's state | the coder's state | symbols
//
// of which panels that fit nothing to a picture have none. The step comes first, so every stage of a decoder can be told it. Stages are not
// inlined: several walks call each, and machine code is what a codec costs to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/concepts.hpp>
#include <triptych/detail/call.hpp>
#include <triptych/quality.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Three panels, borrowed.
template <class T, class Q, class C>
struct panels {
    T const &transform;
    Q const &quantizer;
    C const &coder;
};

/// A policy as it works on one picture: fitted to it, or as it is; learned arrays are not copied for each picture.
template <class P, bool Fits>
class fitted {
public:
    explicit fitted(P const &policy) noexcept : policy_(std::addressof(policy)) {}
    auto get() const noexcept -> P const & { return *policy_; }

private:
    P const *policy_;
};
template <class P>
class fitted<P, true> {
public:
    explicit fitted(P policy) : policy_(std::move(policy)) {}
    auto get() const noexcept -> P const & { return policy_; }

private:
    P policy_;
};
template <class P, class B>
using fitted_to = fitted<P, per_picture<P, B>>;

template <class B, class P>
auto fit_to_picture(P const &policy, B const &x) -> fitted_to<P, B> {
    if constexpr (per_picture<P, B>)
        return fitted_to<P, B>(policy.prepare(x));
    else
        return fitted_to<P, B>(policy);
}
template <class B, class P>
auto fit_from_stream(P const &policy, byte_reader &r) -> fitted_to<P, B> {
    if constexpr (per_picture<P, B>)
        return fitted_to<P, B>(policy.restore(r));
    else
        return fitted_to<P, B>(policy);
}
template <class B, class P, class W>
void write_state(P const &policy, W &w) {
    if constexpr (per_picture<P, B>) policy.write(w);
}

// --- encoding -----------------------------------------------------------------------------------------------------------

/// Bands that a stage of an encoder gave. Those without memory must not become a stream of nothing.
template <class B>
auto encodable(B x) -> B {
    if (!x.ok()) raise<std::length_error>("the picture is too large for memory, or its bands can't be");
    return x;
}

/// A transform fitted to a picture, and its planes analysed as far as no target is needed.
template <class T, class B>
struct analysed_ahead {
    fitted_to<T, B> transform;
    B values;
};

template <class T, class B>
[[gnu::noinline]] auto fit_and_analyse_ahead(T const &transform, B x) -> analysed_ahead<T, B> {
    auto t = fit_to_picture(transform, x);
    x = encodable(analyse_ahead(t.get(), std::move(x)));
    return {std::move(t), std::move(x)};
}

/// Do the stages behind the first quantisation look at the coefficients again?
template <class Q, class C, class B>
constexpr bool decides_by_rates = [] {
    if constexpr (rate_aware<C, B>)
        return uses_rates<Q, B, decltype(rates(std::declval<C const &>(), std::declval<B const &>(), fixed_step{}))>;
    else
        return false;
}();

/// The first quantisation, bettered by rates where both panels can and the target asks for it.
template <class Q, class C, class B>
auto quantise(Q const &q, C const &c, B const &x, typename Q::setting const &setting, target const &aim) -> B {
    auto symbols = encodable(first_symbols(q, encodable(x.clone()), setting, aim));
    if constexpr (decides_by_rates<Q, C, B>)
        if (aim.lambda > 0 && aim.effort >= 3) {
            auto const estimator = rates(c, symbols, step_of(q, setting));
            return encodable(q.decide(std::move(symbols), x, setting, estimator, aim));
        }
    return symbols;
}

/// The same from coefficients that nobody needs again.
template <class Q, class C, class B>
auto quantised_at(Q const &q, C const &c, B x, typename Q::setting const &setting, target const &aim) -> B {
    if constexpr (decides_by_rates<Q, C, B>)
        return quantise(q, c, x, setting, aim);
    else
        return encodable(first_symbols(q, std::move(x), setting, aim));
}

/// Symbols and setting of a picture whose transform is there.
template <class Q, class B>
struct quantised {
    typename Q::setting setting;
    B symbols;
};

/// In a closed loop: quantises as it goes.
template <class T, class Q, class B>
auto analyse_in_loop(T const &t, Q const &q, B x, target const &aim) -> quantised<Q, B> {
    static_assert(scalar_quantizer_for<Q, B>,
                  "a closed-loop transform needs a quantizer that maps one value at a time: "
                  "`scalar(setting)` with `symbol(v, info)` and `value(q, info)`");
    auto setting = q.plan(x, aim);
    auto loop = q.scalar(setting);
    auto symbols = t.forward(
        std::move(x), [&loop](std::int32_t v, band_info<B::rank> const &i) { return loop.symbol(v, i); },
        [&loop](std::int32_t s, band_info<B::rank> const &i) { return loop.value(s, i); });
    return {std::move(setting), encodable(std::move(symbols))};
}
/// In the open: plan, quantise, refit.
template <class Q, class C, class B>
auto plan_and_quantise(Q const &q, C const &c, B x, target const &aim) -> quantised<Q, B> {
    auto setting = q.plan(x, aim);
    if constexpr (refits<Q, B>) {
        auto symbols = quantise(q, c, x, setting, aim);
        setting = q.refit(x, symbols, setting, aim);
        return {std::move(setting), std::move(symbols)};
    } else {
        auto symbols = quantised_at(q, c, std::move(x), setting, aim);
        return {std::move(setting), std::move(symbols)};
    }
}

// --- what learners see ------------------------------------------------------------------------------------------------

/// What stands behind an open transform.
template <class T, class B>
auto transformed(T const &transform, B x, target const &aim) -> B {
    auto const t = fit_to_picture(transform, x);
    return analyse(t.get(), std::move(x), aim);
}
/// What the quantizer is given; in a closed loop, with what it gives back itself.
template <class T, class Q, class B>
auto coefficients_of(T const &transform, Q const &quantizer, B x, target const &aim) -> B {
    if constexpr (closed_loop_for<T, B>) {
        auto const t = fit_to_picture(transform, x);
        auto loop = quantizer.scalar(quantizer.plan(x, aim));
        using info = band_info<B::rank>;
        return t.get().forward(
            std::move(x), [](std::int32_t v, info const &) { return v; },
            [&loop](std::int32_t v, info const &i) { return loop.value(loop.symbol(v, i), i); });
    } else {
        return transformed(transform, std::move(x), aim);
    }
}
/// What the coder is given.
template <class B>
struct stepped {
    B symbols;
    fixed_step step;
};
template <class T, class Q, class C, class B>
auto symbols_of(T const &transform, Q const &quantizer, C const &coder, B x, target const &aim) -> stepped<B> {
    if constexpr (closed_loop_for<T, B>) {
        auto const t = fit_to_picture(transform, x);
        auto made = analyse_in_loop(t.get(), quantizer, std::move(x), aim);
        return {std::move(made.symbols), step_of(quantizer, made.setting)};
    } else {
        auto y = transformed(transform, std::move(x), aim);
        auto const q = fit_to_picture(quantizer, y);
        auto made = plan_and_quantise(q.get(), coder, std::move(y), aim);
        return {std::move(made.symbols), step_of(q.get(), made.setting)};
    }
}

// --- a picture through all of them --------------------------------------------------------------------------------------

/// All that the panels made of one picture, or of one piece of it.
template <class T, class Q, class C, class B>
struct coded_picture {
    fitted_to<T, B> transform;
    fitted_to<Q, B> quantizer;
    typename Q::setting setting;
    B symbols;
    fitted_to<C, B> coder;

    /// Without the transform's state, where that was sent before.
    template <class W>
    [[gnu::noinline]] void write(W &w, bool settled = false) const {
        auto const &q = quantizer.get();
        write_state<B>(q, w);
        q.write(setting, w);
        if (!settled) write_state<B>(transform.get(), w);
        write_state<B>(coder.get(), w);
        encode(coder.get(), symbols, w, step_of(q, setting));
    }
};

/// From what `fit_and_analyse_ahead` gave.
template <class T, class Q, class C, class B>
[[gnu::noinline]] auto code(panels<T, Q, C> const &p, fitted_to<T, B> transform, B values, target const &aim)
    -> coded_picture<T, Q, C, B> {
    if constexpr (closed_loop_for<T, B>) {
        static_assert(!per_picture<Q, B>,
                      "a closed loop quantises as it analyses: its quantizer can't be fitted to coefficients "
                      "that are not there yet");
        auto made = analyse_in_loop(transform.get(), p.quantizer, std::move(values), aim);
        auto c = fit_to_picture(p.coder, made.symbols);
        return {std::move(transform), fitted_to<Q, B>(p.quantizer), std::move(made.setting), std::move(made.symbols),
                std::move(c)};
    } else {
        auto coefficients = encodable(analyse_rest(transform.get(), std::move(values), aim));
        auto q = fit_to_picture(p.quantizer, coefficients);
        auto made = plan_and_quantise(q.get(), p.coder, std::move(coefficients), aim);
        auto c = fit_to_picture(p.coder, made.symbols);
        return {std::move(transform), std::move(q), std::move(made.setting), std::move(made.symbols), std::move(c)};
    }
}

// --- decoding -----------------------------------------------------------------------------------------------------------

/// Checks what a decode will need against the limits, before it is asked for. `held` is what the caller needs besides.
template <class B>
auto within_limits(byte_reader &r, layout_of<B> const &coefficients, layout_of<B> const &symbols, std::uint64_t held)
    -> bool {
    if (!coefficients.ok() || !symbols.ok()) {
        r.fail(errc::limit);
        return false;
    }
    auto const elements = static_cast<std::uint64_t>(coefficients.size()) + symbols.size();
    // A band counts what it takes on 64 bits, everywhere: the verdict on a stream must not depend on the machine.
    constexpr std::uint64_t band = 24 + 16 * B::rank;
    static_assert(sizeof(band_info<B::rank>) <= band);
    auto const lists = (static_cast<std::uint64_t>(coefficients.count()) + symbols.count()) * band;
    auto const most = r.limits().max_bytes;
    if (elements > most / sizeof(typename B::value_type) || held > most || lists > most ||
        elements * sizeof(typename B::value_type) + held + lists > most)
        r.fail(errc::limit);
    return r.ok();
}

template <class B>
auto nothing_decoded(byte_reader &r) -> B {
    r.fail(errc::memory);
    layout_of<B> nothing;
    nothing.fail();
    return B(std::move(nothing));
}

/// Symbols back to planes laid out like `in`. Not ok if memory ran out or the symbols can't be.
template <class T, class Q, class B>
[[gnu::noinline]] auto reconstruct(T const &t, Q const &q, typename Q::setting const &setting, B symbols, layout_of<B> const &in) -> B {
    if constexpr (closed_loop_for<T, B>) {
        auto loop = q.scalar(setting);
        return t.inverse(std::move(symbols), in,
                         [&loop](std::int32_t s, band_info<B::rank> const &i) { return loop.value(s, i); });
    } else {
        auto values = q.dequantize(std::move(symbols), setting, t.arrange(in));
        return values.ok() ? synthesise(t, std::move(values), in, step_of(q, setting)) : std::move(values);
    }
}

/// The bytes of all panels to planes laid out like `in`. Not ok, with the reader's error set, if the bytes are wrong. `settled` is the
/// transform, where its state was sent before.
template <class B, class T, class Q, class C>
[[gnu::noinline]] auto decode_planes(panels<T, Q, C> const &p, layout_of<B> const &in, std::uint64_t held, byte_reader &r,
                   T const *settled = nullptr) -> B {
    auto const q = fit_from_stream<B>(p.quantizer, r);
    auto const setting = q.get().read(r);
    auto const t = settled ? fitted_to<T, B>(*settled) : fit_from_stream<B>(p.transform, r);
    if (!r.ok()) return nothing_decoded<B>(r);
    auto const coefficients = t.get().arrange(in);
    auto arranged = coefficients;
    if constexpr (!closed_loop_for<T, B>) arranged = q.get().arrange(coefficients, setting);
    if (!within_limits<B>(r, coefficients, arranged, held)) return nothing_decoded<B>(r);
    B symbols(std::move(arranged));
    auto const c = fit_from_stream<B>(p.coder, r);
    if (!symbols.ok() || !r.ok()) return nothing_decoded<B>(r);
    decode(c.get(), symbols, r, step_of(q.get(), setting));
    if (!r.ok()) return nothing_decoded<B>(r);
    auto x = reconstruct(t.get(), q.get(), setting, std::move(symbols), in);
    return x.ok() ? std::move(x) : nothing_decoded<B>(r);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
