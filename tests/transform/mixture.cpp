// transform::mixture of eigenpictures, by states that are small enough for a pencil. What is learned: tests/learn/mixture.cpp.
#include <triptych/conformance.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/transform/mixture.hpp>

namespace tt = triptych;

namespace {
using planes = tt::bands<std::int16_t, 2>;
using mixture = tt::transform::mixture<tt::transform::eigenpicture, 5>;

/// A picture of 1 × 2 with one axis: its first or second sample alone, about a mean of that number for both.
auto along(bool second, std::int32_t mean) -> tt::transform::eigenpicture {
    tt::transform::eigenpicture p;
    std::vector<std::int32_t> const means(2, mean * 16);
    std::vector<std::int16_t> const axis{std::int16_t(second ? 0 : 1 << 14), std::int16_t(second ? 1 << 14 : 0)};
    p.mean = tt::frozen<std::int32_t>::owned(means, tt::dims{1u, 2u, 1u});
    p.basis = tt::frozen<std::int16_t>::owned(axis, tt::dims{1u, 2u});
    return p;
}
/// Along the first sample about 0 and about 40, along the second about 0.
auto three() -> mixture {
    mixture m;
    m.members[0] = along(false, 0), m.members[1] = along(false, 40), m.members[2] = along(true, 0);
    return m;
}
auto picture(std::int16_t a, std::int16_t b) -> planes {
    planes x(tt::detail::component_planes(tt::extents<2>{1, 2}, 1, 8));
    x.data()[0] = a, x.data()[1] = b;
    return x;
}
} // namespace

BOOST_AUTO_TEST_SUITE(transform_mixture)

BOOST_AUTO_TEST_CASE(the_number_of_the_member_goes_ahead_of_its_bands) {
    auto const m = three();
    BOOST_TEST(m.count() == 3u);
    BOOST_TEST(m.number_bits() == 2u);
    auto const where = m.arrange(picture(0, 0).layout());
    BOOST_REQUIRE(where.count() == 2u);
    BOOST_TEST((where[0].at.kind == tt::role::side && where[1].at.kind == tt::role::signal));
    BOOST_TEST(where[0].bits == 2);
    BOOST_TEST(where.groups().size() == 2u);
    // Without state there is one member, which lets pass what it is given.
    mixture const bare;
    BOOST_TEST(bare.count() == 1u);
    BOOST_TEST(bare.number_bits() == 1u);
    BOOST_TEST(bare.arrange(picture(0, 0).layout()).size() == 3u);
}

BOOST_AUTO_TEST_CASE(each_picture_takes_the_member_that_loses_least) {
    auto const m = three();
    struct expected {
        std::int16_t a, b;
        int member;
    };
    for (auto const &e : {expected{100, 0, 0}, expected{90, 40, 1}, expected{0, -70, 2}, expected{40, 40, 1}}) {
        auto const y = m.forward(picture(e.a, e.b), {4, 0.1F});
        BOOST_TEST(y.data()[0] + 2 == e.member);
        auto const x = m.inverse(y.clone(), picture(0, 0).layout());
        BOOST_REQUIRE(x.ok());
        BOOST_TEST(x.data()[0] == e.a);
        BOOST_TEST(x.data()[1] == e.b);
    }
}

BOOST_AUTO_TEST_CASE(no_number_leads_astray) {
    auto const m = three();
    auto const where = m.arrange(picture(0, 0).layout());
    auto const decoded = [&](std::int16_t number) {
        planes y(where);
        y.data()[0] = number, y.data()[1] = static_cast<std::int16_t>(50 << where[1].frac);
        auto const x = m.inverse(std::move(y), picture(0, 0).layout());
        return std::vector<int>{x.data()[0], x.data()[1]};
    };
    BOOST_TEST(decoded(-2) == (std::vector<int>{50, 0}));
    BOOST_TEST(decoded(-1) == (std::vector<int>{90, 40}));
    BOOST_TEST(decoded(0) == (std::vector<int>{0, 50}));
    for (std::int16_t const beyond : {std::int16_t{1}, std::int16_t{30000}}) BOOST_TEST(decoded(beyond) == decoded(0));
    BOOST_TEST(decoded(-30000) == decoded(-2));
}

BOOST_AUTO_TEST_CASE(members_that_arrange_bands_differently_are_refused) {
    auto m = three();
    std::vector<std::int16_t> const axes{1 << 14, 0, 0, 1 << 14};
    m.members[2].basis = tt::frozen<std::int16_t>::owned(axes, tt::dims{2u, 2u});
    BOOST_TEST(tt::valid_state(m));
    BOOST_CHECK_THROW(m.forward(picture(1, 2), {4, 0.1F}), std::invalid_argument);
    planes y(m.arrange(picture(0, 0).layout()));
    y.data()[0] = 0, y.data()[1] = 0; // the third
    BOOST_TEST(!m.inverse(std::move(y), picture(0, 0).layout()).ok());
    // Arrays that do not fit each other are no state, of any member.
    m.members[1].mean = {};
    BOOST_TEST(!tt::valid_state(m));
}

BOOST_AUTO_TEST_CASE(the_laws_hold_with_state) {
    tt::conformance_options o;
    o.every = 40, o.mutations = 60;
    using codec = tt::codec<mixture, tt::quantizer::uniform, tt::coder::range<tt::model::conditional_scale>>;
    auto const report = tt::conformance<codec, std::tuple<tt::picture<std::uint8_t, 2>>>(codec(three(), {}, {}), o);
    BOOST_TEST(report.ok(), report.text());
}

BOOST_AUTO_TEST_SUITE_END()
