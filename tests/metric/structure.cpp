// Errors and structural similarity against scikit-image; the numbers are printed by reference.py.
#include <triptych/metric/error.hpp>
#include <triptych/metric/ssim.hpp>
#include <triptych/xtensor.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

namespace {
using namespace triptych;

struct pair {
    std::vector<std::uint8_t> a, b;
    extents<2> shape;
    std::size_t components;
    auto original() const -> picture_view<std::uint8_t, 2> { return {a.data(), shape, components}; }
    auto decoded() const -> picture_view<std::uint8_t, 2> { return {b.data(), shape, components}; }
};

auto pictures(std::size_t height, std::size_t width, std::size_t components, int noise) -> pair {
    pair p{{}, {}, {height, width}, components};
    std::uint32_t state = 12345;
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x)
            for (std::size_t c = 0; c < components; ++c) {
                state = state * 1664525u + 1013904223u;
                auto const v = static_cast<int>((2 * x + 3 * y + 40 * c + (state >> 24) / 8) & 255);
                state = state * 1664525u + 1013904223u;
                auto const n = static_cast<int>(state >> 24) - 128;
                p.a.push_back(static_cast<std::uint8_t>(v));
                p.b.push_back(static_cast<std::uint8_t>(
                    std::clamp(v + (n < 0 ? -((-n + noise - 1) / noise) : n / noise), 0, 255)));
            }
    return p;
}
auto const tight = boost::test_tools::tolerance(1e-10);
} // namespace

BOOST_AUTO_TEST_SUITE(structure)

BOOST_AUTO_TEST_CASE(a_fine_decode_of_a_colour_picture) {
    auto const p = pictures(192, 201, 3, 8);
    auto const x = p.original(), y = p.decoded();
    BOOST_TEST(metric::mse(x, y) == 82.860428758982863, tight);
    BOOST_TEST(metric::psnr(x, y) == 28.947331846551098, tight);
    BOOST_TEST(metric::psnr_y(x, y) == 32.450029352028949, tight);
    BOOST_TEST(metric::ssim(x, y) == 0.81136864328065916, tight);
    BOOST_TEST(metric::ssim_y(x, y) == 0.89207291941765687, tight);
    BOOST_TEST(metric::ms_ssim(x, y) == 0.97668966492949671, tight);
    BOOST_TEST(metric::ms_ssim_y(x, y) == 0.98717797569195498, tight);
}

BOOST_AUTO_TEST_CASE(a_coarse_decode_of_a_colour_picture) {
    auto const p = pictures(192, 201, 3, 2);
    auto const x = p.original(), y = p.decoded();
    BOOST_TEST(metric::mse(x, y) == 1198.9269624101714, tight);
    BOOST_TEST(metric::psnr(x, y) == 17.342876338060812, tight);
    BOOST_TEST(metric::psnr_y(x, y) == 20.871533444815352, tight);
    BOOST_TEST(metric::ssim(x, y) == 0.3039156250141572, tight);
    BOOST_TEST(metric::ssim_y(x, y) == 0.44382951810040655, tight);
    BOOST_TEST(metric::ms_ssim(x, y) == 0.81011980990785892, tight);
    BOOST_TEST(metric::ms_ssim_y(x, y) == 0.87490920607121614, tight);
}

BOOST_AUTO_TEST_CASE(a_small_gray_picture) {
    auto const p = pictures(13, 17, 1, 5);
    BOOST_TEST(metric::mse(p.original(), p.decoded()) == 220.98642533936652, tight);
    BOOST_TEST(metric::psnr(p.original(), p.decoded()) == 24.6871476402114, tight);
    BOOST_TEST(metric::ssim(p.original(), p.decoded()) == 0.57831723430743232, tight);
    BOOST_TEST(metric::ssim_y(p.original(), p.decoded()) == 0.57831723430743232, tight);
    BOOST_CHECK_THROW(metric::ms_ssim(p.original(), p.decoded()), std::invalid_argument);
    auto const tiny = pictures(10, 40, 1, 5);
    BOOST_CHECK_THROW(metric::ssim(tiny.original(), tiny.decoded()), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(equal_pictures) {
    auto const p = pictures(176, 176, 3, 5);
    BOOST_TEST(metric::mse(p.original(), p.original()) == 0.0);
    BOOST_TEST(metric::mae(p.original(), p.original()) == 0.0);
    BOOST_TEST(metric::max_error(p.original(), p.original()) == 0.0);
    BOOST_TEST(metric::psnr(p.original(), p.original()) == std::numeric_limits<double>::infinity());
    BOOST_TEST(metric::psnr_y(p.original(), p.original()) == std::numeric_limits<double>::infinity());
    BOOST_TEST(metric::ssim(p.original(), p.original()) == 1.0, tight);
    BOOST_TEST(metric::ms_ssim(p.original(), p.original()) == 1.0, tight);
}

BOOST_AUTO_TEST_CASE(errors_by_hand_for_any_sample_and_container) {
    xt::xtensor<float, 2> const a{{0, 1, 2}, {3, 4, -6}}, b{{0, 1, 2.5F}, {3, 1, -6}};
    BOOST_TEST(metric::mse(a, b) == (0.25 + 9) / 6, tight);
    BOOST_TEST(metric::mae(a, b) == 3.5 / 6, tight);
    BOOST_TEST(metric::max_error(a, b) == 3.0);
    BOOST_TEST(metric::psnr(a, b) == 10 * std::log10(100 / ((0.25 + 9) / 6)), tight); // the range is 10
    BOOST_TEST(metric::psnr(a, b, 1) == 10 * std::log10(6 / (0.25 + 9)), tight);
    xt::xtensor<std::int16_t, 1> const s{-32768, 0}, t{32767, 0};
    BOOST_TEST(metric::max_error(as_array(s), as_array(t)) == 65535.0);
    BOOST_TEST(metric::psnr(as_array(s), as_array(t)) == 10 * std::log10(2.0), tight);
    BOOST_TEST(metric::mse(a * 2.0F, b * 2.0F) == 4 * (0.25 + 9) / 6, tight);
    xt::xtensor<float, 2> const other{{1, 2}, {3, 4}, {5, 6}};
    BOOST_CHECK_THROW(metric::mse(a, other), std::invalid_argument);
    std::vector<float> const none;
    picture_view<float, 2> const empty{none.data(), {0, 5}, 3};
    BOOST_TEST(metric::mse(empty, empty) == 0.0);
    BOOST_TEST(metric::mae(empty, empty) == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
