// triptych/coder/parts/number_coder.hpp: integers of any size in adaptive bits, such as learned arrays are made of.
//
// An adaptive Elias-gamma code (P. Elias, *Universal codeword sets*, 1975): the width of a number in the context of the widths of the two before
// it, then sign and remaining bits as they are.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// One code for both directions.
template <class Engine>
class number_coder {
public:
    explicit number_coder(Engine &engine) : engine_(engine) {
        for (auto &row : counters_) row.fill({});
    }
    /// Codes v, or gives the number read.
    auto operator()(std::int32_t v) -> std::int32_t {
        auto magnitude = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        auto const wanted = static_cast<unsigned>(std::bit_width(magnitude));
        auto &row = counters_[(before_ + last_) / 2];
        unsigned width = 0;
        while (width < 32 && bit(row[width], width < wanted)) ++width;
        if (width > 1) magnitude = engine_.direct(magnitude & ((1u << (width - 1)) - 1), width - 1) | 1u << (width - 1);
        if (width <= 1) magnitude = width;
        before_ = last_, last_ = width;
        if (width != 0 && engine_.direct(v < 0, 1) != 0) magnitude = 0u - magnitude;
        return static_cast<std::int32_t>(magnitude);
    }

private:
    struct counter {
        std::uint16_t p1 = 32768;
        std::uint8_t seen = 0;
    };
    auto bit(counter &c, bool b) -> bool {
        b = engine_.bit(c.p1, b);
        int const rate = c.seen < 4 ? ++c.seen : 5, aim = b ? 65472 : 64;
        c.p1 = static_cast<std::uint16_t>(c.p1 + (aim - c.p1) / (1 << rate));
        return b;
    }

    Engine &engine_;
    std::array<std::array<counter, 32>, 33> counters_;
    unsigned last_ = 0, before_ = 0;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
