// Strips through transform, quantizer and coder give the very picture that the whole gives, for any height.
#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/classified_klt.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include <boost/test/unit_test.hpp>

#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(strips_of_rows)

namespace {
using namespace triptych;
using transforms = transform::chain<transform::colour<transform::ycbcr>, transform::dct<8>>;
template <class Schedule>
using lossy = codec<transforms, quantizer::uniform, coder::range<>, Schedule>;
template <class Schedule>
using lossless = codec<transform::colour<transform::ycocg_r>, quantizer::none, coder::range<>, Schedule>;

template <template <class> class Codec, class Schedule, class S, std::size_t R>
void as_whole(picture<S, R> const &x, quality const &goal) {
    auto const together = Codec<whole>{}.encode(x, goal);
    auto const in_strips = Codec<Schedule>{}.encode(x, goal);
    auto const a = Codec<whole>{}.template decode<S, R>(together);
    auto const b = Codec<Schedule>{}.template decode<S, R>(in_strips);
    BOOST_TEST(shape::largest_error(a, b) == 0);
    BOOST_TEST(a.size() == x.size());
    // The schedule is part of the codec's identity: neither reads the other's stream.
    BOOST_TEST((Codec<whole>{}.template try_decode<S, R>(in_strips).error.code == errc::codec));
}
} // namespace

BOOST_AUTO_TEST_CASE(lossy_pictures_of_several_heights) {
    for (std::size_t const rows : {1u, 7u, 8u, 63u, 64u, 65u, 129u, 200u}) {
        auto const x = shape::waves<std::uint8_t, 2>({rows, 45}, 3);
        BOOST_TEST_CONTEXT(rows << " rows") {
            as_whole<lossy, strips<8>>(x, step(9));
            as_whole<lossy, strips<64>>(x, step(9));
            as_whole<lossy, strips<128>>(x, step(9));
        }
    }
}
BOOST_AUTO_TEST_CASE(exact_pictures_and_volumes) {
    for (std::size_t const rows : {0u, 1u, 2u, 17u}) {
        auto const x = shape::waves<std::uint8_t, 2>({rows, 13}, 4);
        as_whole<lossless, strips<1>>(x, exact);
        as_whole<lossless, strips<5>>(x, exact);
        BOOST_TEST(shape::largest_error(x, lossless<strips<5>>{}.decode(lossless<strips<5>>{}.encode(x))) == 0);
    }
    // Strips cut the first axis, whatever the rank.
    as_whole<lossless, strips<2>>(shape::waves<std::uint16_t, 3>({5, 6, 7}, 3), exact);
    as_whole<lossless, strips<32>>(shape::waves<std::int16_t, 1>({100}, 1), exact);
}
BOOST_AUTO_TEST_CASE(a_strip_that_is_missing_is_an_error) {
    auto const x = shape::waves<std::uint8_t, 2>({100, 20}, 3);
    auto const bytes = lossy<strips<8>>{}.encode(x, step(9), framing::bare);
    for (std::size_t n = 0; n < bytes.size(); n += 7) {
        auto const y = lossy<strips<8>>{}.try_decode(std::span(bytes).first(n), framing::bare, x.shape(), 3);
        BOOST_TEST(static_cast<bool>(y.error));
    }
}
BOOST_AUTO_TEST_CASE(rows_of_nothing_are_not_counted) {
    // A header may claim rows without columns; that is an empty picture, and takes no time.
    extents<2> const shape{std::size_t{1} << 26, 0};
    auto const y = lossless<strips<1>>{}.encode(picture_view<std::uint8_t, 2>{nullptr, shape, 3}, exact);
    auto const z = lossless<strips<1>>{}.try_decode(y);
    BOOST_TEST(!z.error);
    BOOST_TEST((z.value.shape() == shape));
    // Or rows without components.
    extents<2> const wide{std::size_t{1} << 30, 2};
    auto const none = lossless<strips<1>>{}.encode(picture_view<std::uint8_t, 2>{nullptr, wide, 0}, exact);
    BOOST_TEST(!lossless<strips<1>>{}.try_decode(none).error);
}

BOOST_AUTO_TEST_CASE(what_a_transform_is_told_and_a_coder_can_say_reaches_strips) {
    // The target of a transform that asks for it, and the rates of a coder for a quantizer that asks for them.
    using aware = codec<transform::classified_klt<8, 8>, quantizer::uniform, coder::range<>, strips<64>>;
    using frugal = codec<transform::dct<8>, quantizer::dead_zone, coder::range<>, strips<64>>;
    using plain = codec<transform::dct<8>, quantizer::dead_zone, coder::range<>>;
    auto const x = shape::waves<std::uint8_t, 2>({200, 160}, 1);
    BOOST_TEST(shape::largest_error(aware{}.decode(aware{}.encode(x, step(8))), x) < 48);
    auto const in_strips = frugal{}.encode(x, step(12)).size(), decided = plain{}.encode(x, step(12)).size(),
               hasty = frugal{}.encode(x, step(12).at_effort(1)).size();
    BOOST_TEST(in_strips < hasty);
    BOOST_TEST(static_cast<double>(in_strips) <= 1.03 * static_cast<double>(decided));
}

BOOST_AUTO_TEST_SUITE_END()
