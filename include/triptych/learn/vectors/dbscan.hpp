// triptych/learn/vectors/dbscan.hpp: clusters of any shape by density (Ester, Kriegel, Sander and Xu 1996); what lies alone is noise.
//
// A point with at least `neighbours` points within `radius`, itself among them, is core; core points within the radius of one another share a
// cluster; other points belong to a core point's cluster within the radius, or to none. No list of neighbours is ever stored: first all
// core points are found, then core points are joined by union-find (as Wang, Gu and Shun 2020 do), then the rest is looked up. So
// memory is linear, and every step can be split.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <triptych/learn/progress.hpp>
#include <triptych/learn/vectors/density.hpp>
#include <triptych/learn/vectors/neighbours.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

struct dbscan_options {
    /// How far neighbours are at most; a point at this distance is one.
    float radius = 1;
    /// Points within the radius, the point itself among them, that make a core point.
    std::size_t neighbours = 5;
    unsigned threads = 1;
    progress_callback progress = {};
};

/// Clusters are numbered in the order of their first core points.
struct dbscan_result {
    static constexpr std::int32_t noise = -1;
    std::vector<std::int32_t> labels; // 0 … clusters - 1, or noise
    std::vector<bool> core;
    std::size_t clusters = 0;
};

namespace detail {

template <class Index>
auto dbscan_with(Index const &index, dbscan_options const &o) -> dbscan_result {
    auto const &order = index.order;
    auto const n = order.size();
    density<Index> d(index, o.radius, o.neighbours, o.threads);
    report(o.progress, {"dbscan", 0, 3});
    d.find_core();
    report(o.progress, {"dbscan", 1, 3});
    d.join_core();
    report(o.progress, {"dbscan", 2, 3});

    dbscan_result r;
    r.labels.assign(n, dbscan_result::noise), r.core.resize(n);
    std::vector<std::uint32_t> place(n), number(n, 0);
    for (std::size_t p = 0; p < n; ++p) place[order[p]] = static_cast<std::uint32_t>(p);
    for (std::size_t i = 0; i < n; ++i) {
        auto const p = place[i];
        if (!d.core[p]) continue;
        auto &mine = number[d.sets.find(p)]; // of the root, from 1
        if (mine == 0) mine = static_cast<std::uint32_t>(++r.clusters);
        d.label[p] = mine - 1, r.core[i] = true;
    }
    d.label_rest();
    for (std::size_t i = 0; i < n; ++i)
        if (d.label[place[i]] < r.clusters) r.labels[i] = static_cast<std::int32_t>(d.label[place[i]]);
    return r;
}

template <std::size_t D>
auto dbscan_on_grid(points x, dbscan_options const &o) -> dbscan_result {
    // Points that lie too wide for cells to be numbered are few for their space, so a tree is as good.
    return cell_grid<D>::fits(x, o.radius) ? dbscan_with(cell_grid<D>(x, o.radius), o)
                                           : dbscan_with(leaf_tree(x, o.radius), o);
}

} // namespace detail

/// Of points in memory. A border point within reach of several clusters gets the lowest number, so the result depends neither on
/// threads nor on the order of the search. Distances are floats. A grid finds the neighbours for up to three dimensions, leaves of a k-d
/// tree for more; beyond ten or so these spare little, and all points are compared. Throws std::invalid_argument for no data,
/// values that are not finite, a radius that is not positive, and no neighbours.
inline auto dbscan(points x, dbscan_options const &o) -> dbscan_result {
    detail::check("dbscan", x);
    if (!(o.radius > 0 && o.radius < 0x1p48F)) detail::refuse("dbscan", "the radius must be positive and finite");
    if (o.neighbours == 0) detail::refuse("dbscan", "a core point has at least one neighbour, itself");
    if (x.count > 0x7FFFFFFF) detail::refuse("dbscan", "more than 2^31 - 1 points");
    switch (x.dimension) {
    case 1:
        return detail::dbscan_on_grid<1>(x, o);
    case 2:
        return detail::dbscan_on_grid<2>(x, o);
    case 3:
        return detail::dbscan_on_grid<3>(x, o);
    default:
        return detail::dbscan_with(detail::leaf_tree(x, o.radius), o);
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
