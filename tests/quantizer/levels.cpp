// quantizer::levels: nearest levels, the network by its definition, and arrays that no learner makes.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/quantizer/levels.hpp>

namespace tt = triptych;
using B = tt::bands<std::int16_t, 2>;

namespace {
auto plane(std::size_t h, std::size_t w, std::uint8_t bits) {
    tt::layout<2> l;
    tt::band_info<2> info;
    info.bits = bits;
    l.add({h, w}, info);
    return B(l, 0);
}
auto with_network(unsigned seed, int most) {
    tt::quantizer::levels<3> q;
    std::mt19937 random(seed);
    auto const some = [&](std::size_t n) {
        std::vector<std::int16_t> v(n);
        for (auto &x : v) x = static_cast<std::int16_t>(int(random() % static_cast<unsigned>(2 * most + 1)) - most);
        return v;
    };
    std::vector<std::int16_t> const values{-100, 10, 120};
    q.values = tt::frozen<std::int16_t>::owned(values, tt::dims{3u});
    q.hidden = tt::frozen<std::int16_t>::owned(some(24 * 26), tt::dims{24u, 26u});
    q.output = tt::frozen<std::int16_t>::owned(some(25), tt::dims{25u});
    return q;
}
} // namespace

BOOST_AUTO_TEST_SUITE(levels)

BOOST_AUTO_TEST_CASE(each_value_takes_the_nearest_level) {
    auto q = with_network(1, 0);
    q.hidden = {}, q.output = {};
    auto x = plane(1, 256, 8);
    for (int i = 0; i < 256; ++i) x[0](0, static_cast<std::size_t>(i)) = static_cast<std::int16_t>(i - 128);
    auto const s = q.plan({1, 0});
    auto const y = q.dequantize(q.quantize(x.clone(), s, {1, 0}), s, x.layout());
    for (int i = 0; i < 256; ++i) {
        int nearest = -100;
        for (int const v : {10, 120})
            if (std::abs(i - 128 - v) < std::abs(i - 128 - nearest)) nearest = v;
        BOOST_TEST(y[0](0, static_cast<std::size_t>(i)) == nearest);
    }
}

BOOST_AUTO_TEST_CASE(the_network_is_what_its_definition_says) {
    auto const q = with_network(2, 300);
    auto x = plane(6, 7, 8);
    std::mt19937 random(3);
    for (std::size_t i = 0; i < 42; ++i) x.data()[i] = static_cast<std::int16_t>(int(random() % 256) - 128);
    auto const s = q.plan({1, 0});
    auto const symbols = q.quantize(x.clone(), s, {1, 0});
    auto const y = q.dequantize(symbols.clone(), s, x.layout());
    auto const level = [&](int v, int u) {
        return q.values[static_cast<std::size_t>(
            symbols[0](static_cast<std::size_t>(std::clamp(v, 0, 5)), static_cast<std::size_t>(std::clamp(u, 0, 6))) +
            2)];
    };
    for (int v = 0; v < 6; ++v)
        for (int u = 0; u < 7; ++u) {
            double sum = q.output[24] / 16.0;
            for (std::size_t k = 0; k < 24; ++k) {
                double h = q.hidden[k * 26 + 25] / 4.0;
                for (int j = 0; j < 25; ++j)
                    h += q.hidden[k * 26 + static_cast<std::size_t>(j)] / 4096.0 * level(v + j / 5 - 2, u + j % 5 - 2);
                sum += q.output[k] / 256.0 * std::max(h, 0.0);
            }
            auto const exact = std::clamp(level(v, u) + sum, -128.0, 127.0);
            BOOST_TEST(std::abs(y[0](static_cast<std::size_t>(v), static_cast<std::size_t>(u)) - exact) <= 0.51);
        }
}

BOOST_AUTO_TEST_CASE(any_arrays_and_symbols_give_values_within_the_band) {
    for (unsigned seed = 0; seed < 4; ++seed) {
        auto const q = with_network(seed, 32767);
        auto x = plane(5, 9, static_cast<std::uint8_t>(3 + 4 * seed));
        auto const s = q.plan({1, 0.1F});
        B symbols(q.arrange(x.layout(), s));
        std::mt19937 random(seed);
        for (std::size_t i = 0; i < 45; ++i) symbols.data()[i] = static_cast<std::int16_t>(random());
        auto const y = q.dequantize(std::move(symbols), s, x.layout());
        auto const half = 1 << (2 + 4 * seed);
        for (std::size_t i = 0; i < 45; ++i) BOOST_TEST((y.data()[i] >= -half && y.data()[i] < half));
    }
    auto q = with_network(1, 5);
    q.output = {};
    BOOST_TEST(!q.arrange(plane(2, 2, 8).layout(), {}).ok());
}

BOOST_AUTO_TEST_CASE(larger_steps_make_smoother_maps) {
    tt::quantizer::levels<2> const q;
    auto x = plane(20, 20, 8);
    for (std::size_t i = 0; i < 400; ++i) x.data()[i] = i % 20 < 10 ? -128 : 127;
    x[0](5, 3) = 60;
    auto const isolated = [&](float step) {
        auto const y = q.quantize(x.clone(), {}, {step, 0.1F});
        return y[0](5, 3) != y[0](5, 2);
    };
    BOOST_TEST(isolated(1));
    BOOST_TEST(!isolated(100));
}

BOOST_AUTO_TEST_SUITE_END()
