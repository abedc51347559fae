// What networks of floats are made of: products of matrices of any strides, the exponential function, momentum.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <triptych/learn/numeric/exponential.hpp>
#include <triptych/learn/numeric/gemm.hpp>
#include <triptych/learn/numeric/momentum.hpp>
#include <triptych/learn/numeric/random.hpp>

namespace learn = triptych::learn;

BOOST_AUTO_TEST_SUITE(network_products)

BOOST_AUTO_TEST_CASE(products_are_those_of_the_definition) {
    learn::generator random(2);
    for (int i = 0; i < 300; ++i) {
        auto const rows = random.below(70), columns = random.below(70),
                   inner = i % 10 == 0 ? 300 + random.below(600) : random.below(40);
        std::vector<float> a(rows * inner + 1), b(inner * columns + 1), c(rows * (columns + 3), 7.0F);
        for (auto &v : a) v = static_cast<float>(random.normal());
        for (auto &v : b) v = static_cast<float>(random.normal());
        bool const across_a = random.below(2) != 0, across_b = random.below(2) != 0, fresh = random.below(2) != 0;
        learn::strided const left{a.data(), across_a ? 1 : inner, across_a ? rows : 1},
            right{b.data(), across_b ? 1 : columns, across_b ? inner : 1};
        learn::gemm(rows, columns, inner, left, right, c.data(), columns + 3, fresh);
        double worst = 0;
        for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t s = 0; s < columns; ++s) {
                double sum = fresh ? 0 : 7;
                for (std::size_t k = 0; k < inner; ++k)
                    sum += static_cast<double>(left.values[r * left.row + k * left.column]) *
                           static_cast<double>(right.values[k * right.row + s * right.column]);
                worst = std::max(worst, std::abs(sum - static_cast<double>(c[r * (columns + 3) + s])));
            }
            for (std::size_t s = columns; s < columns + 3; ++s) BOOST_TEST(c[r * (columns + 3) + s] == 7.0F);
        }
        BOOST_TEST(worst < 3e-4);
    }
}

BOOST_AUTO_TEST_CASE(exponential_is_within_two_units) {
    double worst = 0;
    for (float x = -87; x <= 87; x += 0.00137F) {
        auto const e = std::exp(static_cast<double>(x));
        worst = std::max(worst, std::abs(static_cast<double>(learn::exponential(x)) - e) / e);
    }
    BOOST_TEST(worst < 0x1p-22);
    BOOST_TEST(learn::exponential(0) == 1.0F);
    BOOST_TEST(learn::exponential(1000) == learn::exponential(87));
    BOOST_TEST(learn::logistic(-1000) > 0.0F);
    BOOST_TEST(learn::logistic(1000) == 1.0F);
}

BOOST_AUTO_TEST_CASE(momentum_keeps_its_velocity) {
    learn::momentum<double> m(1, 0.5);
    std::vector<double> x{0};
    std::vector<double> const gradient{1};
    m.step(x, gradient, 0.1), m.step(x, gradient, 0.1), m.step(x, gradient, 0.1);
    BOOST_TEST(std::abs(x[0] + 0.1 * (1 + 1.5 + 1.75)) < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()
