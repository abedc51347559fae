// quantizer::palette: the error it promises, of what it is measured on, and what it must leave alone.
#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>

#include <triptych/bands.hpp>
#include <triptych/quantizer/palette.hpp>

namespace tt = triptych;
using B = tt::bands<std::int16_t, 2>;

namespace {
auto planes(std::size_t h, std::size_t w, std::size_t n) {
    tt::layout<2> l;
    for (std::size_t c = 0; c < n; ++c) {
        tt::band_info<2> info;
        info.bits = 8, info.at.component = static_cast<std::uint16_t>(c);
        l.add({h, w}, info);
    }
    return B(l, -128);
}
/// A disc whose colour and opacity run into each other, on nothing, with some noise.
auto disc(std::size_t n, unsigned seed) {
    auto x = planes(40, 50, n);
    std::mt19937 random(seed);
    for (std::size_t i = 0; i < 40; ++i)
        for (std::size_t j = 0; j < 50; ++j) {
            auto const r = std::hypot(double(i) - 20, double(j) - 25);
            if (r > 18) continue;
            for (std::size_t c = 0; c < n; ++c)
                x[c](i, j) = static_cast<std::int16_t>(std::lround(90 * std::sin(0.1 * double(i * (c + 1)) + r / 9)) +
                                                       int(random() % 5));
            if (n % 2 == 0)
                x[n - 1](i, j) = static_cast<std::int16_t>(std::min(127.0, std::round(127 - 40 * (r - 12))));
        }
    return x;
}
auto colours(B const &x) {
    std::set<std::array<int, 4>> found;
    for (std::size_t i = 0; i < x[0].size(); ++i) {
        std::array<int, 4> c{};
        for (std::size_t k = 0; k < x.count(); ++k) c[k] = x.data()[x.info(k).offset + i];
        found.insert(c);
    }
    return found.size();
}
/// On a background of white or black, in 8 bits.
auto composite_error(B const &x, B const &y, double background) {
    double sum = 0;
    auto const n = x.count();
    auto const colours = n - (n % 2 == 0);
    for (std::size_t i = 0; i < x[0].size(); ++i)
        for (std::size_t c = 0; c < colours; ++c) {
            auto const on = [&](B const &z) {
                auto const v = z.data()[z.info(c).offset + i] + 128.0;
                auto const a = n % 2 == 0 ? (z.data()[z.info(n - 1).offset + i] + 128.0) / 255 : 1.0;
                return v * a + background * (1 - a);
            };
            sum += std::pow(on(x) - on(y), 2);
        }
    return sum / double(x[0].size() * colours);
}
} // namespace

BOOST_AUTO_TEST_SUITE(palette)

BOOST_AUTO_TEST_CASE(the_error_on_white_is_below_that_of_the_step) {
    tt::quantizer::palette const q;
    for (std::size_t n = 1; n <= 4; ++n) {
        auto const x = disc(n, static_cast<unsigned>(n));
        std::size_t before = 100'000;
        for (float const step : {6.0F, 12.0F, 25.0F, 60.0F}) {
            auto const y = q.quantize(x.clone(), {}, {step, 0.1F});
            BOOST_TEST(composite_error(x, y, 255) <= double(step * step) / 12);
            // Alpha is weighed too, so black can't be far off.
            BOOST_TEST(composite_error(x, y, 0) <= double(step * step));
            BOOST_TEST(colours(y) <= before);
            before = colours(y);
        }
        BOOST_TEST(before < 20u);
    }
}

BOOST_AUTO_TEST_CASE(what_is_transparent_stays_transparent_and_nothing_else_becomes_nearly_so) {
    tt::quantizer::palette const q;
    auto const x = disc(4, 9);
    auto const y = q.quantize(x.clone(), {}, {20, 0.1F});
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < x[3].size(); ++i) {
        auto const a = x.data()[x.info(3).offset + i], b = y.data()[y.info(3).offset + i];
        wrong += a == -128 && b > -100;
        wrong += b > -128 && b < -122;
    }
    // The smoothing may move an edge by a pixel.
    BOOST_TEST(wrong < 20u);
}

BOOST_AUTO_TEST_CASE(few_colours_come_back_and_isolated_pixels_go) {
    tt::quantizer::palette const q;
    auto x = planes(16, 16, 3);
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t j = 8; j < 16; ++j) x[0](i, j) = 100, x[1](i, j) = -20;
    auto const y = q.quantize(x.clone(), {}, {10, 0.1F});
    BOOST_TEST(composite_error(x, y, 255) == 0.0);
    x[0](5, 3) = -120;
    BOOST_TEST(colours(x) == 3u);
    BOOST_TEST(colours(q.quantize(x.clone(), {}, {10, 0.1F})) == 2u);
    BOOST_TEST(colours(q.quantize(x.clone(), {}, {10, 0})) == 2u);
    BOOST_TEST(colours(q.quantize(x.clone(), {}, {0, 0.1F})) == 3u);
}

BOOST_AUTO_TEST_CASE(of_many_colours_few_remain_or_all) {
    // Noise: every pixel has a colour of its own, so the search can't go through them one by one.
    tt::quantizer::palette const q;
    auto x = planes(100, 100, 3);
    std::mt19937 random(3);
    for (std::size_t i = 0; i < 30'000; ++i) x.data()[i] = static_cast<std::int16_t>(int(random() % 256) - 128);
    auto const coarse = q.quantize(x.clone(), {}, {120, 0.1F});
    BOOST_TEST(colours(coarse) <= 256u);
    BOOST_TEST(composite_error(x, coarse, 255) <= 120.0 * 120 / 12);
    BOOST_TEST(composite_error(x, q.quantize(x.clone(), {}, {8, 0.1F}), 255) == 0.0);
    // A background and rare colours, of which a part of the picture may show too few.
    for (std::size_t i = 0; i < 30'000; ++i)
        if (i % 10'000 % 2 == 0) x.data()[i] = 7;
    auto const drawn = q.quantize(x.clone(), {}, {120, 0.1F});
    BOOST_TEST(colours(drawn) <= 256u);
    BOOST_TEST(composite_error(x, drawn, 255) <= 120.0 * 120 / 12);
}

BOOST_AUTO_TEST_SUITE_END()
