// triptych/learn/numeric/exponential.hpp: the exponential function and its relatives as loops can have them.
//
// The standard library's are called once for each value, and differ in the last bit from one library to the next. These are a polynomial that
// compilers vectorise (coefficients of Cephes, Moshier 1989), within 2 units of the last place; infinite results are large finite ones.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// e^x, for x clamped to ±87.
[[gnu::always_inline]] inline auto exponential(float x) noexcept -> float {
    x = std::min(std::max(x, -87.0F), 87.0F);
    auto const n = static_cast<std::int32_t>(x * 1.44269504F + (x < 0 ? -0.5F : 0.5F));
    auto const whole = static_cast<float>(n);
    auto const r = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
    auto p = 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    return (p * r * r + r + 1) * std::bit_cast<float>((n + 127) << 23);
}
/// 1 / (1 + e^-x).
[[gnu::always_inline]] inline auto logistic(float x) noexcept -> float {
    return 1 / (1 + exponential(-x));
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
