#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/learn/vectors/restore.hpp>

#include "learn/clouds.hpp"

namespace tl = triptych::learn;

namespace {
constexpr std::size_t d = 12;

/// Vectors around a subspace of `rank` dimensions, `off` beside it.
auto around_subspace(std::size_t n, std::size_t rank, double off, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<float> x(n * d);
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<double> v(d);
        for (std::size_t t = 0; t < d; ++t) v[t] = 100 + double(t) + off * normal(random);
        for (std::size_t j = 0; j < rank; ++j) {
            double const a = 20 / double(j + 1) * normal(random);
            for (std::size_t t = 0; t < d; ++t) v[t] += a * std::cos(0.7 * double(j + 1) * double(t) + double(j));
        }
        for (std::size_t t = 0; t < d; ++t) x[i * d + t] = float(v[t]);
    }
    return x;
}

auto learned(std::vector<float> const &x, std::size_t k) {
    tl::principal_options o;
    o.axes = k;
    return tl::principal_components({x, d}, o);
}

auto some_missing(std::size_t elements, double share, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform;
    std::vector<std::uint8_t> m(elements);
    for (auto &f : m) f = uniform(random) < share;
    return m;
}

/// Gauss's elimination with pivots: the x of a · x = b.
auto solved(std::vector<std::vector<double>> a, std::vector<double> b) {
    auto const n = b.size();
    for (std::size_t c = 0; c < n; ++c) {
        std::size_t pivot = c;
        for (std::size_t r = c; r < n; ++r)
            if (std::abs(a[r][c]) > std::abs(a[pivot][c])) pivot = r;
        std::swap(a[c], a[pivot]), std::swap(b[c], b[pivot]);
        for (std::size_t r = 0; r < n; ++r) {
            if (r == c) continue;
            double const f = a[r][c] / a[c][c];
            for (std::size_t t = c; t < n; ++t) a[r][t] -= f * a[c][t];
            b[r] -= f * b[c];
        }
    }
    for (std::size_t i = 0; i < n; ++i) b[i] /= a[i][i];
    return b;
}

/// The mean of a Gaussian under some of its elements with noise, from its d × d covariance (any textbook).
auto conditioned(tl::principal_axes const &p, float const *x, std::uint8_t const *missing, double noise) {
    double kept = 0;
    for (auto const v : p.variances) kept += v;
    auto const k = p.variances.size();
    double const rest = k < d ? (p.total - kept) / double(d - k) : 0;
    std::vector<std::vector<double>> c(d, std::vector<double>(d));
    for (std::size_t s = 0; s < d; ++s)
        for (std::size_t t = 0; t < d; ++t) {
            c[s][t] = s == t ? rest : 0;
            for (std::size_t j = 0; j < k; ++j) c[s][t] += p.axes(j, s) * p.axes(j, t) * (p.variances[j] - rest);
        }
    std::vector<std::size_t> seen;
    for (std::size_t t = 0; t < d; ++t)
        if (!missing[t]) seen.push_back(t);
    std::vector<std::vector<double>> a(seen.size(), std::vector<double>(seen.size()));
    std::vector<double> b, mean = p.mean;
    for (std::size_t s = 0; s < seen.size(); ++s) {
        b.push_back(double(x[seen[s]]) - p.mean[seen[s]]);
        for (std::size_t t = 0; t < seen.size(); ++t) a[s][t] = c[seen[s]][seen[t]] + (s == t ? noise : 0);
    }
    b = solved(a, b);
    for (std::size_t t = 0; t < d; ++t)
        for (std::size_t s = 0; s < seen.size(); ++s) mean[t] += c[t][seen[s]] * b[s];
    return mean;
}

/// As a mixture with one component has it: the full covariance.
auto as_mixture(tl::principal_axes const &p) {
    double const rest = (p.total -
                         [&] {
                             double s = 0;
                             for (auto const v : p.variances) s += v;
                             return s;
                         }()) /
                        double(d - p.variances.size());
    tl::gaussian_mixture m{{1}, tl::matrix(1, d), false, {tl::matrix(d, d)}, {}};
    m.means.values = p.mean;
    for (std::size_t s = 0; s < d; ++s)
        for (std::size_t t = 0; t < d; ++t) {
            m.covariances[0](s, t) = s == t ? rest : 0;
            for (std::size_t j = 0; j < p.variances.size(); ++j)
                m.covariances[0](s, t) += p.axes(j, s) * p.axes(j, t) * (p.variances[j] - rest);
        }
    return m;
}

auto mse(std::vector<float> const &a, std::vector<float> const &b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double(a[i]) - double(b[i]), 2) / double(a.size());
    return sum;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_restore)

BOOST_AUTO_TEST_CASE(is_the_conditional_mean) {
    auto const x = around_subspace(400, 4, 1.5, 1);
    auto const missing = some_missing(x.size(), 0.4, 2);
    for (std::size_t const k : {1u, 3u, 8u})
        for (double const noise : {0.0, 4.0, 900.0}) {
            auto const p = learned(x, k);
            auto const y = tl::restore(p, {x, d}, missing, {.noise = noise});
            for (std::size_t i = 0; i < 400; i += 7) {
                auto const expected = conditioned(p, &x[i * d], &missing[i * d], noise);
                for (std::size_t t = 0; t < d; ++t) BOOST_TEST(std::abs(double(y[i * d + t]) - expected[t]) < 1e-3);
            }
        }
}

BOOST_AUTO_TEST_CASE(what_lies_on_the_axes_comes_back) {
    auto const x = around_subspace(500, 3, 0, 3);
    auto const missing = some_missing(x.size(), 0.5, 4);
    auto broken = x;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (missing[i]) broken[i] = std::numeric_limits<float>::quiet_NaN(); // nobody looks
    auto const y = tl::restore(learned(x, 3), {broken, d}, missing);
    std::size_t far = 0;
    for (std::size_t i = 0; i < 500; ++i) {
        std::size_t seen = 0;
        for (std::size_t t = 0; t < d; ++t) seen += !missing[i * d + t];
        for (std::size_t t = 0; t < d && seen >= 5; ++t) far += std::abs(y[i * d + t] - x[i * d + t]) > 0.05F;
        for (std::size_t t = 0; t < d; ++t)
            if (!missing[i * d + t]) BOOST_TEST(y[i * d + t] == x[i * d + t]);
    }
    BOOST_TEST(far <= 5u); // five elements may lie unluckily for three unknowns
}

BOOST_AUTO_TEST_CASE(nothing_seen_gives_the_mean) {
    auto const x = around_subspace(100, 3, 1, 5);
    auto const p = learned(x, 3);
    std::vector<std::uint8_t> const all(x.size(), 1);
    auto const y = tl::restore(p, {x, d}, all, {.noise = 9});
    for (std::size_t t = 0; t < y.size(); ++t) BOOST_TEST(y[t] == float(p.mean[t % d]));
    BOOST_TEST((tl::restore(p, {x, d}) == x));
    std::vector<float> const same(60, 7.0F);
    BOOST_TEST((tl::restore(learned(same, 2), {same, d}, {}, {.noise = 1}) == same));
    BOOST_TEST((tl::restore(learned(same, 2), {same, d}, std::vector<std::uint8_t>(60, 1)) == same));
}

// Of unseen vectors: better than doing nothing, the mean, and a projection that takes noise at its word.
BOOST_AUTO_TEST_CASE(is_nearer_than_projections) {
    auto const p = learned(around_subspace(2000, 4, 2, 6), 6);
    auto const x = around_subspace(1000, 4, 2, 7);
    std::mt19937 random(8);
    std::normal_distribution<float> normal(0, 10);
    auto noisy = x;
    for (auto &v : noisy) v += normal(random);
    auto const restored = mse(x, tl::restore(p, {noisy, d}, {}, {.noise = 100}));
    BOOST_TEST(restored < 0.9 * mse(x, p.reconstruct({p.project({noisy, d}), 6})));
    BOOST_TEST(restored < 0.5 * mse(x, noisy));
    // A noise that is not what was said costs something: the variance is not without meaning.
    BOOST_TEST(restored < mse(x, tl::restore(p, {noisy, d}, {}, {.noise = 1})));
    BOOST_TEST(restored < mse(x, tl::restore(p, {noisy, d}, {}, {.noise = 10000})));
}

BOOST_AUTO_TEST_CASE(neither_threads_nor_company_matter) {
    auto const x = around_subspace(1500, 5, 1, 9);
    auto const p = learned(x, 5);
    auto missing = some_missing(x.size(), 0.3, 10);
    // Many in a row lack the same.
    for (std::size_t i = 700 * d; i < 1300 * d; ++i) missing[i] = missing[i - d];
    auto const y = tl::restore(p, {x, d}, missing, {.noise = 2});
    BOOST_TEST((tl::restore(p, {x, d}, missing, {.noise = 2, .threads = 3}) == y));
    for (std::size_t i = 690; i < 1310; i += 31) {
        auto const alone = tl::restore(p, {&x[i * d], 1, d}, std::span(missing).subspan(i * d, d), {.noise = 2});
        for (std::size_t t = 0; t < d; ++t) BOOST_TEST(std::abs(alone[t] - y[i * d + t]) < 1e-4F);
    }
}

BOOST_AUTO_TEST_CASE(one_component_is_the_density_of_the_axes) {
    auto const x = around_subspace(300, 4, 1.5, 12);
    auto const missing = some_missing(x.size(), 0.4, 13);
    auto const p = learned(x, 5);
    auto const m = as_mixture(p);
    for (double const noise : {0.0, 30.0}) {
        auto const a = tl::restore(p, {x, d}, missing, {.noise = noise}),
                   b = tl::restore(m, {x, d}, missing, {.noise = noise, .threads = 2});
        for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST(std::abs(a[i] - b[i]) < 2e-3F);
    }
    BOOST_TEST((tl::restore(m, {x, d}) == x));
}

// Two lines that cross: E[y | x] of each, weighted by the density of x under each, written out. One Gaussian can't know this.
BOOST_AUTO_TEST_CASE(a_mixture_is_weighted_by_evidence) {
    tl::gaussian_mixture m{{0.25, 0.75}, tl::matrix(2, 2), false, {tl::matrix(2, 2), tl::matrix(2, 2)}, {}};
    m.means.values = {0, 5, 3, -1};
    m.covariances[0].values = {4, 1.5, 1.5, 1}, m.covariances[1].values = {1, -0.8, -0.8, 2};
    std::vector<float> x;
    for (float v = -6; v <= 8; v += 0.5F) x.push_back(v), x.push_back(1e9F);
    std::vector<std::uint8_t> missing(x.size());
    for (std::size_t i = 1; i < x.size(); i += 2) missing[i] = 1;
    for (double const noise : {0.0, 0.5}) {
        auto const y = tl::restore(m, {x, 2}, missing, {.noise = noise});
        for (std::size_t i = 0; i < x.size(); i += 2) {
            double odds[2], mean[2];
            for (std::size_t c = 0; c < 2; ++c) {
                double const v = m.covariances[c](0, 0) + noise, off = double(x[i]) - m.means(c, 0);
                odds[c] = m.weights[c] * std::exp(-off * off / 2 / v) / std::sqrt(v);
                mean[c] = m.means(c, 1) + m.covariances[c](0, 1) / v * off;
            }
            double const expected = (odds[0] * mean[0] + odds[1] * mean[1]) / (odds[0] + odds[1]);
            BOOST_TEST(double(y[i + 1]) == expected, boost::test_tools::tolerance(1e-5));
            if (noise == 0) BOOST_TEST(y[i] == x[i]);
        }
    }
    m.diagonal = true, m.variances = tl::matrix(2, 2), m.variances.values = {4, 1, 1, 2};
    auto const y = tl::restore(m, {x, 2}, missing);
    for (std::size_t i = 1; i < x.size(); i += 2) BOOST_TEST((y[i] >= -1 && y[i] <= 5));
    BOOST_TEST(y[1] == 5.0F, boost::test_tools::tolerance(1e-4F)); // far from the second component
    std::vector<std::uint8_t> const all(x.size(), 1);
    BOOST_TEST(tl::restore(m, {x, 2}, all)[1] == 0.5F); // a quarter of 5 and three of -1
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    auto x = around_subspace(50, 2, 1, 11);
    auto const p = learned(x, 2);
    std::vector<std::uint8_t> missing(x.size());
    BOOST_CHECK_THROW(tl::restore(p, {x, d / 2}), std::invalid_argument);
    BOOST_CHECK_THROW(tl::restore(p, {}), std::invalid_argument);
    BOOST_CHECK_THROW(tl::restore(p, {x, d}, std::span(missing).first(d)), std::invalid_argument);
    BOOST_CHECK_THROW(tl::restore(p, {x, d}, missing, {.noise = -1}), std::invalid_argument);
    x[30] = std::numeric_limits<float>::infinity();
    BOOST_CHECK_THROW(tl::restore(p, {x, d}, missing), std::invalid_argument);
    missing[30] = 1;
    BOOST_CHECK_NO_THROW(tl::restore(p, {x, d}, missing));
}

BOOST_AUTO_TEST_SUITE_END()
