// triptych/learn/quantizer/entries.hpp: the entries of one code book from vectors, by k-means or whatever else finds them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/quantizer/codebook.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {
using quantizer::entries_by;

/// `find(points, k, seed)`: at most k entries as rows, none if there are none to be found. `ordered`: their order means something, and is kept.
/// Specialised for each way of learning in the header of that way.
template <entries_by By>
struct entries_found;

template <>
struct entries_found<entries_by::k_means> {
    static constexpr bool ordered = false;
    static auto find(points x, std::size_t k, std::uint64_t seed) -> std::vector<float> {
        kmeans_options o;
        o.clusters = k, o.seed = seed;
        return kmeans(x, o).centroids;
    }
};

namespace detail {

/// The distinct rows in lexicographic order; the search for more than `enough` is not finished.
inline auto distinct(std::vector<float> const &from, std::size_t m, std::size_t enough) -> std::vector<float> {
    std::vector<float const *> kept;
    auto const before = [m](float const *a, float const *b) {
        return std::lexicographical_compare(a, a + m, b, b + m);
    };
    for (std::size_t i = 0; i < from.size(); i += m) {
        auto const at = std::lower_bound(kept.begin(), kept.end(), from.data() + i, before);
        if (at != kept.end() && !before(from.data() + i, *at)) continue;
        kept.insert(at, from.data() + i);
        if (kept.size() > enough) break;
    }
    std::vector<float> out;
    for (auto const *const row : kept) out.insert(out.end(), row, row + m);
    return out;
}
/// Rounded, without repetition, as they lie along the axis of their greatest variance, which power iteration finds.
inline auto along_axis(std::vector<float> rows, std::size_t m) -> std::vector<float> {
    for (auto &v : rows) v = std::round(v);
    rows = distinct(rows, m, rows.size());
    auto const n = rows.size() / m;
    std::vector<double> mean(m), axis(m), next(m), at(n);
    for (std::size_t i = 0; i < n * m; ++i) mean[i % m] += static_cast<double>(rows[i]) / static_cast<double>(n);
    auto const off = [&](std::size_t i, std::size_t t) { return static_cast<double>(rows[i * m + t]) - mean[t]; };
    std::size_t farthest = 0; // a start that has a part in the axis
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t t = 0; t < m; ++t) at[i] += off(i, t) * off(i, t);
        if (at[i] > at[farthest]) farthest = i;
    }
    for (std::size_t t = 0; t < m; ++t) axis[t] = off(farthest, t);
    for (int pass = 0; pass < 40; ++pass) {
        std::fill(next.begin(), next.end(), 0.0);
        double norm = 0;
        for (std::size_t i = 0; i < n; ++i) {
            at[i] = 0;
            for (std::size_t t = 0; t < m; ++t) at[i] += off(i, t) * axis[t];
            for (std::size_t t = 0; t < m; ++t) next[t] += off(i, t) * at[i];
        }
        for (auto const v : next) norm += v * v;
        if (!(norm > 0)) break;
        for (std::size_t t = 0; t < m; ++t) axis[t] = next[t] / std::sqrt(norm);
    }
    bool const down = std::accumulate(axis.begin(), axis.end(), 0.0) < 0;
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return down ? at[b] < at[a] : at[a] < at[b]; });
    std::vector<float> out;
    for (auto const i : order) out.insert(out.end(), rows.data() + i * m, rows.data() + (i + 1) * m);
    return out;
}

} // namespace detail

/// At most k entries for vectors of m elements, as rows of whole numbers; none if none are to be found. Where there are no more than k distinct
/// vectors, each is an entry, and nothing will be lost that 24 bits can tell apart. Entries are sorted along the axis of their greatest variance, so
/// that near indices are alike; those that have an order begin at the lesser sum.
template <entries_by By>
auto find_entries(std::vector<float> const &vectors, std::size_t m, std::size_t k, std::uint64_t seed)
    -> std::vector<std::int32_t> {
    static_assert(
        requires { sizeof(entries_found<By>); },
        "codebook: include the header of this way to learn, <triptych/learn/codebook_....hpp>");
    if (vectors.empty()) return {};
    // Distinct vectors of what was seen, as far as that may matter.
    auto rows = detail::distinct(vectors, m, k + 1);
    bool const all = rows.size() <= k * m;
    if (!all) rows = entries_found<By>::find(points(vectors, m), k, seed);
    auto const sum = [&](std::size_t i) { return std::accumulate(&rows[i * m], &rows[i * m] + m, 0.0); };
    if (all || !entries_found<By>::ordered) {
        rows = detail::along_axis(std::move(rows), m);
    } else if (auto const n = rows.size() / m; n != 0 && sum(0) > sum(n - 1)) {
        for (std::size_t i = 0; i < n / 2; ++i)
            std::swap_ranges(&rows[i * m], &rows[i * m] + m, &rows[(n - 1 - i) * m]);
    }
    std::vector<std::int32_t> entries;
    for (auto const v : rows)
        entries.push_back(
            static_cast<std::int32_t>(std::clamp(std::round(static_cast<double>(v)), -2147483648.0, 2147483647.0)));
    return entries;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
