#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <triptych/learn/vectors/product_quantization.hpp>
#include <triptych/learn/vectors/residual_quantization.hpp>

#include "learn/clouds.hpp"

namespace tl = triptych::learn;

BOOST_AUTO_TEST_SUITE(learn_product)

// Each piece on its own is k-means, so the errors of the pieces add up to the whole.
BOOST_AUTO_TEST_CASE(a_product_is_k_means_of_the_pieces) {
    auto const x = cloud(2000, 6, 12, 3, 2);
    tl::kmeans_options o;
    o.clusters = 16, o.seed = 4;
    auto const q = tl::product_quantization({x, 6}, 3, o);
    double sum = 0;
    for (std::size_t m = 0; m < 3; ++m) {
        std::vector<float> part;
        for (std::size_t i = 0; i < 2000; ++i) part.insert(part.end(), {x[i * 6 + 2 * m], x[i * 6 + 2 * m + 1]});
        auto p = o;
        p.seed = 4 + m;
        auto const r = tl::kmeans({part, 2}, p);
        BOOST_TEST((r.centroids == q.books[m]));
        sum += r.inertia / 2000;
    }
    BOOST_TEST(q.error({x, 6}, 2) == sum, boost::test_tools::tolerance(1e-5));
    auto const codes = q.encode({x, 6});
    BOOST_TEST(codes.size() == 6000u);
    auto const y = q.decode(codes);
    BOOST_TEST((q.encode({y, 6}) == codes)); // what codes stand for is nearest to itself
}

BOOST_AUTO_TEST_CASE(stages_and_beams_come_closer) {
    auto const x = cloud(1500, 8, 200, 3, 3);
    tl::kmeans_options o;
    o.clusters = 8;
    double last = std::numeric_limits<double>::max();
    for (std::size_t stages = 1; stages <= 4; ++stages) {
        auto const q = tl::residual_quantization({x, 8}, stages, o);
        auto const e = q.error({x, 8}, 1, 2);
        BOOST_TEST(e < 0.9 * last);
        BOOST_TEST(q.error({x, 8}, 8) <= e);
        last = e;
    }
    auto const one = tl::residual_quantization({x, 8}, 1, o);
    BOOST_TEST(one.error({x, 8}) == tl::kmeans({x, 8}, o).inertia / 1500, boost::test_tools::tolerance(1e-5));
}

// With a beam as wide as all paths, the code is the best of all sums.
BOOST_AUTO_TEST_CASE(a_full_beam_finds_the_best_sum) {
    auto const x = cloud(60, 3, 60, 9);
    tl::kmeans_options o;
    o.clusters = 5;
    auto const q = tl::residual_quantization({x, 3}, 3, o);
    auto const codes = q.encode({x, 3}, 125);
    auto const y = q.decode(codes);
    for (std::size_t i = 0; i < 60; ++i) {
        double least = std::numeric_limits<double>::max(), mine = 0;
        for (std::uint32_t c = 0; c < 125; ++c) {
            auto const z = q.decode({c / 25, c / 5 % 5, c % 5});
            double s = 0;
            for (std::size_t t = 0; t < 3; ++t) s += std::pow(double(z[t]) - double(x[i * 3 + t]), 2);
            least = std::min(least, s);
        }
        for (std::size_t t = 0; t < 3; ++t) mine += std::pow(double(y[i * 3 + t]) - double(x[i * 3 + t]), 2);
        BOOST_TEST(std::abs(mine - least) < 1e-4 * (1 + least));
    }
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    auto x = cloud(100, 4, 10, 1);
    tl::kmeans_options o;
    o.clusters = 4;
    BOOST_CHECK_THROW(tl::product_quantization({x, 4}, 3, o), std::invalid_argument);
    BOOST_CHECK_THROW(tl::product_quantization({x, 4}, 0, o), std::invalid_argument);
    BOOST_CHECK_THROW(tl::residual_quantization({x, 4}, 0, o), std::invalid_argument);
    auto const q = tl::product_quantization({x, 4}, 2, o);
    auto const r = tl::residual_quantization({x, 4}, 2, o);
    BOOST_CHECK_THROW(q.encode({x, 2}), std::invalid_argument);
    BOOST_CHECK_THROW(q.decode({4, 0}), std::invalid_argument);
    BOOST_CHECK_THROW(r.decode({0, 4}), std::invalid_argument);
    BOOST_CHECK_THROW(r.encode({x, 4}, 0), std::invalid_argument);
    o.clusters = 101;
    BOOST_CHECK_THROW(tl::product_quantization({x, 4}, 2, o), std::invalid_argument);
    o.clusters = 4, o.progress = [](auto const &) { return false; };
    BOOST_CHECK_THROW(tl::residual_quantization({x, 4}, 2, o), tl::cancelled);
    x[9] = std::numeric_limits<float>::quiet_NaN();
    BOOST_CHECK_THROW(tl::residual_quantization({x, 4}, 2, {}), std::invalid_argument);
    // Four distinct points: one stage of four takes all of it.
    std::vector<float> few;
    for (int i = 0; i < 40; ++i) few.push_back(float(i % 4));
    BOOST_TEST(tl::residual_quantization({few, 1}, 3, {.clusters = 4}).stages() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
