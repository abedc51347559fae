// triptych/metric/ssim.hpp: structural similarity, of one scale (Wang, Bovik, Sheikh and Simoncelli 2004) and of five
// (Wang, Simoncelli and Bovik 2003).
//
// Windows are 11 × 11 Gaussians of sigma 1.5 and lie inside the picture as a whole, as in the authors' programs and
// in scikit-image (gaussian_weights=True, sigma=1.5, use_sample_covariance=False). So one scale needs pictures of 11
// × 11 or more, five scales 176 × 176. Smaller ones are std::invalid_argument.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/goal/fidelity.hpp>
#include <triptych/metric/pairs.hpp>
#include <triptych/picture.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::metric {

namespace similarity {
inline constexpr std::size_t window = 11;

struct plane {
    std::size_t height = 0, width = 0;
    std::vector<double> v;
};

/// The Gaussian mean of each window, of f(row, column).
template <class F>
auto means(std::size_t height, std::size_t width, F &&f) -> plane {
    std::array<double, window> weight{};
    double sum = 0;
    for (std::size_t i = 0; i < window; ++i) {
        double const t = (static_cast<double>(i) - 5) / 1.5;
        sum += weight[i] = std::exp(-t * t / 2);
    }
    for (auto &w : weight) w /= sum;
    plane rows{height, width - window + 1, {}}, out{height - window + 1, rows.width, {}};
    rows.v.assign(rows.height * rows.width, 0), out.v.assign(out.height * out.width, 0);
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
            double const value = f(y, x);
            for (std::size_t k = x >= rows.width ? x - rows.width + 1 : 0; k < window && k <= x; ++k)
                rows.v[y * rows.width + x - k] += weight[k] * value;
        }
    for (std::size_t y = 0; y < out.height; ++y)
        for (std::size_t k = 0; k < window; ++k)
            for (std::size_t x = 0; x < out.width; ++x)
                out.v[y * out.width + x] += weight[k] * rows.v[(y + k) * rows.width + x];
    return out;
}

struct terms {
    double full = 0;     ///< mean of luminance · contrast · structure
    double contrast = 0; ///< mean of contrast · structure
};

inline auto compare(plane const &a, plane const &b, double peak) -> terms {
    if (a.height < window || a.width < window)
        triptych::detail::raise<std::invalid_argument>("structural similarity needs a larger picture");
    auto const mean_of = [&](auto &&f) {
        return means(a.height, a.width,
                     [&](std::size_t y, std::size_t x) { return f(a.v[y * a.width + x], b.v[y * a.width + x]); });
    };
    auto const ma = mean_of([](double p, double) { return p; }), mb = mean_of([](double, double q) { return q; });
    auto const aa = mean_of([](double p, double) { return p * p; }),
               bb = mean_of([](double, double q) { return q * q; });
    auto const ab = mean_of([](double p, double q) { return p * q; });
    double const c1 = 0.01 * peak * 0.01 * peak, c2 = 0.03 * peak * 0.03 * peak;
    terms t;
    for (std::size_t i = 0; i < ma.v.size(); ++i) {
        double const p = ma.v[i], q = mb.v[i];
        double const cs = (2 * (ab.v[i] - p * q) + c2) / (aa.v[i] - p * p + bb.v[i] - q * q + c2);
        t.contrast += cs;
        t.full += cs * (2 * p * q + c1) / (p * p + q * q + c1);
    }
    auto const n = static_cast<double>(ma.v.size());
    return {t.full / n, t.contrast / n};
}

/// Means of 2 × 2; an odd last row or column is dropped.
inline auto halved(plane const &a) -> plane {
    plane h{a.height / 2, a.width / 2, {}};
    h.v.reserve(h.height * h.width);
    for (std::size_t y = 0; y < h.height; ++y)
        for (std::size_t x = 0; x < h.width; ++x) {
            auto const *const p = a.v.data() + 2 * y * a.width + 2 * x;
            h.v.push_back((p[0] + p[1] + p[a.width] + p[a.width + 1]) / 4);
        }
    return h;
}

inline auto one_scale(plane const &a, plane const &b, double peak) -> double {
    return compare(a, b, peak).full;
}

inline auto five_scales(plane a, plane b, double peak) -> double {
    constexpr std::array<double, 5> weight{0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
    double product = 1;
    for (std::size_t s = 0; s < 5; ++s) {
        auto const t = compare(a, b, peak);
        product *= std::pow(std::max(s == 4 ? t.full : t.contrast, 0.0), weight[s]);
        if (s < 4) a = halved(a), b = halved(b);
    }
    return product;
}

template <class A, class B, class F>
auto mean_over_components(A const &original, B const &decoded, double peak, F &&f) -> double {
    return with_pair(original, decoded, [&](auto const &x, auto const &y) {
        auto const most = peak > 0 ? peak : triptych::detail::peak_of(x);
        double sum = 0;
        for (std::size_t c = 0; c < x.components; ++c)
            sum +=
                f(plane{x.shape[0], x.shape[1], component(x, c)}, plane{x.shape[0], x.shape[1], component(y, c)}, most);
        return sum / static_cast<double>(std::max<std::size_t>(x.components, 1));
    });
}

template <class A, class B, class F>
auto of_luma(A const &original, B const &decoded, double peak, F &&f) -> double {
    return with_pair(original, decoded, [&](auto const &x, auto const &y) {
        auto const most = peak > 0 ? peak : triptych::detail::peak_of(x);
        return f(plane{x.shape[0], x.shape[1], luma(x)}, plane{x.shape[0], x.shape[1], luma(y)}, most);
    });
}
} // namespace similarity

/// SSIM, mean over the components; 1 for equal pictures. Peak as in `psnr`.
template <class A, class B>
auto ssim(A const &original, B const &decoded, double peak = 0) -> double {
    return similarity::mean_over_components(original, decoded, peak, similarity::one_scale);
}
/// SSIM of the luma of RGB pictures.
template <class A, class B>
auto ssim_y(A const &original, B const &decoded, double peak = 0) -> double {
    return similarity::of_luma(original, decoded, peak, similarity::one_scale);
}
/// MS-SSIM, mean over the components. A scale whose mean is negative counts as 0.
template <class A, class B>
auto ms_ssim(A const &original, B const &decoded, double peak = 0) -> double {
    return similarity::mean_over_components(original, decoded, peak, similarity::five_scales);
}
/// MS-SSIM of the luma of RGB pictures.
template <class A, class B>
auto ms_ssim_y(A const &original, B const &decoded, double peak = 0) -> double {
    return similarity::of_luma(original, decoded, peak, similarity::five_scales);
}

} // namespace triptych::inline TRIPTYCH_ABI::metric
