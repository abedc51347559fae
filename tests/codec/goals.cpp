// Goals of rate and quality, with the transforms and coders that people use: met, or as near as the codec comes.
#include <triptych/codec.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/wavelet.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace {
using namespace triptych;
using transform::wavelet, transform::wavelet_filter;

constexpr extents<2> shape{96, 120};

/// Waves, an edge and a little noise, from 0 to `peak`.
template <class S>
auto scene(double peak) -> std::vector<S> {
    std::vector<S> x;
    std::uint32_t state = 3;
    for (std::size_t i = 0; i < shape[0] * shape[1]; ++i) {
        state = state * 1664525u + 1013904223u;
        auto const row = static_cast<double>(i / shape[1]), col = static_cast<double>(i % shape[1]);
        auto const v = 0.4 + 0.2 * std::sin(col / 9) + 0.15 * std::cos(row / 13 + col / 31) +
                       (row + col > 130 ? 0.15 : 0) + 0.06 * (state >> 8) / (1 << 24);
        x.push_back(static_cast<S>(peak * v));
    }
    return x;
}
template <class S>
auto psnr_between(std::vector<S> const &x, picture<S, 2> const &y, double peak) -> double {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += std::pow(static_cast<double>(x[i]) - static_cast<double>(y.data()[i]), 2);
    return 10 * std::log10(peak * peak * static_cast<double>(x.size()) / sum);
}

template <class C, class S>
void meets(double peak) {
    C const c;
    auto const x = scene<S>(peak);
    picture_view<S, 2> const view{x.data(), shape, 1, peak};
    for (double const goal : {0.2, 0.3, 0.5, 1.0, 2.0}) {
        auto const bytes = c.encode(view, bits_per_pixel(goal));
        BOOST_TEST(8.0 * static_cast<double>(bytes.size()) / static_cast<double>(x.size()) == goal,
                   boost::test_tools::tolerance(0.01));
    }
    for (double const goal : {28.0, 33.0, 38.0, 43.0})
        BOOST_TEST(std::abs(psnr_between(x, c.template decode<S, 2>(c.encode(view, psnr(goal))), peak) - goal) <= 0.1);
}

using coders = std::tuple<codec<wavelet<wavelet_filter::cdf97>, quantizer::dead_zone, coder::range<>>,
                          codec<wavelet<wavelet_filter::cdf53>, quantizer::dead_zone, coder::range<>>,
                          codec<transform::dct<8>, quantizer::dead_zone, coder::range<>>,
                          codec<transform::dct<8>, quantizer::uniform, coder::range<model::adaptive>>>;
} // namespace

BOOST_AUTO_TEST_SUITE(goals)

BOOST_AUTO_TEST_CASE_TEMPLATE(rate_and_quality_are_met, C, coders) {
    meets<C, std::uint8_t>(255);
    meets<C, std::uint16_t>(65535);
    meets<C, std::uint16_t>(1023);
}

// Integers that nothing transforms know whole steps alone.
BOOST_AUTO_TEST_CASE(the_nearest_is_taken) {
    codec<transform::identity, quantizer::uniform, coder::range<model::adaptive>> const c;
    auto const x = scene<std::uint8_t>(255);
    picture_view<std::uint8_t, 2> const view{x.data(), shape};
    for (double const goal : {25.0, 34.0, 41.0, 46.0}) {
        auto const miss = [&](quality const &q) {
            return std::abs(psnr_between(x, c.decode(c.encode(view, q)), 255) - goal);
        };
        double least = std::numeric_limits<double>::max();
        for (int s = 2; s < 60; ++s) least = std::min(least, miss(step(s)));
        BOOST_TEST(miss(psnr(goal)) <= std::max(least, 0.1) + 1e-9);
    }
}

// Ten bits in sixteen are coded as eight in eight are.
BOOST_AUTO_TEST_CASE(the_scale_goes_by_the_peak) {
    codec<transform::dct<8>, quantizer::uniform, coder::range<model::adaptive>> const c;
    auto const x = scene<std::uint8_t>(255);
    auto const y = scene<std::uint16_t>(1023);
    for (double const q : {20.0, 50.0, 80.0}) {
        auto const a =
            psnr_between(x, c.decode(c.encode(picture_view<std::uint8_t, 2>{x.data(), shape}, scale(q))), 255);
        picture_view<std::uint16_t, 2> const ten{y.data(), shape, 1, 1023};
        BOOST_TEST(std::abs(psnr_between(y, c.decode<std::uint16_t>(c.encode(ten, scale(q))), 1023) - a) < 0.4);
    }
    picture_view<std::uint16_t, 2> wrong{y.data(), shape, 1, -1};
    BOOST_CHECK_THROW(c.encode(wrong, scale(50)), std::invalid_argument);
    wrong.peak = std::numeric_limits<double>::infinity();
    BOOST_CHECK_THROW(c.encode(wrong, scale(50)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
