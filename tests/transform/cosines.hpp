// What untrained learned transforms must be: the lowest frequencies of the cosine transform, by its definition.
#pragma once

#include <cmath>
#include <cstddef>

#include <boost/test/unit_test.hpp>

/// `coefficients`, each to be multiplied by `scale`, are those of the one 8 × 8 block of x, diagonal by diagonal.
template <class B>
void are_cosines(B const &x, typename B::value_type const *coefficients, double scale) {
    std::size_t k = 0;
    for (std::size_t sum = 0; sum < 15; ++sum)
        for (std::size_t u = 0; u <= sum; ++u) {
            auto const v = sum - u;
            if (u > 7 || v > 7) continue;
            double expected = 0;
            for (std::size_t i = 0; i < 8; ++i)
                for (std::size_t j = 0; j < 8; ++j)
                    expected += x[0](i, j) * std::cos(M_PI * (2 * double(i) + 1) * double(u) / 16) *
                                std::cos(M_PI * (2 * double(j) + 1) * double(v) / 16) * 0.25 *
                                (u ? 1 : std::sqrt(0.5)) * (v ? 1 : std::sqrt(0.5));
            BOOST_TEST(std::abs(coefficients[k++] * scale - expected) < 0.1);
        }
    BOOST_TEST(k == 64u);
}
