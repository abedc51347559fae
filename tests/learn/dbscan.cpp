#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/learn/vectors/dbscan.hpp>

#include "learn/clouds.hpp"

namespace tl = triptych::learn;

namespace {
/// The definition: all pairs, and a walk over core points.
auto by_definition(std::vector<float> const &x, std::size_t d, float radius, std::size_t neighbours) {
    auto const n = x.size() / d;
    auto const near = [&](std::size_t i, std::size_t j) {
        float s = 0;
        for (std::size_t t = 0; t < d; ++t) s += (x[i * d + t] - x[j * d + t]) * (x[i * d + t] - x[j * d + t]);
        return s <= radius * radius;
    };
    std::vector<bool> core(n);
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t count = 0;
        for (std::size_t j = 0; j < n; ++j) count += near(i, j);
        core[i] = count >= neighbours;
    }
    std::vector<std::int32_t> labels(n, -1);
    std::int32_t clusters = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (!core[i] || labels[i] >= 0) continue;
        std::vector<std::size_t> open{i};
        labels[i] = clusters;
        while (!open.empty()) {
            auto const p = open.back();
            open.pop_back();
            for (std::size_t q = 0; q < n; ++q)
                if (core[q] && labels[q] < 0 && near(p, q)) labels[q] = clusters, open.push_back(q);
        }
        ++clusters;
    }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; !core[i] && j < n; ++j)
            if (core[j] && near(i, j) && (labels[i] < 0 || labels[j] < labels[i])) labels[i] = labels[j];
    return std::pair(labels, clusters);
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_dbscan)

// Whole numbers, so that distances are exact and many are equal to the radius.
BOOST_AUTO_TEST_CASE(is_the_definition) {
    struct {
        std::size_t d;
        float spread, radius;
        std::size_t neighbours;
    } const cases[] = {{1, 30, 1, 4}, {1, 300, 2, 1}, {2, 8, 2, 5},   {2, 30, 5, 9}, {3, 8, 3, 6},
                       {3, 20, 7, 4}, {4, 6, 4, 5},   {5, 4, 5, 8},   {8, 4, 8, 10}, {12, 3, 9, 6},
                       {2, 2, 1, 30}, {3, 1, 1, 60},  {2, 3000, 9, 2}};
    for (auto const &c : cases)
        for (std::size_t const n : {1u, 40u, 700u}) {
            auto x = cloud(n, c.d, 6, unsigned(n + c.d), c.spread);
            for (auto &v : x) v = std::round(v);
            auto const [labels, clusters] = by_definition(x, c.d, c.radius, c.neighbours);
            for (unsigned const threads : {1u, 3u}) {
                auto const r =
                    tl::dbscan({x, c.d}, {.radius = c.radius, .neighbours = c.neighbours, .threads = threads});
                BOOST_TEST(r.labels == labels, boost::test_tools::per_element());
                BOOST_TEST(r.clusters == std::size_t(clusters));
            }
        }
}

BOOST_AUTO_TEST_CASE(clusters_may_have_any_shape) {
    std::vector<float> x; // two rings, one in the other, and a point that lies alone
    for (int i = 0; i < 400; ++i)
        for (float const r : {1.0F, 3.0F})
            x.push_back(r * std::cos(float(i) * 0.01571F)), x.push_back(r * std::sin(float(i) * 0.01571F));
    x.push_back(9), x.push_back(9);
    auto const r = tl::dbscan({x, 2}, {.radius = 0.2F, .neighbours = 4});
    BOOST_TEST(r.clusters == 2u);
    for (std::size_t i = 0; i < 800; ++i) BOOST_TEST(r.labels[i] == std::int32_t(i % 2));
    BOOST_TEST(r.labels[800] == tl::dbscan_result::noise);
    BOOST_TEST(!r.core[800]);
}

// A grid of such an extent has more cells than can be numbered; dense cells must not take quadratic time.
BOOST_AUTO_TEST_CASE(extremes_of_density) {
    std::vector<float> wide{-1e14F, 0, 0, 1e14F, 0, 0, 1e14F, 0, 0, 5, 5, 5};
    auto const r = tl::dbscan({wide, 3}, {.radius = 1e-3F, .neighbours = 2});
    BOOST_TEST((r.labels == std::vector<std::int32_t>{-1, 0, 0, -1}));
    auto const dense = cloud(200000, 2, 4, 3, 0.1F);
    BOOST_TEST(tl::dbscan({dense, 2}, {.radius = 1, .neighbours = 10}).clusters == 4u);
    std::vector<float> const same(60000, 7);
    BOOST_TEST(tl::dbscan({same, 3}, {.radius = 1, .neighbours = 20000}).clusters == 1u);
    BOOST_TEST(tl::dbscan({same, 3}, {.radius = 1, .neighbours = 20001}).clusters == 0u);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    std::vector<float> x(20, 1);
    BOOST_CHECK_THROW(tl::dbscan({}, {}), std::invalid_argument);
    BOOST_CHECK_THROW(tl::dbscan({x, 2}, {.radius = 0}), std::invalid_argument);
    BOOST_CHECK_THROW(tl::dbscan({x, 2}, {.radius = std::numeric_limits<float>::infinity()}), std::invalid_argument);
    BOOST_CHECK_THROW(tl::dbscan({x, 2}, {.neighbours = 0}), std::invalid_argument);
    BOOST_CHECK_THROW(tl::dbscan({x, 2}, {.progress = [](auto const &) { return false; }}), tl::cancelled);
    x[3] = std::numeric_limits<float>::quiet_NaN();
    BOOST_CHECK_THROW(tl::dbscan({x, 2}, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
