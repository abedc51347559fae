// triptych/metric/error.hpp: errors of decoded samples.
//
// All functions take (original, decoded), give results in units of the samples, over all samples of all components,
// and give 0 for empty pictures. The mean of PSNRs over pictures is not the PSNR of their mean error; the library's
// tables give the former.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include <triptych/goal/fidelity.hpp>
#include <triptych/metric/pairs.hpp>
#include <triptych/picture.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::metric {

/// Mean squared error.
template <class A, class B>
auto mse(A const &original, B const &decoded) -> double {
    return with_pair(original, decoded, [](auto const &x, auto const &y) {
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            double const d = static_cast<double>(x.data[i]) - static_cast<double>(y.data[i]);
            sum += d * d;
        }
        return x.size() ? sum / static_cast<double>(x.size()) : 0.0;
    });
}

/// Mean absolute error.
template <class A, class B>
auto mae(A const &original, B const &decoded) -> double {
    return with_pair(original, decoded, [](auto const &x, auto const &y) {
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += std::abs(static_cast<double>(x.data[i]) - static_cast<double>(y.data[i]));
        return x.size() ? sum / static_cast<double>(x.size()) : 0.0;
    });
}

/// Largest absolute error.
template <class A, class B>
auto max_error(A const &original, B const &decoded) -> double {
    return with_pair(original, decoded, [](auto const &x, auto const &y) {
        double most = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            most = std::max(most, std::abs(static_cast<double>(x.data[i]) - static_cast<double>(y.data[i])));
        return most;
    });
}

/// Peak signal-to-noise ratio in dB, infinite if nothing is lost. The peak is 255 for 8-bit and 65535 for 16-bit samples, and the range
/// of the original's finite values without outliers for all others, unless said. Samples that are not finite in the original do not count.
template <class A, class B>
auto psnr(A const &original, B const &decoded, double peak = 0) -> double {
    return with_pair(original, decoded, [peak](auto const &x, auto const &y) {
        auto const dB = triptych::detail::psnr_of(x, y.data, peak > 0 ? peak : triptych::detail::peak_of(x));
        return dB < 1000 ? dB : std::numeric_limits<double>::infinity();
    });
}

/// PSNR of the luma of RGB pictures; see `luma`.
template <class A, class B>
auto psnr_y(A const &original, B const &decoded, double peak = 0) -> double {
    return with_pair(original, decoded, [peak](auto const &x, auto const &y) {
        auto const a = luma(x), b = luma(y);
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
        auto const most = peak > 0 ? peak : triptych::detail::peak_of(x);
        return sum > 0 ? 10 * std::log10(most * most * static_cast<double>(a.size()) / sum)
                       : std::numeric_limits<double>::infinity();
    });
}

} // namespace triptych::inline TRIPTYCH_ABI::metric
