// triptych/learn/vectors/neighbours.hpp: which points may lie within a radius of which, as short lists of ranges.
//
// Points are put in an order in which neighbours lie close together, and cut into groups: cells of a grid, or leaves of a k-d tree. For a
// group the index names the groups that may hold neighbours. Coordinates are kept element by element in that order, so
// whatever looks at a range of groups runs over contiguous memory, as many points at a time as a vector has lanes.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::detail {

/// Groups first to second - 1.
using group_range = std::pair<std::uint32_t, std::uint32_t>;

/// Points in the order of an index.
struct ordered_points {
    std::vector<std::uint32_t> order; // place → point
    std::vector<std::uint32_t> start; // group → its first place; one more at the end
    std::vector<float> values;        // element t of place p at t · stride + p
    std::size_t stride = 0, dimension = 0;

    auto groups() const noexcept -> std::size_t { return start.size() - 1; }
    /// Vectors may be read beyond the last place.
    void take(points x) {
        stride = x.count + static_cast<std::size_t>(lanes), dimension = x.dimension;
        values.assign(stride * dimension, 0);
        for (std::size_t p = 0; p < x.count; ++p)
            for (std::size_t t = 0; t < dimension; ++t) values[t * stride + p] = x.row(order[p])[t];
    }
};

/// A grid of D = 1 to 3 dimensions whose cells are so small that all points of a cell are within the radius of one another.
template <std::size_t D>
class cell_grid : public ordered_points {
    static constexpr std::int64_t reach = 2; // ⌈√D⌉ cells, and 2 for D = 1 because cells are a little smaller than that

public:
    static constexpr std::size_t elements = D;
    static constexpr bool tight = true;

    /// Whether cells can be numbered: their coordinates take 21 bits each for three dimensions.
    static auto fits(points x, float radius) -> bool {
        double widest = 0;
        for (std::size_t t = 0; t < D; ++t) {
            auto const [low, high] = bounds(x, t);
            widest = std::max(widest, high - low);
        }
        return widest / side(radius) < static_cast<double>((std::int64_t{1} << 62 / D) - 8);
    }

    cell_grid(points x, float radius) {
        double low[D];
        for (std::size_t t = 0; t < D; ++t) low[t] = bounds(x, t).first;
        double const per_side = 1 / side(radius);
        std::vector<std::pair<std::uint64_t, std::uint32_t>> keys(x.count);
        for (std::size_t i = 0; i < x.count; ++i) {
            std::uint64_t key = 0;
            for (std::size_t t = 0; t < D; ++t)
                key = key << 62 / D | static_cast<std::uint64_t>((double{x.row(i)[t]} - low[t]) * per_side + 3);
            keys[i] = {key, static_cast<std::uint32_t>(i)};
        }
        std::sort(keys.begin(), keys.end());
        for (std::size_t p = 0; p < keys.size(); ++p) {
            if (p == 0 || keys[p].first != cells_.back())
                cells_.push_back(keys[p].first), start.push_back(static_cast<std::uint32_t>(p));
            order.push_back(keys[p].second);
        }
        start.push_back(static_cast<std::uint32_t>(x.count));
        take(x);
    }

    /// Cells of a row, along the last element, follow one another; so there is a range for each row within reach. The row of
    /// the cell itself comes first.
    struct cursor {
        std::array<std::size_t, D == 1 ? 1 : D == 2 ? 5 : 25> at{};
        bool used = false;
    };
    void near(std::size_t g, cursor &c, std::vector<group_range> &out) const {
        out.clear();
        constexpr std::size_t rows = std::tuple_size_v<decltype(c.at)>;
        for (std::size_t i = 0; i < rows; ++i) {
            // Offsets 0, 1, -1, 2, -2 of each element but the last.
            auto const offset = [](std::size_t n) {
                auto const s = static_cast<std::int64_t>((n + 1) / 2);
                return n % 2 ? s : -s;
            };
            auto row = static_cast<std::int64_t>(cells_[g]);
            if constexpr (D == 2) row += offset(i) * (std::int64_t{1} << 31);
            if constexpr (D == 3)
                row += offset(i % 5) * (std::int64_t{1} << 20) + offset(i / 5) * (std::int64_t{1} << 40);
            auto const first = static_cast<std::uint64_t>(row - reach), last = static_cast<std::uint64_t>(row + reach);
            // Groups are asked for in rising order, so the beginning of a row's range only moves forwards.
            auto &from = c.at[i];
            if (!c.used)
                from = static_cast<std::size_t>(std::lower_bound(cells_.begin(), cells_.end(), first) - cells_.begin());
            while (from < cells_.size() && cells_[from] < first) ++from;
            auto to = from;
            while (to < cells_.size() && cells_[to] <= last) ++to;
            if (from < to) out.emplace_back(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to));
        }
        c.used = true;
    }

private:
    static auto side(float radius) -> double { return double{radius} / std::sqrt(static_cast<double>(D)) * (1 - 1e-5); }
    static auto bounds(points x, std::size_t t) -> std::pair<double, double> {
        float low = x.row(0)[t], high = low;
        for (std::size_t i = 0; i < x.count; ++i) low = std::min(low, x.row(i)[t]), high = std::max(high, x.row(i)[t]);
        return {double{low}, double{high}};
    }
    std::vector<std::uint64_t> cells_; // keys of the groups, rising
};

/// Leaves of a k-d tree with their bounding boxes, for any dimension.
class leaf_tree : public ordered_points {
    static constexpr std::size_t leaf = 32;

public:
    static constexpr std::size_t elements = 0; // not known when compiling
    static constexpr bool tight = false;

    leaf_tree(points x, float radius) : reach_(double{radius} * radius * (1 + 1e-5)) {
        order.resize(x.count);
        std::iota(order.begin(), order.end(), 0U);
        split(x, 0, x.count);
        start.push_back(static_cast<std::uint32_t>(x.count));
        take(x);
    }

    struct cursor {};
    /// The group itself first, then all whose boxes come within the radius.
    void near(std::size_t g, cursor &, std::vector<group_range> &out) const {
        out.assign(1, {static_cast<std::uint32_t>(g), static_cast<std::uint32_t>(g + 1)});
        auto const *const box = nodes_[leaves_[g]].box.data();
        for (std::size_t i = 0; i < nodes_.size();) {
            auto const &n = nodes_[i];
            if (distance(box, n.box.data()) > reach_) {
                i = n.skip;
                continue;
            }
            if (n.group >= 0 && static_cast<std::size_t>(n.group) != g) {
                auto const h = static_cast<std::uint32_t>(n.group);
                if (out.size() > 1 && out.back().second == h)
                    ++out.back().second;
                else
                    out.emplace_back(h, h + 1);
            }
            ++i;
        }
    }

private:
    struct node {
        std::vector<float> box; // lowest of each element, then highest
        std::size_t skip = 0;   // the next node that is not below this one; nodes lie in the order of a walk
        std::int64_t group = -1;
    };
    auto distance(float const *a, float const *b) const -> double {
        double s = 0;
        auto const d = nodes_[0].box.size() / 2;
        for (std::size_t t = 0; t < d; ++t) {
            double const gap = std::max({0.0, double{a[t]} - double{b[d + t]}, double{b[t]} - double{a[d + t]}});
            s += gap * gap;
        }
        return s;
    }
    void split(points x, std::size_t first, std::size_t last) {
        auto const d = x.dimension, me = nodes_.size();
        node n;
        n.box.assign(x.row(order[first]), x.row(order[first]) + d);
        n.box.insert(n.box.end(), x.row(order[first]), x.row(order[first]) + d);
        for (auto p = first; p < last; ++p)
            for (std::size_t t = 0; t < d; ++t) {
                float const v = x.row(order[p])[t];
                n.box[t] = std::min(n.box[t], v), n.box[d + t] = std::max(n.box[d + t], v);
            }
        std::size_t widest = 0;
        for (std::size_t t = 1; t < d; ++t)
            if (n.box[d + t] - n.box[t] > n.box[d + widest] - n.box[widest]) widest = t;
        bool const is_leaf = last - first <= leaf;
        if (is_leaf) {
            n.group = static_cast<std::int64_t>(leaves_.size());
            leaves_.push_back(me), start.push_back(static_cast<std::uint32_t>(first));
        }
        nodes_.push_back(std::move(n));
        if (!is_leaf) {
            // To whole leaves, so that all but the last are full.
            auto const middle = first + ((last - first + leaf - 1) / leaf / 2) * leaf;
            auto const at = [&](std::size_t p) { return order.begin() + static_cast<std::ptrdiff_t>(p); };
            std::nth_element(at(first), at(middle), at(last), [&](std::uint32_t a, std::uint32_t b) {
                float const u = x.row(a)[widest], v = x.row(b)[widest];
                return u < v || (u == v && a < b);
            });
            split(x, first, middle), split(x, middle, last);
        }
        nodes_[me].skip = nodes_.size();
    }

    double reach_;
    std::vector<node> nodes_;
    std::vector<std::size_t> leaves_; // group → node
};

} // namespace triptych::inline TRIPTYCH_ABI::learn::detail
