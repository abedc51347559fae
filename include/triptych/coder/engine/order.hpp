// triptych/coder/engine/order.hpp: in which order an engine gives symbols back, as part of its type.
//
// A range coder is a queue: the decoder makes the model's every step right after the encoder did, so a model may adapt and may
// look at what was decoded. An asymmetric numeral system is a stack: its encoder runs backwards and would have to know the
// future of an adaptive model, so it takes only models that stand still during a stream.
#pragma once

#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// First in, first out: `using order = fifo`.
struct fifo {};
/// Last in, first out: `using order = lifo`.
struct lifo {};

/// A model whose probabilities depend on symbols coded before: `static constexpr bool looks_back = true`.
template <class M>
concept looks_back = requires {
    requires bool(M::looks_back);
};

/// The integer interval [start, start + freq) of [0, 2^bits) that a static model gives a symbol.
struct interval {
    std::uint32_t start = 0, freq = 0;
};

/// Signed width, in bits, of the symbols of a band: `info.bits`, or all of T where that says nothing (0, or more than T has).
template <class T, std::size_t R>
constexpr auto width_of(band_info<R> const &info) noexcept -> unsigned {
    constexpr unsigned all = 8 * sizeof(T);
    return info.bits == 0 || info.bits > all ? all : info.bits;
}

/// The lowest `width` bits of v as a signed number, 1 <= width <= 32: what keeps decoded symbols inside their band's width.
constexpr auto sign_extend(std::uint32_t v, unsigned width) noexcept -> std::int32_t {
    return static_cast<std::int32_t>(v << (32 - width)) >> (32 - width);
}

} // namespace triptych::inline TRIPTYCH_ABI::coder
