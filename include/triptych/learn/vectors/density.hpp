// triptych/learn/vectors/density.hpp: core points, which of them belong together, and what lies beside them: the three steps of dbscan.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/vectors/neighbours.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::detail {

/// Union-find for many threads: roots are joined to smaller ones, so the root of a set is its smallest member at last.
class disjoint_sets {
public:
    explicit disjoint_sets(std::size_t n) : parent_(new std::atomic<std::uint32_t>[n]) {
        for (std::size_t i = 0; i < n; ++i) parent_[i].store(static_cast<std::uint32_t>(i), std::memory_order_relaxed);
    }
    auto find(std::uint32_t i) const noexcept -> std::uint32_t {
        for (;;) {
            auto p = parent_[i].load(std::memory_order_relaxed);
            if (p == i) return i;
            // Halves the path; whoever else does so too writes an ancestor as well.
            auto const g = parent_[p].load(std::memory_order_relaxed);
            if (g != p) parent_[i].compare_exchange_weak(p, g, std::memory_order_relaxed);
            i = g;
        }
    }
    void join(std::uint32_t a, std::uint32_t b) noexcept {
        for (;;) {
            a = find(a), b = find(b);
            if (a == b) return;
            if (a < b) std::swap(a, b);
            auto root = a;
            if (parent_[a].compare_exchange_strong(root, b, std::memory_order_relaxed)) return;
        }
    }

private:
    std::unique_ptr<std::atomic<std::uint32_t>[]> parent_;
};

/// The three steps, on the points of an index; flags and labels are by place.
template <class Index>
class density {
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    static constexpr auto width = static_cast<std::uint32_t>(lanes);
    /// Points that look at a vector of others together, where groups are large enough.
    static constexpr std::uint32_t together = Index::tight ? 1 : 4;

public:
    density(Index const &index, float radius, std::size_t neighbours, unsigned threads)
        : index_(index), squared_(radius * radius), neighbours_(neighbours), threads_(threads),
          sets(index.order.size()), core(index.order.size() + width), label(index.order.size() + width, none) {}

    void find_core() {
        for_groups([&](std::uint32_t g, auto const &near, auto &query) {
            auto p = index_.start[g];
            auto const end = index_.start[g + 1];
            if (Index::tight && end - p >= neighbours_) {
                std::fill(core.begin() + p, core.begin() + end, -1);
                return;
            }
            for (; p + together <= end; p += together) count<together>(p, near, query);
            for (; p < end; ++p) count<1>(p, near, query);
        });
    }

    void join_core() {
        for_groups([&](std::uint32_t g, auto const &near, auto &query) {
            if constexpr (Index::tight) {
                auto last = none;
                for (auto p = index_.start[g]; p < index_.start[g + 1]; ++p)
                    if (core[p]) last == none ? void() : sets.join(last, p), last = p;
                if (last == none) return;
                for (auto const &[first, end] : near)
                    for (auto h = std::max(first, g + 1); h < end; ++h) join_cells(g, h, query);
            } else {
                for (auto p = index_.start[g]; p < index_.start[g + 1]; ++p) {
                    if (!core[p]) continue;
                    take<1>(p, query);
                    for (auto const &[first, end] : near)
                        if (end > g)
                            scan<1>(query, std::max(index_.start[first], p + 1), index_.start[end],
                                    [&](std::uint32_t at, ints const(&hit)[1]) {
                                        for (std::uint32_t l = 0; l < width; ++l)
                                            if (hit[0][l] && core[at + l]) sets.join(p, at + l);
                                        return true;
                                    });
                }
            }
        });
    }

    /// Points that are not core take the lowest label of core points within reach.
    void label_rest() {
        for_groups([&](std::uint32_t g, auto const &near, auto &query) {
            for (auto p = index_.start[g]; p < index_.start[g + 1]; ++p) {
                if (core[p]) continue;
                auto lowest = none;
                take<1>(p, query);
                for (auto const &[first, end] : near)
                    scan<1>(query, index_.start[first], index_.start[end], [&](std::uint32_t at, ints const(&hit)[1]) {
                        for (std::uint32_t l = 0; l < width; ++l)
                            if (hit[0][l] && core[at + l]) lowest = std::min(lowest, label[at + l]);
                        return true;
                    });
                label[p] = lowest; // read by nobody: it is no core point's
            }
        });
    }

private:
    Index const &index_;
    float squared_;
    std::size_t neighbours_;
    unsigned threads_;

    /// f(group, ranges of groups near it, memory for queries), for all groups.
    template <class F>
    void for_groups(F const &f) {
        auto const groups = index_.groups(), parts = std::min<std::size_t>(groups, 64);
        for_parts(parts, threads_, [&](std::size_t part) {
            std::vector<group_range> near;
            std::vector<float> query(together * index_.dimension);
            typename Index::cursor cursor{};
            for (auto g = part_begin(groups, parts, part); g < part_begin(groups, parts, part + 1); ++g) {
                index_.near(g, cursor, near);
                f(static_cast<std::uint32_t>(g), near, query);
            }
        });
    }
    auto dimension() const noexcept -> std::size_t { return Index::elements ? Index::elements : index_.dimension; }

    /// Q points from place p, element by element.
    template <std::uint32_t Q>
    void take(std::uint32_t p, std::vector<float> &query) const {
        for (std::size_t t = 0; t < dimension(); ++t)
            for (std::size_t q = 0; q < Q; ++q) query[t * Q + q] = index_.values[t * index_.stride + p + q];
    }
    /// Calls f(place, masks) for vectors of places from `from`; mask q says which of them are within the radius of query q and
    /// before `to`. Ends when f says false.
    template <std::uint32_t Q, class F>
    void scan(std::vector<float> const &query, std::uint32_t from, std::uint32_t to, F const &f) const {
        ints lane{};
        for (int l = 0; l < lanes; ++l) lane[l] = l;
        for (auto at = from; at < to; at += width) {
            floats sums[Q]{};
            for (std::size_t t = 0; t < dimension(); ++t) {
                floats x;
                load(x, index_.values.data() + t * index_.stride + at);
                for (std::size_t q = 0; q < Q; ++q) {
                    floats const difference = x - query[t * Q + q];
                    sums[q] += difference * difference;
                }
            }
            ints hit[Q];
            ints const valid = lane < static_cast<std::int32_t>(to - at);
            for (std::size_t q = 0; q < Q; ++q) hit[q] = (sums[q] <= squared_) & valid;
            if (!f(at, hit)) return;
        }
    }
    template <std::uint32_t Q>
    void count(std::uint32_t p, std::vector<group_range> const &near, std::vector<float> &query) {
        ints found[Q]{};
        take<Q>(p, query);
        std::size_t looked = 0;
        for (auto const &[first, end] : near) {
            auto const from = index_.start[first], to = index_.start[end];
            scan<Q>(query, from, to, [&](std::uint32_t, ints const(&hit)[Q]) {
                for (std::size_t q = 0; q < Q; ++q) found[q] -= hit[q];
                return true;
            });
            looked += to - from;
            if (looked < neighbours_ + 4 * width && &near.back().first != &first) continue;
            looked = 0;
            bool all = true;
            for (std::size_t q = 0; q < Q; ++q) {
                std::size_t n = 0;
                for (int l = 0; l < lanes; ++l) n += static_cast<std::size_t>(found[q][l]);
                core[p + q] = n >= neighbours_ ? -1 : 0;
                all = all && core[p + q];
            }
            if (all) return;
        }
    }
    /// Two cells are one if any core point of one is near one of the other.
    void join_cells(std::uint32_t g, std::uint32_t h, std::vector<float> &query) {
        auto const first_core = [&](std::uint32_t c) {
            auto p = index_.start[c];
            while (p < index_.start[c + 1] && !core[p]) ++p;
            return p < index_.start[c + 1] ? p : none;
        };
        auto const a = first_core(g), b = first_core(h);
        if (b == none || sets.find(a) == sets.find(b)) return;
        bool joined = false;
        for (auto p = a; p < index_.start[g + 1] && !joined; ++p) {
            if (!core[p]) continue;
            take<1>(p, query);
            scan<1>(query, b, index_.start[h + 1], [&](std::uint32_t at, ints const(&hit)[1]) {
                for (std::uint32_t l = 0; l < width && !joined; ++l) joined = hit[0][l] && core[at + l];
                return !joined;
            });
        }
        if (joined) sets.join(a, b);
    }

public:
    disjoint_sets sets;
    std::vector<std::int32_t> core;   // -1 for core points, as vectors have it, or 0
    std::vector<std::uint32_t> label; // of core points, before `label_rest` is called
};

} // namespace triptych::inline TRIPTYCH_ABI::learn::detail
