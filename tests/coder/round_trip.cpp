#include <boost/test/unit_test.hpp>

#include <array>
#include <tuple>

#include <triptych/coder/bit_plane.hpp>
#include <triptych/coder/golomb.hpp>
#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/multisymbol.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/coder/tans.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

using coders =
    std::tuple<coder::raw, coder::golomb<>, coder::golomb<coder::golomb_kind::exponential>, coder::huffman<>,
               coder::rans<>, coder::tans<>, coder::range<>, coder::range<model::adaptive>,
               coder::range<model::predictive>, coder::bit_plane<>, coder::bit_plane<coder::plane_weight::by_gain>,
               coder::multisymbol<>, coder::multisymbol<model::adaptive>, coder::run_length<>,
               coder::run_length<coder::raw>, coder::run_length<coder::range<>>>;

BOOST_AUTO_TEST_SUITE(round_trip)

BOOST_AUTO_TEST_CASE_TEMPLATE(pictures, C, coders) {
    C const c;
    std::array const layouts{planes<2>({31, 45}, 3, 9), planes<2>({0, 7}, 2, 8),   planes<2>({1, 1}, 1, 1),
                             planes<2>({1, 70}, 4, 16), planes<2>({70, 1}, 4, 16), blocks(40, 56, 8, 11),
                             blocks(33, 17, 16, 11),    blocks(9, 9, 4, 12),       pyramid(37, 53, 3, 12),
                             pyramid(1, 9, 2, 12),      pyramid(16, 16, 4, 16),    layout<2>{}};
    unsigned seed = 1;
    for (auto const &l : layouts) {
        BOOST_TEST(survives(c, noise<std::int16_t>(l, seed)));
        BOOST_TEST(
            survives(c, geometric<std::int16_t>(l, seed, [](std::size_t b) { return 4.0 / (1 + double(b % 64)); })));
        BOOST_TEST(survives(c, geometric<std::int32_t>(l, seed, [](std::size_t b) { return b % 2 ? 0.01 : 90.0; })));
        BOOST_TEST(survives(c, bands<std::int16_t, 2>(l, 0)));
        BOOST_TEST(survives(c, bands<std::int32_t, 2>(l, -1)));
        ++seed;
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(arrays_of_any_rank, C, coders) {
    C const c;
    BOOST_TEST(survives(c, noise<std::int32_t>(planes<1>({777}, 2, 32), 1)));
    BOOST_TEST(survives(c, noise<std::int32_t>(planes<2>({9, 31}, 3, 32), 2)));
    BOOST_TEST(survives(c, noise<std::int32_t>(planes<3>({5, 6, 7}, 2, 31), 3)));
    BOOST_TEST(survives(c, noise<std::int16_t>(planes<4>({2, 3, 4, 5}, 2, 16), 4)));
    BOOST_TEST(survives(c, geometric<std::int16_t>(planes<3>({9, 16, 7}, 1, 9), 5, [](std::size_t) { return 3.0; })));
    BOOST_TEST(survives(c, geometric<std::int32_t>(planes<1>({5000}, 1, 20), 6, [](std::size_t) { return 900.0; })));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_small_shape, C, coders) {
    C const c;
    for (std::size_t h = 0; h <= 5; ++h)
        for (std::size_t w = 0; w <= 5; ++w) {
            BOOST_TEST(survives(c, noise<std::int16_t>(planes<2>({h, w}, 2, 5), 7)));
            BOOST_TEST(survives(c, noise<std::int16_t>(blocks(h, w, 2, 5), 8)));
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(bits_of_zero_mean_the_whole_type, C, coders) {
    bands<std::int16_t, 1> x(planes<1>({6}, 1, 0));
    std::array<std::int16_t, 6> const values{-32768, 32767, 0, -1, 1, 4711};
    std::copy(values.begin(), values.end(), x.data());
    BOOST_TEST(survives(C{}, x));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(next_to_nothing_costs_next_to_nothing, C, coders) {
    C const c;
    BOOST_TEST(encoded(c, bands<std::int16_t, 2>(layout<2>{})).size() == 0u);
    BOOST_TEST(encoded(c, bands<std::int16_t, 2>(planes<2>({1, 1}, 3, 8), 5)).size() <= 16u);
    if constexpr (!std::is_same_v<C, coder::raw>) // a third of a megapixel of one value
        BOOST_TEST(encoded(c, bands<std::int16_t, 2>(planes<2>({512, 640}, 1, 8), 5)).size() <= 600u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(encoding_is_deterministic, C, coders) {
    auto const x = noise<std::int16_t>(blocks(40, 56, 8, 6), 3);
    BOOST_TEST((encoded(C{}, x) == encoded(C{}, x)));
}

BOOST_AUTO_TEST_SUITE_END()
