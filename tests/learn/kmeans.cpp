#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <vector>

#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/lloyd.hpp>
#include <triptych/learn/vectors/minibatch.hpp>

#include "learn/clouds.hpp"

namespace tl = triptych::learn;

namespace {
/// The definition, in doubles.
auto nearest_of(float const *x, std::vector<float> const &c, std::size_t d) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::max();
    for (std::size_t j = 0; j < c.size() / d; ++j) {
        double s = 0;
        for (std::size_t t = 0; t < d; ++t) s += std::pow(double(x[t]) - double(c[j * d + t]), 2);
        if (s < least) least = s, best = j;
    }
    return std::pair(best, least);
}

/// Lloyd's iteration as the book has it.
auto plain_lloyd(std::vector<float> const &x, std::size_t d, std::vector<float> c, unsigned iterations) {
    for (unsigned it = 0; it < iterations; ++it) {
        std::vector<double> sums(c.size()), n(c.size() / d);
        for (std::size_t i = 0; i < x.size() / d; ++i) {
            auto const j = nearest_of(&x[i * d], c, d).first;
            n[j] += 1;
            for (std::size_t t = 0; t < d; ++t) sums[j * d + t] += double(x[i * d + t]);
        }
        for (std::size_t i = 0; i < c.size(); ++i) c[i] = float(sums[i] / n[i / d]);
    }
    return c;
}

auto inertia(std::vector<float> const &x, std::vector<float> const &c, std::size_t d) {
    double s = 0;
    for (std::size_t i = 0; i < x.size() / d; ++i) s += nearest_of(&x[i * d], c, d).second;
    return s;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_kmeans)

// Numbers of centroids, points and elements on both sides of all widths of vectors, tiles, panels and blocks.
BOOST_AUTO_TEST_CASE(finds_the_nearest) {
    for (std::size_t const d : {1u, 2u, 3u, 7u, 16u, 33u})
        for (std::size_t const k : {1u, 2u, 15u, 16u, 17u, 47u, 48u, 49u, 100u})
            for (std::size_t const n : {1u, 7u, 130u, 300u}) {
                auto const x = cloud(n, d, 5, unsigned(n + d)), c = cloud(k, d, 3, unsigned(k));
                std::vector<std::uint32_t> labels(n);
                std::vector<float> squares(n);
                tl::assign({x, d}, {c, d}, labels.data(), squares.data());
                for (std::size_t i = 0; i < n; ++i) {
                    auto const [j, least] = nearest_of(&x[i * d], c, d);
                    // Coordinates are some tens, their scores are rounded to some 1e-4.
                    if (labels[i] != j) BOOST_TEST(std::abs(double(squares[i]) - least) < 1e-3);
                    if (labels[i] != j) continue;
                    BOOST_TEST(std::abs(double(squares[i]) - least) <= 1e-5 * (least + 1));
                }
            }
}

BOOST_AUTO_TEST_CASE(far_from_the_origin_is_as_good) {
    auto x = cloud(500, 8, 20, 3, 0.01F);
    auto c = cloud(20, 8, 20, 3, 0.0F);
    for (auto *v : {&x, &c})
        for (auto &f : *v) f += 30000;
    std::vector<std::uint32_t> labels(500);
    tl::assign({x, 8}, {c, 8}, labels.data());
    for (std::size_t i = 0; i < 500; ++i) BOOST_TEST(labels[i] == nearest_of(&x[i * 8], c, 8).first);
}

BOOST_AUTO_TEST_CASE(of_equal_distances_the_lowest_index) {
    std::vector<float> const x{0, 0}, c{3, 4, -5, 0, 0, 5, 4, -3, 3, 4};
    std::uint32_t label = 99;
    tl::assign({x, 2}, {c, 2}, &label);
    BOOST_TEST(label == 0u);
}

BOOST_AUTO_TEST_CASE(is_lloyds_iteration) {
    for (std::size_t const d : {2u, 5u, 24u}) {
        auto const x = cloud(900, d, 12, unsigned(d), 4);
        tl::kmeans_options o;
        o.clusters = 9, o.iterations = 7, o.tolerance = 0;
        o.centroids.assign(x.begin(), x.begin() + std::ptrdiff_t(9 * d));
        auto const r = tl::kmeans({x, d}, o);
        auto const expected = plain_lloyd(x, d, o.centroids, 7);
        for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(std::abs(r.centroids[i] - expected[i]) < 1e-4F);
        BOOST_TEST(r.inertia == inertia(x, r.centroids, d), boost::test_tools::tolerance(1e-6));
        for (std::size_t i = 0; i < 900; ++i) BOOST_TEST(r.labels[i] == nearest_of(&x[i * d], r.centroids, d).first);
    }
}

BOOST_AUTO_TEST_CASE(neither_bounds_nor_threads_change_a_bit) {
    for (std::size_t const d : {3u, 40u}) {
        auto const x = cloud(40000, d, 30, 5, 6);
        tl::kmeans_options o;
        o.clusters = 20, o.iterations = 25, o.tolerance = 0, o.seed = 11;
        auto const a = tl::kmeans({x, d}, o);
        o.bounds = false, o.threads = 3;
        auto const b = tl::kmeans({x, d}, o);
        o.bounds = true, o.threads = 2;
        auto const c = tl::kmeans({x, d}, o);
        BOOST_TEST((a.centroids == b.centroids && a.labels == b.labels && a.inertia == b.inertia));
        BOOST_TEST((a.centroids == c.centroids && a.labels == c.labels && a.inertia == c.inertia));
        o.seed = 12;
        BOOST_TEST((tl::kmeans({x, d}, o).centroids != a.centroids));
    }
}

BOOST_AUTO_TEST_CASE(separated_clusters_are_found) {
    auto const x = cloud(3000, 6, 25, 8, 0.1F);
    for (auto const start : {tl::seeding::plus_plus, tl::seeding::parallel}) {
        tl::kmeans_options o;
        o.clusters = 25, o.start = start;
        auto const r = tl::kmeans({x, 6}, o);
        BOOST_TEST(r.converged);
        // 6 elements of variance 0.01 for each point, less 25 means.
        BOOST_TEST(r.inertia == (3000 - 25) * 6 * 0.01, boost::test_tools::tolerance(0.05));
        for (std::size_t i = 25; i < 3000; ++i) BOOST_TEST(r.labels[i] == r.labels[i % 25]);
    }
}

// The expected inertia of k-means++ is within 8 (ln k + 2) of the best; uniform seeds have no such bound, and here they are far worse.
BOOST_AUTO_TEST_CASE(seeds_are_spread) {
    auto const x = cloud(4000, 4, 40, 21, 0.01F);
    for (int kind = 0; kind < 2; ++kind) {
        tl::generator random(4);
        auto const s = kind ? tl::kmeans_parallel({x, 4}, 40, random) : tl::kmeans_plus_plus({x, 4}, 40, random, 2);
        BOOST_REQUIRE(s.size() == 160u);
        BOOST_TEST(inertia(x, s, 4) < 4 * 4000 * 4 * 0.0001);
    }
    tl::generator one(9), two(9);
    BOOST_TEST((tl::kmeans_plus_plus({x, 4}, 40, one, 1) == tl::kmeans_plus_plus({x, 4}, 40, two, 4)));
}

BOOST_AUTO_TEST_CASE(weightless_points_are_no_seeds) {
    auto const x = cloud(64, 2, 64, 2);
    std::vector<float> weights(64, 0);
    for (std::size_t i : {3u, 17u, 40u}) weights[i] = 1;
    tl::generator random(1);
    auto const s = tl::kmeans_plus_plus({x, 2}, 5, random, 1, weights);
    std::set<float> const found{s[0], s[2], s[4]}, expected{x[6], x[34], x[80]};
    BOOST_TEST(s.size() == 6u);
    BOOST_TEST((found == expected));
}

BOOST_AUTO_TEST_CASE(empty_clusters_go_to_the_farthest_points) {
    std::vector<float> x;
    for (int i = 0; i < 50; ++i) x.push_back(float(i % 5)), x.push_back(0);
    x[80] = 1000;
    tl::kmeans_options o;
    o.clusters = 3, o.centroids = {2, 0, 500000, 0, 500000, 0};
    auto const r = tl::kmeans({x, 2}, o);
    std::set<std::uint32_t> const used(r.labels.begin(), r.labels.end());
    BOOST_TEST(used.size() == 3u);
    BOOST_TEST(std::count(r.labels.begin(), r.labels.end(), r.labels[40]) == 1);
}

BOOST_AUTO_TEST_CASE(as_many_clusters_as_distinct_points) {
    std::vector<float> x;
    for (int i = 0; i < 300; ++i) x.push_back(float(i % 10)), x.push_back(float(i % 2));
    tl::kmeans_options o;
    o.clusters = 10;
    auto const r = tl::kmeans({x, 2}, o);
    BOOST_TEST(r.inertia == 0);
    o.clusters = 11;
    BOOST_CHECK_THROW(tl::kmeans({x, 2}, o), std::invalid_argument);
    o.centroids.assign(22, 0);
    BOOST_CHECK_THROW(tl::kmeans({x, 2}, o), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    std::vector<float> x(20, 1);
    tl::kmeans_options o;
    o.clusters = 2;
    BOOST_CHECK_THROW(tl::kmeans({x, 2}, o), std::invalid_argument); // constant
    BOOST_CHECK_THROW(tl::kmeans({}, o), std::invalid_argument);
    BOOST_CHECK_THROW(tl::points(x, 3), std::invalid_argument);
    for (std::size_t i = 0; i < 20; ++i) x[i] = float(i);
    o.clusters = 11;
    BOOST_CHECK_THROW(tl::kmeans({x, 2}, o), std::invalid_argument);
    o.clusters = 0;
    BOOST_CHECK_THROW(tl::kmeans({x, 2}, o), std::invalid_argument);
    o.clusters = 2;
    BOOST_TEST(tl::kmeans({x, 2}, o).labels.size() == 10u);
    for (auto const bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity(), 1e30F}) {
        x[13] = bad;
        BOOST_CHECK_THROW(tl::kmeans({x, 2}, o), std::invalid_argument);
        BOOST_CHECK_THROW(tl::minibatch_kmeans({x, 2}, {.clusters = 2}), std::invalid_argument);
    }
}

BOOST_AUTO_TEST_CASE(stops_when_told) {
    auto const x = cloud(2000, 2, 50, 1, 5);
    tl::kmeans_options o;
    o.clusters = 20, o.tolerance = 0;
    unsigned calls = 0;
    o.progress = [&](tl::progress const &p) {
        BOOST_TEST(p.done == calls);
        return ++calls < 3;
    };
    BOOST_CHECK_THROW(tl::kmeans({x, 2}, o), tl::cancelled);
    BOOST_TEST(calls == 3u);
}

BOOST_AUTO_TEST_CASE(steps_over_batches_are_the_same_iteration) {
    auto x = cloud(5000, 3, 12, 6, 4);
    for (auto &v : x) v = std::round(v); // whole numbers: sums are exact in any order
    tl::kmeans_options o;
    o.clusters = 12, o.iterations = 6, o.tolerance = 0;
    o.centroids.assign(x.begin(), x.begin() + 36);
    auto const whole = tl::kmeans({x, 3}, o);
    auto c = o.centroids;
    for (int it = 0; it < 6; ++it) {
        tl::lloyd_step a(c, 3), b(c, 3);
        tl::points const all(x, 3);
        a.observe(all.part(0, 700)), b.observe(all.part(700, 3001)), b.observe(all.part(3001, 5000));
        b.merge(a);
        c = b.finish();
    }
    BOOST_TEST((c == whole.centroids));
    BOOST_CHECK_THROW(tl::lloyd_step(c, 3).merge(tl::lloyd_step(o.centroids, 3)), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(mini_batches_come_close) {
    auto const x = cloud(20000, 8, 30, 9, 3);
    tl::kmeans_options full;
    full.clusters = 30;
    auto const best = tl::kmeans({x, 8}, full);
    tl::minibatch_options o;
    o.clusters = 30;
    auto const r = tl::minibatch_kmeans({x, 8}, o);
    BOOST_TEST(r.inertia < 1.1 * best.inertia);
    BOOST_TEST(r.inertia == inertia(x, r.centroids, 8), boost::test_tools::tolerance(1e-5));
    o.threads = 3;
    BOOST_TEST((tl::minibatch_kmeans({x, 8}, o).centroids == r.centroids));

    tl::minibatch one(8, o), pieces(8, o);
    tl::points const all(x, 8);
    one.observe(all);
    for (std::size_t i = 0; i < 20000; i += 77) pieces.observe(all.part(i, std::min<std::size_t>(i + 77, 20000)));
    auto const streamed = one.finish();
    BOOST_TEST((streamed == pieces.finish()));
    BOOST_TEST(inertia(x, streamed, 8) < 1.15 * best.inertia);
    BOOST_CHECK_THROW(tl::minibatch(8, o).finish(), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
