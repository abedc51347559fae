// Rate-distortion optimisation through a rate-aware coder: the quantizer asks what a symbol costs, and the whole is better for it.
#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/dct.hpp>

#include <boost/test/unit_test.hpp>

#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(rates)

namespace {
using namespace triptych;

/// The same coder, but it does not say what anything costs.
struct silent {
    template <class B, class W>
    void encode(B const &x, W &w) const {
        coder::range<>{}.encode(x, w);
    }
    template <class B>
    void decode(B &x, byte_reader &r) const {
        coder::range<>{}.decode(x, r);
    }
};
using P = bands<std::int16_t, 2>;
static_assert(rate_aware<coder::range<>, P> && !rate_aware<silent, P>);
static_assert(uses_rates<quantizer::dead_zone, P, decltype(coder::range<>{}.rates(std::declval<P>()))>);

using optimised = codec<transform::dct<8>, quantizer::dead_zone, coder::range<>>;
using plain = codec<transform::dct<8>, quantizer::dead_zone, silent>;

/// Lets the panels' own sum speak: squared error and price of the bits, in units of step².
template <class C>
auto cost(picture<std::uint8_t, 2> const &x, double s) -> double {
    auto const bytes = C{}.encode(x, step(s), framing::bare);
    auto const y = C{}.decode(bytes, framing::bare, x.shape(), x.components());
    auto const bits = 8 * static_cast<double>(bytes.size());
    return shape::mean_squared_error(x, y) * static_cast<double>(x.size()) / (s * s) +
           static_cast<double>(target{}.lambda) * bits;
}
} // namespace

BOOST_AUTO_TEST_CASE(the_cost_that_is_minimised_is_lower) {
    auto const x = shape::waves<std::uint8_t, 2>({128, 128}, 1);
    for (double const s : {3.0, 6.0, 12.0, 24.0}) BOOST_TEST(cost<optimised>(x, s) < cost<plain>(x, s), "step " << s);
}
BOOST_AUTO_TEST_CASE(fewer_bytes_at_equal_quality) {
    auto const x = shape::waves<std::uint8_t, 2>({128, 128}, 1);
    for (double const dB : {34.0, 38.0, 42.0}) {
        auto const a = optimised{}.encode(x, psnr(dB)), b = plain{}.encode(x, psnr(dB));
        BOOST_TEST_MESSAGE(dB << " dB: " << a.size() << " bytes with prices, " << b.size() << " without");
        BOOST_TEST(a.size() < b.size());
    }
}
BOOST_AUTO_TEST_CASE(a_decoder_needs_no_prices) {
    // The streams have one format: what was decided with prices is decoded by a coder that knows none.
    auto const x = shape::waves<std::uint8_t, 2>({40, 50}, 3);
    auto const bytes = optimised{}.encode(x, step(8), framing::bare);
    auto const a = optimised{}.decode(bytes, framing::bare, x.shape(), 3);
    auto const b = plain{}.decode(bytes, framing::bare, x.shape(), 3);
    BOOST_TEST(shape::largest_error(a, b) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
