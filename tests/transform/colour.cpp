#include <array>
#include <cmath>
#include <cstdint>

#include <boost/test/unit_test.hpp>

#include <triptych/transform/colour.hpp>

#include "planes.hpp"

BOOST_AUTO_TEST_SUITE(colour)

using namespace triptych;
using triptych::transform::ycbcr, triptych::transform::ycbcr420, triptych::transform::ycocg_r,
    triptych::transform::subtract_green;

namespace {
using B16 = bands<std::int16_t, 2>;
using B32 = bands<std::int32_t, 2>;
using rgb = std::array<int, 3>;

template <class B>
auto pixel(rgb const &of, std::uint8_t bits = 8) -> B {
    B x(planes<B::rank>({1, 1}, 3, bits));
    for (std::size_t c = 0; c < 3; ++c) x.data()[c] = static_cast<typename B::value_type>(of[c]);
    return x;
}
template <transform::colour_kind Kind>
auto transformed(rgb const &of) -> rgb {
    auto const y = transform::colour<Kind>{}.forward(pixel<B16>(of));
    return {y.data()[0], y.data()[1], y.data()[2]};
}
} // namespace

BOOST_AUTO_TEST_CASE(reversible_kinds_give_back_every_sample) {
    check_exact<transform::colour<ycocg_r>>();
    check_exact<transform::colour<subtract_green>>();
}

BOOST_AUTO_TEST_CASE(ycocg_r_by_hand) {
    // Malvar and Sullivan's lifting: Co = R - B, t = B + (Co >> 1), Cg = G - t, Y = t + (Cg >> 1).
    BOOST_CHECK((transformed<ycocg_r>({100, 50, -3}) == rgb{49, 103, 2}));
    BOOST_CHECK((transformed<ycocg_r>({-128, 127, -128}) == rgb{-1, 0, 255}));
}

BOOST_AUTO_TEST_CASE(subtract_green_by_hand) {
    BOOST_CHECK((transformed<subtract_green>({100, 51, -3}) == rgb{51, 49, -78}));
}

BOOST_AUTO_TEST_CASE(ycbcr_follows_bt601) {
    // JFIF: Y = .299 R + .587 G + .114 B, Cb = -.168736 R - .331264 G + .5 B, Cr = .5 R - .418688 G - .081312 B.
    generator next;
    BOOST_TEST(transform::colour<ycbcr>{}.arrange(planes<2>({1, 1}, 3, 8))[0].frac == 3);
    for (int i = 0; i < 1000; ++i) {
        rgb const p{next(-128, 127), next(-128, 127), next(-128, 127)};
        auto const v = transformed<ycbcr>(p);
        BOOST_TEST(std::abs(v[0] - 8 * (.299 * p[0] + .587 * p[1] + .114 * p[2])) < 0.6);
        BOOST_TEST(std::abs(v[1] - 8 * (-.168736 * p[0] - .331264 * p[1] + .5 * p[2])) < 0.6);
        BOOST_TEST(std::abs(v[2] - 8 * (.5 * p[0] - .418688 * p[1] - .081312 * p[2])) < 0.6);
    }
}

BOOST_AUTO_TEST_CASE(ycbcr_without_quantisation_keeps_samples) {
    generator next;
    transform::colour<ycbcr> const t;
    for (int bits : {1, 2, 8, 12, 16, 24}) {
        int const top = (1 << (bits - 1)) - 1;
        for (int i = 0; i < 2000; ++i) {
            // The corners of the cube first, then anywhere.
            rgb p{};
            for (std::size_t c = 0; c < 3; ++c) p[c] = i < 8 ? ((i >> c) & 1 ? top : -top - 1) : next(-top - 1, top);
            auto const in = planes<2>({1, 1}, 3, static_cast<std::uint8_t>(bits));
            auto const check = [&](auto x) {
                auto y = t.forward(std::move(x));
                check_bits(y);
                auto const z = t.inverse(std::move(y), in);
                for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(rounded(z, c, 0) == p[c]);
            };
            if (bits == 8) check(pixel<B16>(p));
            check(pixel<B32>(p, static_cast<std::uint8_t>(bits)));
        }
    }
}

BOOST_AUTO_TEST_CASE(grey_has_no_colour) {
    for (int v = -128; v < 128; ++v) BOOST_CHECK((transformed<ycbcr>({v, v, v}) == rgb{8 * v, 0, 0}));
}

BOOST_AUTO_TEST_CASE(chroma_of_420_is_centred) {
    // A ramp along an axis: the mean of two neighbours lies halfway between them, and linear interpolation from there gives
    // the ramp back, except at the border, where there is nothing to interpolate with.
    transform::colour<ycbcr420> const t;
    auto const in = planes<2>({6, 8}, 3, 8);
    for (bool along_rows : {false, true}) {
        B16 x(in);
        for (std::size_t r = 0; r < 6; ++r)
            for (std::size_t c = 0; c < 8; ++c) {
                x[0](r, c) = 0, x[1](r, c) = 0;
                x[2](r, c) = static_cast<std::int16_t>(10 * (along_rows ? r : c));
            }
        auto y = t.forward(std::move(x));
        BOOST_CHECK((y.info(1).shape == extents<2>{3, 4}));
        // Cb of (0, 0, v) is v / 2; the first chroma sample lies at 0.5, where v is 5.
        BOOST_TEST(y[1](0, 0) == 8 * 5 / 2);
        auto const z = t.inverse(std::move(y), in);
        std::size_t const n = along_rows ? 6 : 8;
        for (std::size_t i = 1; i + 1 < n; ++i) {
            auto const v = along_rows ? rounded_at(z, 2, i, 3) : rounded_at(z, 2, 2, i);
            BOOST_TEST(std::abs(v - 10 * static_cast<int>(i)) <= 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(flat_colour_survives_420_at_any_size) {
    each_small_shape([](auto const &shape) {
        constexpr auto R = std::tuple_size_v<std::remove_cvref_t<decltype(shape)>>;
        auto const in = planes<R>(shape, 4, 8);
        transform::colour<ycbcr420> const t;
        bands<std::int16_t, R> x(in);
        for (std::size_t b = 0; b < 4; ++b) fill(x, b, [&](std::size_t) { return static_cast<int>(37 * b) - 60; });
        auto y = t.forward(std::move(x));
        BOOST_REQUIRE(y.layout() == t.arrange(in));
        auto const z = t.inverse(std::move(y), in);
        for (std::size_t b = 0; b < 4; ++b)
            for (std::size_t i = 0; i < z[b].size(); ++i)
                BOOST_REQUIRE(rounded(z, b, i) == static_cast<int>(37 * b) - 60);
    });
}

BOOST_AUTO_TEST_CASE(only_three_or_four_components_have_colour) {
    for (std::size_t components : {0u, 1u, 2u, 5u}) {
        auto const in = planes<2>({4, 4}, components, 8);
        BOOST_CHECK(transform::colour<ycbcr420>{}.arrange(in) == in);
    }
    auto const alpha = planes<2>({4, 4}, 4, 8);
    BOOST_CHECK(transform::colour<ycbcr420>{}.arrange(alpha)[3].bits == 8);
}

BOOST_AUTO_TEST_CASE(gains_are_norms_of_the_synthesis) {
    check_gains<B32>(transform::colour<ycbcr>{}, {8, 8}, 3);
    check_gains<B32>(transform::colour<ycbcr420>{}, {12, 12}, 3);
    check_gains<bands<std::int32_t, 1>>(transform::colour<ycbcr420>{}, {12}, 3);
    check_gains<B32>(transform::colour<ycocg_r>{}, {4, 4}, 3);
    check_gains<B32>(transform::colour<subtract_green>{}, {4, 4}, 3);
}

BOOST_AUTO_TEST_CASE(any_values_decode) {
    check_hostile(transform::colour<ycbcr>{});
    check_hostile(transform::colour<ycbcr420>{});
    check_hostile(transform::colour<ycocg_r>{});
    check_hostile(transform::colour<subtract_green>{});
}

BOOST_AUTO_TEST_SUITE_END()
