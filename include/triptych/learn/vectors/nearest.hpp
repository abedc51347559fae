// triptych/learn/vectors/nearest.hpp: the nearest of k centroids for many points, without writing a distance to memory.
//
// The nearest c to x has the largest x · c - |c|²/2, so the work is a matrix product. A tile of points and a panel of
// centroids are multiplied in registers, as matrix libraries do, but the products are compared there and then: what is left of a
// panel is its best score. The panel of centroids stays in the first cache while a block of points passes by it. Points and centroids are
// moved by the centroids' mean first, or else the difference of large numbers would drown the distances.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Searches k centroids of d elements; ties go to the lowest index. Scores are floats, so of two centroids whose distances differ by less
/// than their rounding, either may be found.
class nearest {
    /// As many sums as registers hold: points × vectors of centroids.
    static constexpr std::size_t tile = detail::lanes == 16 ? 8 : 4, wide = 3, lanes = detail::lanes;

public:
    /// Points that one call of `search` takes at most.
    static constexpr std::size_t block = 128;

    /// A thread's memory: points go in by `put`, results come out in order.
    struct workspace {
        explicit workspace(nearest const &n)
            : rows(block * n.dimension()), best(block * lanes), second(block * lanes), index(block * lanes) {}
        std::vector<float> rows, best, second;
        std::vector<std::int32_t> index;
        std::array<std::uint32_t, block> label{};
        std::array<float, block> score{}, second_score{}; // x · c - |c|²/2, x and c moved by the mean
    };

    explicit nearest(points centroids) : k_(centroids.count), d_(centroids.dimension), mean_(d_) {
        std::vector<double> sums(d_);
        for (std::size_t j = 0; j < k_; ++j)
            for (std::size_t t = 0; t < d_; ++t) sums[t] += centroids.row(j)[t];
        for (std::size_t t = 0; t < d_; ++t) mean_[t] = static_cast<float>(sums[t] / static_cast<double>(k_));

        auto const size = detail::padded(k_);
        packed_.resize(size * d_);
        // What only fills the last vector must never win.
        halves_.assign(size, detail::far_away);
        for (std::size_t first = 0; first < size; first += wide * lanes) {
            auto const width = std::min(wide * lanes, size - first);
            for (std::size_t j = first; j < std::min(first + width, k_); ++j) {
                double norm = 0;
                for (std::size_t t = 0; t < d_; ++t) {
                    float const c = centroids.row(j)[t] - mean_[t];
                    packed_[first * d_ + t * width + j - first] = c, norm += double{c} * c;
                }
                halves_[j] = static_cast<float>(norm / 2);
                largest_ = std::max(largest_, static_cast<float>(std::sqrt(norm)));
            }
        }
    }

    auto count() const noexcept -> std::size_t { return k_; }
    auto dimension() const noexcept -> std::size_t { return d_; }
    /// Largest distance of a centroid from their mean.
    auto radius() const noexcept -> float { return largest_; }

    /// Makes x the point of a slot below `block`.
    void put(workspace &w, std::size_t slot, float const *x) const noexcept {
        auto *const row = w.rows.data() + slot * d_;
        for (std::size_t t = 0; t < d_; ++t) row[t] = x[t] - mean_[t];
    }

    /// Finds label and score of the first n slots, and with `Second` the score of the next best.
    template <bool Second = false>
    void search(workspace &w, std::size_t n) const noexcept {
        std::fill_n(w.best.begin(), n * lanes, -detail::far_away);
        std::fill_n(w.index.begin(), n * lanes, 0);
        if (Second) std::fill_n(w.second.begin(), n * lanes, -detail::far_away);
        auto const size = halves_.size();
        std::size_t done = 0;
        // Short rows are soon multiplied, so what is best so far stays in registers: of 32 there are enough.
        if constexpr (lanes == 16)
            for (; d_ <= short_row && done + 6 <= n; done += 6) all_panels<Second, 6>(w, done);
        for (std::size_t first = 0; done < n && first < size; first += wide * lanes) {
            auto const width = std::min(wide, (size - first) / lanes);
            std::size_t i = done;
            for (; i + tile <= n; i += tile)
                width == 3   ? multiply<Second, tile, 3>(w, i, first)
                : width == 2 ? multiply<Second, tile, 2>(w, i, first)
                             : multiply<Second, tile, 1>(w, i, first);
            for (; i < n; ++i)
                width == 3   ? multiply<Second, 1, 3>(w, i, first)
                : width == 2 ? multiply<Second, 1, 2>(w, i, first)
                             : multiply<Second, 1, 1>(w, i, first);
        }
        for (std::size_t i = 0; i < n; ++i) {
            detail::floats best, next{};
            detail::ints index;
            detail::load(best, w.best.data() + i * lanes);
            if constexpr (Second) detail::load(next, w.second.data() + i * lanes);
            __builtin_memcpy(&index, w.index.data() + i * lanes, sizeof index);
            detail::best_of_lanes<Second>(best, index, next);
            w.label[i] = static_cast<std::uint32_t>(index[0]), w.score[i] = best[0];
            if constexpr (Second) w.second_score[i] = next[0];
        }
    }

private:
    static constexpr std::size_t short_row = 16;

    /// What is best so far of a point, lane by lane.
    struct leader {
        detail::floats best, second;
        detail::ints index;
    };
    template <bool Second>
    [[gnu::always_inline]] static void fetch(workspace const &w, std::size_t slot, leader &l) noexcept {
        detail::load(l.best, w.best.data() + slot * lanes);
        __builtin_memcpy(&l.index, w.index.data() + slot * lanes, sizeof l.index);
        if constexpr (Second) detail::load(l.second, w.second.data() + slot * lanes);
    }
    template <bool Second>
    [[gnu::always_inline]] static void keep(workspace &w, std::size_t slot, leader const &l) noexcept {
        detail::store(w.best.data() + slot * lanes, l.best);
        __builtin_memcpy(w.index.data() + slot * lanes, &l.index, sizeof l.index);
        if constexpr (Second) detail::store(w.second.data() + slot * lanes, l.second);
    }
    /// Scores of R points with V vectors of centroids from `first`; leading(r, merge) calls merge with the leader of point r.
    template <bool Second, std::size_t R, std::size_t V, class Leading>
    [[gnu::always_inline]] void score(float const *row, std::size_t first, Leading &&leading) const noexcept {
        using detail::floats, detail::ints, detail::load;
        floats sums[R][V];
        for (std::size_t v = 0; v < V; ++v) {
            floats half;
            load(half, halves_.data() + first + v * lanes);
            for (std::size_t r = 0; r < R; ++r) sums[r][v] = -half;
        }
        auto const *panel = packed_.data() + first * d_;
        for (std::size_t t = 0; t < d_; ++t, panel += V * lanes) {
            floats c[V];
#pragma GCC unroll 4
            for (std::size_t v = 0; v < V; ++v) load(c[v], panel + v * lanes);
#pragma GCC unroll 8
            for (std::size_t r = 0; r < R; ++r) {
                float const x = row[r * d_ + t];
#pragma GCC unroll 4
                for (std::size_t v = 0; v < V; ++v) sums[r][v] += x * c[v];
            }
        }
#pragma GCC unroll 8
        for (std::size_t r = 0; r < R; ++r)
            leading(
                r, [&](leader & l) __attribute__((always_inline)) {
                    ints here{};
                    for (std::size_t lane = 0; lane < lanes; ++lane)
                        here[lane] = static_cast<std::int32_t>(first + lane);
                    for (std::size_t v = 0; v < V; ++v) {
                        ints const better = sums[r][v] > l.best;
                        if constexpr (Second)
                            l.second = better ? l.best : sums[r][v] > l.second ? sums[r][v] : l.second;
                        l.best = better ? sums[r][v] : l.best, l.index = better ? here : l.index;
                        here += static_cast<std::int32_t>(lanes);
                    }
                });
    }
    /// Of R points from slot i and one panel, merged into the best so far.
    template <bool Second, std::size_t R, std::size_t V>
    void multiply(workspace &w, std::size_t i, std::size_t first) const noexcept {
        score<Second, R, V>(w.rows.data() + i * d_, first, [&](std::size_t r, auto const &merge) {
            leader l{};
            fetch<Second>(w, i + r, l), merge(l), keep<Second>(w, i + r, l);
        });
    }
    /// Of R points and all panels.
    template <bool Second, std::size_t R>
    void all_panels(workspace &w, std::size_t i) const noexcept {
        leader leaders[R];
        for (std::size_t r = 0; r < R; ++r) fetch<Second>(w, i + r, leaders[r]);
        auto const size = halves_.size();
        auto const *const row = w.rows.data() + i * d_;
        auto const lead = [&](std::size_t r, auto const &merge) __attribute__((always_inline)) {
            merge(leaders[r]);
        };
        for (std::size_t first = 0; first < size; first += wide * lanes) {
            auto const width = std::min(wide, (size - first) / lanes);
            width == 3   ? score<Second, R, 3>(row, first, lead)
            : width == 2 ? score<Second, R, 2>(row, first, lead)
                         : score<Second, R, 1>(row, first, lead);
        }
        for (std::size_t r = 0; r < R; ++r) keep<Second>(w, i + r, leaders[r]);
    }

    std::size_t k_, d_;
    std::vector<float> mean_, packed_, halves_; // packed: panels of up to 3 vectors, element after element
    float largest_ = 0;
};

/// Labels of all points, each 0 to k - 1, into `labels`; with `distances`, the squared distances too.
inline void assign(points x, points centroids, std::uint32_t *labels, float *distances = nullptr,
                   unsigned threads = 1) {
    nearest const search(centroids);
    auto const parts = part_count(x.count, 1024);
    for_parts(parts, threads, [&](std::size_t p) {
        nearest::workspace w(search);
        auto const end = part_begin(x.count, parts, p + 1);
        for (auto i = part_begin(x.count, parts, p); i < end; i += nearest::block) {
            auto const n = std::min(nearest::block, end - i);
            for (std::size_t s = 0; s < n; ++s) search.put(w, s, x.row(i + s));
            search.search(w, n);
            for (std::size_t s = 0; s < n; ++s) {
                labels[i + s] = w.label[s];
                if (distances)
                    distances[i + s] = detail::squared_distance(x.row(i + s), centroids.row(w.label[s]), x.dimension);
            }
        }
    });
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
