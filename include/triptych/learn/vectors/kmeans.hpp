// triptych/learn/vectors/kmeans.hpp: k centroids such that the sum of squared distances to the nearest is small.
//
// Lloyd's iteration (1982) with Hamerly's bound (2010): a point keeps a lower bound of the distance to its second nearest centroid,
// and is not searched for while it is nearer than that to its own. The bound leaves room for rounding, so labels and centroids are those of the
// plain iteration, bit by bit. Points that do need a search go to the matrix kernel of nearest.hpp in blocks.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/progress.hpp>
#include <triptych/learn/vectors/kmeans_seeds.hpp>
#include <triptych/learn/vectors/lloyd.hpp>
#include <triptych/learn/vectors/nearest.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

enum class seeding { plus_plus, parallel }; // k-means++; k-means||, for thousands of clusters

struct kmeans_options {
    std::size_t clusters = 8;
    seeding start = seeding::plus_plus;
    /// Where to begin, as rows; empty: by `start`.
    std::vector<float> centroids = {};
    /// Points that seeds are drawn from, at random; 0: 256 a cluster.
    std::size_t seed_points = 0;
    /// Passes over the data at most.
    unsigned iterations = 100;
    /// Stops when the squared moves of all centroids are together at most this share of the mean variance of an element.
    double tolerance = 1e-4;
    /// Hamerly's bound: four bytes a point. The result is the same without.
    bool bounds = true;
    std::uint64_t seed = 0;
    /// The result is the same for any number.
    unsigned threads = 1;
    progress_callback progress = {};
};

struct clustering {
    std::vector<float> centroids;      // clusters × dimension
    std::vector<std::uint32_t> labels; // of each point its nearest centroid
    double inertia = 0;                // sum of squared distances to these
    unsigned iterations = 0;
    bool converged = false;
};

namespace detail {

/// Mean over the elements of their variances.
inline auto mean_variance(points x, unsigned threads) -> double {
    auto const parts = part_count(x.count, 8192);
    std::vector<std::vector<double>> sums(parts);
    for_parts(parts, threads, [&](std::size_t p) {
        auto const d = x.dimension;
        std::vector<double> s(2 * d);
        auto const *const origin = x.row(0);
        for (auto i = part_begin(x.count, parts, p); i < part_begin(x.count, parts, p + 1); ++i)
            for (std::size_t t = 0; t < d; ++t) {
                double const v = double{x.row(i)[t]} - double{origin[t]};
                s[t] += v, s[d + t] += v * v;
            }
        sums[p] = std::move(s);
    });
    double total = 0;
    auto const n = static_cast<double>(x.count);
    for (std::size_t t = 0; t < x.dimension; ++t) {
        double s = 0, squares = 0;
        for (auto const &part : sums) s += part[t], squares += part[x.dimension + t];
        total += squares / n - s / n * (s / n);
    }
    return std::max(total, 0.0) / static_cast<double>(x.dimension);
}

/// How far each centroid went, and the two longest ways, rounded up.
struct moves {
    double squares = 0;
    float longest = 0, second = 0;
    std::size_t who = 0;

    moves(points from, points to) {
        for (std::size_t j = 0; j < from.count; ++j) {
            double s = 0;
            for (std::size_t t = 0; t < from.dimension; ++t) {
                double const v = double{to.row(j)[t]} - double{from.row(j)[t]};
                s += v * v;
            }
            squares += s;
            auto const m = static_cast<float>(std::sqrt(s)) * (1 + 0x1p-20F);
            if (m > longest)
                second = longest, longest = m, who = j;
            else
                second = std::max(second, m);
        }
    }
};

} // namespace detail

/// Where `kmeans` begins: clusters × dimension seeds as the options ask for, from all points or from some of them. Throws
/// std::invalid_argument for fewer distinct points than clusters.
inline auto kmeans_seeds(points x, kmeans_options const &o, generator &random) -> std::vector<float> {
    auto const draw = [&](points from) {
        return o.start == seeding::parallel ? kmeans_parallel(from, o.clusters, random, o.threads)
                                            : kmeans_plus_plus(from, o.clusters, random, o.threads);
    };
    auto const wanted = std::max(o.clusters, o.seed_points ? o.seed_points : 256 * o.clusters);
    std::vector<float> chosen;
    if (wanted < x.count) {
        std::vector<float> some;
        for (auto const i : sample(x.count, wanted, random)) some.insert(some.end(), x.row(i), x.row(i) + x.dimension);
        chosen = draw(points(some, x.dimension));
    }
    // A sample may happen to hold too few distinct points; the whole says whether there are enough.
    if (chosen.size() < o.clusters * x.dimension) chosen = draw(x);
    if (chosen.size() < o.clusters * x.dimension)
        detail::refuse("k-means", std::to_string(o.clusters) + " clusters of data with " +
                                      std::to_string(chosen.size() / x.dimension) + " distinct points");
    return chosen;
}

/// Clusters points that are in memory (or mapped into it); for others see `lloyd_step` and `minibatch_kmeans`. Throws
/// std::invalid_argument for no data, values that are not finite, and fewer distinct points than clusters.
inline auto kmeans(points x, kmeans_options const &o) -> clustering {
    auto const k = o.clusters, d = x.dimension;
    if (x.count == 0 || d == 0) detail::refuse("k-means", "no data");
    if (k == 0) detail::refuse("k-means", "no clusters are wanted");
    if (k > x.count)
        detail::refuse("k-means", std::to_string(k) + " clusters of " + std::to_string(x.count) + " points");
    auto const parts = std::min<std::size_t>(part_count(x.count, std::max<std::size_t>(8192, 2 * k)),
                                             std::max<std::size_t>(1, (std::size_t{1} << 24) / (k * d)));
    for_parts(parts, o.threads, [&](std::size_t p) {
        auto const first = part_begin(x.count, parts, p);
        detail::check_finite("k-means", x.part(first, part_begin(x.count, parts, p + 1)));
    });

    generator random(o.seed);
    clustering r;
    r.centroids = o.centroids.empty() ? kmeans_seeds(x, o, random) : o.centroids;
    if (r.centroids.size() != k * d)
        detail::refuse("k-means", "the centroids to begin with do not fit clusters and data");
    r.labels.resize(x.count);
    std::vector<float> lower(o.bounds ? x.count : 0);
    double const enough = o.tolerance > 0 ? o.tolerance * detail::mean_variance(x, o.threads) : 0;

    std::vector<float> before;
    auto const pass = [&] {
        points const centroids(r.centroids, d);
        nearest const search(centroids);
        bool const bounded = o.bounds && !before.empty();
        detail::moves const moved(bounded ? points(before, d) : centroids, centroids);
        // Twice what scores, distances and bounds can be off by together, as a share of the squared norms that enter them.
        float const loose = 8 * static_cast<float>(d + 8) * 0x1p-24F, radius = search.radius();
        std::vector<detail::cluster_sums> sums(parts);
        for_parts(parts, o.threads, [&](std::size_t p) {
            detail::cluster_sums part(k, d);
            nearest::workspace w(search);
            std::size_t slots[nearest::block];
            float squares[nearest::block];
            auto const end = part_begin(x.count, parts, p + 1);
            for (auto i = part_begin(x.count, parts, p); i < end; i += nearest::block) {
                auto const n = std::min(nearest::block, end - i);
                std::size_t open = 0;
                for (std::size_t s = 0; s < n; ++s) {
                    auto const *const row = x.row(i + s);
                    if (bounded) {
                        auto const label = r.labels[i + s];
                        float const square = detail::squared_distance(row, centroids.row(label), d);
                        float &low = lower[i + s];
                        low -= label == moved.who ? moved.second : moved.longest;
                        float const reach = std::sqrt(square) + radius;
                        squares[s] = square;
                        if (low > 0 && low * low > square + loose * (reach * reach + radius * radius)) continue;
                    }
                    search.put(w, open, row), slots[open++] = s;
                }
                o.bounds ? search.search<true>(w, open) : search.search<false>(w, open);
                for (std::size_t q = 0; q < open; ++q) {
                    auto const s = slots[q];
                    if (!bounded || r.labels[i + s] != w.label[q])
                        squares[s] = detail::squared_distance(x.row(i + s), centroids.row(w.label[q]), d);
                    r.labels[i + s] = w.label[q];
                    if (o.bounds) lower[i + s] = std::sqrt(squares[s] + 2 * (w.score[q] - w.second_score[q]));
                }
                for (std::size_t s = 0; s < n; ++s) part.add(x.row(i + s), r.labels[i + s], squares[s]);
            }
            sums[p] = std::move(part);
        });
        for (std::size_t p = 1; p < parts; ++p) sums[0].merge(sums[p]);
        return std::move(sums[0]);
    };

    while (r.iterations < o.iterations && !r.converged) {
        report(o.progress, {"k-means", r.iterations, o.iterations});
        auto const sums = pass();
        r.inertia = sums.inertia(), ++r.iterations;
        auto next = sums.centroids(points(r.centroids, d));
        double const far = detail::moves(points(r.centroids, d), points(next, d)).squares;
        before = std::exchange(r.centroids, std::move(next));
        r.converged = far <= enough;
        if (far == 0) return r;
    }
    r.inertia = pass().inertia();
    return r;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
