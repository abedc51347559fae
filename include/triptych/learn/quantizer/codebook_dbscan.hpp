// triptych/learn/quantizer/codebook_dbscan.hpp: entries of code books by DBSCAN: for codebook<K, entries_by::dbscan>, and best for escape_codebook.
//
// Entries are the means of dense regions. What lies alone is noise and has none: `codebook` gives it the nearest, `escape_codebook` sends it itself.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/vectors/dbscan.hpp>
#include <triptych/learn/vectors/nearest.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// The means of at most k clusters, the largest, of 20,000 points at most, evenly spread. The radius is the one whose means give
/// the smallest squared error, noise included, of those between half and 4.5 times the distance that a point's fourth neighbour has in the median (the
/// distance that Ester and others plot to choose by eye).
template <>
struct entries_found<entries_by::dbscan> {
    static constexpr bool ordered = false;
    static constexpr std::size_t most = 20000, neighbours = 5; // the point itself among these

    static auto find(points all, std::size_t k, std::uint64_t seed) -> std::vector<float> {
        auto const some = thinned(all);
        points const x(some, all.dimension);
        std::vector<float> best;
        double least = std::numeric_limits<double>::max();
        auto const base = usual_distance(x, seed);
        for (double radius = base / 2; radius < 4.5 * base; radius *= 1.1892) {
            auto entries = means(x, dbscan(x, {.radius = static_cast<float>(radius), .neighbours = neighbours}), k);
            if (entries.empty()) continue;
            std::vector<std::uint32_t> labels(x.count);
            std::vector<float> squares(x.count);
            assign(x, {entries, x.dimension}, labels.data(), squares.data(), 1);
            double const error = std::accumulate(squares.begin(), squares.end(), 0.0);
            if (error < least) least = error, best = std::move(entries);
        }
        return best;
    }

private:
    static auto thinned(points x) -> std::vector<float> {
        auto const step = (x.count + most - 1) / most;
        std::vector<float> some;
        for (std::size_t i = 0; i < x.count; i += step) some.insert(some.end(), x.row(i), x.row(i) + x.dimension);
        return some;
    }
    /// In the median of 200 points, and one sample at least.
    static auto usual_distance(points x, std::uint64_t seed) -> double {
        auto const median = [](std::vector<double> &v, std::size_t at) {
            std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(at), v.end());
            return v[at];
        };
        generator random(seed);
        std::vector<double> reach;
        for (auto const i : sample(x.count, 200, random)) {
            std::vector<double> squares(x.count);
            for (std::size_t j = 0; j < x.count; ++j)
                for (std::size_t t = 0; t < x.dimension; ++t) {
                    double const d = double{x.row(i)[t]} - double{x.row(j)[t]};
                    squares[j] += d * d;
                }
            reach.push_back(std::sqrt(median(squares, std::min(neighbours, x.count) - 1)));
        }
        return std::max(median(reach, reach.size() / 2), 1.0);
    }
    static auto means(points x, dbscan_result const &found, std::size_t k) -> std::vector<float> {
        auto const d = x.dimension;
        std::vector<double> sums(found.clusters * d);
        std::vector<std::size_t> counts(found.clusters), order(found.clusters);
        for (std::size_t i = 0; i < x.count; ++i) {
            if (found.labels[i] < 0) continue;
            auto const c = static_cast<std::size_t>(found.labels[i]);
            ++counts[c];
            for (std::size_t t = 0; t < d; ++t) sums[c * d + t] += static_cast<double>(x.row(i)[t]);
        }
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
        if (order.size() > k) order.resize(k);
        std::vector<float> entries;
        for (auto const c : order)
            for (std::size_t t = 0; t < d; ++t)
                entries.push_back(static_cast<float>(sums[c * d + t] / static_cast<double>(counts[c])));
        return entries;
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
