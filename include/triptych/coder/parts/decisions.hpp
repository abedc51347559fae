// triptych/coder/parts/decisions.hpp: a number as binary decisions, each with a number of its own: what mixed and
// networked models share.
//
// Zero, sign, length of the magnitude, the bits behind the highest: four or five decisions a symbol. Lengths of
// negative numbers have nodes of their own, so a model can learn asymmetric distributions.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

struct decisions {
    /// 0 not zero; 1 negative; 1 + n longer than n = 1 ... 9 bits; from 11 on the bits behind the highest of magnitudes of 2 and of 3 bits, and the
    /// first two of longer ones; from 31 on the same as from 0, of negative numbers.
    static constexpr std::size_t nodes = 46;
    /// Decisions so rare that a counter without context will do; what is rarer still has none.
    static constexpr std::size_t tails = 576;

    /// Codes v, of `width` bits, by `decide(node, b) -> b`, `tail(node, b) -> b` and `engine.direct`; gives what was coded.
    template <class E, class Decide, class Tail>
    static auto code(E &engine, std::int32_t v, unsigned width, Decide &&decide, Tail &&tail) -> std::int32_t {
        return sign_extend(number(engine, v, width, decide, tail), width);
    }

private:
    template <class E, class Decide, class Tail>
    static auto number(E &engine, std::int32_t v, unsigned width, Decide &&decide, Tail &&tail) -> std::uint32_t {
        auto const m = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        unsigned const length = E::decoding ? 0 : static_cast<unsigned>(std::bit_width(m));
        if (!decide(0, m != 0)) return 0;
        bool const negative = decide(1, v < 0);
        std::size_t const side = negative ? 31 : 0;
        unsigned n = 1;
        while (n < width && (n < 10 ? decide(side + n + 1, n < length) : tail(n, n < length))) ++n;
        std::uint32_t got = 1;
        for (unsigned i = n - 1; i-- > 0;) {
            bool b = (m >> i) & 1;
            auto const known = n - 2 - i; // bits behind the highest that are known already
            if (n <= 3)
                b = decide(side + (n == 2 ? 11 : 11 + got), b);
            else if (known < 2)
                b = decide(15 + 3 * std::min(n - 4, 5u) + (known ? 1 + (got & 1) : 0), b);
            else if (known < 4)
                b = tail(32 + 16 * n + 4 * (known - 2) + (got & 3), b);
            else
                b = engine.direct(b, 1) != 0;
            got = got << 1 | static_cast<std::uint32_t>(b);
        }
        return negative ? 0u - got : got;
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
