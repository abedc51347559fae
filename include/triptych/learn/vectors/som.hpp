// triptych/learn/vectors/som.hpp: self-organising maps (Kohonen 1982): centroids on a lattice, where neighbours are alike.
//
// Online, each point pulls the unit that is nearest to it, and less its neighbours on the lattice; in batches (Kohonen 1990s), each unit becomes the
// mean of all points, weighted by how near their units are on the lattice. The batch form is k-means with smoothed sums: it uses the same
// kernel, all threads, and data that come in pieces. Radius and rate fall while learning goes on.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/progress.hpp>
#include <triptych/learn/vectors/lloyd.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/learn/vectors/principal.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Units on a lattice, row after row. On a hexagonal one every other row is half a unit to the right, and rows are √3/2 apart.
struct lattice {
    std::size_t rows = 10, columns = 10;
    bool hexagonal = false;

    auto units() const noexcept -> std::size_t { return rows * columns; }
    auto x(std::size_t unit) const noexcept -> double {
        return static_cast<double>(unit % columns) + (hexagonal && unit / columns % 2 ? 0.5 : 0.0);
    }
    auto y(std::size_t unit) const noexcept -> double {
        return static_cast<double>(unit / columns) * (hexagonal ? 0.8660254037844386 : 1.0);
    }
    auto squared_distance(std::size_t a, std::size_t b) const noexcept -> double {
        double const dx = x(a) - x(b), dy = y(a) - y(b);
        return dx * dx + dy * dy;
    }
    /// Eight neighbours of a square, six of a hexagon; a unit is beside itself, too.
    auto beside(std::size_t a, std::size_t b) const noexcept -> bool {
        return squared_distance(a, b) < (hexagonal ? 1.01 : 2.01);
    }
};

enum class neighbourhood_shape { gaussian, bubble };

/// How much a unit at a squared distance on the lattice shares: exp(-s / 2r²), or 1 up to the radius.
inline auto neighbourhood(neighbourhood_shape shape, double squared, double radius) -> double {
    return shape == neighbourhood_shape::gaussian ? std::exp(-squared / (2 * radius * radius))
                                                  : squared <= radius * radius * (1 + 1e-9);
}

enum class schedule { linear, exponential, asymptotic };

/// From `first` to `last`, both positive, as `at` goes from 0 to 1; asymptotic is first / (1 + at · (first/last - 1)).
inline auto scheduled(schedule s, double first, double last, double at) -> double {
    switch (s) {
    case schedule::linear:
        return first + (last - first) * at;
    case schedule::exponential:
        return first * std::pow(last / first, at);
    default:
        return first / (1 + at * (first / last - 1));
    }
}

struct som_options {
    lattice grid = {};
    enum { batch, online } training = batch;
    /// Passes over the data.
    unsigned passes = 10;
    neighbourhood_shape shape = neighbourhood_shape::gaussian;
    schedule decay = schedule::exponential;
    /// On the lattice; 0: half the longer side.
    double first_radius = 0, last_radius = 0.7;
    /// Of online training.
    double first_rate = 0.5, last_rate = 0.02;
    /// Where to begin, as rows; empty: spread over the plane of the two principal axes.
    std::vector<float> weights = {};
    std::uint64_t seed = 0;
    unsigned threads = 1;
    progress_callback progress = {};
};

struct som_map {
    lattice grid;
    std::vector<float> weights; // units × dimension
    std::size_t dimension = 0;

    /// Mean distance of the points to their units.
    auto quantisation_error(points x, unsigned threads = 1) const -> double;
    /// Share of the points whose two nearest units are not beside one another.
    auto topographic_error(points x, unsigned threads = 1) const -> double;
};

/// A pass of batch training over data of any size, as `lloyd_step` is of k-means.
class som_step {
public:
    explicit som_step(som_map map) : map_(std::move(map)), sums_(map_.weights, map_.dimension) {}
    void observe(points x) { sums_.observe(x); }
    void merge(som_step const &other) { sums_.merge(other.sums_); }
    /// Units without any point within reach stay where they were.
    auto finish(double radius, neighbourhood_shape shape = neighbourhood_shape::gaussian, unsigned threads = 1) const
        -> som_map {
        auto const units = map_.grid.units(), d = map_.dimension;
        auto const &counts = sums_.sums().counts();
        som_map next = map_;
        for_parts(units, threads, [&](std::size_t u) {
            std::vector<double> mean(d);
            double weight = 0;
            for (std::size_t v = 0; v < units; ++v) {
                if (counts[v] == 0) continue;
                double const h = neighbourhood(shape, map_.grid.squared_distance(u, v), radius);
                if (h < 1e-9) continue;
                auto const *const s = sums_.sums().sum(v);
                for (std::size_t t = 0; t < d; ++t) mean[t] += h * s[t];
                weight += h * static_cast<double>(counts[v]);
            }
            for (std::size_t t = 0; weight > 0 && t < d; ++t)
                next.weights[u * d + t] = static_cast<float>(mean[t] / weight);
        });
        return next;
    }

private:
    som_map map_;
    lloyd_step sums_;
};

namespace detail {

/// A lattice laid over the plane of the two principal axes, √3 deviations to each side, as a uniform density has them.
inline auto spread_map(points x, som_options const &o) -> som_map {
    generator random(o.seed);
    std::vector<float> some;
    for (auto const i : sample(x.count, 4096, random)) some.insert(some.end(), x.row(i), x.row(i) + x.dimension);
    moments m;
    m.observe(points(some, x.dimension), o.threads);
    auto const axes = std::min<std::size_t>({2, x.dimension, static_cast<std::size_t>(m.count()) - 1});
    auto const p = principal_components(m, axes);
    if (!(p.total > 0)) refuse("som", "constant data");
    auto const &g = o.grid;
    som_map map{g, std::vector<float>(g.units() * x.dimension), x.dimension};
    auto const at = [](double place, double side) { return side > 1 ? 2 * place / (side - 1) - 1 : 0.0; };
    for (std::size_t u = 0; u < g.units(); ++u) {
        // The longer side along the first axis.
        double a = at(static_cast<double>(u % g.columns), static_cast<double>(g.columns));
        double b = at(static_cast<double>(u / g.columns), static_cast<double>(g.rows));
        if (g.rows > g.columns) std::swap(a, b);
        for (std::size_t t = 0; t < x.dimension; ++t) {
            double v = p.mean[t] + std::sqrt(3 * p.variances[0]) * a * p.axes(0, t);
            if (axes > 1) v += std::sqrt(3 * p.variances[1]) * b * p.axes(1, t);
            map.weights[u * x.dimension + t] = static_cast<float>(v);
        }
    }
    return map;
}

/// Units in tiles of `lanes`, element after element, so that a point is compared with and pulls many at once.
class online_map {
public:
    explicit online_map(som_map const &map)
        : d_(map.dimension), units_(map.grid.units()), tiles_(padded(units_) / lanes), w_(tiles_ * lanes * d_, 0x1p55F),
          pull_(tiles_ * lanes) {
        for (std::size_t u = 0; u < units_; ++u)
            for (std::size_t t = 0; t < d_; ++t) at(u, t) = map.weights[u * d_ + t];
    }
    auto winner(float const *x) const -> std::size_t {
        floats best, unused{};
        ints index{}, here{};
        for (int l = 0; l < lanes; ++l) best[l] = -far_away, here[l] = l;
        for (std::size_t i = 0; i < tiles_; ++i, here += lanes) {
            auto const *const w = w_.data() + i * d_ * lanes;
            floats even{}, odd{};
            for (std::size_t t = 0; t + 1 < d_; t += 2) {
                floats p, q;
                load(p, w + t * lanes), load(q, w + (t + 1) * lanes);
                p -= x[t], q -= x[t + 1];
                even += p * p, odd += q * q;
            }
            if (d_ % 2) {
                floats p;
                load(p, w + (d_ - 1) * lanes);
                p -= x[d_ - 1], even += p * p;
            }
            floats const score = -(even + odd);
            ints const better = score > best;
            best = better ? score : best, index = better ? here : index;
        }
        best_of_lanes<false>(best, index, unused);
        return static_cast<std::size_t>(index[0]);
    }
    /// What `pull` moves units by, as shares of the way to the point.
    auto pulls() -> std::vector<float> & { return pull_; }
    void pull(float const *x) {
        for (std::size_t i = 0; i < tiles_; ++i) {
            floats h;
            load(h, pull_.data() + i * lanes);
            float const *const first = pull_.data() + i * lanes;
            if (std::all_of(first, first + lanes, [](float v) { return v < 1e-7F; })) continue;
            auto *const w = w_.data() + i * d_ * lanes;
            for (std::size_t t = 0; t < d_; ++t) {
                floats v;
                load(v, w + t * lanes);
                v += h * (x[t] - v);
                store(w + t * lanes, v);
            }
        }
    }
    void give(som_map &map) {
        for (std::size_t u = 0; u < units_; ++u)
            for (std::size_t t = 0; t < d_; ++t) map.weights[u * d_ + t] = at(u, t);
    }

private:
    auto at(std::size_t u, std::size_t t) -> float & { return w_[(u / lanes * d_ + t) * lanes + u % lanes]; }
    std::size_t d_, units_, tiles_;
    std::vector<float> w_, pull_; // what only fills the last tile lies far away
};

inline void train_online(points x, som_options const &o, double first_radius, som_map &map) {
    auto const &g = o.grid;
    online_map units(map);
    generator random(o.seed);
    std::vector<std::size_t> order(x.count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto const total = x.count * o.passes, refresh = std::max<std::size_t>(1, total / 4096);
    double radius = first_radius, rate = o.first_rate;
    // Both shapes depend on half-unit steps across and whole rows: a Gaussian is a product of the two.
    std::vector<double> across(2 * g.columns), down(g.rows);
    for (std::size_t step = 0; step < total; ++step) {
        auto const i = step % x.count;
        if (i == 0) {
            report(o.progress, {"som", step / x.count, o.passes});
            for (std::size_t j = x.count - 1; j > 0; --j) std::swap(order[j], order[random.below(j + 1)]);
        }
        if (step % refresh == 0) {
            double const at = static_cast<double>(step) / static_cast<double>(total);
            radius = scheduled(o.decay, first_radius, o.last_radius, at);
            rate = scheduled(o.decay, o.first_rate, o.last_rate, at);
            for (std::size_t h = 0; h < across.size(); ++h)
                across[h] = neighbourhood(o.shape, static_cast<double>(h * h) / 4, radius);
            for (std::size_t r = 0; r < down.size(); ++r)
                down[r] = neighbourhood(o.shape, static_cast<double>(r * r) * (g.hexagonal ? 0.75 : 1), radius);
        }
        auto const *const point = x.row(order[i]);
        auto const w = units.winner(point);
        auto &pulls = units.pulls();
        if (o.shape == neighbourhood_shape::gaussian) {
            auto const row = w / g.columns, column = 2 * (w % g.columns) + (g.hexagonal && row % 2);
            for (std::size_t r = 0, u = 0; r < g.rows; ++r) {
                double const share = rate * down[r > row ? r - row : row - r];
                for (std::size_t c = (g.hexagonal && r % 2); u < (r + 1) * g.columns; ++u, c += 2)
                    pulls[u] = static_cast<float>(share * across[c > column ? c - column : column - c]);
            }
        } else
            for (std::size_t u = 0; u < g.units(); ++u)
                pulls[u] = static_cast<float>(rate * neighbourhood(o.shape, g.squared_distance(u, w), radius));
        units.pull(point);
    }
    units.give(map);
}

inline void train_batch(points x, som_options const &o, double first_radius, som_map &map) {
    auto const parts = part_count(x.count, 2048);
    for (unsigned pass = 0; pass < o.passes; ++pass) {
        report(o.progress, {"som", pass, o.passes});
        std::vector<som_step> steps(parts, som_step(map));
        for_parts(parts, o.threads, [&](std::size_t p) {
            steps[p].observe(x.part(part_begin(x.count, parts, p), part_begin(x.count, parts, p + 1)));
        });
        for (std::size_t p = 1; p < parts; ++p) steps[0].merge(steps[p]);
        double const at = o.passes > 1 ? pass / (o.passes - 1.0) : 1;
        map = steps[0].finish(scheduled(o.decay, first_radius, o.last_radius, at), o.shape, o.threads);
    }
}

} // namespace detail

/// Of points in memory. Throws std::invalid_argument for no data, constant data, values that are not finite, a lattice without units, and
/// radii or rates that are not positive.
inline auto som(points x, som_options const &o) -> som_map {
    detail::check("som", x);
    if (o.grid.units() == 0 || o.passes == 0) detail::refuse("som", "no units or no passes");
    double const longer = static_cast<double>(std::max(o.grid.rows, o.grid.columns));
    double const first_radius = o.first_radius > 0 ? o.first_radius : std::max(longer / 2, 1.0);
    if (!(o.first_radius >= 0 && o.last_radius > 0 && o.first_rate > 0 && o.first_rate <= 1 && o.last_rate > 0 &&
          o.last_rate <= 1))
        detail::refuse("som", "radii and rates must be positive, rates at most 1");
    if (x.count < 2) detail::refuse("som", "one point is too few for a map");
    auto map = detail::spread_map(x, o);
    if (!o.weights.empty()) {
        if (o.weights.size() != map.weights.size()) detail::refuse("som", "the weights do not fit lattice and data");
        map.weights = o.weights;
    }
    o.training == som_options::batch ? detail::train_batch(x, o, first_radius, map)
                                     : detail::train_online(x, o, first_radius, map);
    return map;
}

inline auto som_map::quantisation_error(points x, unsigned threads) const -> double {
    detail::check("som", x);
    std::vector<std::uint32_t> labels(x.count);
    std::vector<float> squares(x.count);
    assign(x, points(weights, dimension), labels.data(), squares.data(), threads);
    double sum = 0;
    for (auto const s : squares) sum += std::sqrt(double{s});
    return sum / static_cast<double>(x.count);
}

inline auto som_map::topographic_error(points x, unsigned threads) const -> double {
    detail::check("som", x);
    if (x.dimension != dimension) detail::refuse("som", "points and map differ in dimension");
    auto const parts = part_count(x.count, 256);
    std::vector<std::size_t> wrong(parts);
    for_parts(parts, threads, [&](std::size_t p) {
        for (auto i = part_begin(x.count, parts, p); i < part_begin(x.count, parts, p + 1); ++i) {
            float best = detail::far_away, second = detail::far_away;
            std::size_t first_unit = 0, second_unit = 0;
            for (std::size_t u = 0; u < grid.units(); ++u) {
                float const s = detail::squared_distance(x.row(i), weights.data() + u * dimension, dimension);
                if (s < best)
                    second = std::exchange(best, s), second_unit = std::exchange(first_unit, u);
                else if (s < second)
                    second = s, second_unit = u;
            }
            wrong[p] += !grid.beside(first_unit, second_unit);
        }
    });
    return static_cast<double>(std::accumulate(wrong.begin(), wrong.end(), std::size_t{0})) /
           static_cast<double>(x.count);
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
