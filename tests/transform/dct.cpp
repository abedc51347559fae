#include <cmath>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/transform/dct.hpp>

#include "planes.hpp"

BOOST_AUTO_TEST_SUITE(dct)

using namespace triptych;

namespace {
/// Row k of the definition: sqrt(2 / N) cos(pi k (2n + 1) / 2N), and 1 / sqrt(N) for k = 0.
auto cosine(std::size_t size, std::size_t k, std::size_t n) -> double {
    auto const N = static_cast<double>(size);
    double const angle = std::acos(-1.0) * static_cast<double>(k * (2 * n + 1)) / (2 * N);
    return k == 0 ? 1 / std::sqrt(N) : std::sqrt(2 / N) * std::cos(angle);
}

/// Compares every coefficient with the double sum over samples, and the inverse of random coefficients likewise.
template <class T, std::size_t N>
void compare_with_definition(std::uint8_t bits, double bound) {
    using B = bands<T, 2>;
    auto const in = planes<2>({N, N}, 1, bits);
    transform::dct<N> const t;
    for (auto const &x : patterns<B>(in)) {
        auto const y = t.forward(x.clone());
        check_bits(y);
        auto const z = t.inverse(y.clone(), in);
        double const unit = std::ldexp(1.0, -y.info(0).frac);
        double energy = 0, kept = 0;
        std::vector<double> back(N * N);
        for (std::size_t k = 0; k < N; ++k)
            for (std::size_t l = 0; l < N; ++l) {
                double sum = 0;
                double const coefficient = unit * y.data()[k * N + l];
                for (std::size_t r = 0; r < N; ++r)
                    for (std::size_t c = 0; c < N; ++c) {
                        sum += cosine(N, k, r) * cosine(N, l, c) * x.data()[r * N + c];
                        back[r * N + c] += cosine(N, k, r) * cosine(N, l, c) * coefficient;
                    }
                BOOST_TEST(std::abs(sum - coefficient) < bound);
                kept += coefficient * coefficient;
            }
        for (std::size_t i = 0; i < N * N; ++i) {
            energy += std::pow(x.data()[i], 2);
            BOOST_TEST(std::abs(back[i] - std::ldexp(z.data()[i], -z.info(0).frac)) < bound);
        }
        BOOST_TEST(std::abs(std::sqrt(kept) - std::sqrt(energy)) < bound * N);
    }
}

template <std::size_t N>
void check_small() {
    each_small_shape([](auto const &shape) {
        constexpr auto R = std::tuple_size_v<std::remove_cvref_t<decltype(shape)>>;
        check_round_trip<bands<std::int16_t, R>>(transform::dct<N>{}, shape, 3, 8, 1);
        check_round_trip<bands<std::int32_t, R>>(transform::dct<N>{}, shape, 1, 24, 1);
    });
}
} // namespace

BOOST_AUTO_TEST_CASE(agrees_with_the_definition) {
    // Bounds in units of a sample, for coefficients as large as N times that: constants are off by up to 2^-14 (2^-29).
    compare_with_definition<std::int16_t, 4>(8, 0.25);
    compare_with_definition<std::int16_t, 8>(8, 0.5);
    compare_with_definition<std::int16_t, 16>(8, 0.5);
    compare_with_definition<std::int16_t, 32>(8, 1);
    compare_with_definition<std::int32_t, 8>(16, 0.25);
    compare_with_definition<std::int32_t, 32>(24, 4);
}

BOOST_AUTO_TEST_CASE(constants_by_hand) {
    // A flat block of v has the one coefficient 8 v; with 3 fractional bits, 64 v.
    bands<std::int16_t, 2> x(planes<2>({8, 8}, 1, 8), 100);
    auto const y = transform::dct<8>{}.forward(std::move(x));
    BOOST_TEST(y.count() == 64);
    BOOST_TEST(y.info(0).frac == 3);
    BOOST_TEST(y.info(0).bits == 14);
    BOOST_TEST(y.info(63).at.index == 63);
    BOOST_TEST(std::abs(y.data()[0] - 6400) <= 1);
    for (std::size_t i = 1; i < 64; ++i) BOOST_TEST(y.data()[i] == 0);
    // round(2^13 sqrt(2 / N) cos(pi / 16)) and so on: the constants of the format.
    constexpr auto m = detail::cosine_basis<8>(13);
    BOOST_CHECK((m[1] == std::array{4017, 3406, 2276, 799, -799, -2276, -3406, -4017}));
    BOOST_CHECK((m[0] == std::array{2896, 2896, 2896, 2896, 2896, 2896, 2896, 2896}));
}

BOOST_AUTO_TEST_CASE(frac_leaves_room) {
    auto const frac = [](auto t, std::uint8_t bits) { return int{t.arrange(planes<2>({32, 32}, 1, bits))[0].frac}; };
    BOOST_TEST(frac(transform::dct<8>{}, 9) == 3);
    BOOST_TEST(frac(transform::dct<16>{}, 9) == 3);
    BOOST_TEST(frac(transform::dct<32>{}, 9) == 2);
    BOOST_TEST(frac(transform::dct<8>{}, 16) == 3);
    BOOST_TEST(frac(transform::dct<32>{}, 24) == 3);
}

BOOST_AUTO_TEST_CASE(samples_survive_without_quantisation) {
    check_small<4>();
    check_small<8>();
    check_small<16>();
    check_small<32>();
    check_round_trip<bands<std::int16_t, 2>>(transform::dct<8>{}, {70, 101}, 1, 9, 1);
    check_round_trip<bands<std::int16_t, 2>>(transform::dct<16>{}, {70, 101}, 1, 9, 1);
    check_round_trip<bands<std::int16_t, 2>>(transform::dct<32>{}, {70, 101}, 1, 9, 1);
}

BOOST_AUTO_TEST_CASE(blocks_are_independent) {
    // A block in the middle of a picture has the coefficients that it has alone; block (r, c) of 3 x 5 is number 5 r + c.
    auto x = std::move(patterns<bands<std::int16_t, 2>>(planes<2>({24, 40}, 1, 8))[0]);
    bands<std::int16_t, 2> one(planes<2>({8, 8}, 1, 8));
    for (std::size_t r = 0; r < 8; ++r)
        for (std::size_t c = 0; c < 8; ++c) one[0](r, c) = x[0](8 + r, 24 + c);
    auto const all = transform::dct<8>{}.forward(std::move(x)), alone = transform::dct<8>{}.forward(std::move(one));
    for (std::size_t k = 0; k < 64; ++k) BOOST_TEST(all[k](1, 3) == alone[k](0, 0));
}

BOOST_AUTO_TEST_CASE(gains_are_one) {
    check_gains<bands<std::int32_t, 2>>(transform::dct<8>{}, {24, 24}, 1);
    check_gains<bands<std::int32_t, 1>>(transform::dct<16>{}, {48}, 2);
}

BOOST_AUTO_TEST_CASE(side_bands_pass) {
    auto in = planes<2>({5, 9}, 1, 8);
    band_info<2> side;
    side.at.kind = role::side, side.bits = 5;
    in.add({2, 3}, side);
    bands<std::int16_t, 2> x(in, 7);
    auto y = transform::dct<4>{}.forward(std::move(x));
    BOOST_TEST(y.count() == 17);
    BOOST_CHECK((y.info(16).at.kind == role::side && y.info(16).bits == 5));
    auto const z = transform::dct<4>{}.inverse(std::move(y), in);
    for (std::size_t i = 0; i < 6; ++i) BOOST_TEST(value_at(z, 1, i) == 7);
}

BOOST_AUTO_TEST_CASE(any_values_decode) {
    check_hostile(transform::dct<4>{});
    check_hostile(transform::dct<8>{});
    check_hostile(transform::dct<16>{});
    check_hostile(transform::dct<32>{});
}

BOOST_AUTO_TEST_SUITE_END()
