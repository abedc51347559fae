// triptych/coder/parts/powers.hpp: powers of two and logarithms in integers, the same on every machine.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// 16 · log2(x), x >= 1, to a sixteenth of an octave.
constexpr auto log2_16(std::uint32_t x) noexcept -> std::uint32_t {
    constexpr std::array<std::uint8_t, 16> part{0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15};
    auto const e = static_cast<std::uint32_t>(std::bit_width(x)) - 1;
    auto const top = e >= 4 ? (x >> (e - 4)) & 15 : (x << (4 - e)) & 15;
    return 16 * e + part[top];
}
/// 65536 · 2^(-i / 16)
inline constexpr std::array<std::uint32_t, 16> sixteenths{65536, 62757, 60097, 57549, 55109, 52773, 50535, 48393,
                                                          46341, 44376, 42495, 40693, 38968, 37316, 35734, 34219};
/// 65536 · 2^(-x / 16)
constexpr auto exp2_16(std::uint32_t x) noexcept -> std::uint32_t {
    return x >= 16 * 32 ? 0 : sixteenths[x & 15] >> (x >> 4);
}

/// floor(sqrt(v))
constexpr auto integer_root(std::uint64_t v) noexcept -> std::uint64_t {
    std::uint64_t root = 0;
    for (auto bit = std::uint64_t{1} << 31; bit; bit >>= 1)
        if ((root | bit) * (root | bit) <= v) root |= bit;
    return root;
}
/// 2^31 · 2^(-i / 256) and 2^31 · 2^(-i / 65536), i < 256.
struct power_tables {
    std::array<std::uint64_t, 256> coarse{}, fine{};
};
inline constexpr auto powers = [] {
    power_tables t;
    std::array<std::uint64_t, 17> root{}; // 2^31 · 2^(-1 / 2^i), rounded down each time
    root[0] = std::uint64_t{1} << 30;
    for (std::size_t i = 1; i < root.size(); ++i) root[i] = integer_root(root[i - 1] << 31);
    for (std::size_t i = 0; i < 256; ++i) {
        t.coarse[i] = t.fine[i] = std::uint64_t{1} << 31;
        for (std::size_t b = 0; b < 8; ++b)
            if (i >> b & 1) t.coarse[i] = t.coarse[i] * root[8 - b] >> 31, t.fine[i] = t.fine[i] * root[16 - b] >> 31;
    }
    return t;
}();
/// 2^31 · 2^(-y / 65536)
constexpr auto power_of_half(std::uint64_t y) noexcept -> std::uint64_t {
    if (y >= std::uint64_t{32} << 16) return 0;
    return (powers.coarse[y >> 8 & 255] * powers.fine[y & 255] >> 31) >> (y >> 16);
}

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
