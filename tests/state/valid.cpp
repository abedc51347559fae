// valid_state: one question for arrays that come from outside, whatever they are wrapped in.
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <registry.hpp>
#include <triptych/learn/storage/header.hpp>
#include <triptych/learn/storage/safetensors.hpp>

#include "toy.hpp"

namespace tt = triptych;

namespace {
template <class T>
auto array_of(tt::dims const &shape) {
    return tt::frozen<T>::owned(std::vector<T>(static_cast<std::size_t>(shape.size()), T{1}), shape);
}
auto regression(std::uint32_t h, std::uint32_t w) {
    tt::coder::range<tt::model::autoregressive> c;
    c.model.bias = array_of<std::int32_t>({h, w}), c.model.weight = array_of<std::int16_t>({h, w, 3u});
    c.model.spread = array_of<std::uint8_t>({h, w}), c.model.response = array_of<std::int8_t>({32u});
    return c;
}
using registered = tt::codec<tt::transform::identity, tt::quantizer::none, tt::coder::range<tt::model::autoregressive>>;
} // namespace

BOOST_AUTO_TEST_SUITE(state_valid)

// Compiles only if each of them, or what it is made of, says what is valid.
BOOST_AUTO_TEST_CASE(every_policy_answers) {
    std::size_t stateful = 0;
    auto const without_state = [&]<class P>(std::type_identity<P>) {
        BOOST_TEST(tt::valid_state(P{}));
        stateful += tt::stateful<P>;
    };
    registry::for_each<registry::transforms>(without_state);
    registry::for_each<registry::quantizers>(without_state);
    registry::for_each<registry::coders>(without_state);
    BOOST_TEST(stateful > 20u);
}

BOOST_AUTO_TEST_CASE(parts_are_asked) {
    BOOST_TEST(tt::valid_state(make_toy_codec()));
    auto wrong = make_toy();
    wrong.a = tt::frozen<std::int8_t>::owned(std::array<std::int8_t, 4>{1, 2, 3, 4}, {4u});
    BOOST_TEST(!tt::valid_state(wrong));
    using chained = toy_codec::transform_type;
    BOOST_TEST(!tt::valid_state(chained({}, wrong)));
    BOOST_TEST((!tt::valid_state(tt::transform::chain<chained>(chained({}, wrong)))));
    BOOST_TEST(!tt::valid_state(toy_codec(chained({}, wrong), {}, {})));
    static_assert(tt::valid_state(toy_codec{})); // for headers
}

BOOST_AUTO_TEST_CASE(extents_that_do_not_fit_are_refused) {
    tt::quantizer::learned_dead_zone zone;
    zone.learned = array_of<std::int32_t>({1u}), zone.points = array_of<std::int8_t>({7u, 3u});
    BOOST_TEST(tt::valid_state(zone));
    zone.points = array_of<std::int8_t>({3u, 7u});
    BOOST_TEST(!tt::valid_state(zone));
    zone.points = {}, zone.learned = array_of<std::int32_t>({2u});
    BOOST_TEST(!tt::valid_state(zone));

    tt::quantizer::lloyd_max<5> levels;
    levels.levels = array_of<std::int32_t>({2u, 5u});
    BOOST_TEST(tt::valid_state(levels));
    for (auto const &shape : {tt::dims{5u}, tt::dims{5u, 2u}, tt::dims{1u, 2u, 5u}}) {
        levels.levels = array_of<std::int32_t>(shape);
        BOOST_TEST(!tt::valid_state(levels));
    }

    tt::transform::predicted_klt<4> blocks;
    blocks.mean = array_of<std::int32_t>({4u, 16u}), blocks.predictor = array_of<std::int16_t>({4u, 16u, 21u});
    BOOST_TEST(!tt::valid_state(blocks));
    blocks.basis = array_of<std::int16_t>({4u, 2u, 16u});
    BOOST_TEST(tt::valid_state(blocks));
    blocks.basis = array_of<std::int16_t>({4u, 16u, 2u});
    BOOST_TEST(!tt::valid_state(blocks));
}

// The same bytes in other shapes: a file that would load and be ignored.
BOOST_AUTO_TEST_CASE(a_reshaped_model_is_a_mismatch) {
    BOOST_TEST(tt::valid_state(regression(4, 6)));
    registered const right({}, {}, regression(4, 6));
    auto wrong = regression(4, 6);
    wrong.model.weight = array_of<std::int16_t>({2u, 36u}), wrong.model.bias = array_of<std::int32_t>({2u, 12u});
    BOOST_TEST(!tt::valid_state(wrong));
    auto const loaded = [](registered const &c) {
        std::ostringstream out;
        tt::save(c, out);
        auto const text = out.str();
        return tt::load<registered>(std::as_bytes(std::span(text.data(), text.size())));
    };
    BOOST_TEST(loaded(right).model() == right.model());
    BOOST_CHECK_THROW(loaded(registered({}, {}, wrong)), tt::mismatch_error);
}

BOOST_AUTO_TEST_SUITE_END()
