#include <array>
#include <cstdint>

#include <boost/test/unit_test.hpp>

#include <triptych/transform/difference.hpp>

#include "planes.hpp"

BOOST_AUTO_TEST_SUITE(difference)

using namespace triptych;
using transform::predictor;

namespace {
/// Residuals of { 10, 20; 30, v }.
template <predictor P>
auto residuals(int v) -> std::array<int, 4> {
    bands<std::int16_t, 2> x(planes<2>({2, 2}, 1, 8));
    int const samples[] = {10, 20, 30, v};
    fill(x, 0, [&](std::size_t i) { return samples[i]; });
    auto const y = transform::difference<P>{}.forward(std::move(x));
    return {y.data()[0], y.data()[1], y.data()[2], y.data()[3]};
}
} // namespace

BOOST_AUTO_TEST_CASE(by_hand) {
    BOOST_CHECK((residuals<predictor::left>(33) == std::array{10, 10, 20, 3}));
    BOOST_CHECK((residuals<predictor::up>(33) == std::array{10, 10, 20, 13}));
    // w = 30, n = 20, nw = 10: the plane says 40, which is nearest to w.
    BOOST_CHECK((residuals<predictor::paeth>(33) == std::array{10, 10, 20, 3}));
    // nw is the least of the three, so the largest is the guess.
    BOOST_CHECK((residuals<predictor::median>(33) == std::array{10, 10, 20, 3}));
}

BOOST_AUTO_TEST_CASE(residuals_wrap) {
    // -128 - 30 is -158, and 98 modulo 256.
    BOOST_TEST(residuals<predictor::left>(-128)[3] == 98);
}

BOOST_AUTO_TEST_CASE(median_is_the_middle_of_three) {
    // JPEG-LS: the median of w, n and w + n - nw.
    generator next;
    for (int i = 0; i < 500; ++i) {
        std::array<int, 3> const s{next(-128, 127), next(-128, 127), next(-128, 127)}; // nw, n, w
        bands<std::int32_t, 2> x(planes<2>({2, 2}, 1, 12), 0);
        fill(x, 0, [&](std::size_t k) { return k < 3 ? s[k] : 0; });
        auto const y = transform::difference<predictor::median>{}.forward(std::move(x));
        std::array<int, 3> three{s[1], s[2], s[1] + s[2] - s[0]};
        std::sort(three.begin(), three.end());
        BOOST_TEST(y.data()[3] == -three[1]);
    }
}

BOOST_AUTO_TEST_CASE(gives_back_every_sample) {
    check_exact<transform::difference<predictor::left>>();
    check_exact<transform::difference<predictor::up>>();
    check_exact<transform::difference<predictor::paeth>>();
    check_exact<transform::difference<predictor::median>>();
}

BOOST_AUTO_TEST_CASE(any_values_decode) {
    check_hostile(transform::difference<predictor::left>{});
    check_hostile(transform::difference<predictor::up>{});
    check_hostile(transform::difference<predictor::paeth>{});
    check_hostile(transform::difference<predictor::median>{});
}

BOOST_AUTO_TEST_SUITE_END()
