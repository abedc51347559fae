// triptych/learn/vectors/kmeans_seeds.hpp: where k-means begins.
//
// k-means++ (Arthur and Vassilvitskii 2007) draws each centre among the points with a probability that grows with the squared distance from
// the centres so far; the greedy kind, as here and in scikit-learn, draws 2 + log k candidates and takes the one that lowers
// the sum of distances most. k-means|| (Bahmani et al. 2012) draws some 2 k candidates in each of five rounds and lets k-means++ choose among
// them by weight: fewer passes over the data if k is large.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/vectors/nearest.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

namespace detail {

/// Squared distances of all points to a few centres, fast: points lie in tiles of `lanes`, element after element.
class distance_table {
public:
    static constexpr std::size_t most = 12; // centres at a time, for registers

    explicit distance_table(points x) : d_(x.dimension), values_(padded(x.count) * x.dimension) {
        for (std::size_t i = 0; i < x.count; ++i)
            for (std::size_t t = 0; t < d_; ++t) values_[(i / lanes * d_ + t) * lanes + i % lanes] = x.row(i)[t];
    }
    /// For tiles first to last - 1, the smaller of `known` and the distance to centre m, into out + m · stride.
    void shorten(std::size_t first, std::size_t last, float const *centres, std::size_t n, float const *known,
                 float *out, std::size_t stride) const {
        for (std::size_t m = 0; m < n; m += 4) switch (std::min<std::size_t>(n - m, 4)) {
            case 1:
                run<1>(first, last, centres + m * d_, known, out + m * stride, stride);
                break;
            case 2:
                run<2>(first, last, centres + m * d_, known, out + m * stride, stride);
                break;
            case 3:
                run<3>(first, last, centres + m * d_, known, out + m * stride, stride);
                break;
            default:
                run<4>(first, last, centres + m * d_, known, out + m * stride, stride);
            }
    }

    /// Sums of n values of each of `rows` rows; the sum of row m goes to out[m · step].
    static void add_up(float const *v, std::size_t stride, std::size_t rows, std::size_t n, double *out,
                       std::size_t step) {
        for (std::size_t m = 0; m < rows; m += 4) {
            auto const *const from = v + m * stride;
            auto *const to = out + m * step;
            switch (std::min<std::size_t>(rows - m, 4)) {
            case 1:
                add_up<1>(from, stride, n, to, step);
                break;
            case 2:
                add_up<2>(from, stride, n, to, step);
                break;
            case 3:
                add_up<3>(from, stride, n, to, step);
                break;
            default:
                add_up<4>(from, stride, n, to, step);
            }
        }
    }

private:
    /// N rows side by side, so that no addition waits for the one before.
    template <std::size_t N>
    static void add_up(float const *v, std::size_t stride, std::size_t n, double *out, std::size_t step) {
        using four = double __attribute__((vector_size(32)));
        using narrow = float __attribute__((vector_size(16)));
        four sums[N]{};
        std::size_t i = 0;
        for (; i + 4 <= n; i += 4)
            for (std::size_t m = 0; m < N; ++m) {
                narrow values;
                __builtin_memcpy(&values, v + m * stride + i, sizeof values);
                sums[m] += __builtin_convertvector(values, four);
            }
        for (; i < n; ++i)
            for (std::size_t m = 0; m < N; ++m) sums[m][0] += double{v[m * stride + i]};
        for (std::size_t m = 0; m < N; ++m) out[m * step] = sums[m][0] + sums[m][1] + (sums[m][2] + sums[m][3]);
    }
    template <std::size_t N>
    void run(std::size_t first, std::size_t last, float const *centres, float const *known, float *out,
             std::size_t stride) const {
        for (auto tile = first; tile < last; ++tile) {
            floats sums[N]{}, least;
            auto const *const x = values_.data() + tile * d_ * lanes;
            for (std::size_t t = 0; t < d_; ++t) {
                floats v;
                load(v, x + t * lanes);
#pragma GCC unroll 4
                for (std::size_t m = 0; m < N; ++m) {
                    floats const difference = v - centres[m * d_ + t];
                    sums[m] += difference * difference;
                }
            }
            load(least, known + tile * lanes);
            for (std::size_t m = 0; m < N; ++m) {
                floats const shorter = sums[m] < least ? sums[m] : least;
                store(out + m * stride + tile * lanes, shorter);
            }
        }
    }
    std::size_t d_;
    std::vector<float> values_;
};

} // namespace detail

/// k of the points, as rows; a point with weight w (1 if `weights` is empty) counts w times. Deterministic for a seed. With fewer than k
/// distinct points of positive weight, returns one of each.
inline auto kmeans_plus_plus(points x, std::size_t k, generator &random, unsigned threads = 1,
                             std::vector<float> const &weights = {}) -> std::vector<float> {
    constexpr std::size_t lanes = detail::lanes;
    auto const d = x.dimension, size = detail::padded(x.count), tiles = size / lanes;
    auto const trials = std::min<std::size_t>(2 + static_cast<std::size_t>(std::log(static_cast<double>(k))),
                                              detail::distance_table::most);
    detail::distance_table const table(x);
    auto const parts = part_count(tiles, 256);
    // Row 0 holds the distances so far, row 1 + m those with candidate m.
    std::vector<float> nearest_so_far(size, detail::far_away), tried(trials * size), chosen, candidates(trials * d);
    std::vector<double> mass(parts), potentials(trials * parts);
    auto const weight = [&](std::size_t i) { return weights.empty() ? 1.0 : double{weights[i]}; };
    auto const end_of = [&](std::size_t p) { return std::min(part_begin(tiles, parts, p + 1) * lanes, x.count); };

    // The first: by weight alone.
    double all = 0;
    for (std::size_t i = 0; i < x.count; ++i) all += weight(i);
    double at = random.uniform() * all;
    std::size_t first = 0;
    for (std::size_t i = 0; i < x.count; ++i)
        if (weight(i) > 0) {
            first = i;
            if ((at -= weight(i)) < 0) break;
        }
    chosen.insert(chosen.end(), x.row(first), x.row(first) + d);
    std::copy_n(x.row(first), d, candidates.begin());

    for (std::size_t candidates_now = 1;; candidates_now = trials) {
        for_parts(parts, threads, [&](std::size_t p) {
            auto const begin = part_begin(tiles, parts, p);
            table.shorten(begin, part_begin(tiles, parts, p + 1), candidates.data(), candidates_now,
                          nearest_so_far.data(), tried.data(), size);
            auto const i = begin * lanes, end = end_of(p);
            if (weights.empty())
                return table.add_up(tried.data() + i, size, candidates_now, end - i, potentials.data() + p, parts);
            for (std::size_t m = 0; m < candidates_now; ++m) {
                double sum = 0;
                for (auto j = i; j < end; ++j) sum += weight(j) * double{tried[m * size + j]};
                potentials[m * parts + p] = sum;
            }
        });
        std::size_t best = 0;
        double least = std::numeric_limits<double>::max();
        for (std::size_t m = 0; m < candidates_now; ++m) {
            double sum = 0;
            for (std::size_t p = 0; p < parts; ++p) sum += potentials[m * parts + p];
            if (sum < least) least = sum, best = m;
        }
        if (candidates_now > 1)
            chosen.insert(chosen.end(), candidates.begin() + static_cast<std::ptrdiff_t>(best * d),
                          candidates.begin() + static_cast<std::ptrdiff_t>((best + 1) * d));
        std::copy_n(tried.begin() + static_cast<std::ptrdiff_t>(best * size), size, nearest_so_far.begin());
        for (std::size_t p = 0; p < parts; ++p) mass[p] = potentials[best * parts + p];
        if (chosen.size() == k * d || !(least > 0)) return chosen;

        for (std::size_t m = 0; m < trials; ++m) {
            double left = random.uniform() * least;
            std::size_t p = 0;
            while (p + 1 < parts && left >= mass[p]) left -= mass[p++];
            // The last with a distance of its own, should rounding carry us past the end.
            std::size_t found = x.count;
            for (auto i = part_begin(tiles, parts, p) * lanes; i < end_of(p); ++i)
                if (double const m_i = weight(i) * double{nearest_so_far[i]}; m_i > 0) {
                    found = i;
                    if ((left -= m_i) < 0) break;
                }
            if (found == x.count)
                for (found = 0; !(weight(found) * double{nearest_so_far[found]} > 0);) ++found;
            std::copy_n(x.row(found), d, candidates.begin() + static_cast<std::ptrdiff_t>(m * d));
        }
    }
}

/// The same by k-means||, `rounds` passes with 2 k candidates each.
inline auto kmeans_parallel(points x, std::size_t k, generator &random, unsigned threads = 1, unsigned rounds = 5)
    -> std::vector<float> {
    auto const d = x.dimension;
    auto const first = random.below(x.count);
    std::vector<float> candidates(x.row(first), x.row(first) + d), added = candidates;
    std::vector<float> distance(x.count, detail::far_away), to_added(x.count);
    std::vector<std::uint32_t> owner(x.count), label(x.count);
    for (unsigned round = 0;; ++round) {
        auto const base = static_cast<std::uint32_t>((candidates.size() - added.size()) / d);
        if (!added.empty()) assign(x, points(added, d), label.data(), to_added.data(), threads);
        double sum = 0;
        for (std::size_t i = 0; i < x.count; ++i) {
            if (!added.empty() && to_added[i] < distance[i]) distance[i] = to_added[i], owner[i] = base + label[i];
            sum += double{distance[i]};
        }
        if (round == rounds || !(sum > 0)) break;
        added.clear();
        double const scale = 2 * static_cast<double>(k) / sum;
        for (std::size_t i = 0; i < x.count; ++i)
            if (random.uniform() < scale * double{distance[i]}) added.insert(added.end(), x.row(i), x.row(i) + d);
        candidates.insert(candidates.end(), added.begin(), added.end());
    }
    std::vector<float> weights(candidates.size() / d);
    for (auto const o : owner) weights[o] += 1;
    return kmeans_plus_plus(points(candidates, d), k, random, threads, weights);
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
