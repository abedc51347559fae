// triptych/goal/fidelity.hpp: peak and signal-to-noise ratio, as goals and metrics both mean them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/picture.hpp>
#include <triptych/schedule/bulk.hpp>
#include <triptych/schedule/floats.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// The largest signal: `given`, if that is not 0, or else 255 and 65535 for 8 and 16 bits, the range of the finite values without outliers for all
/// others (1 if that is nothing).
template <sample S>
auto peak_of(S const *samples, std::size_t n, double given) noexcept -> double {
    if (given > 0) return given;
    if constexpr (std::is_same_v<S, std::uint8_t>) {
        return 255;
    } else if constexpr (sizeof(S) == 2) {
        return 65535;
    } else {
        auto const width = bulk_of(samples, n).width();
        return width > 0 ? width : 1;
    }
}
template <sample S, std::size_t R>
auto peak_of(picture_view<S, R> const &view) noexcept -> double {
    return peak_of(view.data, view.size(), view.peak);
}

/// In dB, over the samples that are finite in the original; 1000 if nothing is lost.
template <sample S>
auto psnr_of(S const *original, S const *decoded, std::size_t n, double peak) noexcept -> double {
    double sum = 0;
    std::size_t counted = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if constexpr (std::is_same_v<S, float>)
            if (!is_finite(original[i])) continue;
        double const d = (static_cast<double>(original[i]) - static_cast<double>(decoded[i])) / peak;
        sum += d * d, ++counted;
    }
    return sum > 0 ? 10 * std::log10(static_cast<double>(counted) / sum) : 1000;
}
template <sample S, std::size_t R>
auto psnr_of(picture_view<S, R> const &view, S const *decoded, double peak) noexcept -> double {
    return psnr_of(view.data, decoded, view.size(), peak);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
