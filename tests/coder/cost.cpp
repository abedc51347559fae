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

// The laws that all coders keep are those of conformance(); here is what they cost.
BOOST_AUTO_TEST_SUITE(cost)

BOOST_AUTO_TEST_CASE_TEMPLATE(next_to_nothing_costs_next_to_nothing, C, coders) {
    C const c;
    BOOST_TEST(encoded(c, bands<std::int16_t, 2>(layout<2>{})).size() == 0u);
    BOOST_TEST(encoded(c, bands<std::int16_t, 2>(planes<2>({1, 1}, 3, 8), 5)).size() <= 16u);
    if constexpr (!std::is_same_v<C, coder::raw>) // a third of a megapixel of one value
        BOOST_TEST(encoded(c, bands<std::int16_t, 2>(planes<2>({512, 640}, 1, 8), 5)).size() <= 600u);
}

BOOST_AUTO_TEST_SUITE_END()
