#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <triptych/learn/vectors/som.hpp>

#include "learn/clouds.hpp"

namespace tl = triptych::learn;

namespace {
auto nearest_unit(float const *x, std::vector<float> const &w, std::size_t d) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::max();
    for (std::size_t u = 0; u < w.size() / d; ++u) {
        double s = 0;
        for (std::size_t t = 0; t < d; ++t) s += std::pow(double(x[t]) - double(w[u * d + t]), 2);
        if (s < least) least = s, best = u;
    }
    return std::pair(best, least);
}
auto options(bool hexagonal, tl::neighbourhood_shape shape) {
    tl::som_options o;
    o.grid = {5, 7, hexagonal}, o.shape = shape, o.first_radius = 2, o.last_radius = 1;
    return o;
}
constexpr tl::neighbourhood_shape shapes[] = {tl::neighbourhood_shape::gaussian, tl::neighbourhood_shape::bubble};
} // namespace

BOOST_AUTO_TEST_SUITE(learn_som)

BOOST_AUTO_TEST_CASE(lattices) {
    for (bool const hexagonal : {false, true}) {
        tl::lattice const g{5, 5, hexagonal};
        std::size_t neighbours = 0, corner = 0;
        for (std::size_t u = 0; u < 25; ++u)
            neighbours += g.beside(12, u) && u != 12, corner += g.beside(0, u) && u != 0;
        BOOST_TEST(neighbours == (hexagonal ? 6u : 8u));
        BOOST_TEST(corner == (hexagonal ? 2u : 3u));
    }
}

BOOST_AUTO_TEST_CASE(schedules_keep_their_ends) {
    for (auto const s : {tl::schedule::linear, tl::schedule::exponential, tl::schedule::asymptotic}) {
        BOOST_TEST(tl::scheduled(s, 8, 0.5, 0) == 8, boost::test_tools::tolerance(1e-12));
        BOOST_TEST(tl::scheduled(s, 8, 0.5, 1) == 0.5, boost::test_tools::tolerance(1e-12));
    }
    BOOST_TEST(tl::scheduled(tl::schedule::exponential, 8, 0.5, 0.5) == 2, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_batch_pass_is_the_definition) {
    auto const x = cloud(600, 5, 9, 2, 3);
    for (bool const hexagonal : {false, true})
        for (auto const shape : shapes) {
            auto o = options(hexagonal, shape);
            o.passes = 1; // with the last radius
            o.weights.assign(x.begin(), x.begin() + 35 * 5);
            auto const map = tl::som({x, 5}, o);
            for (std::size_t u = 0; u < 35; ++u) {
                std::vector<double> sum(5);
                double all = 0;
                for (std::size_t i = 0; i < 600; ++i) {
                    auto const s = o.grid.squared_distance(u, nearest_unit(&x[i * 5], o.weights, 5).first);
                    double const h = shape == tl::neighbourhood_shape::gaussian ? std::exp(-s / 2) : s < 1.0001;
                    all += h;
                    for (std::size_t t = 0; t < 5; ++t) sum[t] += h * double(x[i * 5 + t]);
                }
                for (std::size_t t = 0; t < 5 && all > 0; ++t)
                    BOOST_TEST(std::abs(map.weights[u * 5 + t] - sum[t] / all) < 1e-4);
            }
        }
}

BOOST_AUTO_TEST_CASE(online_is_the_definition) {
    auto const x = cloud(50, 3, 5, 4, 3);
    for (bool const hexagonal : {false, true})
        for (auto const shape : shapes) {
            auto o = options(hexagonal, shape);
            o.training = tl::som_options::online, o.passes = 2, o.seed = 3;
            o.weights.assign(x.begin(), x.begin() + 35 * 3);
            auto const map = tl::som({x, 3}, o);
            std::vector<double> w(o.weights.begin(), o.weights.end());
            std::vector<std::size_t> order(50);
            std::iota(order.begin(), order.end(), std::size_t{0});
            tl::generator random(3);
            for (std::size_t step = 0; step < 100; ++step) {
                if (step % 50 == 0)
                    for (std::size_t j = 49; j > 0; --j) std::swap(order[j], order[random.below(j + 1)]);
                double const radius = 2 * std::pow(0.5, double(step) / 100),
                             rate = 0.5 * std::pow(0.04, double(step) / 100);
                auto const *const p = &x[order[step % 50] * 3];
                auto const best = nearest_unit(p, {w.begin(), w.end()}, 3).first;
                for (std::size_t u = 0; u < 35; ++u) {
                    double const s = o.grid.squared_distance(u, best);
                    double const h = shape == tl::neighbourhood_shape::gaussian ? std::exp(-s / (2 * radius * radius))
                                                                                : s <= radius * radius;
                    for (std::size_t t = 0; t < 3; ++t) w[u * 3 + t] += rate * h * (double(p[t]) - w[u * 3 + t]);
                }
            }
            for (std::size_t i = 0; i < w.size(); ++i) BOOST_TEST(std::abs(w[i] - double(map.weights[i])) < 1e-3);
        }
}

// Uniform on a line: ten units in a row end up in order, about a tenth apart, so the mean error is about a fortieth.
BOOST_AUTO_TEST_CASE(a_line_unfolds) {
    std::vector<float> x;
    for (int i = 0; i < 5000; ++i) x.push_back(float(i) / 5000), x.push_back(2 - float(i) / 5000);
    for (bool const online : {false, true}) {
        tl::som_options o;
        o.grid = {1, 10, false}, o.passes = 20, o.last_radius = 0.3;
        if (online) o.training = tl::som_options::online;
        auto const map = tl::som({x, 2}, o);
        bool const rising = map.weights[0] < map.weights[18];
        for (std::size_t u = 0; u + 1 < 10; ++u) BOOST_TEST((map.weights[2 * u] < map.weights[2 * u + 2]) == rising);
        BOOST_TEST(map.quantisation_error({x, 2}) < 1.3 * std::sqrt(2.0) / 40);
        BOOST_TEST(map.topographic_error({x, 2}) == 0);
    }
}

BOOST_AUTO_TEST_CASE(errors_are_the_definition) {
    auto const x = cloud(300, 3, 20, 8, 2), w = cloud(12, 3, 12, 5, 2);
    tl::som_map const map{{3, 4, false}, w, 3};
    double q = 0, wrong = 0;
    for (std::size_t i = 0; i < 300; ++i) {
        auto const [best, least] = nearest_unit(&x[i * 3], w, 3);
        auto without = w;
        for (std::size_t t = 0; t < 3; ++t) without[best * 3 + t] = 1e6F;
        auto const second = nearest_unit(&x[i * 3], without, 3).first;
        auto const apart = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
        wrong += apart(best / 4, second / 4) > 1 || apart(best % 4, second % 4) > 1;
        q += std::sqrt(least);
    }
    BOOST_TEST(map.quantisation_error({x, 3}, 2) == q / 300, boost::test_tools::tolerance(1e-5));
    BOOST_TEST(map.topographic_error({x, 3}, 2) == wrong / 300, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(wrong > 0);
}

BOOST_AUTO_TEST_CASE(threads_change_nothing) {
    auto const x = cloud(9000, 6, 9, 2, 3);
    tl::som_options o;
    o.passes = 3;
    auto const one = tl::som({x, 6}, o);
    o.threads = 3;
    BOOST_TEST((tl::som({x, 6}, o).weights == one.weights));
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    std::vector<float> x(30, 4);
    tl::som_options o;
    BOOST_CHECK_THROW(tl::som({x, 3}, o), std::invalid_argument); // constant
    BOOST_CHECK_THROW(tl::som({}, o), std::invalid_argument);
    for (std::size_t i = 0; i < 30; ++i) x[i] = float(i * i);
    BOOST_TEST(tl::som({x, 3}, o).weights.size() == 300u);
    for (int bad = 0; bad < 6; ++bad) {
        auto p = o;
        if (bad == 0) p.grid.rows = 0;
        if (bad == 1) p.last_radius = 0;
        if (bad == 2) p.first_rate = 2;
        if (bad == 3) p.passes = 0;
        if (bad == 4) p.weights.resize(17);
        if (bad == 5) p.first_radius = std::nan("");
        BOOST_CHECK_THROW(tl::som({x, 3}, p), std::invalid_argument);
    }
    o.progress = [](auto const &) { return false; };
    BOOST_CHECK_THROW(tl::som({x, 3}, o), tl::cancelled);
    x[3] = std::numeric_limits<float>::quiet_NaN();
    BOOST_CHECK_THROW(tl::som({x, 3}, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
