#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/learn/vectors/lloyd_max.hpp>

namespace tl = triptych::learn;

namespace {
/// The n quantiles in the middle of equal shares of a standard normal variable: its density without the luck of a draw.
auto gaussian(std::size_t n) {
    std::vector<float> x;
    for (std::size_t i = 0; i < n; ++i) {
        double const p = (double(i) + 0.5) / double(n);
        double low = -9, high = 9;
        for (int k = 0; k < 60; ++k)
            (std::erfc(-(low + high) / 2 / std::sqrt(2.0)) / 2 < p ? low : high) = (low + high) / 2;
        x.push_back(float(low));
    }
    return x;
}

auto error(std::vector<float> const &x, tl::scalar_quantizer const &q) {
    double s = 0;
    for (auto const v : x) s += std::pow(double(v) - double(q(v)), 2);
    return s / double(x.size());
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_lloyd_max)

// J. Max, Quantizing for minimum distortion, 1960, table I.
BOOST_AUTO_TEST_CASE(the_published_quantizers_of_a_gaussian) {
    auto const x = gaussian(200000);
    struct {
        std::size_t levels;
        double mse, entropy, outermost;
    } const published[] = {{1, 1.0, 0, 0},
                           {2, 0.3634, 1.0, 0.7980},
                           {3, 0.1902, 1.536, 1.224},
                           {4, 0.1175, 1.911, 1.510},
                           {8, 0.03454, 2.825, 2.152},
                           {16, 0.009497, 3.765, 2.733},
                           {32, 0.002499, 4.730, 3.263}};
    for (auto const &p : published) {
        auto const q = tl::lloyd_max(x, p.levels);
        BOOST_REQUIRE(q.levels.size() == p.levels);
        BOOST_TEST(q.mse == p.mse, boost::test_tools::tolerance(0.005));
        BOOST_TEST(std::abs(q.entropy - p.entropy) < 0.005);
        BOOST_TEST(std::abs(double(q.levels.back()) - p.outermost) < 0.01);
        BOOST_TEST(error(x, q) == q.mse, boost::test_tools::tolerance(1e-4));
    }
}

BOOST_AUTO_TEST_CASE(few_values_are_quantised_best) {
    std::mt19937 random(3);
    for (int round = 0; round < 30; ++round) {
        std::vector<float> x;
        for (int i = 0; i < 12; ++i) x.push_back(float(random() % 40));
        std::sort(x.begin(), x.end());
        // All ways to cut twelve sorted values into three.
        double least = std::numeric_limits<double>::max();
        auto const cell = [&](std::size_t a, std::size_t b) {
            double m = 0, s = 0;
            for (auto i = a; i < b; ++i) m += double(x[i]) / double(b - a);
            for (auto i = a; i < b; ++i) s += std::pow(double(x[i]) - m, 2);
            return s;
        };
        for (std::size_t a = 1; a < 11; ++a)
            for (std::size_t b = a + 1; b < 12; ++b) least = std::min(least, cell(0, a) + cell(a, b) + cell(b, 12));
        BOOST_TEST(std::abs(tl::lloyd_max(x, 3).mse - least / 12) < 1e-5);
    }
}

// At high rates: error πe/6 · 2^(-2 bits) of the variance, a quarter of a bit above Shannon's bound (Gish and Pierce 1968).
BOOST_AUTO_TEST_CASE(entropy_constraint_meets_gish_and_pierce) {
    auto const x = gaussian(100000);
    for (double const lambda : {0.03, 0.01, 0.003}) {
        auto const q = tl::entropy_constrained(x, lambda);
        BOOST_TEST(q.mse == M_PI * M_E / 6 * std::pow(4, -q.entropy), boost::test_tools::tolerance(0.03));
        BOOST_TEST(error(x, q) == q.mse, boost::test_tools::tolerance(1e-3));
        // The slope of that curve: λ = 2 ln 2 · error.
        BOOST_TEST(q.mse == lambda / (2 * M_LN2), boost::test_tools::tolerance(0.15));
    }
}

BOOST_AUTO_TEST_CASE(what_bits_cost_decides) {
    auto const x = gaussian(20000);
    auto const free = tl::entropy_constrained(x, 0, 16);
    auto const fixed = tl::lloyd_max(x, 16);
    BOOST_TEST(free.mse == fixed.mse, boost::test_tools::tolerance(0.02)); // no price: Lloyd and Max
    // At equal error fewer bits than levels of equal number.
    auto const cheap = tl::entropy_constrained(x, 2 * M_LN2 * fixed.mse);
    BOOST_TEST(cheap.mse + 2 * M_LN2 * fixed.mse * cheap.entropy <
               fixed.mse + 2 * M_LN2 * fixed.mse * (fixed.entropy - 0.05));
    auto const dear = tl::entropy_constrained(x, 100);
    BOOST_TEST(dear.levels.size() == 1u);
    BOOST_TEST(dear.thresholds.empty());
    BOOST_TEST(dear.entropy == 0);
}

// Sullivan (1996): for a Laplace density the best quantizer for a price of bits has equal steps, a wider zero and shifted points. So coefficients need no
// free levels: quantizer::learned_dead_zone has all that there is to gain.
BOOST_AUTO_TEST_CASE(for_laplace_a_dead_zone_is_as_good) {
    std::vector<float> x;
    for (std::size_t i = 0; i < 20000; ++i) // quantiles, as above
        x.push_back(static_cast<float>((i % 2 ? 1 : -1) * -std::log((double(i / 2) + 0.5) / 10000)));
    for (double const lambda : {0.05, 0.2, 0.4}) {
        auto const free = tl::entropy_constrained(x, lambda);
        double least = 1e9;
        for (double const offset : {0.4, 0.425, 0.45}) {
            double low = 0.05, high = 5, mse = 0; // the step whose symbols have the same entropy
            for (int k = 0; k < 30; ++k) {
                double const step = (low + high) / 2;
                std::map<int, std::array<double, 3>> cells; // count, sum, sum of squares
                for (double const v : x) {
                    auto &c = cells[static_cast<int>(std::abs(v) / step + offset) * (v < 0 ? -1 : 1)];
                    c[0] += 1, c[1] += v, c[2] += v * v;
                }
                double entropy = 0, error = 0;
                for (auto const &[symbol, c] : cells)
                    entropy -= c[0] / 20000 * std::log2(c[0] / 20000), error += c[2] - c[1] * c[1] / c[0];
                (entropy > free.entropy ? low : high) = step, mse = error / 20000;
            }
            least = std::min(least, mse);
        }
        BOOST_TEST(10 * std::log10(least / free.mse) < 0.02); // dB
    }
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    std::vector<float> x{1, 2, 2, 1};
    BOOST_TEST(tl::lloyd_max(x, 2).mse == 0);
    BOOST_CHECK_THROW(tl::lloyd_max(x, 3), std::invalid_argument);
    BOOST_CHECK_THROW(tl::lloyd_max(x, 0), std::invalid_argument);
    BOOST_CHECK_THROW(tl::lloyd_max({}, 1), std::invalid_argument);
    BOOST_CHECK_THROW(tl::entropy_constrained(x, -1), std::invalid_argument);
    BOOST_CHECK_THROW(tl::entropy_constrained({}, 1), std::invalid_argument);
    x[2] = std::numeric_limits<float>::infinity();
    BOOST_CHECK_THROW(tl::lloyd_max(x, 2), std::invalid_argument);
    BOOST_CHECK_THROW(tl::entropy_constrained(x, 1), std::invalid_argument);
    std::vector<float> const same(10, 5);
    BOOST_TEST(tl::entropy_constrained(same, 1).levels.size() == 1u);
    BOOST_CHECK_THROW(tl::lloyd_max(same, 2), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
