// triptych/coder/engine/order.hpp: in which order an engine gives symbols back, as part of its type.
//
// A range coder is a queue: the decoder makes each step of the model right after the encoder did, so a model may
// adapt to what was decoded. An asymmetric numeral system is a stack: its encoder runs backwards and would have to
// know the future of an adaptive model. So it takes only static models.
#pragma once

#include <cstdint>

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

} // namespace triptych::inline TRIPTYCH_ABI::coder
