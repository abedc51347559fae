#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/learn/vectors/principal.hpp>

#include "learn/clouds.hpp"

namespace tl = triptych::learn;

namespace {
/// Of n vectors, whose variance along d orthogonal directions falls by `fall` each: cosines, so that the axes are known.
auto waves(std::size_t n, std::size_t d, double fall, double offset = 0) {
    std::mt19937 random(5);
    std::normal_distribution<double> normal;
    std::vector<float> x(n * d);
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<double> sum(d, offset);
        double scale = 8;
        for (std::size_t k = 0; k < d; ++k, scale *= fall) {
            double const a = scale * normal(random) * std::sqrt((k ? 2.0 : 1.0) / double(d));
            for (std::size_t t = 0; t < d; ++t)
                sum[t] += a * std::cos(M_PI * (double(t) + 0.5) * double(k) / double(d));
        }
        for (std::size_t t = 0; t < d; ++t) x[i * d + t] = float(sum[t]);
    }
    return x;
}

auto covariance_by_definition(std::vector<float> const &x, std::size_t d) {
    auto const n = x.size() / d;
    std::vector<double> mean(d);
    for (std::size_t i = 0; i < x.size(); ++i) mean[i % d] += double(x[i]) / double(n);
    tl::matrix c(d, d);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t a = 0; a < d; ++a)
            for (std::size_t b = 0; b < d; ++b)
                c(a, b) += (double(x[i * d + a]) - mean[a]) * (double(x[i * d + b]) - mean[b]) / double(n);
    return c;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_principal)

BOOST_AUTO_TEST_CASE(moments_are_the_definition) {
    for (std::size_t const d : {1u, 2u, 8u, 13u, 50u, 101u})
        for (std::size_t const n : {2u, 127u, 130u, 2500u}) {
            auto const x = cloud(n, d, 3, unsigned(n + d));
            auto const expected = covariance_by_definition(x, d);
            tl::moments m;
            m.observe({x, d});
            auto const c = m.covariance();
            double largest = 0;
            for (auto const v : expected.values) largest = std::max(largest, std::abs(v));
            for (std::size_t i = 0; i < d * d; ++i)
                BOOST_TEST(std::abs(c.values[i] - expected.values[i]) < 1e-6 * largest);
            BOOST_TEST(m.covariance(1)(0, 0) == c(0, 0) * double(n) / double(n - 1),
                       boost::test_tools::tolerance(1e-12));
        }
}

BOOST_AUTO_TEST_CASE(a_large_mean_costs_no_digits) {
    auto const x = waves(3000, 12, 0.7, 20000);
    auto const expected = covariance_by_definition(x, 12);
    tl::moments m;
    m.observe({x, 12});
    auto const c = m.covariance();
    for (std::size_t i = 0; i < 144; ++i) BOOST_TEST(std::abs(c.values[i] - expected.values[i]) < 1e-4);
    for (auto const v : m.mean()) BOOST_TEST(std::abs(v - 20000) < 1);
}

BOOST_AUTO_TEST_CASE(merging_is_observing) {
    auto const x = cloud(5000, 20, 3, 1);
    tl::points const all(x, 20);
    tl::moments whole, a, b, empty;
    whole.observe(all, 3);
    a.observe(all.part(0, 1700)), b.observe(all.part(1700, 5000));
    a.merge(b), a.merge(empty), empty.merge(a);
    auto const c = whole.covariance(), e = empty.covariance();
    for (std::size_t i = 0; i < 400; ++i) BOOST_TEST(std::abs(c.values[i] - e.values[i]) < 1e-4);
    BOOST_TEST(empty.count() == 5000u);

    tl::moments one, pieces;
    one.observe(all, 1);
    for (std::size_t i = 0; i < 5000; i += 1024) pieces.observe(all.part(i, std::min<std::size_t>(i + 1024, 5000)));
    BOOST_TEST((one.covariance().values == c.values && pieces.covariance().values == c.values));
}

// Eigenvalues of the path graph's Laplacian are 2 - 2 cos(π k / n); its eigenvectors are the cosines of the DCT. Doubled, every
// eigenvalue is double, and the matrix falls into two blocks.
BOOST_AUTO_TEST_CASE(few_eigenvectors_are_those_of_all) {
    std::size_t const n = 80;
    tl::matrix path(n, n), twice(2 * n, 2 * n);
    for (std::size_t i = 0; i < n; ++i) {
        path(i, i) = (i == 0 || i + 1 == n) ? 1 : 2;
        if (i) path(i, i - 1) = path(i - 1, i) = -1;
    }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) twice(i, j) = twice(n + i, n + j) = path(i, j);
    auto const one = tl::symmetric_eigen(path, 10), two = tl::symmetric_eigen(twice, 20),
               all = tl::symmetric_eigen(path);
    BOOST_TEST(one.vectors.rows == 10u);
    for (std::size_t k = 0; k < 10; ++k) {
        BOOST_TEST(one.values[k] == 2 + 2 * std::cos(M_PI * double(k + 1) / double(n)),
                   boost::test_tools::tolerance(1e-12));
        // These are (anti)symmetric, so which sign makes the largest element positive is anybody's guess.
        double dot = 0;
        for (std::size_t t = 0; t < n; ++t) dot += one.vectors(k, t) * all.vectors(k, t);
        BOOST_TEST(std::abs(std::abs(dot) - 1) < 1e-12);
    }
    for (std::size_t k = 0; k < 20; ++k) {
        BOOST_TEST(std::abs(two.values[k] - one.values[k / 2]) < 1e-12);
        for (std::size_t i = 0; i < 2 * n; ++i) {
            double s = 0;
            for (std::size_t j = 0; j < 2 * n; ++j) s += twice(i, j) * two.vectors(k, j);
            BOOST_TEST(std::abs(s - two.values[k] * two.vectors(k, i)) < 1e-10);
        }
        for (std::size_t e = 0; e <= k; ++e) {
            double dot = 0;
            for (std::size_t i = 0; i < 2 * n; ++i) dot += two.vectors(k, i) * two.vectors(e, i);
            BOOST_TEST(std::abs(dot - (e == k)) < 1e-10);
        }
    }
    tl::matrix const nothing(60, 60);
    BOOST_TEST(tl::symmetric_eigen(nothing, 3).values[0] == 0);
}

BOOST_AUTO_TEST_CASE(the_seam_is_the_definition) {
    tl::matrix a(3, 2), s(2, 2), b(2, 2);
    a.values = {1, 2, 3, 4, 5, 6}, s.values = {4, 99, 2, 3},
    b.values = {8, 2, 7, -1}; // above the diagonal nobody looks
    BOOST_TEST((tl::transposed_product(a, a).values == std::vector<double>{35, 44, 44, 56}));
    auto const x = tl::solve_positive(s, b);
    for (std::size_t j = 0; j < 2; ++j) {
        BOOST_TEST(4 * x(0, j) + 2 * x(1, j) == b(0, j), boost::test_tools::tolerance(1e-12));
        BOOST_TEST(2 * x(0, j) + 3 * x(1, j) == b(1, j), boost::test_tools::tolerance(1e-12));
    }
    auto const l = tl::cholesky(s);
    for (std::size_t i = 0; i < 4; ++i)
        BOOST_TEST(l.values[i] == (std::vector<double>{2, 0, 1, std::sqrt(2.0)})[i],
                   boost::test_tools::tolerance(1e-12));
    auto const y = tl::solve_factored(l, b);
    for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(y.values[i] == x.values[i], boost::test_tools::tolerance(1e-12));
    auto const q = tl::orthonormal(a);
    auto const one = tl::transposed_product(q, q);
    for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(std::abs(one.values[i] - (i % 3 == 0)) < 1e-12);
    s.values = {1, 0, 2, 1};
    BOOST_CHECK_THROW(tl::cholesky(s), std::invalid_argument);
    BOOST_CHECK_THROW(tl::solve_positive(s, b), std::runtime_error);
    BOOST_CHECK_THROW(tl::solve_factored(l, tl::matrix(3, 1)), std::invalid_argument);
    BOOST_CHECK_THROW(tl::transposed_product(a, b), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(finds_known_axes) {
    auto const x = waves(20000, 32, 0.6, 3);
    for (auto const method : {tl::principal_options::exact, tl::principal_options::randomised}) {
        tl::principal_options o;
        o.axes = 4, o.method = method, o.threads = 2;
        auto const p = tl::principal_components({x, 32}, o);
        for (std::size_t k = 0; k < 4; ++k) {
            double dot = 0;
            for (std::size_t t = 0; t < 32; ++t)
                dot += p.axes(k, t) * std::cos(M_PI * (double(t) + 0.5) * double(k) / 32) *
                       std::sqrt((k ? 2.0 : 1.0) / 32);
            BOOST_TEST(std::abs(dot) > 0.999);
            BOOST_TEST(p.variances[k] == 64 * std::pow(0.36, double(k)), boost::test_tools::tolerance(0.04));
        }
        BOOST_TEST(p.explained() == 1 - std::pow(0.36, 4.0), boost::test_tools::tolerance(0.002));
        o.threads = 1;
        BOOST_TEST((tl::principal_components({x, 32}, o).axes.values == p.axes.values));
    }
}

BOOST_AUTO_TEST_CASE(randomised_agrees_with_exact) {
    auto const x = waves(400, 300, 0.95);
    tl::principal_options o;
    o.axes = 10, o.method = tl::principal_options::exact;
    auto const exact = tl::principal_components({x, 300}, o);
    o.method = tl::principal_options::randomised;
    auto const random = tl::principal_components({x, 300}, o);
    BOOST_TEST(random.total == exact.total, boost::test_tools::tolerance(1e-5));
    for (std::size_t k = 0; k < 10; ++k)
        BOOST_TEST(random.variances[k] == exact.variances[k], boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(projects_whitens_and_comes_back) {
    auto const x = waves(3000, 16, 0.7, 5);
    tl::principal_options o;
    o.axes = 16;
    auto const p = tl::principal_components({x, 16}, o);
    auto const y = p.project({x, 16}, true, 2);
    auto const c = covariance_by_definition(y, 16);
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t j = 0; j < 16; ++j) BOOST_TEST(std::abs(c(i, j) - (i == j)) < 1e-2);
    auto const again = p.reconstruct({y, 16}, true);
    for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST(std::abs(again[i] - x[i]) < 1e-3F);
    BOOST_CHECK_THROW(p.project({x, 8}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    std::vector<float> x(40, 3);
    tl::principal_options o;
    BOOST_TEST(tl::principal_components({x, 4}, o).explained() == 1); // constant: no variance, none lost
    o.axes = 5;
    BOOST_CHECK_THROW(tl::principal_components({x, 4}, o), std::invalid_argument);
    o.axes = 0;
    BOOST_CHECK_THROW(tl::principal_components({x, 4}, o), std::invalid_argument);
    o.axes = 10;
    BOOST_CHECK_THROW(tl::principal_components({x, 20}, o), std::invalid_argument);
    o.method = tl::principal_options::randomised;
    BOOST_CHECK_THROW(tl::principal_components({x, 20}, o), std::invalid_argument);
    BOOST_CHECK_THROW(tl::principal_components(tl::points{}, o), std::invalid_argument);
    BOOST_CHECK_THROW(tl::moments().covariance(), std::invalid_argument);
    o.axes = 1, o.progress = [](auto const &) { return false; };
    BOOST_CHECK_THROW(tl::principal_components({x, 4}, o), tl::cancelled);
    x[7] = std::numeric_limits<float>::quiet_NaN();
    BOOST_CHECK_THROW(tl::principal_components({x, 4}, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
