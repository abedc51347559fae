#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <triptych/transform/wavelet.hpp>

#include "planes.hpp"

BOOST_AUTO_TEST_SUITE(wavelet)

using namespace triptych;
using transform::haar, transform::cdf53, transform::cdf97;

namespace {
template <transform::wavelet_filter F, std::size_t... L>
void check_gains_of(std::index_sequence<L...>) {
    auto const check = []<std::size_t N>() {
        // Large enough for the functions of the middle to stay clear of the border.
        auto const side = std::size_t{32} << N;
        check_gains<bands<std::int32_t, 1>>(transform::wavelet<F, N>{}, {side}, 1, 0.005);
        if constexpr (N < 5) check_gains<bands<std::int32_t, 2>>(transform::wavelet<F, N>{}, {side, side}, 1, 0.005);
    };
    (check.template operator()<L>(), ...);
}

/// The coefficient of a 1-D signal of one level at place i: low bands first.
template <transform::wavelet_filter F, std::size_t N>
auto one_level(std::array<int, N> const &samples) -> std::array<int, N> {
    bands<std::int32_t, 1> x(planes<1>({N}, 1, 16));
    fill(x, 0, [&](std::size_t i) { return samples[i]; });
    auto const y = transform::wavelet<F, 1>{}.forward(std::move(x));
    std::array<int, N> out{};
    for (std::size_t i = 0; i < N; ++i) out[i] = y.data()[i];
    return out;
}
} // namespace

BOOST_AUTO_TEST_CASE(by_hand) {
    // 5/3 of JPEG 2000: d = x1 - ((x0 + x2) >> 1), s = x0 + ((d0 + d1 + 2) >> 2), mirrored at the ends.
    BOOST_CHECK((one_level<cdf53>(std::array{10, 20, 31, 5, 7}) == std::array{10, 28, 0, 0, -14}));
    BOOST_CHECK((one_level<haar>(std::array{10, 21, 7, 3, 9}) == std::array{15, 5, 9, 11, -4}));
    BOOST_CHECK((one_level<cdf53>(std::array{-7}) == std::array{-7}));
}

BOOST_AUTO_TEST_CASE(nine_seven_follows_its_taps) {
    // Analysis taps of ISO/IEC 15444-1: the low filter, and the high one, which the standard multiplies by K.
    double const low[] = {0.602949018236, 0.266864118443, -0.078223266529, -0.016864118443, 0.026748757411};
    double const high[] = {1.115087052457, -0.591271763114, -0.057543526229, 0.091271763114};
    double const k = 1.230174104914;
    generator next;
    bands<std::int32_t, 1> x(planes<1>({64}, 1, 16));
    fill(x, 0, [&](std::size_t) { return next(-32768, 32767); });
    auto const y = transform::wavelet<cdf97, 1>{}.forward(x.clone());
    for (std::size_t i = 4; i < 28; ++i) {
        auto const at = [&](std::size_t n) { return static_cast<double>(x.data()[n]); };
        double s = low[0] * at(2 * i), d = high[0] * at(2 * i + 1);
        for (std::size_t t = 1; t <= 4; ++t) s += low[t] * (at(2 * i - t) + at(2 * i + t));
        for (std::size_t t = 1; t <= 3; ++t) d += high[t] * (at(2 * i + 1 - t) + at(2 * i + 1 + t));
        BOOST_TEST(std::abs(std::ldexp(value_at(y, 0, i), -y.info(0).frac) - s) < 0.5);
        BOOST_TEST(std::abs(std::ldexp(value_at(y, 1, i), -y.info(1).frac) - d / k) < 0.5);
    }
}

BOOST_AUTO_TEST_CASE(a_constant_passes_to_the_lowest_band) {
    bands<std::int16_t, 2> x(planes<2>({40, 24}, 1, 8), -93);
    auto const y = transform::wavelet<cdf97, 3>{}.forward(std::move(x));
    for (std::size_t i = 0; i < y[0].size(); ++i) BOOST_TEST(std::abs(value_at(y, 0, i) + 93 * 16) <= 2);
    for (std::size_t b = 1; b < y.count(); ++b)
        for (std::size_t i = 0; i < y[b].size(); ++i) BOOST_TEST(std::abs(value_at(y, b, i)) <= 1);
}

BOOST_AUTO_TEST_CASE(bands_come_coarsest_first) {
    auto const y = transform::wavelet<cdf53, 2>{}.arrange(planes<2>({5, 10}, 2, 8));
    BOOST_TEST(y.count() == 14);
    std::array<extents<2>, 7> const shapes{{{2, 3}, {2, 2}, {1, 3}, {1, 2}, {3, 5}, {2, 5}, {2, 5}}};
    std::array<int, 7> const levels{1, 1, 1, 1, 0, 0, 0}, kinds{0, 1, 2, 3, 1, 2, 3};
    for (std::size_t b = 0; b < 14; ++b) {
        BOOST_CHECK(y[b].shape == shapes[b % 7]);
        BOOST_TEST(y[b].at.component == b / 7);
        BOOST_TEST(y[b].at.level == levels[b % 7]);
        BOOST_TEST(y[b].at.index == static_cast<std::uint32_t>(kinds[b % 7]));
    }
}

BOOST_AUTO_TEST_CASE(high_along_the_rows_is_band_1) {
    bands<std::int16_t, 2> x(planes<2>({8, 8}, 1, 8));
    fill(x, 0, [](std::size_t i) { return i % 2 ? 50 : -50; }); // columns alternate
    auto const y = transform::wavelet<haar, 1>{}.forward(std::move(x));
    BOOST_TEST(value_at(y, 1, 5) == 100);
    BOOST_TEST(value_at(y, 2, 5) == 0);
    BOOST_TEST(value_at(y, 3, 5) == 0);
}

BOOST_AUTO_TEST_CASE(reversible_filters_give_back_every_sample) {
    check_exact<transform::wavelet<haar, 1>>();
    check_exact<transform::wavelet<haar, 4>>();
    check_exact<transform::wavelet<cdf53, 0>>();
    check_exact<transform::wavelet<cdf53, 1>>();
    check_exact<transform::wavelet<cdf53, 6>>();
    check_round_trip<bands<std::int16_t, 2>>(transform::wavelet<cdf53, 5>{}, {101, 70}, 3, 8);
}

BOOST_AUTO_TEST_CASE(nine_seven_keeps_samples_without_quantisation) {
    each_small_shape([](auto const &shape) {
        constexpr auto R = std::tuple_size_v<std::remove_cvref_t<decltype(shape)>>;
        check_round_trip<bands<std::int16_t, R>>(transform::wavelet<cdf97, 3>{}, shape, 1, 8, 1);
        check_round_trip<bands<std::int32_t, R>>(transform::wavelet<cdf97, 6>{}, shape, 1, 24, 1);
    });
    check_round_trip<bands<std::int16_t, 2>>(transform::wavelet<cdf97, 6>{}, {135, 200}, 1, 8, 1);
    // 9 bits leave one fractional bit less in int16.
    check_round_trip<bands<std::int16_t, 2>>(transform::wavelet<cdf97, 6>{}, {135, 200}, 1, 9, 2);
    check_round_trip<bands<std::int32_t, 2>>(transform::wavelet<cdf97, 5>{}, {135, 200}, 1, 16, 1);
}

BOOST_AUTO_TEST_CASE(gains_are_norms_of_the_synthesis) {
    auto const levels = std::make_index_sequence<7>{};
    check_gains_of<haar>(levels);
    check_gains_of<cdf53>(levels);
    check_gains_of<cdf97>(levels);
}

BOOST_AUTO_TEST_CASE(any_values_decode) {
    check_hostile(transform::wavelet<haar, 2>{});
    check_hostile(transform::wavelet<cdf53, 4>{});
    check_hostile(transform::wavelet<cdf97, 4>{});
    check_hostile(transform::wavelet<cdf97, 16>{});
}

BOOST_AUTO_TEST_SUITE_END()
