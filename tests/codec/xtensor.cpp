// xtensor at the surface: containers, expressions and views in, containers out, and a transform written as expressions.
#include <triptych/xtensor.hpp>

#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace {
using namespace triptych;

/// A Haar step along the rows, reversible, on views that reach every second column: the whole policy is four expressions.
struct haar_rows {
    static constexpr bool reversible = true;

    auto arrange(layout<2> const &in) const -> layout<2> {
        layout<2> out;
        for (auto const &b : in)
            out.add_group({b.shape[0], b.shape[1] / 2}, 2, [&](std::size_t) {
                auto half = b;
                half.bits = static_cast<std::uint8_t>(b.bits + 1);
                return half;
            });
        return out;
    }
    template <class B>
    auto forward(B x) const -> B {
        auto const in = x.layout();
        x = std::move(x).relabel(arrange(in));
        for (std::size_t k = 0; x.ok() && k < x.count(); k += 2) {
            auto low = as_xtensor(x[k]), high = as_xtensor(x[k + 1]);
            xt::noalias(high) = high - low;
            xt::noalias(low) = low + (high >> 1);
        }
        return x;
    }
    template <class B>
    auto inverse(B x, layout<2> const &in) const -> B {
        for (std::size_t k = 0; k < x.count(); k += 2) {
            auto low = as_xtensor(x[k]), high = as_xtensor(x[k + 1]);
            xt::noalias(low) = low - (high >> 1);
            xt::noalias(high) = high + low;
        }
        return std::move(x).relabel(in);
    }
};
static_assert(transform_for<haar_rows, bands<std::int16_t, 2>>);

using plain = codec<transform::identity, quantizer::none, coder::raw>;
using expressive = codec<haar_rows, quantizer::none, coder::raw>;

template <class S, std::size_t N>
auto ramp(std::array<std::size_t, N> const &shape) -> xt::xtensor<S, N> {
    xt::xtensor<S, N> x(shape);
    int i = 0;
    for (auto &v : x) v = static_cast<S>(i++ * 37);
    return x;
}
} // namespace

BOOST_AUTO_TEST_SUITE(xtensor)

BOOST_AUTO_TEST_CASE(containers_are_pictures_and_come_back) {
    auto const gray = ramp<std::uint8_t, 2>({5, 7});
    auto const rgb = ramp<std::uint16_t, 3>({5, 7, 3});
    auto const g = plain{}.decode(plain{}.encode(gray, exact));
    BOOST_TEST(g.components() == 1u);
    BOOST_TEST((to_array(g) == gray));
    BOOST_TEST((to_xtensor(g).shape() == std::array<std::size_t, 3>{5, 7, 1}));
    auto const c = plain{}.decode<std::uint16_t>(plain{}.encode(rgb, exact));
    BOOST_TEST(c.components() == 3u);
    BOOST_TEST((to_xtensor(c) == rgb));
    BOOST_CHECK_THROW(to_array(c), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(every_way_to_hold_the_same_samples_gives_the_same_bytes) {
    auto const x = ramp<std::int16_t, 3>({6, 8, 2});
    auto const expected = plain{}.encode(x, exact);
    xt::xarray<std::int16_t> const dynamic = x;
    xt::xtensor<std::int16_t, 3, xt::layout_type::column_major> const columns = x;
    xt::xtensor<std::int16_t, 3> const padded = ramp<std::int16_t, 3>({6, 8, 2});
    BOOST_TEST((plain{}.encode(dynamic, exact) == expected));
    BOOST_TEST((plain{}.encode(columns, exact) == expected));
    BOOST_TEST((plain{}.encode(xt::cast<std::int16_t>(x + 1 - 1), exact) == expected));
    auto const n = x.shape();
    BOOST_TEST((plain{}.encode(picture_view<std::int16_t, 2>{x.data(), {n[0], n[1]}, n[2]}, exact) == expected));
}

BOOST_AUTO_TEST_CASE(arrays_have_no_components) {
    auto const sound = ramp<float, 1>({100});
    BOOST_TEST((to_array(plain{}.decode<float, 1>(plain{}.encode(as_array(sound), exact))) == sound));
    auto const volume = ramp<std::uint8_t, 3>({3, 4, 5});
    BOOST_TEST((to_array(plain{}.decode<std::uint8_t, 3>(plain{}.encode(as_array(volume), exact))) == volume));
    auto const four = ramp<std::int32_t, 4>({2, 3, 4, 5});
    auto const kept =
        as_array(xt::cast<std::int32_t>(four * 2)); // evaluated here: holds nothing that dies with this line
    BOOST_TEST((to_array(plain{}.decode<std::int32_t, 4>(plain{}.encode(kept, exact))) == four * 2));
    xt::xarray<float> const dynamic = sound;
    BOOST_TEST((plain{}.encode(as_array<1>(dynamic), exact) == plain{}.encode(as_array(sound), exact)));
    BOOST_CHECK_THROW(plain{}.encode(as_array<2>(dynamic), exact), std::invalid_argument);
    BOOST_CHECK_THROW(plain{}.encode(dynamic, exact), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(borrows_what_lies_row_major) {
    auto const x = ramp<float, 2>({3, 4});
    BOOST_TEST((picture_source<xt::xtensor<float, 2>>{x}.view().data) == x.data());
    BOOST_TEST(as_array(x).view().data == x.data());
}

BOOST_AUTO_TEST_CASE(empty_arrays) {
    for (auto const &shape : {std::array<std::size_t, 2>{0, 0}, {0, 5}, {5, 0}}) {
        auto const x = ramp<std::uint8_t, 2>(shape);
        auto const back = plain{}.decode(plain{}.encode(x, exact));
        BOOST_TEST((back.shape() == shape));
        BOOST_TEST(to_array(back).size() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_policy_in_expressions) {
    for (std::size_t width : {2u, 8u, 30u}) {
        auto const x = ramp<std::uint8_t, 3>({9, width, 3});
        BOOST_TEST((to_xtensor(expressive{}.decode(expressive{}.encode(x, exact))) == x));
    }
    // What the expressions must give, by the loop.
    bands<std::int16_t, 2> planes(haar_rows{}.arrange(detail::component_planes<2>({1, 4}, 1, 8)));
    planes = bands<std::int16_t, 2>(detail::component_planes<2>({1, 4}, 1, 8));
    std::int16_t const values[]{10, 13, -5, -10};
    std::copy(std::begin(values), std::end(values), planes.data());
    auto const h = haar_rows{}.forward(std::move(planes));
    BOOST_TEST(h[0](0, 0) == 11);
    BOOST_TEST(h[1](0, 0) == 3);
    BOOST_TEST(h[0](0, 1) == -8);
    BOOST_TEST(h[1](0, 1) == -5);
}

BOOST_AUTO_TEST_CASE(views_of_bands_reduce_and_broadcast) {
    bands<std::int32_t, 2> x(detail::component_planes<2>({3, 4}, 2, 16), 5);
    auto view = as_xtensor(x[1]);
    view = 2 * view + xt::xtensor<std::int32_t, 1>{0, 1, 2, 3};
    BOOST_TEST(x[1](2, 3) == 13);
    BOOST_TEST(x[0](2, 3) == 5);
    auto const &fixed = x;
    auto const read = as_xtensor(fixed[1]);
    std::int64_t sum = 0;
    for (auto const v : read) sum += v;
    BOOST_TEST(sum == 3 * (40 + 6));
}

BOOST_AUTO_TEST_SUITE_END()
