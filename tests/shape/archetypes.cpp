// A codec calls policies as the concept pages say, and no other way: it works with policies that offer nothing more.
#include <triptych/codec.hpp>

#include <boost/test/unit_test.hpp>

#include "../archetypes.hpp"
#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(archetypes)

using namespace archetype;

static_assert(transform_for<archetype::transform, B> && !triptych::reversible<archetype::transform> &&
              !triptych::tileable<archetype::transform>);
static_assert(synthesis_for<archetype::synthesis, B> && !transform_for<archetype::synthesis, B>);
static_assert(triptych::reversible<reversible_transform> && triptych::tileable<tileable_transform>);
static_assert(target_aware<target_aware_transform, B> && !target_aware<archetype::transform, B>);
static_assert(closed_loop_for<closed_loop_transform, B> && !closed_loop_for<archetype::transform, B>);
static_assert(per_picture<per_picture_transform, B> && !per_picture<archetype::transform, B>);
static_assert(quantizer_for<archetype::quantizer, B> && !plans_ahead<archetype::quantizer> &&
              !scalar_quantizer_for<archetype::quantizer, B>);
static_assert(plans_ahead<planning_quantizer> && scalar_quantizer_for<scalar_quantizer, B>);
static_assert(coder_for<archetype::coder, B> && !rate_aware<archetype::coder, B> &&
              !triptych::streaming_coder<archetype::coder, B>);
static_assert(rate_aware<rate_aware_coder, B> && triptych::streaming_coder<archetype::streaming_coder, B>);
static_assert(uses_rates<rate_using_quantizer, B, rate_aware_coder::estimator> &&
              !uses_rates<archetype::quantizer, B, rate_aware_coder::estimator>);
// And of no other bands.
static_assert(!transform_for<archetype::transform, bands<std::int32_t, 2>> &&
              !coder_for<archetype::coder, bands<std::int16_t, 1>>);

namespace {
/// The step of `scale(q)` is known to the quantizer only; a truncating division misses by less than a step.
template <class Codec>
void round_trip(quality const &goal, double most) {
    auto const x = shape::waves<std::uint8_t, 2>({21, 34}, 3);
    for (auto const frame : {framing::file, framing::record, framing::bare}) {
        auto const bytes = Codec{}.encode(x, goal, frame);
        auto const y = Codec{}.decode(bytes, frame, x.shape(), 3);
        BOOST_TEST(shape::largest_error(x, y) <= most);
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(each_concept_and_nothing_more) {
    round_trip<codec<archetype::transform, archetype::quantizer, archetype::coder>>(step(5), 4);
}
BOOST_AUTO_TEST_CASE(each_refinement_of_transforms) {
    round_trip<codec<reversible_transform, exact_quantizer, archetype::coder>>(exact, 0);
    round_trip<codec<tileable_transform, planning_quantizer, archetype::streaming_coder, strips<8>>>(step(5), 4);
    round_trip<codec<target_aware_transform, archetype::quantizer, archetype::coder>>(step(5), 4);
    round_trip<codec<closed_loop_transform, scalar_quantizer, archetype::coder>>(step(5), 4);
    round_trip<codec<per_picture_transform, archetype::quantizer, archetype::coder>>(step(5), 4);
    round_trip<codec<step_aware_transform, stepping_quantizer, archetype::coder>>(step(5), 4);
    BOOST_TEST(step_aware_transform::told == 5u * 256);
}
BOOST_AUTO_TEST_CASE(each_refinement_of_quantizers_and_coders) {
    round_trip<codec<archetype::transform, planning_quantizer, archetype::streaming_coder>>(step(5), 4);
    round_trip<codec<archetype::transform, rate_using_quantizer, rate_aware_coder>>(step(1), 255);
    round_trip<codec<archetype::transform, rate_using_quantizer, archetype::coder>>(step(5), 4);
    round_trip<codec<archetype::transform, archetype::quantizer, rate_aware_coder>>(step(5), 4);
    round_trip<codec<archetype::transform, target_using_quantizer, archetype::coder>>(step(5), 4);
    round_trip<codec<archetype::transform, refitting_quantizer, archetype::coder>>(step(5), 4);
    round_trip<codec<archetype::transform, stepping_quantizer, step_aware_coder>>(step(5), 4);
    round_trip<codec<archetype::transform, archetype::quantizer, optimising_coder>>(step(5), 4);
    round_trip<codec<archetype::transform, archetype::quantizer, archetype::embedded_coder>>(step(5), 4);
}
BOOST_AUTO_TEST_CASE(each_schedule) {
    // 8 x 8 tiles of pictures of more than 256 pixels.
    round_trip<codec<archetype::transform, archetype::quantizer, archetype::coder, tiles<8>>>(step(5), 4);
    round_trip<codec<per_picture_transform, stepping_quantizer, step_aware_coder, tiles<8>>>(step(5), 4);
    round_trip<codec<per_picture_transform, refitting_quantizer, rate_aware_coder, tiles<8, state_of::picture>>>(
        step(5), 4);
    round_trip<codec<closed_loop_transform, scalar_quantizer, archetype::coder, tiles<8>>>(step(5), 4);
}
BOOST_AUTO_TEST_CASE(a_synthesis_decodes) {
    auto const x = shape::waves<std::uint8_t, 2>({9, 7}, 1);
    using encoder = codec<archetype::transform, archetype::quantizer, archetype::coder>;
    using decoder = codec<archetype::synthesis, archetype::quantizer, archetype::coder>;
    auto const bytes = encoder{}.encode(x, step(5), framing::bare);
    auto const y = decoder{}.decode(bytes, framing::bare, x.shape(), 1);
    BOOST_TEST(shape::largest_error(x, y) <= 4);
}

BOOST_AUTO_TEST_SUITE_END()
