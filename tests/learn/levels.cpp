// learner<quantizer::levels<K>>: levels where the values are, and a network that gives back what they lost.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/coder/raw.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/quantizer/levels.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/transform/identity.hpp>

namespace tt = triptych;
template <std::size_t K>
using codec = tt::codec<tt::transform::identity, tt::quantizer::levels<K>, tt::coder::raw>;

namespace {
/// A soft stroke, white on black.
auto stroke(unsigned seed) {
    tt::picture<std::uint8_t, 2> p({28, 28}, 1);
    std::mt19937 random(seed);
    auto const angle = double(random() % 628) / 100, y0 = 10 + double(random() % 80) / 10,
               x0 = 10 + double(random() % 80) / 10;
    for (std::size_t y = 0; y < 28; ++y)
        for (std::size_t x = 0; x < 28; ++x) {
            auto const d = std::abs(std::cos(angle) * (double(y) - y0) + std::sin(angle) * (double(x) - x0));
            p.data()[y * 28 + x] = static_cast<std::uint8_t>(std::lround(255 / (1 + std::exp(3 * (d - 2)))));
        }
    return p;
}
template <std::size_t K>
auto quality(codec<K> const &c) {
    double sum = 0;
    for (unsigned seed = 900; seed < 930; ++seed) {
        auto const p = stroke(seed);
        sum += tt::metric::psnr(p, c.decode(c.encode(p, tt::step(1))));
    }
    return sum / 30;
}
auto corpus() {
    std::vector<tt::picture<std::uint8_t, 2>> c;
    for (unsigned i = 0; i < 150; ++i) c.push_back(stroke(i));
    return c;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_levels)

BOOST_AUTO_TEST_CASE(the_network_gives_back_what_two_levels_lose) {
    tt::fit_options options;
    options.aim.step = 1;
    auto const c = tt::fit<codec<2>>(corpus(), options);
    BOOST_TEST(c.quantizer().values.size() == 2u);
    BOOST_TEST(c.quantizer().values[0] < -110);
    BOOST_TEST(c.quantizer().values[1] > 60);
    // The same levels without the network.
    auto plain = c.quantizer();
    plain.hidden = {}, plain.output = {};
    BOOST_TEST(quality(c) > 3 + quality(codec<2>({}, plain, {})));
    // Threads change nothing.
    options.threads = 3;
    BOOST_TEST(tt::fit<codec<2>>(corpus(), options).model() == c.model());
}

BOOST_AUTO_TEST_CASE(more_levels_are_better) {
    tt::fit_options options;
    options.aim.step = 1;
    BOOST_TEST(quality(tt::fit<codec<5>>(corpus(), options)) > 2 + quality(tt::fit<codec<2>>(corpus(), options)));
}

BOOST_AUTO_TEST_CASE(too_few_values_are_refused) {
    std::vector<tt::picture<std::uint8_t, 2>> flat;
    flat.emplace_back(tt::extents<2>{8, 8}, 1);
    for (std::size_t i = 0; i < 64; ++i) flat[0].data()[i] = 7;
    BOOST_CHECK_THROW(tt::fit<codec<2>>(flat), std::invalid_argument);
    tt::learner<tt::quantizer::levels<2>> l;
    BOOST_TEST(l.finish().values.empty());
}

BOOST_AUTO_TEST_SUITE_END()
