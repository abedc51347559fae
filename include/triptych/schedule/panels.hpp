// triptych/schedule/panels.hpp: runs the three panels, the whole picture at once or strip by strip.
//
// `whole` lets each panel see everything, which rate-distortion optimisation and learned settings need. `strips<H>` takes H
// rows at a time through transform and quantizer and hands their symbols to a streaming coder: fresh memory, not arithmetic, is
// what a large picture costs, and only bytes live for the whole picture then. The order of symbols differs, so the schedule is part of a
// codec's type and of its fingerprint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/concepts.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Schedule: every panel sees the whole picture.
struct whole {
    static constexpr std::size_t rows = 0;
};
/// Schedule: H rows at a time; needs a tileable transform without margin, a quantizer that plans ahead and a streaming coder.
template <std::size_t H>
struct strips {
    static constexpr std::size_t rows = H;
};

namespace detail {

/// The policy fitted to this picture, written ahead, or the policy itself: learned arrays are not copied for each picture.
template <class P, class B, class W>
auto prepared(P const &policy, B const &x, target const &aim, W &w) -> P requires per_picture<P, B> {
    P fitted = policy.prepare(x, aim);
    fitted.write(w);
    return fitted;
}
template <class P, class B, class W>
auto prepared(P const &policy, B const &, target const &, W &) -> P const & {
    return policy;
}
template <class B, per_picture<B> P>
auto restored(P const &policy, byte_reader &r) -> P {
    return policy.restore(r);
}
template <class B, class P>
auto restored(P const &policy, byte_reader &) -> P const & {
    return policy;
}

template <class Q, class B>
auto symbol_of(Q const &q, typename Q::setting const &s) {
    return [&q, &s](std::int32_t v, band_info<B::rank> const &i) { return q.symbol(s, v, i); };
}
template <class Q, class B>
auto value_of(Q const &q, typename Q::setting const &s) {
    return [&q, &s](std::int32_t v, band_info<B::rank> const &i) { return q.value(s, v, i); };
}

template <class T, class B>
auto analyse(T const &t, B x, target const &aim) -> B {
    if constexpr (target_aware<T, B>)
        return t.forward(std::move(x), aim);
    else
        return t.forward(std::move(x));
}

template <class Q, class C, class B>
auto quantise(Q const &q, C const &c, B x, typename Q::setting const &setting, target const &aim) -> B {
    if constexpr (rate_aware<C, B>) {
        using estimator = decltype(c.rates(x));
        if constexpr (uses_rates<Q, B, estimator>) {
            if (aim.lambda > 0) {
                auto const first = q.quantize(x.clone(), setting);
                return q.quantize(std::move(x), setting, c.rates(first), aim);
            }
        }
    }
    return q.quantize(std::move(x), setting);
}

/// Planes of one picture to the bytes of all panels.
template <class T, class Q, class C, class B, class W>
void encode_whole(T const &transform, Q const &quantizer, C const &coder, B x, target const &aim, W &w) {
    auto const &t = prepared(transform, x, aim, w);
    if constexpr (closed_loop_for<T, B>) {
        static_assert(scalar_quantizer_for<Q, B>,
                      "a closed-loop transform needs a quantizer that maps one value at a time: "
                      "`symbol(setting, v, info)` and `value(setting, q, info)`");
        auto const setting = quantizer.plan(x, aim);
        quantizer.write(setting, w);
        auto const symbols =
            t.forward(std::move(x), symbol_of<Q, B>(quantizer, setting), value_of<Q, B>(quantizer, setting));
        auto const &c = prepared(coder, symbols, aim, w);
        c.encode(symbols, w);
    } else {
        auto coefficients = analyse(t, std::move(x), aim);
        auto const &q = prepared(quantizer, coefficients, aim, w);
        auto setting = q.plan(coefficients, aim);
        B symbols;
        if constexpr (refits<Q, B>) {
            symbols = quantise(q, coder, coefficients.clone(), setting, aim);
            setting = q.refit(coefficients, symbols, setting, aim);
        } else {
            symbols = quantise(q, coder, std::move(coefficients), setting, aim);
        }
        q.write(setting, w);
        auto const &c = prepared(coder, symbols, aim, w);
        c.encode(symbols, w);
    }
}

/// Symbols that are there already, and whatever panels hold for this picture, to the bytes that `decode_whole` reads.
template <class T, class Q, class C, class B, class W>
void write_symbols(T const &transform, Q const &quantizer, C const &coder, B const &symbols,
                   typename Q::setting const &setting, W &w) {
    if constexpr (per_picture<T, B>) transform.write(w);
    if constexpr (per_picture<Q, B> && !closed_loop_for<T, B>) quantizer.write(w);
    quantizer.write(setting, w);
    if constexpr (per_picture<C, B>) coder.write(w);
    coder.encode(symbols, w);
}

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

/// The bytes of all panels to planes laid out like `in`. Not ok, with the reader's error set, if the bytes are wrong.
template <class B, class T, class Q, class C>
auto decode_whole(T const &transform, Q const &quantizer, C const &coder, layout_of<B> const &in, std::uint64_t held,
                  byte_reader &r) -> B {
    auto const failed = [&r] {
        r.fail(errc::memory);
        layout_of<B> nothing;
        nothing.fail();
        return B(std::move(nothing));
    };
    auto const &t = restored<B>(transform, r);
    if (!r.ok()) return failed();
    auto const coefficients = t.arrange(in);
    if constexpr (closed_loop_for<T, B>) {
        auto const setting = quantizer.read(r);
        if (!r.ok() || !within_limits<B>(r, coefficients, coefficients, held)) return failed();
        B symbols(coefficients);
        auto const &c = restored<B>(coder, r);
        if (!symbols.ok() || !r.ok()) return failed();
        c.decode(symbols, r);
        if (!r.ok()) return failed();
        auto x = t.inverse(std::move(symbols), in, value_of<Q, B>(quantizer, setting));
        return x.ok() ? std::move(x) : failed();
    } else {
        auto const &q = restored<B>(quantizer, r);
        auto const setting = q.read(r);
        if (!r.ok()) return failed();
        auto arranged = q.arrange(coefficients, setting);
        if (!within_limits<B>(r, coefficients, arranged, held)) return failed();
        B symbols(std::move(arranged));
        auto const &c = restored<B>(coder, r);
        if (!symbols.ok() || !r.ok()) return failed();
        c.decode(symbols, r);
        if (!r.ok()) return failed();
        auto values = q.dequantize(std::move(symbols), setting, coefficients);
        if (!values.ok()) return failed();
        auto x = t.inverse(std::move(values), in);
        return x.ok() ? std::move(x) : failed();
    }
}

template <class T, class Q, class C, class B, std::size_t H>
consteval auto check_strips() -> bool {
    static_assert(tileable<T>, "strips: the transform must be tileable (`tile_height` and `tile_margin`)");
    if constexpr (tileable<T>) {
        static_assert(T::tile_margin == 0,
                      "strips: the transform needs rows around its blocks (`tile_margin` is not 0)");
        static_assert(H % T::tile_height == 0,
                      "strips: the height must be a multiple of the transform's `tile_height`");
    }
    static_assert(plans_ahead<Q>, "strips: the quantizer must plan ahead: `setting plan(target const&) const`");
    return tileable<T> && plans_ahead<Q>;
}

/// `load(first_row, planes)` fills planes from the picture's rows; called once a strip, in order.
template <std::size_t H, class B, class T, class Q, class C, class Load, class W>
void encode_strips(T const &transform, Q const &quantizer, C const &coder, layout_of<B> const &in, Load &&load,
                   target const &aim, W &w) {
    static_assert(check_strips<T, Q, C, B, H>());
    static_assert(streaming_coder<C, B, W>, "strips: the coder must stream (`encoder()` and `decoder(reader)`)");
    auto const setting = quantizer.plan(aim);
    quantizer.write(setting, w);
    auto encoder = coder.encoder();
    auto const rows = in.size() ? in[0].shape[0] : 0; // nobody shall count 2^31 rows of nothing
    for (std::size_t row = 0; row < rows; row += H) {
        auto shape = in[0].shape;
        shape[0] = rows - row < H ? rows - row : H;
        B x(component_planes(shape, in.count(), in[0].bits));
        load(row, x);
        encoder.put(quantizer.quantize(transform.forward(std::move(x)), setting), w);
    }
    encoder.finish(w);
}

/// `store(first_row, planes)` takes each strip of decoded planes, in order.
template <std::size_t H, class B, class T, class Q, class C, class Store>
void decode_strips(T const &transform, Q const &quantizer, C const &coder, layout_of<B> const &in, Store &&store,
                   std::uint64_t held, byte_reader &r) {
    static_assert(check_strips<T, Q, C, B, H>());
    auto const setting = quantizer.read(r);
    if (!r.ok()) return;
    auto decoder = coder.decoder(r);
    auto const rows = in.size() ? in[0].shape[0] : 0; // nobody shall count 2^31 rows of nothing
    for (std::size_t row = 0; r.ok() && row < rows; row += H) {
        auto shape = in[0].shape;
        shape[0] = rows - row < H ? rows - row : H;
        auto const planes = component_planes(shape, in.count(), in[0].bits);
        auto const coefficients = transform.arrange(planes);
        auto const arranged = quantizer.arrange(coefficients, setting);
        if (!within_limits<B>(r, coefficients, arranged, held)) return;
        B symbols(arranged);
        if (!symbols.ok()) return r.fail(errc::memory);
        decoder.get(symbols, r);
        if (!r.ok()) return;
        auto const x = transform.inverse(quantizer.dequantize(std::move(symbols), setting, coefficients), planes);
        if (!x.ok()) return r.fail(errc::memory);
        store(row, x);
    }
    if (r.ok()) decoder.finish(r);
}

} // namespace detail
} // namespace triptych::inline TRIPTYCH_ABI
