// triptych/coder/parts/width_coder.hpp: the numbers that tables consist of, below 16, in adaptive bits.
//
// They are widths of frequencies, or lengths of codes. What is expected of a number is the one before it, moved as the table before moved
// at that place.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/parts/logistic.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

class width_coder {
public:
    /// Number k of the present table; tables and numbers come in order.
    template <class E>
    auto code(E &engine, std::size_t k, std::uint32_t v) -> std::uint32_t {
        auto const moved = static_cast<int>(last_[k]) - (k ? static_cast<int>(before_last_) : 0);
        auto const expected = std::clamp((k ? static_cast<int>(before_) : 0) + moved, 0, 15);
        std::uint32_t node = 1;
        for (int i = 3; i >= 0; --i) {
            auto &c = nodes_[static_cast<std::size_t>(expected) * 16 + node];
            bool const b = engine.bit(std::clamp<std::uint32_t>(c.p(), 64, 65472), (v >> i) & 1);
            c.learn(b);
            node = node << 1 | static_cast<std::uint32_t>(b);
        }
        before_last_ = last_[k], before_ = last_[k] = static_cast<std::uint8_t>(node & 15);
        return node & 15;
    }
    /// The present table ends before number k; the others are zeros.
    void end(std::size_t k) { std::fill(last_.begin() + static_cast<std::ptrdiff_t>(k), last_.end(), std::uint8_t{0}); }

private:
    std::array<model::detail::counter<4, 5>, 256> nodes_{};
    std::array<std::uint8_t, alphabet::most_tokens> last_{};
    std::uint8_t before_ = 0, before_last_ = 0;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
