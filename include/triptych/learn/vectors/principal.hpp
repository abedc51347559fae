// triptych/learn/vectors/principal.hpp: principal components of vectors (Pearson 1901, Hotelling 1933).
//
// Exactly, from the covariance, for up to some thousand elements; for more by a random subspace that passes over the data pull towards the
// principal one (Halko, Martinsson and Tropp 2011). The learner of transform::pca, for patches of pictures, is learn/transform/pca.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/progress.hpp>
#include <triptych/learn/vectors/moments.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Mean and orthonormal axes along which the variance is largest.
struct principal_axes {
    std::vector<double> mean;      // d
    matrix axes;                   // k × d, unit rows; the largest element of each is positive
    std::vector<double> variances; // along the k axes, falling
    double total = 0;              // variance in all directions together

    /// Share of the variance that the axes hold, 0 to 1; 1 for constant data.
    auto explained() const noexcept -> double {
        double s = 0;
        for (auto const v : variances) s += v;
        return total > 0 ? s / total : 1;
    }
    /// Coordinates along the axes, k each; with `whiten` of variance 1, but 0 where there is no variance.
    auto project(points x, bool whiten = false, unsigned threads = 1) const -> std::vector<float> {
        auto const k = axes.rows, d = axes.columns;
        if (x.dimension != d) detail::refuse("pca", "vectors of a dimension that was not learned");
        std::vector<float> y(x.count * k);
        auto const parts = part_count(x.count, 1024);
        for_parts(parts, threads, [&](std::size_t p) {
            std::vector<double> centred(d);
            for (auto i = part_begin(x.count, parts, p); i < part_begin(x.count, parts, p + 1); ++i) {
                for (std::size_t t = 0; t < d; ++t) centred[t] = double{x.row(i)[t]} - mean[t];
                for (std::size_t j = 0; j < k; ++j) {
                    double s = 0;
                    for (std::size_t t = 0; t < d; ++t) s += axes(j, t) * centred[t];
                    y[i * k + j] = static_cast<float>(s * scale(j, whiten));
                }
            }
        });
        return y;
    }
    /// Vectors from such coordinates: the nearest to those that were projected.
    auto reconstruct(points y, bool whitened = false) const -> std::vector<float> {
        auto const k = axes.rows, d = axes.columns;
        if (y.dimension != k) detail::refuse("pca", "other coordinates than there are axes");
        std::vector<float> x(y.count * d);
        std::vector<double> sum(d);
        for (std::size_t i = 0; i < y.count; ++i) {
            sum = mean;
            for (std::size_t j = 0; j < k; ++j) {
                double const s = whitened ? std::sqrt(variances[j]) : 1;
                for (std::size_t t = 0; t < d; ++t) sum[t] += axes(j, t) * s * double{y.row(i)[j]};
            }
            for (std::size_t t = 0; t < d; ++t) x[i * d + t] = static_cast<float>(sum[t]);
        }
        return x;
    }

private:
    auto scale(std::size_t j, bool whiten) const -> double {
        return !whiten ? 1 : variances[j] > 1e-12 * variances[0] && variances[j] > 0 ? 1 / std::sqrt(variances[j]) : 0;
    }
};

/// From sums over any amount of data: the k axes of the largest variance. Throws std::invalid_argument for no axes, more axes than
/// elements, and fewer vectors than axes and one.
inline auto principal_components(moments const &m, std::size_t k) -> principal_axes {
    auto const d = m.dimension();
    if (k == 0 || k > d)
        detail::refuse("pca", std::to_string(k) + " axes of vectors of " + std::to_string(d) + " elements");
    if (m.count() <= k)
        detail::refuse("pca",
                       std::to_string(m.count()) + " vectors are too few to learn " + std::to_string(k) + " axes");
    auto const covariance = m.covariance();
    auto e = symmetric_eigen(covariance, k);
    principal_axes p{m.mean(), matrix(k, d), {e.values.begin(), e.values.begin() + static_cast<std::ptrdiff_t>(k)}, 0};
    for (auto &v : p.variances) v = std::max(v, 0.0);
    for (std::size_t i = 0; i < d; ++i) p.total += covariance(i, i);
    std::copy_n(e.vectors.values.begin(), k * d, p.axes.values.begin());
    return p;
}

struct principal_options {
    std::size_t axes = 1;
    enum { automatic, exact, randomised } method = automatic;
    /// Of the randomised method: dimensions of the subspace beyond the axes, and passes that better it. For spectra that fall slowly
    /// more passes are needed; each makes the error's share of a lower axis smaller by the square of the ratio of variances.
    std::size_t oversampling = 16;
    unsigned passes = 4;
    std::uint64_t seed = 0;
    unsigned threads = 1;
    progress_callback progress = {};
};

namespace detail {

/// Calls f(rows less the mean, as doubles; part) for blocks of 256 rows of each part.
template <class F>
void centred_blocks(points x, std::vector<double> const &mean, std::size_t parts, unsigned threads, F const &f) {
    for_parts(parts, threads, [&](std::size_t p) {
        auto const end = part_begin(x.count, parts, p + 1);
        for (auto i = part_begin(x.count, parts, p); i < end; i += 256) {
            matrix block(std::min<std::size_t>(256, end - i), x.dimension);
            for (std::size_t r = 0; r < block.rows; ++r)
                for (std::size_t t = 0; t < x.dimension; ++t) block(r, t) = double{x.row(i + r)[t]} - mean[t];
            f(block, p);
        }
    });
}

inline auto randomised_components(points x, principal_options const &o) -> principal_axes {
    auto const d = x.dimension, k = o.axes, l = std::min({d, x.count, k + o.oversampling});
    // As few parts as keep threads busy, for each holds a d × l matrix.
    auto const parts = std::min<std::size_t>(part_count(x.count, 512), 8);
    auto const n = static_cast<double>(x.count);
    principal_axes p;
    p.mean.resize(d);
    std::vector<std::vector<double>> sums(parts, std::vector<double>(d + 1));
    for_parts(parts, o.threads, [&](std::size_t q) {
        for (auto i = part_begin(x.count, parts, q); i < part_begin(x.count, parts, q + 1); ++i)
            for (std::size_t t = 0; t < d; ++t) sums[q][t] += double{x.row(i)[t]};
    });
    for (auto const &s : sums)
        for (std::size_t t = 0; t < d; ++t) p.mean[t] += s[t] / n;

    generator random(o.seed);
    matrix basis(d, l);
    for (auto &v : basis.values) v = random.normal();
    matrix inner;
    std::vector<double> squares(parts);
    for (unsigned pass = 0; pass <= o.passes; ++pass) {
        report(o.progress, {"pca", pass, o.passes + 1});
        bool const last = pass == o.passes;
        basis = orthonormal(basis);
        std::vector<matrix> products(parts, last ? matrix(l, l) : matrix(d, l));
        centred_blocks(x, p.mean, parts, o.threads, [&](matrix const &block, std::size_t q) {
            auto const y = product(block, basis);
            auto const add = transposed_product(last ? y : block, y);
            for (std::size_t i = 0; i < add.values.size(); ++i) products[q].values[i] += add.values[i];
            if (last)
                for (auto const v : block.values) squares[q] += v * v;
        });
        for (std::size_t q = 1; q < parts; ++q)
            for (std::size_t i = 0; i < products[0].values.size(); ++i) products[0].values[i] += products[q].values[i];
        (last ? inner : basis) = std::move(products[0]);
    }
    for (auto &v : inner.values) v /= n;
    for (auto const s : squares) p.total += s / n;
    // The best axes within the subspace (Rayleigh and Ritz).
    auto const e = symmetric_eigen(inner);
    p.axes = matrix(k, d);
    for (std::size_t j = 0; j < k; ++j) {
        p.variances.push_back(std::max(e.values[j], 0.0));
        double largest = 0;
        for (std::size_t t = 0; t < d; ++t) {
            double s = 0;
            for (std::size_t i = 0; i < l; ++i) s += basis(t, i) * e.vectors(j, i);
            p.axes(j, t) = s;
            if (std::abs(s) > std::abs(largest)) largest = s;
        }
        if (largest < 0)
            for (std::size_t t = 0; t < d; ++t) p.axes(j, t) = -p.axes(j, t);
    }
    return p;
}

} // namespace detail

/// Of vectors in memory. `automatic` is exact up to 4096 elements, or if most axes are wanted. Throws std::invalid_argument as
/// above, and for values that are not finite.
inline auto principal_components(points x, principal_options const &o) -> principal_axes {
    detail::check("pca", x);
    bool const exact =
        o.method == principal_options::exact || (o.method == principal_options::automatic &&
                                                 (x.dimension <= 4096 || 4 * (o.axes + o.oversampling) > x.dimension));
    if (exact) {
        report(o.progress, {"pca", 0, 2});
        moments m;
        m.observe(x, o.threads);
        report(o.progress, {"pca", 1, 2});
        return principal_components(m, o.axes);
    }
    if (o.axes == 0 || o.axes > x.dimension || x.count <= o.axes)
        detail::refuse("pca", std::to_string(o.axes) + " axes of " + std::to_string(x.count) + " vectors of " +
                                  std::to_string(x.dimension) + " elements");
    return detail::randomised_components(x, o);
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
