// triptych/metric/bd_rate.hpp: how many more or fewer bits a codec needs than another at equal quality (Bjøntegaard,
// VCEG-M33, 2001).
//
// The logarithm of the rate is interpolated over the quality. The result is the mean difference over the qualities
// that both curves reach. The interpolation is PCHIP (Fritsch and Butland 1984). It is monotone, so it does not
// oscillate between points as the original cubic fit can.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::metric {

/// A point of a rate-distortion curve: any unit of rate, any quality that rises with it (dB for choice).
struct rate_point {
    double rate = 0, quality = 0;
};

/// The mean difference of rates in percent, negative if the tested codec needs fewer bits, over qualities from `low` to `high`.
struct rate_difference {
    double percent = 0, low = 0, high = 0;
};

/// Piecewise cubic Hermite interpolation of points with rising x; at least two.
class pchip {
public:
    pchip(std::vector<double> x, std::vector<double> y) : x_(std::move(x)), y_(std::move(y)), d_(x_.size()) {
        auto const n = x_.size();
        auto const h = [&](std::size_t k) { return x_[k + 1] - x_[k]; };
        auto const slope = [&](std::size_t k) { return (y_[k + 1] - y_[k]) / h(k); };
        if (n == 2) {
            d_[0] = d_[1] = slope(0);
            return;
        }
        for (std::size_t k = 1; k + 1 < n; ++k) {
            auto const a = slope(k - 1), b = slope(k);
            auto const u = 2 * h(k) + h(k - 1), v = h(k) + 2 * h(k - 1);
            d_[k] = a * b > 0 ? (u + v) / (u / a + v / b) : 0;
        }
        auto const end = [](double h0, double h1, double a, double b) {
            double const d = ((2 * h0 + h1) * a - h0 * b) / (h0 + h1);
            if (d * a <= 0) return 0.0;
            return a * b <= 0 && std::abs(d) > 3 * std::abs(a) ? 3 * a : d;
        };
        d_[0] = end(h(0), h(1), slope(0), slope(1));
        d_[n - 1] = end(h(n - 2), h(n - 3), slope(n - 2), slope(n - 3));
    }

    auto operator()(double x) const -> double {
        auto const k = piece(x);
        double const h = x_[k + 1] - x_[k], t = (x - x_[k]) / h, s = 1 - t;
        return y_[k] * (1 + 2 * t) * s * s + h * d_[k] * t * s * s + y_[k + 1] * t * t * (3 - 2 * t) -
               h * d_[k + 1] * t * t * s;
    }
    auto integral(double from, double to) const -> double { return until(to) - until(from); }

private:
    auto piece(double x) const -> std::size_t {
        auto const above = static_cast<std::size_t>(std::upper_bound(x_.begin(), x_.end(), x) - x_.begin());
        return std::clamp<std::size_t>(above, 1, x_.size() - 1) - 1;
    }
    auto until(double x) const -> double {
        double sum = 0;
        for (std::size_t k = 0; k < piece(x); ++k) sum += part(k, 1);
        return sum + part(piece(x), (x - x_[piece(x)]) / (x_[piece(x) + 1] - x_[piece(x)]));
    }
    auto part(std::size_t k, double t) const -> double {
        double const h = x_[k + 1] - x_[k], t2 = t * t, t3 = t2 * t, t4 = t3 * t;
        return h * (y_[k] * (t - t3 + t4 / 2) + h * d_[k] * (t2 / 2 - 2 * t3 / 3 + t4 / 4) + y_[k + 1] * (t3 - t4 / 2) +
                    h * d_[k + 1] * (t4 / 4 - t3 / 3));
    }

    std::vector<double> x_, y_, d_;
};

/// Compares two curves of at least two points each, in any order; points that do not rise in quality are left out. `least` and
/// `most`, if not 0, keep the part of the anchor's curve between those rates, so that all tests are judged over one range. Nothing if the
/// curves share less than 0.5 of quality.
inline auto bd_rate(std::span<rate_point const> anchor, std::span<rate_point const> test, double least = 0,
                    double most = 0) -> std::optional<rate_difference> {
    struct curve {
        std::vector<double> quality, rate;
    };
    auto const rising = [](std::span<rate_point const> points) {
        std::vector<rate_point> sorted(points.begin(), points.end());
        std::sort(sorted.begin(), sorted.end(), [](rate_point const &a, rate_point const &b) {
            return std::pair(a.rate, a.quality) < std::pair(b.rate, b.quality);
        });
        curve c;
        double last = 0;
        for (auto const &p : sorted)
            if (c.rate.empty() || (p.quality > c.quality.back() + 1e-9 && p.rate > last))
                c.quality.push_back(p.quality), c.rate.push_back(std::log10(p.rate)), last = p.rate;
        return c;
    };
    auto const a = rising(anchor), t = rising(test);
    if (a.rate.size() < 2 || t.rate.size() < 2) return {};
    double low = std::max(a.quality.front(), t.quality.front()), high = std::min(a.quality.back(), t.quality.back());
    pchip const quality_of(a.rate, a.quality);
    if (least > 0 && std::log10(least) > a.rate.front()) low = std::max(low, quality_of(std::log10(least)));
    if (most > 0 && std::log10(most) < a.rate.back()) high = std::min(high, quality_of(std::log10(most)));
    if (high - low < 0.5) return {};
    auto const mean =
        (pchip(t.quality, t.rate).integral(low, high) - pchip(a.quality, a.rate).integral(low, high)) / (high - low);
    return rate_difference{(std::pow(10, mean) - 1) * 100, low, high};
}

} // namespace triptych::inline TRIPTYCH_ABI::metric
