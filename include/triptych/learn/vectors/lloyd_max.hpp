// triptych/learn/vectors/lloyd_max.hpp: scalar quantizers of least error, for a number of levels or for a rate of bits.
//
// Lloyd (1957, published 1982) and Max (1960): levels are the means of their cells, and cells end half way between levels. That is k-means on a
// line, where the best of all start is known: optimal cells of a coarse histogram, by dynamic programming (Wu 1991). With a
// rate of λ a bit, a level costs λ · -log2 of its share as well (Chou, Lookabaugh and Gray 1989); cells then end where two
// levels cost the same, and levels that nobody chooses vanish.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Value v belongs to cell i if thresholds[i - 1] <= v < thresholds[i].
struct scalar_quantizer {
    std::vector<float> levels, thresholds; // rising; one threshold less
    double mse = 0;                        // of what was learned from
    double entropy = 0;                    // bits a value

    auto index(float v) const -> std::size_t {
        return static_cast<std::size_t>(std::upper_bound(thresholds.begin(), thresholds.end(), v) - thresholds.begin());
    }
    auto operator()(float v) const -> float { return levels[index(v)]; }
};

namespace detail {

/// Sorted values with running sums, so that the mean and error of a cell take no time.
class sorted_values {
public:
    sorted_values(char const *learner, std::span<float const> values) : sorted_(values.begin(), values.end()) {
        check(learner, points(values.data(), values.size(), 1));
        std::sort(sorted_.begin(), sorted_.end());
        // About a value in the middle, so that a large mean costs no digits.
        origin_ = double{sorted_[sorted_.size() / 2]};
        sums_.resize(sorted_.size() + 1), squares_.resize(sorted_.size() + 1);
        for (std::size_t i = 0; i < sorted_.size(); ++i) {
            double const v = double{sorted_[i]} - origin_;
            sums_[i + 1] = sums_[i] + v, squares_[i + 1] = squares_[i] + v * v;
        }
    }
    auto size() const noexcept -> std::size_t { return sorted_.size(); }
    auto at(std::size_t i) const noexcept -> float { return sorted_[i]; }
    auto distinct() const noexcept -> std::size_t {
        std::size_t n = 1;
        for (std::size_t i = 1; i < size(); ++i) n += sorted_[i] != sorted_[i - 1];
        return n;
    }
    /// Of values first to last - 1, at least one.
    auto mean(std::size_t first, std::size_t last) const noexcept -> double {
        return origin_ + (sums_[last] - sums_[first]) / static_cast<double>(last - first);
    }
    /// Sum of squared distances from their mean.
    auto error(std::size_t first, std::size_t last) const noexcept -> double {
        if (last - first < 2) return 0;
        double const s = sums_[last] - sums_[first];
        return std::max(0.0, squares_[last] - squares_[first] - s * s / static_cast<double>(last - first));
    }
    /// t, or if rounding has taken it to the wrong side, a threshold that parts the values before `end` from the others.
    auto threshold(std::size_t end, double t) const noexcept -> float {
        auto const rounded = static_cast<float>(t);
        return rounded > sorted_[end - 1] && rounded <= sorted_[end] ? rounded : sorted_[end];
    }
    /// How many values lie below v.
    auto below(double v) const noexcept -> std::size_t {
        return static_cast<std::size_t>(
            std::partition_point(sorted_.begin(), sorted_.end(), [&](float s) { return double{s} < v; }) -
            sorted_.begin());
    }

private:
    std::vector<float> sorted_;
    double origin_ = 0;
    std::vector<double> sums_, squares_;
};

/// Where the best `levels` cells end if they may end only at the given places (the first is 0, the last all values). Row after
/// row, the best last cut only moves up, so each row takes n log n.
inline auto optimal_cells(sorted_values const &v, std::vector<std::size_t> const &places, std::size_t levels)
    -> std::vector<std::size_t> {
    auto const n = places.size() - 1;
    std::vector<double> cost(n + 1, std::numeric_limits<double>::max()), next(n + 1);
    std::vector<std::vector<std::uint32_t>> cut(levels, std::vector<std::uint32_t>(n + 1));
    cost[0] = 0;
    for (std::size_t l = 0; l < levels; ++l) {
        std::fill(next.begin(), next.end(), std::numeric_limits<double>::max());
        auto const fill = [&](auto const &self, std::size_t first, std::size_t last, std::size_t low,
                              std::size_t high) -> void {
            if (first > last) return;
            auto const middle = (first + last) / 2;
            auto best = low;
            for (auto c = low; c <= std::min(high, middle - 1); ++c) {
                if (cost[c] == std::numeric_limits<double>::max()) continue;
                double const e = cost[c] + v.error(places[c], places[middle]);
                if (e < next[middle]) next[middle] = e, best = c;
            }
            cut[l][middle] = static_cast<std::uint32_t>(best);
            self(self, first, middle - 1, low, best);
            self(self, middle + 1, last, best, high);
        };
        fill(fill, l + 1, n, l, n - 1);
        std::swap(cost, next);
    }
    std::vector<std::size_t> ends(levels + 1, places[n]);
    for (std::size_t l = levels, at = n; l-- > 0;) at = cut[l][at], ends[l] = places[at];
    return ends;
}

/// Levels, entropy and error of cells, none of them empty, from their ends.
inline auto quantizer_of(sorted_values const &v, std::vector<std::size_t> const &ends) -> scalar_quantizer {
    scalar_quantizer q;
    auto const n = static_cast<double>(v.size());
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
        double const share = static_cast<double>(ends[i + 1] - ends[i]) / n;
        q.levels.push_back(static_cast<float>(v.mean(ends[i], ends[i + 1])));
        q.mse += v.error(ends[i], ends[i + 1]) / n;
        q.entropy -= share * std::log2(share);
    }
    return q;
}

/// Betters cells, given by their ends, until squared error + λ · bits falls no more. Returns where they end on the line.
inline auto settle(sorted_values const &v, double lambda, std::vector<std::size_t> &ends, unsigned iterations)
    -> std::vector<float> {
    struct line { // of a level r: r² - 2 r x + λ bits, which is its cost less x²
        double level, constant;
    };
    auto const n = static_cast<double>(v.size());
    double const low = double{v.at(0)};
    std::vector<float> thresholds;
    double last = std::numeric_limits<double>::max();
    for (unsigned it = 0; it < iterations; ++it) {
        // The lower envelope of the lines; levels rise, so slopes fall.
        std::vector<line> kept;
        std::vector<double> from;
        for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
            double const r = v.mean(ends[i], ends[i + 1]) - low;
            line const l{r, r * r - lambda * std::log2(static_cast<double>(ends[i + 1] - ends[i]) / n)};
            double at = -std::numeric_limits<double>::max();
            while (!kept.empty()) {
                at = (l.constant - kept.back().constant) / (2 * (l.level - kept.back().level));
                if (at > from.back()) break;
                kept.pop_back(), from.pop_back();
                at = -std::numeric_limits<double>::max();
            }
            kept.push_back(l), from.push_back(at);
        }
        std::vector<std::size_t> next{0};
        thresholds.clear();
        for (std::size_t i = 1; i <= kept.size(); ++i) {
            auto const end = i == kept.size() ? v.size() : v.below(low + from[i]);
            if (end <= next.back()) continue;
            next.push_back(end);
            if (end == v.size()) break;
            thresholds.push_back(v.threshold(end, low + from[i]));
        }
        ends = std::move(next);
        auto const q = quantizer_of(v, ends);
        double const cost = q.mse + lambda * q.entropy;
        if (!(cost < last * (1 - 1e-10))) break;
        last = cost;
    }
    return thresholds;
}

} // namespace detail

/// The quantizer of that many levels with the least mean squared error that is found: optimal where there are at most 4096 distinct
/// values; otherwise a fixed point of Lloyd's iteration from the optimum of a histogram. Throws std::invalid_argument for no values, values that
/// are not finite, no levels, and fewer distinct values than levels.
inline auto lloyd_max(std::span<float const> values, std::size_t levels, unsigned iterations = 200)
    -> scalar_quantizer {
    if (levels == 0) detail::refuse("lloyd_max", "no levels are wanted");
    detail::sorted_values const v("lloyd_max", values);
    auto const distinct = v.distinct();
    if (distinct < levels)
        detail::refuse("lloyd_max",
                       std::to_string(levels) + " levels of " + std::to_string(distinct) + " distinct values");
    auto const bins = std::max<std::size_t>(4096, 4 * levels);
    std::vector<std::size_t> places{0};
    for (std::size_t i = 1; i < v.size(); ++i) {
        if (v.at(i) == v.at(i - 1)) continue;
        // Either all, or bins of equal counts and (by which tails get some, too) of equal widths.
        auto const bin_of = [&](std::size_t k) {
            double const range = double{v.at(v.size() - 1)} - double{v.at(0)};
            return std::pair(
                k * (bins / 2) / v.size(),
                static_cast<std::size_t>((double{v.at(k)} - double{v.at(0)}) / range * static_cast<double>(bins / 2)));
        };
        if (distinct <= bins || bin_of(i) != bin_of(places.back())) places.push_back(i);
    }
    places.push_back(v.size());
    auto ends = detail::optimal_cells(v, places, std::min(levels, places.size() - 1));

    if (distinct > bins)
        for (unsigned it = 0; it < iterations; ++it) {
            auto const before = ends;
            auto const q = detail::quantizer_of(v, ends);
            for (std::size_t i = 1; i + 1 < ends.size(); ++i)
                ends[i] = v.below((double{q.levels[i - 1]} + double{q.levels[i]}) / 2);
            // Rounded levels may leave a cell empty; those before were better.
            if (std::adjacent_find(ends.begin(), ends.end(), std::greater_equal<>()) != ends.end()) ends = before;
            if (ends == before) break;
        }
    auto q = detail::quantizer_of(v, ends);
    for (std::size_t i = 0; i + 1 < q.levels.size(); ++i)
        q.thresholds.push_back(v.threshold(ends[i + 1], (double{q.levels[i]} + double{q.levels[i + 1]}) / 2));
    return q;
}

/// The quantizer that minimises squared error + λ · bits, bits being the ideal code length for the shares of the levels. Begins with
/// `levels` levels (fewer if there are not as many distinct values) and returns those that are worth their bits. Throws
/// std::invalid_argument as above, and for a λ below 0.
inline auto entropy_constrained(std::span<float const> values, double lambda, std::size_t levels = 256,
                                unsigned iterations = 500) -> scalar_quantizer {
    if (levels == 0) detail::refuse("entropy_constrained", "no levels are wanted");
    if (!(lambda >= 0) || !std::isfinite(lambda)) detail::refuse("entropy_constrained", "lambda must be 0 or more");
    detail::sorted_values const v("entropy_constrained", values);
    auto const n = static_cast<double>(v.size());
    // Equal steps to begin with: at high rates they are nearly optimal, at low rates few survive.
    double const low = double{v.at(0)}, high = double{v.at(v.size() - 1)};
    std::vector<std::size_t> ends{0};
    for (std::size_t i = 1; i <= levels; ++i) {
        auto const end =
            i == levels ? v.size() : v.below(low + (high - low) * static_cast<double>(i) / static_cast<double>(levels));
        if (end > ends.back()) ends.push_back(end);
    }
    auto thresholds = detail::settle(v, lambda, ends, iterations);
    // Two equal cells share a bit between them, and neither moves: such traps are left by joining neighbours while that pays.
    for (;;) {
        std::size_t best = 0;
        double gain = 0;
        auto const bits = [&](std::size_t count) {
            return -static_cast<double>(count) * std::log2(static_cast<double>(count) / n);
        };
        for (std::size_t i = 1; i + 1 < ends.size(); ++i) {
            auto const p = ends[i - 1], q = ends[i], r = ends[i + 1];
            double const saved =
                v.error(p, q) + v.error(q, r) - v.error(p, r) + lambda * (bits(q - p) + bits(r - q) - bits(r - p));
            if (saved > gain) gain = saved, best = i;
        }
        if (best == 0) break;
        ends.erase(ends.begin() + static_cast<std::ptrdiff_t>(best));
        thresholds = detail::settle(v, lambda, ends, iterations);
    }
    auto q = detail::quantizer_of(v, ends);
    q.thresholds = thresholds;
    return q;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
