#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/schedule/planes.hpp>
#include <triptych/transform/pca.hpp>

#include "transform/cosines.hpp"

namespace tt = triptych;

namespace {
template <std::size_t R>
auto layout_of(tt::extents<R> shape, std::size_t components, std::uint8_t bits = 8) {
    return tt::detail::component_planes(shape, components, bits);
}

template <class T, std::size_t R>
auto noise(tt::layout<R> l, int low, int high, unsigned seed = 1) {
    std::mt19937 random(seed);
    tt::bands<T, R> x(std::move(l));
    for (std::size_t i = 0; i < x.size(); ++i)
        x.data()[i] = static_cast<T>(std::uniform_int_distribution<int>(low, high)(random));
    return x;
}

template <class B>
auto largest_difference(B const &a, B const &b) {
    long most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::labs(long(a.data()[i]) - long(b.data()[i])));
    return most;
}

template <std::size_t H, std::size_t W, std::size_t K>
auto with_state(std::vector<std::int32_t> const &mean, std::vector<std::int16_t> const &basis) {
    tt::transform::pca<H, W, K> p;
    auto const d = static_cast<std::uint32_t>(mean.size());
    p.mean = tt::frozen<std::int32_t>::owned(mean, tt::dims{d});
    p.basis = tt::frozen<std::int16_t>::owned(basis, tt::dims{static_cast<std::uint32_t>(basis.size() / d), d});
    return p;
}
} // namespace

BOOST_AUTO_TEST_SUITE(transform_pca)

BOOST_AUTO_TEST_CASE(lays_out_one_group) {
    tt::transform::pca<8, 4, 5> const p;
    auto const l = p.arrange(layout_of<2>({17, 9}, 3));
    BOOST_TEST(l.count() == 5u);
    BOOST_TEST(l.groups().size() == 1u);
    BOOST_TEST((l[0].shape == tt::extents<2>{3, 3}));
    BOOST_TEST(l[4].at.index == 4u);
    BOOST_TEST(int(l[0].bits) <= 16);
}

// With all K = D vectors the transform is a rotation, so what is lost is rounding only, and energy is kept.
BOOST_AUTO_TEST_CASE(complete_basis_loses_only_rounding) {
    tt::transform::pca<4, 4, 48> const p;
    for (auto const shape : {tt::extents<2>{1, 1}, {3, 5}, {16, 16}, {19, 23}, {0, 7}}) {
        auto const x = noise<std::int16_t, 2>(layout_of<2>(shape, 3), -128, 127);
        auto const y = p.forward(x.clone());
        BOOST_TEST(y.ok());
        auto const again = p.inverse(y.clone(), x.layout());
        BOOST_TEST(again.ok());
        BOOST_TEST((again.layout() == x.layout()));
        BOOST_TEST(largest_difference(x, again) <= 1);
        if (shape[0] == 16) {
            double before = 0, after = 0;
            for (std::size_t i = 0; i < x.size(); ++i) before += double(x.data()[i]) * x.data()[i];
            for (std::size_t i = 0; i < y.size(); ++i)
                after += std::pow(std::ldexp(double(y.data()[i]), -y.info(0).frac), 2);
            BOOST_TEST(after == before, boost::test_tools::tolerance(0.01));
        }
    }
}

// The first untrained vector is the mean of a patch times its square root of samples; the cosine basis by its definition.
BOOST_AUTO_TEST_CASE(untrained_is_the_cosine_transform) {
    tt::transform::pca<8, 8, 64> const p;
    auto const x = noise<std::int16_t, 2>(layout_of<2>({8, 8}, 1), -128, 127, 5);
    auto const y = p.forward(x.clone());
    are_cosines(x, y.data(), std::ldexp(1.0, -y.info(0).frac));
}

BOOST_AUTO_TEST_CASE(serves_other_ranks_and_wide_samples) {
    tt::transform::pca<1, 8, 8> const line;
    auto const sound = noise<std::int32_t, 1>(layout_of<1>({45}, 2, 16), -30000, 30000);
    tt::transform::pca<1, 8, 16> const stereo;
    BOOST_TEST(largest_difference(sound, stereo.inverse(stereo.forward(sound.clone()), sound.layout())) <= 4);
    auto const volume = noise<std::int16_t, 3>(layout_of<3>({3, 5, 17}, 1), -128, 127);
    BOOST_TEST(largest_difference(volume, line.inverse(line.forward(volume.clone()), volume.layout())) <= 1);
    auto const deep = noise<std::int16_t, 4>(layout_of<4>({2, 3, 5, 17}, 1), -128, 127);
    auto const again = line.inverse(line.forward(deep.clone()), deep.layout());
    BOOST_TEST(largest_difference(deep, again) <= 1);
    static_assert(!tt::transform_for<tt::transform::pca<8, 8, 16>, tt::bands<std::int16_t, 1>>);
    auto const wide = noise<std::int32_t, 2>(layout_of<2>({16, 24}, 1, 24), -(1 << 23), (1 << 23) - 1);
    tt::transform::pca<8, 8, 64> const square;
    BOOST_TEST(largest_difference(wide, square.inverse(square.forward(wide.clone()), wide.layout())) <= 8192);
}

// A hand-made state: element (row, column, component) of a patch of 1 x 2 pixels with two components.
BOOST_AUTO_TEST_CASE(order_of_a_patch_is_row_column_component) {
    auto const p = with_state<1, 2, 1>({16, 32, 48, 64}, {0, 16384, 0, 0});
    tt::bands<std::int16_t, 2> x(layout_of<2>({1, 2}, 2));
    x[0](0, 0) = 10, x[1](0, 0) = 20, x[0](0, 1) = 30, x[1](0, 1) = 40;
    auto const y = p.forward(x.clone());
    BOOST_TEST(y.data()[0] == (20 - 2) << y.info(0).frac);
    auto const again = p.inverse(y.clone(), x.layout());
    BOOST_TEST(again[0](0, 0) == 1);
    BOOST_TEST(again[1](0, 0) == 20);
    BOOST_TEST(again[0](0, 1) == 3);
    BOOST_TEST(again[1](0, 1) == 4);
}

BOOST_AUTO_TEST_CASE(refuses_what_does_not_fit) {
    auto const p = with_state<1, 2, 1>({16, 32, 48, 64}, {0, 16384, 0, 0});
    BOOST_TEST(p.valid());
    BOOST_TEST(p.arrange(layout_of<2>({4, 4}, 2)).ok());
    BOOST_TEST(!p.arrange(layout_of<2>({4, 4}, 1)).ok());
    BOOST_TEST(!p.arrange(layout_of<2>({4, 4}, 3)).ok());
    BOOST_TEST(!p.arrange(layout_of<2>({4, 4}, 0)).ok());
    auto const gray = noise<std::int16_t, 2>(layout_of<2>({4, 4}, 1), -9, 9);
    BOOST_CHECK_THROW(p.forward(gray.clone()), std::invalid_argument);
    BOOST_TEST(!p.inverse(gray.clone(), gray.layout()).ok());

    auto uneven = layout_of<2>({4, 4}, 1);
    uneven.add({2, 2}, uneven[0]);
    BOOST_TEST(!p.arrange(uneven).ok());

    auto const wrong = with_state<1, 2, 2>({16, 32, 48, 64}, {0, 16384, 0, 0});
    BOOST_TEST(!wrong.valid());
    BOOST_TEST(!wrong.arrange(layout_of<2>({4, 4}, 2)).ok());
    auto const odd = with_state<1, 2, 1>({16, 32, 48}, {0, 16384, 0});
    BOOST_TEST(!odd.valid());
}

// Any symbols and any state decode to something within the band's width; the sanitizer watches the rest.
BOOST_AUTO_TEST_CASE(hostile_values_stay_in_range) {
    std::vector<std::int16_t> basis(16 * 16);
    std::vector<std::int32_t> mean(16);
    std::mt19937 random(3);
    for (int round = 0; round < 20; ++round) {
        for (auto &b : basis)
            b = round % 2 ? std::numeric_limits<std::int16_t>::min() : static_cast<std::int16_t>(random());
        for (auto &m : mean)
            m = round % 3 ? std::numeric_limits<std::int32_t>::min() : static_cast<std::int32_t>(random());
        auto const p = with_state<4, 4, 16>(mean, basis);
        auto const check = [&]<class T>(T) {
            auto const in = layout_of<2>({9, 9}, 1);
            tt::bands<T, 2> y(p.arrange(in));
            for (std::size_t i = 0; i < y.size(); ++i)
                y.data()[i] = round % 4 ? static_cast<T>(random()) : std::numeric_limits<T>::min();
            auto const x = p.inverse(std::move(y), in);
            BOOST_TEST(x.ok());
            for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST((x.data()[i] >= -128 && x.data()[i] <= 127));
            auto const full = noise<T, 2>(in, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
            BOOST_TEST(p.forward(full.clone()).ok());
        };
        check(std::int16_t{});
        check(std::int32_t{});
    }
}

BOOST_AUTO_TEST_SUITE_END()
