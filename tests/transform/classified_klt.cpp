// transform::classified_klt: by its definition in floating point, with states made by hand, malformed ones and hostile classes.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/schedule/planes.hpp>
#include <triptych/transform/classified_klt.hpp>

#include "transform/cosines.hpp"

namespace tt = triptych;

namespace {
using set_of_two = tt::transform::classified_klt<4, 2>;

auto planes_of(tt::extents<2> shape, std::size_t components, std::uint8_t bits = 8) {
    return tt::detail::component_planes(shape, components, bits);
}
template <class T>
auto noise(tt::layout<2> l, int low, int high, unsigned seed) {
    std::mt19937 random(seed);
    tt::bands<T, 2> x(std::move(l));
    for (std::size_t i = 0; i < x.size(); ++i)
        x.data()[i] = static_cast<T>(std::uniform_int_distribution<int>(low, high)(random));
    return x;
}
auto with_state(std::vector<std::int32_t> const &mean, std::vector<std::int16_t> const &basis, std::uint32_t vectors,
                std::uint32_t dimension, std::uint32_t classes = 2) {
    set_of_two p;
    p.mean = tt::frozen<std::int32_t>::owned(mean, tt::dims{classes, dimension});
    p.basis = tt::frozen<std::int16_t>::owned(basis, tt::dims{classes, vectors, dimension});
    return p;
}
/// Class 0: the pixels themselves; class 1: sums and differences of pairs of neighbours. Means of 3 and -2.
auto pixels_and_pairs() {
    std::vector<std::int32_t> mean(32, 3 * 16);
    std::fill(mean.begin() + 16, mean.end(), -2 * 16);
    std::vector<std::int16_t> basis(2 * 16 * 16);
    auto const half = static_cast<std::int16_t>(std::lround(std::sqrt(0.5) * (1 << 14)));
    for (std::size_t k = 0; k < 16; ++k) {
        basis[k * 16 + k] = 1 << 14;
        auto *const pair = basis.data() + 256 + k * 16 + k / 2 * 2;
        pair[0] = half, pair[1] = static_cast<std::int16_t>(k % 2 ? -half : half);
    }
    return with_state(mean, basis, 16, 16);
}
} // namespace

BOOST_AUTO_TEST_SUITE(transform_klt_set)

BOOST_AUTO_TEST_CASE(lays_out_a_side_band_and_one_group) {
    auto const l = tt::transform::classified_klt<8, 5>{}.arrange(planes_of({17, 9}, 3));
    BOOST_TEST(l.count() == 65u);
    BOOST_TEST(l.groups().size() == 2u);
    BOOST_TEST((l[0].at.kind == tt::role::side && l[1].at.kind == tt::role::signal));
    BOOST_TEST(int(l[0].bits) == 4); // 0 to 4, and a sign
    BOOST_TEST((l[0].shape == tt::extents<2>{3, 2} && l[64].shape == tt::extents<2>{3, 2}));
    BOOST_TEST(l[64].at.index == 63u);
    BOOST_TEST(pixels_and_pairs().arrange(planes_of({8, 8}, 1)).count() == 17u);
}

BOOST_AUTO_TEST_CASE(each_block_gets_its_class_and_comes_back) {
    auto const p = pixels_and_pairs();
    tt::bands<std::int16_t, 2> x(planes_of({4, 8}, 1));
    for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t j = 0; j < 8; ++j) // to the left single dots, to the right pairs
            x[0](i, j) = static_cast<std::int16_t>(j < 4 ? (i == 1 && j == 2 ? 90 : 3) : i == 2 ? 60 : -2);
    auto const y = p.forward(x.clone(), {8, 0.1F});
    BOOST_TEST(y[0](0, 0) == 0);
    BOOST_TEST(y[0](0, 1) == 1);
    auto const unit = std::ldexp(1.0, y.info(1).frac);
    for (std::size_t k = 0; k < 16; ++k) {
        BOOST_TEST(std::abs(y[1 + k](0, 0) / unit - (k == 6 ? 87 : 0)) < 0.1);
        BOOST_TEST(std::abs(y[1 + k](0, 1) / unit - (k == 8 || k == 10 ? 62 * std::sqrt(2.0) : 0)) < 0.1);
    }
    auto const again = p.inverse(y.clone(), x.layout());
    for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST(std::abs(again.data()[i] - x.data()[i]) <= 1);
}

// Complete bases only rotate, whatever class is taken and wherever blocks stick out.
BOOST_AUTO_TEST_CASE(complete_bases_lose_only_rounding) {
    auto const p = pixels_and_pairs();
    for (auto const shape : {tt::extents<2>{1, 1}, {3, 5}, {16, 16}, {19, 23}, {0, 7}}) {
        auto const x = noise<std::int16_t>(planes_of(shape, 1), -128, 127, 1);
        for (float const step : {0.0F, 8.0F, 1e9F}) {
            auto const again = p.inverse(p.forward(x.clone(), {step, 0.1F}), x.layout());
            BOOST_TEST((again.layout() == x.layout()));
            for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST(std::abs(again.data()[i] - x.data()[i]) <= 1);
        }
        auto const wide = noise<std::int32_t>(planes_of(shape, 1, 20), -(1 << 19), (1 << 19) - 1, 2);
        auto const again = p.inverse(p.forward(wide.clone(), {64, 0.1F}), wide.layout());
        for (std::size_t i = 0; i < wide.size(); ++i) BOOST_TEST(std::abs(again.data()[i] - wide.data()[i]) <= 64);
    }
}

BOOST_AUTO_TEST_CASE(untrained_is_one_cosine_transform) {
    tt::transform::classified_klt<8, 3> const p;
    auto const x = noise<std::int16_t>(planes_of({8, 8}, 1), -128, 127, 5);
    auto const y = p.forward(x.clone(), {8, 0.1F});
    BOOST_TEST(y[0](0, 0) == 0);
    are_cosines(x, y.data() + 1, std::ldexp(1.0, -y.info(1).frac));
}

BOOST_AUTO_TEST_CASE(classes_that_there_are_not_are_the_nearest) {
    auto const p = pixels_and_pairs();
    auto const in = planes_of({4, 4}, 1);
    auto const decoded = [&](std::int16_t c) {
        tt::bands<std::int16_t, 2> y(p.arrange(in), std::int16_t{100});
        y[0](0, 0) = c;
        return p.inverse(std::move(y), in);
    };
    auto const first = decoded(0), last = decoded(1);
    BOOST_TEST(first[0](0, 1) != last[0](0, 1));
    for (std::int16_t const c : {std::int16_t{-1}, std::numeric_limits<std::int16_t>::min()})
        BOOST_TEST(std::equal(first.data(), first.data() + 16, decoded(c).data()));
    for (std::int16_t const c : {std::int16_t{2}, std::numeric_limits<std::int16_t>::max()})
        BOOST_TEST(std::equal(last.data(), last.data() + 16, decoded(c).data()));
}

BOOST_AUTO_TEST_CASE(refuses_what_does_not_fit) {
    auto const p = pixels_and_pairs();
    BOOST_TEST(p.valid());
    for (std::size_t const components : {0u, 2u, 3u}) BOOST_TEST(!p.arrange(planes_of({4, 4}, components)).ok());
    auto const two = noise<std::int16_t>(planes_of({4, 4}, 2), -9, 9, 3);
    BOOST_CHECK_THROW(p.forward(two.clone(), {8, 0.1F}), std::invalid_argument);
    BOOST_TEST(!p.inverse(two.clone(), two.layout()).ok());
    auto uneven = planes_of({4, 4}, 1);
    uneven.add({2, 2}, uneven[0]);
    BOOST_TEST(!set_of_two{}.arrange(uneven).ok());
    BOOST_TEST(!set_of_two{}.arrange(planes_of({4, 4}, 1025)).ok());

    auto const malformed = [](std::uint32_t vectors, std::uint32_t dimension, std::uint32_t classes) {
        return with_state(std::vector<std::int32_t>(classes * dimension),
                          std::vector<std::int16_t>(classes * vectors * dimension), vectors, dimension, classes);
    };
    BOOST_TEST(malformed(16, 16, 2).valid());
    for (auto const &wrong : {malformed(17, 16, 2), malformed(4, 15, 2), malformed(4, 16, 3), malformed(4, 16, 1)}) {
        BOOST_TEST(!wrong.valid());
        BOOST_TEST(!wrong.arrange(planes_of({4, 4}, 1)).ok());
    }
    auto half = p;
    half.mean = {};
    BOOST_TEST(!half.valid());
}

// Any symbols and any state decode to something within the band's width; the sanitizer watches the rest.
BOOST_AUTO_TEST_CASE(hostile_values_stay_in_range) {
    std::mt19937 random(3);
    std::vector<std::int32_t> mean(32);
    std::vector<std::int16_t> basis(512);
    for (int round = 0; round < 20; ++round) {
        for (auto &b : basis)
            b = round % 2 ? std::numeric_limits<std::int16_t>::min() : static_cast<std::int16_t>(random());
        for (auto &m : mean)
            m = round % 3 ? std::numeric_limits<std::int32_t>::min() : static_cast<std::int32_t>(random());
        auto const p = with_state(mean, basis, 16, 16);
        auto const check = [&]<class T>(T) {
            auto const in = planes_of({9, 9}, 1);
            tt::bands<T, 2> y(p.arrange(in));
            for (std::size_t i = 0; i < y.size(); ++i)
                y.data()[i] = round % 4 ? static_cast<T>(random()) : std::numeric_limits<T>::min();
            auto const x = p.inverse(std::move(y), in);
            BOOST_TEST(x.ok());
            for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST((x.data()[i] >= -128 && x.data()[i] <= 127));
            auto const full = noise<T>(in, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), 4);
            BOOST_TEST(p.forward(full.clone(), {8, 0.1F}).ok());
        };
        check(std::int16_t{});
        check(std::int32_t{});
    }
}

BOOST_AUTO_TEST_SUITE_END()
