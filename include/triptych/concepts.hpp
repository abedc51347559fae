// triptych/concepts.hpp: what a policy must offer to be a panel of a codec.
//
// Concepts are asked of a policy *and* a band type, for instance `transform_for<dct<8>, bands<std::int16_t, 2>>`. The
// `check_*` functions ask the same questions one static_assert a member, so that the first line of a compiler's
// complaint is the sentence that a policy's author needs. docs/concepts/ has the laws that no compiler can check;
// `conformance.hpp` tests them.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/quality.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

class byte_writer;

namespace detail {
template <class B>
using layout_of = layout<B::rank>;

template <class T, class B>
concept has_arrange = requires(T const &t, layout_of<B> const &in) {
    { t.arrange(in) } -> std::same_as<layout_of<B>>;
};
template <class T, class B>
concept has_inverse = requires(T const &t, B x, layout_of<B> const &in) {
    { t.inverse(std::move(x), in) } -> std::same_as<B>;
};
/// The inverse that is told the step, as filters of what quantisation did need it.
template <class T, class B>
concept has_step_inverse = requires(T const &t, B x, layout_of<B> const &in, fixed_step step) {
    { t.inverse(std::move(x), in, step) } -> std::same_as<B>;
};
template <class T, class B>
concept has_forward = requires(T const &t, B x) {
    { t.forward(std::move(x)) } -> std::same_as<B>;
};
template <class T, class B>
concept has_forward_for_target = requires(T const &t, B x, target const &aim) {
    { t.forward(std::move(x), aim) } -> std::same_as<B>;
};

/// Stands for the callables that a codec hands to a closed loop.
template <class B>
struct symbol_probe {
    auto operator()(std::int32_t v, band_info<B::rank> const &) const -> std::int32_t { return v; }
};
template <class T, class B>
concept has_closed_forward = requires(T const &t, B x, symbol_probe<B> f) {
    { t.forward(std::move(x), f, f) } -> std::same_as<B>;
};
template <class T, class B>
concept has_closed_inverse = requires(T const &t, B x, layout_of<B> const &in, symbol_probe<B> f) {
    { t.inverse(std::move(x), in, f) } -> std::same_as<B>;
};

template <class Q>
concept has_setting = requires {
    typename Q::setting;
}
&&std::semiregular<typename Q::setting>;
template <class Q, class B>
concept has_plan = has_setting<Q> && requires(Q const &q, B const &x, target const &aim) {
    { q.plan(x, aim) } -> std::same_as<typename Q::setting>;
};
template <class Q, class B>
concept has_quantizer_arrange = has_setting<Q> &&
    requires(Q const &q, layout_of<B> const &in, typename Q::setting const &s) {
    { q.arrange(in, s) } -> std::same_as<layout_of<B>>;
};
template <class Q, class B>
concept has_quantize = has_setting<Q> && requires(Q const &q, B x, typename Q::setting const &s) {
    { q.quantize(std::move(x), s) } -> std::same_as<B>;
};
template <class Q, class B>
concept has_quantize_for_target = has_setting<Q> &&
    requires(Q const &q, B x, typename Q::setting const &s, target const &aim) {
    { q.quantize(std::move(x), s, aim) } -> std::same_as<B>;
};
template <class Q>
concept has_step = has_setting<Q> && requires(Q const &q, typename Q::setting const &s) {
    { q.step(s) } -> std::same_as<fixed_step>;
};
template <class Q, class B>
concept has_dequantize = has_setting<Q> &&
    requires(Q const &q, B x, typename Q::setting const &s, layout_of<B> const &in) {
    { q.dequantize(std::move(x), s, in) } -> std::same_as<B>;
};
template <class Q, class W>
concept has_setting_write = has_setting<Q> && requires(Q const &q, typename Q::setting const &s, W &w) {
    q.write(s, w);
};
template <class Q>
concept has_setting_read = has_setting<Q> && requires(Q const &q, byte_reader &r) {
    { q.read(r) } -> std::same_as<typename Q::setting>;
};

/// With or without the step of the symbols.
template <class C, class B, class W>
concept has_encode = requires(C const &c, B const &x, W &w) {
    c.encode(x, w);
}
|| requires(C const &c, B const &x, W &w, fixed_step step) {
    c.encode(x, w, step);
};
template <class C, class B>
concept has_decode = requires(C const &c, B &x, byte_reader &r) {
    c.decode(x, r);
}
|| requires(C const &c, B &x, byte_reader &r, fixed_step step) {
    c.decode(x, r, step);
};
} // namespace detail

/// Transforms whose next value depends on what the decoder will have (DPCM, intra prediction): they quantise as they go.
template <class T, class B>
concept closed_loop_for =
    detail::has_arrange<T, B> && detail::has_closed_forward<T, B> && detail::has_closed_inverse<T, B>;

/// Enough of a transform to decode: where the bands lie, and the way back.
template <class T, class B>
concept synthesis_for = detail::has_arrange<T, B> &&
    (detail::has_inverse<T, B> || detail::has_step_inverse<T, B> || closed_loop_for<T, B>);

/// Refinement: `inverse(bands, layout in, step)`; the way back depends on the quantisation step (deblocking, learned filters).
template <class T, class B>
concept step_aware = synthesis_for<T, B> && !closed_loop_for<T, B> && detail::has_step_inverse<T, B>;

/// A transform: bands to bands and back. docs/concepts/transform.md
template <class T, class B>
concept transform_for = synthesis_for<T, B> &&
    (detail::has_forward<T, B> || detail::has_forward_for_target<T, B> || closed_loop_for<T, B>);

/// Refinement: `forward(bands, target)`; the analysis may look at the step it is made for (block sizes, modes).
template <class T, class B>
concept target_aware = transform_for<T, B> && detail::has_forward_for_target<T, B>;

/// Refinement: `static constexpr bool reversible`; the inverse gives back every integer exactly.
template <class T>
concept reversible = requires {
    requires bool(T::reversible);
};

/// Refinement: `tile_height` (rows of a block) and `tile_margin` (rows that a block needs around it): may run strip by strip.
template <class T>
concept tileable = requires {
    { T::tile_height } -> std::convertible_to<std::size_t>;
    { T::tile_margin } -> std::convertible_to<std::size_t>;
};

/// A quantizer: coefficients to integer symbols and back. docs/concepts/quantizer.md
template <class Q, class B, class W = byte_writer>
concept quantizer_for = detail::has_plan<Q, B> && detail::has_quantizer_arrange<Q, B> &&
    (detail::has_quantize<Q, B> || detail::has_quantize_for_target<Q, B>)&&detail::has_dequantize<Q, B>
        &&detail::has_setting_write<Q, W> &&detail::has_setting_read<Q>;

/// Refinement: a setting can be made from the target alone, so the quantizer may run before the whole picture is known.
template <class Q>
concept plans_ahead = detail::has_setting<Q> && requires(Q const &q, target const &aim) {
    { q.plan(aim) } -> std::same_as<typename Q::setting>;
};

/// Refinement: maps one value at a time, as a closed loop needs. `scalar(setting)` gives an object, made once a picture, with
/// `symbol(v, info)` and `value(q, info)`; it may remember what it made for the last band.
template <class Q, class B>
concept scalar_quantizer_for = detail::has_setting<Q> &&
    requires(Q const &q, typename Q::setting const &s, std::int32_t v, band_info<B::rank> const &i) {
    requires requires(decltype(q.scalar(s)) loop) {
        { loop.symbol(v, i) } -> std::same_as<std::int32_t>;
        { loop.value(v, i) } -> std::same_as<std::int32_t>;
    };
};

/// Refinement: the symbols stand for multiples of a step, and `step(setting)` says which. Inverses and coders that ask for the step are told it.
template <class Q>
concept steps = detail::has_step<Q>;

/// Refinement of both sides of a bound. A transform `keeps_errors` if no sample's error is larger than that of the coefficients; a quantizer gives,
/// for a bound e on the error of integers, the largest step that keeps it (`step_within(e)`). Together they need no search.
template <class T>
concept keeps_errors = requires {
    requires bool(T::keeps_errors);
};
template <class Q>
concept bounds_errors = requires(std::int64_t e) {
    { Q::step_within(e) } -> std::convertible_to<double>;
};

/// A coder: integer symbols to bytes and back. docs/concepts/coder.md
template <class C, class B, class W = byte_writer>
concept coder_for = std::integral<typename B::value_type> && detail::has_encode<C, B, W> && detail::has_decode<C, B>;

/// Refinement: `rates(symbols)` gives an estimator made from a first quantisation; `bits(symbols, band, element, v)` is the rate, in
/// bits, of the value v at that element of the buffer, in the context that the symbols before it make.
template <class C, class B>
concept rate_aware = requires(C const &c, B const &symbols) {
    { c.rates(symbols).bits(symbols, std::size_t{}, std::size_t{}, std::int32_t{}) } -> std::convertible_to<float>;
};

/// Refinement of estimators: `optimise(symbols, coefficients, unit, lambda)` rewrites the symbols of a first quantisation so that distortion +
/// lambda · bits is least, in units of the step²; `unit(band)` is 1 / step in stored units. For coders whose symbols are better decided
/// together than one by one. It may leave bands as they are.
template <class Rates, class B>
concept optimising_rates = requires(Rates const &r, B &symbols, B const &x) {
    r.optimise(
        symbols, x, [](std::size_t) { return 1.0F; }, 0.1F);
};

/// Refinement of quantizers: `decide(symbols, bands, setting, rates, target)` betters a first quantisation by what a rate-aware coder's estimator
/// says that symbols cost.
template <class Q, class B, class Rates>
concept uses_rates = detail::has_setting<Q> &&
    requires(Q const &q, B symbols, B const &x, typename Q::setting const &s, Rates const &r, target const &aim) {
    { q.decide(std::move(symbols), x, s, r, aim) } -> std::same_as<B>;
};

/// Refinement of quantizers: `refit(bands, symbols, setting, target)` betters the setting (reconstruction points, say) once the symbols are
/// decided. Symbols and their layout must not depend on what it changes.
template <class Q, class B>
concept refits = detail::has_setting<Q> &&
    requires(Q const &q, B const &x, typename Q::setting const &s, target const &aim) {
    { q.refit(x, x, s, aim) } -> std::same_as<typename Q::setting>;
};

/// Refinement: `encoder()` with `put(symbols, writer)` and `finish(writer)`, `decoder(reader)` with `get(symbols)` and `finish(reader)`: takes its symbols strip by strip.
template <class C, class B, class W = byte_writer>
concept streaming_coder = coder_for<C, B, W> && requires(C const &c, B &x, B const &y, byte_reader &r, W &w) {
    c.encoder().put(y, w);
    c.encoder().finish(w);
    c.decoder(r).get(x, r);
    c.decoder(r).finish(r);
};

/// Refinement of coders: `decode_prefix(symbols, reader)` makes the best of the beginning of a stream, cut anywhere: the longer, the closer.
template <class C, class B>
concept embedded_coder = coder_for<C, B> && requires(C const &c, B &x, byte_reader &r) {
    c.decode_prefix(x, r);
};

/// Refinement: the policy fits something to each picture and sends it ahead: `prepare(bands) -> policy`, `write(writer)`,
/// `restore(reader) -> policy`.
template <class P, class B, class W = byte_writer>
concept per_picture = requires(P const &p, B const &x, byte_reader &r, W &w) {
    { p.prepare(x) } -> std::same_as<P>;
    p.write(w);
    { p.restore(r) } -> std::same_as<P>;
};

namespace detail {
template <class T, class B>
consteval auto check_synthesis() -> bool {
    static_assert(has_arrange<T, B>, "transform: missing `layout arrange(layout const&) const`");
    if constexpr (has_arrange<T, B>)
        static_assert(has_inverse<T, B> || has_step_inverse<T, B> || has_closed_inverse<T, B>,
                      "transform: missing `bands inverse(bands, layout const& in) const`");
    return synthesis_for<T, B>;
}

template <class T, class B>
consteval auto check_transform() -> bool {
    if constexpr (synthesis_for<T, B>)
        static_assert(transform_for<T, B>, "transform: missing `bands forward(bands) const`");
    else
        check_synthesis<T, B>();
    return transform_for<T, B>;
}

template <class Q, class B, class W = byte_writer>
consteval auto check_quantizer() -> bool {
    static_assert(has_setting<Q>, "quantizer: missing `struct setting`, default-constructible and copyable");
    if constexpr (has_setting<Q>) {
        static_assert(has_plan<Q, B>, "quantizer: missing `setting plan(bands const&, target const&) const`");
        static_assert(has_quantizer_arrange<Q, B>,
                      "quantizer: missing `layout arrange(layout const&, setting const&) const`");
        static_assert(has_quantize<Q, B> || has_quantize_for_target<Q, B>,
                      "quantizer: missing `bands quantize(bands, setting const&) const`");
        static_assert(has_dequantize<Q, B>,
                      "quantizer: missing `bands dequantize(bands, setting const&, layout const& in) const`");
        static_assert(has_setting_write<Q, W>, "quantizer: missing `void write(setting const&, byte_writer&) const`");
        static_assert(has_setting_read<Q>, "quantizer: missing `setting read(byte_reader&) const`");
    }
    return quantizer_for<Q, B, W>;
}

template <class C, class B, class W = byte_writer>
consteval auto check_coder() -> bool {
    static_assert(std::integral<typename B::value_type>, "coder: symbols must be integers, quantise first");
    static_assert(has_encode<C, B, W>, "coder: missing `void encode(bands const&, byte_writer&) const`");
    static_assert(has_decode<C, B>, "coder: missing `void decode(bands&, byte_reader&) const`");
    return coder_for<C, B, W>;
}
} // namespace detail

} // namespace triptych::inline TRIPTYCH_ABI
