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

/// The largest signal, as the view says or else 255 and 65535 for 8 and 16 bits, the range of the finite values without outliers for all
/// others (1 if that is nothing).
template <sample S, std::size_t R>
auto peak_of(picture_view<S, R> const &view) noexcept -> double {
    if (view.peak > 0) return view.peak;
    if constexpr (std::is_same_v<S, std::uint8_t>) {
        return 255;
    } else if constexpr (sizeof(S) == 2) {
        return 65535;
    } else {
        auto const width = bulk_of(view.data, view.size()).width();
        return width > 0 ? width : 1;
    }
}

/// In dB, over the samples that are finite in the original; 1000 if nothing is lost.
template <sample S, std::size_t R>
auto psnr_of(picture_view<S, R> const &view, S const *decoded, double peak) noexcept -> double {
    double sum = 0;
    std::size_t n = 0;
    for (std::size_t i = 0; i < view.size(); ++i) {
        if constexpr (std::is_same_v<S, float>)
            if (!is_finite(view.data[i])) continue;
        double const d = (static_cast<double>(view.data[i]) - static_cast<double>(decoded[i])) / peak;
        sum += d * d, ++n;
    }
    return sum > 0 ? 10 * std::log10(static_cast<double>(n) / sum) : 1000;
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
