#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/learn/vectors/gmm.hpp>

#include "learn/clouds.hpp"

namespace tl = triptych::learn;

namespace {
/// Two components in the plane that overlap, by the standard library's generator.
auto two_components(std::size_t n) {
    std::mt19937 random(2);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    std::vector<float> x;
    for (std::size_t i = 0; i < n; ++i) {
        double const a = normal(random), b = normal(random);
        bool const first = uniform(random) < 0.3;
        x.push_back(float(first ? 2 * a : 4 + a)), x.push_back(float(first ? 1.6 * a + 0.6 * b : -0.5 * a + 0.5 * b));
    }
    return x;
}
tl::gaussian_mixture const known{{0.3, 0.7},
                                 [] {
                                     tl::matrix m(2, 2);
                                     m.values = {0, 0, 4, 0};
                                     return m;
                                 }(),
                                 false,
                                 [] {
                                     tl::matrix a(2, 2), b(2, 2);
                                     a.values = {4, 3.2, 3.2, 2.92}, b.values = {1, -0.5, -0.5, 0.5};
                                     return std::vector{a, b};
                                 }(),
                                 {}};
} // namespace

BOOST_AUTO_TEST_SUITE(learn_gmm)

// The density of a Gaussian in the plane, written out.
BOOST_AUTO_TEST_CASE(densities_are_the_formula) {
    auto const x = two_components(50);
    double sum = 0;
    for (std::size_t i = 0; i < 50; ++i) {
        double density = 0;
        for (std::size_t c = 0; c < 2; ++c) {
            auto const &s = known.covariances[c].values;
            double const u = double(x[2 * i]) - known.means(c, 0), v = double(x[2 * i + 1]) - known.means(c, 1);
            double const det = s[0] * s[3] - s[1] * s[2], q = (s[3] * u * u - 2 * s[1] * u * v + s[0] * v * v) / det;
            density += known.weights[c] * std::exp(-q / 2) / (2 * M_PI * std::sqrt(det));
        }
        sum += std::log(density) / 50;
    }
    BOOST_TEST(known.log_likelihood({x, 2}, 2) == sum, boost::test_tools::tolerance(1e-10));
}

BOOST_AUTO_TEST_CASE(finds_the_components) {
    auto const x = two_components(20000);
    auto const r = tl::gmm({x, 2}, {.components = 2, .tolerance = 1e-7, .threads = 2});
    auto const &m = r.mixture;
    std::size_t const first = m.weights[0] < m.weights[1] ? 0 : 1;
    for (std::size_t c = 0; c < 2; ++c) {
        auto const mine = c ? 1 - first : first;
        BOOST_TEST(std::abs(m.weights[mine] - known.weights[c]) < 0.02);
        for (std::size_t i = 0; i < 2; ++i) BOOST_TEST(std::abs(m.means(mine, i) - known.means(c, i)) < 0.1);
        for (std::size_t i = 0; i < 4; ++i)
            BOOST_TEST(std::abs(m.covariances[mine].values[i] - known.covariances[c].values[i]) < 0.15);
    }
    // What is likeliest for the points it was learned from can't be less likely than the truth.
    BOOST_TEST(m.log_likelihood({x, 2}) > known.log_likelihood({x, 2}));
    auto const one = tl::gmm({x, 2}, {.components = 2, .tolerance = 1e-7});
    BOOST_TEST((one.mixture.means.values == m.means.values));
    BOOST_TEST(one.log_likelihood == r.log_likelihood);
}

BOOST_AUTO_TEST_CASE(each_pass_is_likelier) {
    auto const x = cloud(3000, 4, 6, 3, 6);
    for (bool const diagonal : {false, true}) {
        double last = -std::numeric_limits<double>::max();
        for (unsigned passes = 1; passes < 12; ++passes) {
            auto const r =
                tl::gmm({x, 4}, {.components = 5, .diagonal = diagonal, .iterations = passes, .tolerance = 0});
            BOOST_TEST(r.log_likelihood > last - 1e-9);
            last = r.log_likelihood;
        }
    }
}

// With one component the likeliest mean and covariance are those of the data, whatever the start.
BOOST_AUTO_TEST_CASE(one_component_has_a_closed_form) {
    auto const x = two_components(5000);
    double mean[2]{}, s[4]{};
    for (std::size_t i = 0; i < 10000; ++i) mean[i % 2] += double(x[i]) / 5000;
    for (std::size_t i = 0; i < 5000; ++i)
        for (std::size_t a = 0; a < 4; ++a)
            s[a] += (double(x[2 * i + a / 2]) - mean[a / 2]) * (double(x[2 * i + a % 2]) - mean[a % 2]) / 5000;
    auto const full = tl::gmm({x, 2}, {.added = 0}).mixture;
    auto const diagonal = tl::gmm({x, 2}, {.diagonal = true, .added = 0}).mixture;
    for (std::size_t a = 0; a < 4; ++a) BOOST_TEST(std::abs(full.covariances[0].values[a] - s[a]) < 1e-9);
    for (std::size_t a = 0; a < 2; ++a) {
        BOOST_TEST(std::abs(full.means(0, a) - mean[a]) < 1e-9);
        BOOST_TEST(std::abs(diagonal.variances(0, a) - s[3 * a]) < 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(samples_are_of_the_mixture) {
    auto const x = known.sample(20000, 5);
    BOOST_TEST((x == known.sample(20000, 5)));
    auto const m = tl::gmm({x, 2}, {.components = 2, .tolerance = 1e-7}).mixture;
    BOOST_TEST(std::abs(std::min(m.weights[0], m.weights[1]) - 0.3) < 0.02);
    auto const labels = known.labels({x, 2}, 2);
    double mean = 0, n = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) n += labels[i] == 1, mean += labels[i] == 1 ? double(x[2 * i]) : 0;
    BOOST_TEST(std::abs(mean / n - 4) < 0.2);
}

BOOST_AUTO_TEST_CASE(batches_are_the_same_pass) {
    auto const x = two_components(3000);
    tl::points const all(x, 2);
    tl::em_step whole(known), a(known), b(known);
    whole.observe(all), a.observe(all.part(0, 1111)), b.observe(all.part(1111, 3000));
    a.merge(b);
    auto const p = whole.finish(0), q = a.finish(0);
    for (std::size_t i = 0; i < 4; ++i)
        BOOST_TEST(p.covariances[1].values[i] == q.covariances[1].values[i], boost::test_tools::tolerance(1e-10));
    BOOST_TEST(whole.log_likelihood() == a.log_likelihood(), boost::test_tools::tolerance(1e-10));
    BOOST_CHECK_THROW(a.merge(tl::em_step(p)), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    std::vector<float> x(40, 1);
    BOOST_CHECK_THROW(tl::gmm({x, 2}, {}), std::invalid_argument); // constant
    BOOST_CHECK_THROW(tl::gmm({}, {}), std::invalid_argument);
    for (std::size_t i = 0; i < 40; ++i) x[i] = float(i % 4);
    BOOST_CHECK_THROW(tl::gmm({x, 2}, {.components = 3}), std::invalid_argument); // two distinct points
    BOOST_CHECK_THROW(tl::gmm({x, 2}, {.components = 0}), std::invalid_argument);
    // Points on a line have no full covariance of their own; what is added makes it one.
    BOOST_TEST(std::isfinite(tl::gmm({x, 2}, {.components = 2}).log_likelihood));
    BOOST_CHECK_THROW(tl::gmm({x, 2}, {.progress = [](auto const &) { return false; }}), tl::cancelled);
    x[5] = std::numeric_limits<float>::quiet_NaN();
    BOOST_CHECK_THROW(tl::gmm({x, 2}, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
