// triptych/learn/vectors/gmm.hpp: mixtures of Gaussians by expectation and maximisation (Dempster, Laird and Rubin 1977).
//
// Begins with k-means. Every pass computes for each point the odds of the components, and for each component the weighted mean and
// covariance of the points. A small multiple of the identity is added to covariances, so that none collapses onto a few points.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/progress.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Weights add up to 1; covariances are d × d, or, if `diagonal`, rows of d variances in a k × d matrix.
struct gaussian_mixture {
    std::vector<double> weights;
    matrix means; // k × d
    bool diagonal = false;
    std::vector<matrix> covariances; // k of d × d; none if diagonal
    matrix variances;                // k × d; empty if not

    auto components() const noexcept -> std::size_t { return weights.size(); }
    auto dimension() const noexcept -> std::size_t { return means.columns; }
    /// Mean logarithm of the density at the points.
    auto log_likelihood(points x, unsigned threads = 1) const -> double;
    /// The likeliest component of each point.
    auto labels(points x, unsigned threads = 1) const -> std::vector<std::uint32_t>;
    /// n points drawn from the mixture, as rows; the same for a seed.
    auto sample(std::size_t n, std::uint64_t seed) const -> std::vector<float>;
};

namespace detail {

/// A mixture made ready for densities: triangular factors and constants.
class mixture_densities {
public:
    explicit mixture_densities(gaussian_mixture const &m) : m_(m) {
        auto const d = m.dimension();
        for (std::size_t c = 0; c < m.components(); ++c) {
            double logarithm = static_cast<double>(d) * std::log(2 * 3.14159265358979323846);
            matrix inverse(m.diagonal ? 1 : d, d); // of the factor, transposed; or inverse deviations
            if (m.diagonal)
                for (std::size_t t = 0; t < d; ++t)
                    inverse(0, t) = 1 / std::sqrt(m.variances(c, t)), logarithm += std::log(m.variances(c, t));
            else {
                auto const l = cholesky(m.covariances[c]);
                for (std::size_t j = 0; j < d; ++j) {
                    logarithm += 2 * std::log(l(j, j));
                    inverse(j, j) = 1 / l(j, j);
                    for (std::size_t i = j + 1; i < d; ++i) {
                        double s = 0;
                        for (std::size_t t = j; t < i; ++t) s -= l(i, t) * inverse(j, t);
                        inverse(j, i) = s / l(i, i);
                    }
                }
            }
            constants_.push_back(std::log(m.weights[c]) - logarithm / 2);
            inverses_.push_back(std::move(inverse));
        }
    }
    /// For each row of the block and each component, log(weight · density).
    auto operator()(matrix const &block) const -> matrix {
        auto const k = m_.components(), d = m_.dimension();
        matrix out(block.rows, k), centred(block.rows, d);
        for (std::size_t c = 0; c < k; ++c) {
            for (std::size_t r = 0; r < block.rows; ++r)
                for (std::size_t t = 0; t < d; ++t) {
                    double const v = block(r, t) - m_.means(c, t);
                    centred(r, t) = m_.diagonal ? v * inverses_[c](0, t) : v;
                }
            auto const &scaled = m_.diagonal ? centred : (product_ = product(centred, inverses_[c]));
            for (std::size_t r = 0; r < block.rows; ++r) {
                double s = 0;
                for (std::size_t t = 0; t < d; ++t) s += scaled(r, t) * scaled(r, t);
                out(r, c) = constants_[c] - s / 2;
            }
        }
        return out;
    }

private:
    gaussian_mixture const &m_;
    std::vector<double> constants_;
    std::vector<matrix> inverses_;
    mutable matrix product_; // one object a thread
};

/// Turns a row of logarithms into shares of 1 and returns the logarithm of their sum.
inline auto normalise(double *row, std::size_t k) -> double {
    double const most = *std::max_element(row, row + k);
    double sum = 0;
    for (std::size_t c = 0; c < k; ++c) sum += row[c] = std::exp(row[c] - most);
    for (std::size_t c = 0; c < k; ++c) row[c] /= sum;
    return most + std::log(sum);
}

/// Calls f(first point, block of rows as doubles) for blocks of points.
template <class F>
void for_blocks(points x, F const &f) {
    constexpr std::size_t rows = 256;
    for (std::size_t i = 0; i < x.count; i += rows) {
        matrix block(std::min(rows, x.count - i), x.dimension);
        std::copy_n(x.row(i), block.values.size(), block.values.begin());
        f(i, block);
    }
}

} // namespace detail

/// One pass of expectation and maximisation over data of any size: `observe` batches, `merge` in a fixed order, `finish`.
class em_step {
public:
    explicit em_step(gaussian_mixture m)
        : m_(std::move(m)), counts_(m_.components()), sums_(m_.components(), m_.dimension()),
          squares_(m_.components(), m_.diagonal ? matrix(1, m_.dimension()) : matrix(m_.dimension(), m_.dimension())) {}

    void observe(points x) {
        if (x.dimension != m_.dimension()) detail::refuse("gmm", "points and mixture differ in dimension");
        detail::check_finite("gmm", x);
        detail::mixture_densities const densities(m_);
        auto const k = m_.components(), d = m_.dimension();
        detail::for_blocks(x, [&](std::size_t, matrix const &block) {
            auto shares = densities(block);
            for (std::size_t r = 0; r < block.rows; ++r) logarithm_ += detail::normalise(shares.row(r), k);
            matrix weighted(block.rows, d);
            for (std::size_t c = 0; c < k; ++c) {
                for (std::size_t r = 0; r < block.rows; ++r) {
                    double const w = shares(r, c), root = std::sqrt(w);
                    counts_[c] += w;
                    for (std::size_t t = 0; t < d; ++t) {
                        // About the mean so far, so that a large one costs no digits.
                        double const v = block(r, t) - m_.means(c, t);
                        sums_(c, t) += w * v;
                        if (m_.diagonal)
                            squares_[c](0, t) += w * v * v;
                        else
                            weighted(r, t) = root * v;
                    }
                }
                if (!m_.diagonal) add_gram(squares_[c], weighted, block.rows);
            }
        });
        count_ += x.count;
    }
    void merge(em_step const &other) {
        if (other.m_.means.values != m_.means.values) detail::refuse("gmm", "steps from different mixtures");
        for (std::size_t c = 0; c < counts_.size(); ++c) {
            counts_[c] += other.counts_[c];
            for (std::size_t i = 0; i < squares_[c].values.size(); ++i)
                squares_[c].values[i] += other.squares_[c].values[i];
        }
        for (std::size_t i = 0; i < sums_.values.size(); ++i) sums_.values[i] += other.sums_.values[i];
        logarithm_ += other.logarithm_, count_ += other.count_;
    }
    /// The next mixture; `added` goes to all variances. A component without points stays where it was, at a weight of almost 0.
    auto finish(double added) const -> gaussian_mixture {
        auto next = m_;
        auto const d = m_.dimension();
        double all = 0;
        for (std::size_t c = 0; c < counts_.size(); ++c) all += next.weights[c] = std::max(counts_[c], 1e-6);
        for (auto &w : next.weights) w /= all;
        for (std::size_t c = 0; c < counts_.size(); ++c) {
            auto const n = counts_[c];
            if (n < 1e-6) continue;
            for (std::size_t t = 0; t < d; ++t) next.means(c, t) += sums_(c, t) / n;
            for (std::size_t i = 0; i < d; ++i) {
                double const mean = sums_(c, i) / n;
                if (m_.diagonal)
                    next.variances(c, i) = std::max(0.0, squares_[c](0, i) / n - mean * mean) + added;
                else
                    for (std::size_t j = 0; j <= i; ++j)
                        next.covariances[c](i, j) = next.covariances[c](j, i) =
                            squares_[c](i, j) / n - mean * (sums_(c, j) / n) + (i == j ? added : 0);
            }
        }
        return next;
    }
    /// Mean logarithm of the density of what was observed, under the mixture that the step began with.
    auto log_likelihood() const noexcept -> double { return logarithm_ / static_cast<double>(count_); }

private:
    gaussian_mixture m_;
    std::vector<double> counts_;
    matrix sums_;
    std::vector<matrix> squares_; // lower triangles, or rows
    double logarithm_ = 0;
    std::uint64_t count_ = 0;
};

struct gmm_options {
    std::size_t components = 1;
    /// Variances alone, without correlations: d numbers for a component instead of d (d + 1) / 2.
    bool diagonal = false;
    unsigned iterations = 100;
    /// Stops when the mean log-likelihood grows by less.
    double tolerance = 1e-4;
    /// Added to all variances, as a share of the mean variance of an element.
    double added = 1e-6;
    std::uint64_t seed = 0;
    unsigned threads = 1;
    progress_callback progress = {};
};

struct gmm_result {
    gaussian_mixture mixture;
    double log_likelihood = 0; // mean, of the points under the mixture before the last pass
    unsigned iterations = 0;
    bool converged = false;
};

/// Of points in memory. Throws std::invalid_argument for no data, constant data, values that are not finite, and fewer distinct points
/// than components.
inline auto gmm(points x, gmm_options const &o) -> gmm_result {
    detail::check("gmm", x);
    if (o.components == 0 || o.iterations == 0) detail::refuse("gmm", "no components or no iterations");
    auto const variance = detail::mean_variance(x, o.threads);
    if (!(variance > 0)) detail::refuse("gmm", "constant data");
    auto const added = o.added * variance;
    auto const k = o.components, d = x.dimension;
    kmeans_options start;
    start.clusters = k, start.seed = o.seed, start.threads = o.threads, start.iterations = 20;
    auto const clusters = kmeans(x, start);

    // Spheres around the centroids, as wide as the clusters are in the mean; the first pass makes more of it.
    gmm_result r;
    auto const wide = std::max(clusters.inertia / static_cast<double>(x.count * d), added);
    r.mixture = {std::vector<double>(k, 1 / static_cast<double>(k)), matrix(k, d), o.diagonal, {}, {}};
    std::copy(clusters.centroids.begin(), clusters.centroids.end(), r.mixture.means.values.begin());
    if (o.diagonal) {
        r.mixture.variances = matrix(k, d);
        for (auto &v : r.mixture.variances.values) v = wide;
    } else {
        matrix sphere(d, d);
        for (std::size_t t = 0; t < d; ++t) sphere(t, t) = wide;
        r.mixture.covariances.assign(k, sphere);
    }
    auto const parts = std::min<std::size_t>(part_count(x.count, 2048), 16);
    for (; r.iterations < o.iterations && !r.converged; ++r.iterations) {
        report(o.progress, {"gmm", r.iterations, o.iterations});
        std::vector<em_step> steps(parts, em_step(r.mixture));
        for_parts(parts, o.threads, [&](std::size_t p) {
            steps[p].observe(x.part(part_begin(x.count, parts, p), part_begin(x.count, parts, p + 1)));
        });
        for (std::size_t p = 1; p < parts; ++p) steps[0].merge(steps[p]);
        double const now = steps[0].log_likelihood();
        r.converged = r.iterations > 0 && std::abs(now - r.log_likelihood) < o.tolerance;
        r.log_likelihood = now, r.mixture = steps[0].finish(added);
    }
    return r;
}

inline auto gaussian_mixture::log_likelihood(points x, unsigned threads) const -> double {
    detail::check("gmm", x);
    if (x.dimension != dimension()) detail::refuse("gmm", "points and mixture differ in dimension");
    auto const parts = part_count(x.count, 1024);
    std::vector<double> sums(parts);
    for_parts(parts, threads, [&](std::size_t p) {
        detail::mixture_densities const densities(*this);
        detail::for_blocks(x.part(part_begin(x.count, parts, p), part_begin(x.count, parts, p + 1)),
                           [&](std::size_t, matrix const &block) {
                               auto shares = densities(block);
                               for (std::size_t r = 0; r < block.rows; ++r)
                                   sums[p] += detail::normalise(shares.row(r), components());
                           });
    });
    double sum = 0;
    for (auto const s : sums) sum += s;
    return sum / static_cast<double>(x.count);
}

inline auto gaussian_mixture::labels(points x, unsigned threads) const -> std::vector<std::uint32_t> {
    detail::check("gmm", x);
    if (x.dimension != dimension()) detail::refuse("gmm", "points and mixture differ in dimension");
    auto const parts = part_count(x.count, 1024);
    std::vector<std::uint32_t> out(x.count);
    for_parts(parts, threads, [&](std::size_t p) {
        detail::mixture_densities const densities(*this);
        auto const begin = part_begin(x.count, parts, p);
        detail::for_blocks(x.part(begin, part_begin(x.count, parts, p + 1)), [&](std::size_t first,
                                                                                 matrix const &block) {
            auto const shares = densities(block);
            for (std::size_t r = 0; r < block.rows; ++r) {
                auto const *const row = shares.row(r);
                out[begin + first + r] = static_cast<std::uint32_t>(std::max_element(row, row + components()) - row);
            }
        });
    });
    return out;
}

inline auto gaussian_mixture::sample(std::size_t n, std::uint64_t seed) const -> std::vector<float> {
    auto const d = dimension();
    std::vector<matrix> factors;
    if (!diagonal)
        for (auto const &c : covariances) factors.push_back(cholesky(c));
    generator random(seed);
    std::vector<float> out(n * d);
    std::vector<double> z(d);
    for (std::size_t i = 0; i < n; ++i) {
        double left = random.uniform();
        std::size_t c = 0;
        while (c + 1 < components() && left >= weights[c]) left -= weights[c++];
        for (auto &v : z) v = random.normal();
        for (std::size_t t = 0; t < d; ++t) {
            double v = means(c, t);
            if (diagonal)
                v += std::sqrt(variances(c, t)) * z[t];
            else
                for (std::size_t j = 0; j <= t; ++j) v += factors[c](t, j) * z[j];
            out[i * d + t] = static_cast<float>(v);
        }
    }
    return out;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
