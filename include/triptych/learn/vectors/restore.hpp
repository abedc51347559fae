// triptych/learn/vectors/restore.hpp: noise taken off, and missing elements filled in, by what principal axes or mixtures know of the data.
//
// The axes are read as a density, probabilistic principal components (Tipping and Bishop 1999): Gaussian, of the variances learned along the
// axes, and of what they leave over spread evenly across all other directions. What is given back is the mean of that density under the
// elements that were observed: least squares for the coordinates (k unknowns from the observed elements), held back by
// the variances, so that few or noisy elements give the mean of all data and not an outlier. For no noise and k small it is the projection
// with a mask of which eigenpictures are often restored (Everson and Sirovich 1995).
//
// A mixture of Gaussians gives the mean over its components, weighted by how likely each makes what was observed: patches of photographs, which
// are flat, edges or texture, are restored better so (Yu, Sapiro and Mallat 2012; Zoran and Weiss 2011), for much more work.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/vectors/gmm.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/learn/vectors/principal.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

struct restore_options {
    /// Variance of the noise on each observed element, in the square of the data's unit; 0: what was observed is kept as it is.
    double noise = 0;
    unsigned threads = 1;
};

namespace detail {

/// The elements of d that are not flagged as missing; all without flags.
inline auto elements_seen(std::uint8_t const *missing, std::size_t d) -> std::vector<std::size_t> {
    std::vector<std::size_t> seen;
    for (std::size_t t = 0; t < d; ++t)
        if (!missing || !missing[t]) seen.push_back(t);
    return seen;
}

/// The density of principal axes, made ready to be conditioned on elements.
class axes_density {
public:
    axes_density(principal_axes const &p, double noise)
        : p_(p), k_(p.axes.rows), d_(p.axes.columns), scaled_(k_, d_), noise_(noise) {
        double kept = 0;
        for (auto const v : p.variances) kept += v;
        rest_ = d_ > k_ ? std::max(0.0, p.total - kept) / static_cast<double>(d_ - k_) : 0;
        for (std::size_t j = 0; j < k_; ++j) {
            double const deviation = std::sqrt(std::max(0.0, p.variances[j] - rest_));
            for (std::size_t t = 0; t < d_; ++t) scaled_(j, t) = deviation * p.axes(j, t);
        }
        // An element's own variance, given the coordinates. Never quite 0, or few elements would make the equations singular.
        own_ = std::max(rest_ + noise, 1e-10 * p.total / static_cast<double>(d_));
    }
    /// Of `rows` whole vectors that lack the same elements: `x` in, `out` restored.
    void operator()(float const *x, std::size_t rows, std::uint8_t const *missing, float *out) const {
        auto const seen = elements_seen(missing, d_);
        matrix mean(rows, d_);
        if (!seen.empty() && own_ > 0) {
            matrix directions(seen.size(), k_), centred(rows, seen.size()), normal(k_, k_);
            for (std::size_t o = 0; o < seen.size(); ++o)
                for (std::size_t j = 0; j < k_; ++j) directions(o, j) = scaled_(j, seen[o]);
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t o = 0; o < seen.size(); ++o)
                    centred(r, o) = double{x[r * d_ + seen[o]]} - p_.mean[seen[o]];
            add_gram(normal, directions, directions.rows);
            for (std::size_t j = 0; j < k_; ++j) normal(j, j) += own_;
            auto const right = product(centred, directions);
            matrix turned(k_, rows);
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t j = 0; j < k_; ++j) turned(j, r) = right(r, j);
            mean = transposed_product(solve_positive(normal, turned), scaled_);
        }
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t t = 0; t < d_; ++t) out[r * d_ + t] = static_cast<float>(mean(r, t) + p_.mean[t]);
        // An observed element tells of its own share in what the axes leave over, too.
        double const share = noise_ > 0 ? rest_ / own_ : 1;
        for (std::size_t r = 0; r < rows; ++r)
            for (auto const t : seen) {
                auto &v = out[r * d_ + t];
                v = share == 1 ? x[r * d_ + t] : static_cast<float>(v + share * (double{x[r * d_ + t]} - v));
            }
    }

private:
    principal_axes const &p_;
    std::size_t k_, d_;
    matrix scaled_; // k × d: axes times deviations, without the share of the rest
    double noise_, rest_ = 0, own_ = 0;
};

/// Of a mixture, likewise.
class mixture_given_elements {
public:
    mixture_given_elements(gaussian_mixture const &m, double noise) : m_(m), noise_(noise) {}
    void operator()(float const *x, std::size_t rows, std::uint8_t const *missing, float *out) const {
        auto const d = m_.dimension(), k = m_.components();
        auto const seen = elements_seen(missing, d);
        auto const n = seen.size();
        matrix odds(rows, k);
        std::vector<matrix> means;
        for (std::size_t c = 0; c < k; ++c) odds_and_mean(c, x, rows, seen, odds, means.emplace_back(rows, d));
        for (std::size_t r = 0; r < rows; ++r) normalise(odds.row(r), k);
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t t = 0; t < d; ++t) {
                double sum = 0;
                for (std::size_t c = 0; c < k; ++c) sum += odds(r, c) * means[c](r, t);
                out[r * d + t] = static_cast<float>(sum);
            }
        for (std::size_t r = 0; noise_ == 0 && r < rows; ++r)
            for (std::size_t s = 0; s < n; ++s) out[r * d + seen[s]] = x[r * d + seen[s]];
    }

private:
    /// log(weight · density) of what was seen, and the mean of all elements, under one component.
    void odds_and_mean(std::size_t c, float const *x, std::size_t rows, std::vector<std::size_t> const &seen,
                       matrix &odds, matrix &mean) const {
        auto const d = m_.dimension(), n = seen.size();
        auto const covariance = [&](std::size_t s, std::size_t t) {
            return !m_.diagonal ? m_.covariances[c](s, t) : s == t ? m_.variances(c, t) : 0.0;
        };
        for (std::size_t r = 0; r < rows; ++r) {
            odds(r, c) = std::log(m_.weights[c]);
            std::copy_n(m_.means.row(c), d, mean.row(r));
        }
        if (n == 0) return;
        matrix observed(n, n), across(n, d), centred(n, rows);
        for (std::size_t s = 0; s < n; ++s) {
            for (std::size_t t = 0; t < n; ++t) observed(s, t) = covariance(seen[s], seen[t]);
            for (std::size_t t = 0; t < d; ++t) across(s, t) = covariance(seen[s], t);
            for (std::size_t r = 0; r < rows; ++r) centred(s, r) = double{x[r * d + seen[s]]} - m_.means(c, seen[s]);
            observed(s, s) += noise_;
        }
        auto const factor = cholesky(observed);
        double logarithm = static_cast<double>(n) * std::log(2 * 3.14159265358979323846);
        for (std::size_t s = 0; s < n; ++s) logarithm += 2 * std::log(factor(s, s));
        auto const weights = solve_factored(factor, centred);
        auto const add = transposed_product(weights, across);
        for (std::size_t r = 0; r < rows; ++r) {
            double square = 0;
            for (std::size_t s = 0; s < n; ++s) square += centred(s, r) * weights(s, r);
            odds(r, c) -= (square + logarithm) / 2;
            for (std::size_t t = 0; t < d; ++t) mean(r, t) += add(r, t);
        }
    }

    gaussian_mixture const &m_;
    double noise_;
};

/// Calls f(first row, rows, flags, where they go) for vectors in a row that lack the same elements, at most 256; f is shared by threads.
template <class F>
auto restored(std::size_t d, points x, std::span<std::uint8_t const> missing, restore_options const &o, F const &f)
    -> std::vector<float> {
    if (d == 0 || d != x.dimension) refuse("restore", "vectors of a dimension that was not learned");
    if (!missing.empty() && missing.size() != x.count * d)
        refuse("restore", std::to_string(missing.size()) + " flags for " + std::to_string(x.count * d) + " elements");
    if (!(o.noise >= 0 && o.noise < 1e30)) refuse("restore", "the variance of noise must not be negative");
    std::vector<float> out(x.count * d);
    auto const flags = [&](std::size_t i) { return missing.empty() ? nullptr : missing.data() + i * d; };
    auto const parts = part_count(x.count, 256);
    for_parts(parts, o.threads, [&](std::size_t p) {
        auto const end = part_begin(x.count, parts, p + 1);
        std::vector<float> observed;
        for (auto i = part_begin(x.count, parts, p), next = i; i < end; i = next) {
            observed.clear();
            for (; next < end && next - i < 256; ++next) {
                auto const *const missed = flags(next);
                if (missed && !std::equal(missed, missed + d, flags(i))) break;
                for (std::size_t t = 0; t < d; ++t)
                    if (!missed || !missed[t]) observed.push_back(x.row(next)[t]);
            }
            check_finite("restore", {observed.data(), observed.size(), 1});
            f(x.row(i), next - i, flags(i), out.data() + i * d);
        }
    });
    return out;
}

} // namespace detail

/// The likeliest vectors behind `x`, of which elements may be missing and all others noisy. `missing` has a flag for each element of x, row
/// after row, or is empty if nothing is missing; values of missing elements are never looked at. For n vectors of d elements and k axes
/// it takes n d k² + n k³ at most; vectors in a row that lack the same elements share the work.
///
/// Throws std::invalid_argument for vectors of another dimension than learned, flags of another number than elements, a noise that is
/// negative, and observed values that are not finite.
inline auto restore(principal_axes const &axes, points x, std::span<std::uint8_t const> missing = {},
                    restore_options const &o = {}) -> std::vector<float> {
    return detail::restored(axes.axes.columns, x, missing, o, detail::axes_density(axes, o.noise));
}

/// By a mixture of k components: k (n d² + d³) at most, the cube for each other set of missing elements. Throws std::invalid_argument likewise, and if
/// a covariance is singular.
inline auto restore(gaussian_mixture const &mixture, points x, std::span<std::uint8_t const> missing = {},
                    restore_options const &o = {}) -> std::vector<float> {
    return detail::restored(mixture.dimension(), x, missing, o, detail::mixture_given_elements(mixture, o.noise));
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
