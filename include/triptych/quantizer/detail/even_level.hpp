// triptych/quantizer/detail/even_level.hpp: even levels, which quantizers with learned levels use before they have
// learned any.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Level k of `count` (at least 2) that are even over signed integers of `width` bits, 1 to 32, from the least to the greatest.
constexpr auto even_level(std::size_t k, std::size_t count, unsigned width) noexcept -> std::int64_t {
    auto const low = -(std::int64_t{1} << (width - 1)), high = -low - 1;
    return low + (high - low) * static_cast<std::int64_t>(k) / static_cast<std::int64_t>(count - 1);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
