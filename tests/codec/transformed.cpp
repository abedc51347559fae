// Goals of a whole lossy codec: colour, DCT, dead zone with prices, adaptive coder, over sample types.
#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace {
using namespace triptych;
using photo_like = codec<transform::chain<transform::colour<transform::ycbcr>, transform::dct<8>>, quantizer::dead_zone,
                         coder::range<>>;
using reversible_photo = codec<transform::colour<transform::ycocg_r>, quantizer::uniform, coder::range<>>;

template <class S>
struct scene {
    std::vector<S> samples;
    extents<2> shape{61, 83};
    scene() {
        std::uint32_t state = 3;
        for (std::size_t i = 0; i < 61 * 83; ++i)
            for (int c = 0; c < 3; ++c) {
                state = state * 1664525u + 1013904223u;
                auto const y = static_cast<double>(i / 83), x = static_cast<double>(i % 83);
                auto const v =
                    0.5 + 0.3 * std::sin(x * y / 400 + c) + 0.1 * std::cos(x / 4) + 0.05 * (state >> 8) / (1 << 24);
                if constexpr (std::is_same_v<S, float>)
                    samples.push_back(static_cast<float>(v * 7 - 2));
                else
                    samples.push_back(static_cast<S>(std::numeric_limits<S>::min() +
                                                     v * (static_cast<double>(std::numeric_limits<S>::max()) -
                                                          static_cast<double>(std::numeric_limits<S>::min()))));
            }
    }
    auto view() const -> picture_view<S, 2> { return {samples.data(), shape, 3}; }
};
using all_samples = std::tuple<std::uint8_t, std::uint16_t, std::int16_t, std::int32_t, float>;
} // namespace

BOOST_AUTO_TEST_SUITE(transformed)

BOOST_AUTO_TEST_CASE_TEMPLATE(psnr_and_rate_are_met, S, all_samples) {
    scene<S> const x;
    for (double const goal : {25.0, 32.0, 40.0, 48.0}) {
        auto const y = photo_like{}.template decode<S>(photo_like{}.encode(x.view(), psnr(goal)));
        BOOST_TEST(std::abs(metric::psnr(x.view(), y.view()) - goal) < 0.1);
    }
    for (double const goal : {2.0, 6.0}) {
        auto const bytes = photo_like{}.encode(x.view(), bits_per_pixel(goal));
        BOOST_TEST(8.0 * static_cast<double>(bytes.size()) / (61 * 83) == goal, boost::test_tools::tolerance(0.01));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(max_error_is_kept, S, all_samples) {
    scene<S> const x;
    double const whole = std::is_same_v<S, float> ? 10.0
                                                  : static_cast<double>(std::numeric_limits<S>::max()) -
                                                        static_cast<double>(std::numeric_limits<S>::min());
    std::size_t last = ~std::size_t{0};
    for (double const part : {0.01, 0.03, 0.1}) {
        auto const bytes = photo_like{}.encode(x.view(), max_error(part * whole));
        auto const worst = metric::max_error(x.view(), photo_like{}.template decode<S>(bytes).view());
        BOOST_TEST(worst <= part * whole);
        BOOST_TEST(worst > part * whole / 2);
        BOOST_TEST(bytes.size() < last);
        last = bytes.size();
        auto const again = reversible_photo{}.encode(x.view(), max_error(part * whole));
        BOOST_TEST(metric::max_error(x.view(), reversible_photo{}.template decode<S>(again).view()) <= part * whole);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(exact_through_a_reversible_transform, S, all_samples) {
    scene<S> const x;
    auto const y = reversible_photo{}.template decode<S>(reversible_photo{}.encode(x.view(), exact));
    BOOST_TEST(std::equal(x.samples.begin(), x.samples.end(), y.data()));
    BOOST_CHECK_THROW(photo_like{}.encode(x.view(), exact), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(scale_is_monotone) {
    scene<std::uint8_t> const x;
    std::size_t last = 0;
    double best = 0;
    for (int q = 0; q <= 100; q += 20) {
        auto const bytes = photo_like{}.encode(x.view(), scale(q));
        auto const p = metric::psnr(x.view(), photo_like{}.decode(bytes).view());
        BOOST_TEST(bytes.size() > last);
        BOOST_TEST(p > best);
        last = bytes.size(), best = p;
    }
}

BOOST_AUTO_TEST_SUITE_END()
