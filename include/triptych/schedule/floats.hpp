// triptych/schedule/floats.hpp: floats seen as integers, without floating-point arithmetic, so that decoders give the same bits
// everywhere. By their bits also because -ffast-math folds isnan and x != x to false, and may flush subnormals.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

inline auto is_finite(float v) noexcept -> bool {
    return (std::bit_cast<std::uint32_t>(v) & 0x7f800000u) != 0x7f800000u;
}

/// A bijection of float bit patterns to integers that sort like the floats.
constexpr auto to_ordered(std::uint32_t bits) noexcept -> std::int32_t {
    return static_cast<std::int32_t>(bits & 0x80000000u ? bits ^ 0x7fffffffu : bits);
}
constexpr auto from_ordered(std::int32_t v) noexcept -> std::uint32_t {
    auto const bits = static_cast<std::uint32_t>(v);
    return bits & 0x80000000u ? bits ^ 0x7fffffffu : bits;
}

/// The bits of the float nearest to v · 2^exponent, the even one of two; the largest finite one for what is larger. The exponent is that
/// of the smallest subnormal, -149, or above.
constexpr auto compose_float(std::int64_t v, int exponent) noexcept -> std::uint32_t {
    if (v == 0) return 0;
    std::uint32_t const sign = v < 0 ? 0x80000000u : 0u;
    std::uint64_t const magnitude = v < 0 ? 0u - static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(v);
    int const zeros = std::countl_zero(magnitude), unit = exponent + 40 - zeros; // 2^unit: the float's last place
    if (unit > 104) return sign | 0x7f7fffffu;
    // Below the smallest place that there is, nothing is lost, for it is not below 2^exponent.
    if (unit <= -149) return sign | static_cast<std::uint32_t>(magnitude << (exponent + 149));
    auto const leading = magnitude << zeros;
    auto significand = static_cast<std::uint32_t>(leading >> 40);
    significand += (leading & 0xffffffffffu) + (significand & 1) > std::uint64_t{1} << 39;
    // The leading bit, which a float does not store, counts up the exponent; so does a carry.
    return sign | std::min((static_cast<std::uint32_t>(unit + 149) << 23) + significand, 0x7f7fffffu);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
