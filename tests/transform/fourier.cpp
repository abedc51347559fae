#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/transform/fourier.hpp>

#include "planes.hpp"

BOOST_AUTO_TEST_SUITE(fourier)

using namespace triptych;

namespace {
auto wave(std::size_t size, std::size_t row, std::size_t n) -> double {
    auto const N = static_cast<double>(size);
    double const angle = 2 * std::acos(-1.0) * static_cast<double>((row + 1) / 2 * n) / N;
    if (row == 0 || row == size - 1) return std::cos(angle) / std::sqrt(N);
    return std::sqrt(2 / N) * (row % 2 ? std::cos(angle) : std::sin(angle));
}

template <class T, std::size_t N>
void compare_with_definition(std::uint8_t bits, double bound) {
    auto const in = planes<2>({N, N}, 1, bits);
    transform::fourier<N> const t;
    for (auto const &x : patterns<bands<T, 2>>(in)) {
        auto const y = t.forward(x.clone());
        check_bits(y);
        std::vector<double> rows(N * N);
        for (std::size_t k = 0; k < N; ++k)
            for (std::size_t c = 0; c < N; ++c)
                for (std::size_t r = 0; r < N; ++r) rows[k * N + c] += wave(N, k, r) * x.data()[r * N + c];
        double worst = 0, energy = 0, kept = 0;
        for (std::size_t k = 0; k < N; ++k)
            for (std::size_t l = 0; l < N; ++l) {
                double sum = 0;
                for (std::size_t c = 0; c < N; ++c) sum += wave(N, l, c) * rows[k * N + c];
                double const coefficient = std::ldexp(y.data()[k * N + l], -y.info(0).frac);
                worst = std::max(worst, std::abs(sum - coefficient));
                kept += coefficient * coefficient, energy += std::pow(x.data()[k * N + l], 2);
            }
        BOOST_TEST(worst < bound);
        BOOST_TEST(std::abs(std::sqrt(kept) - std::sqrt(energy)) < bound * N);
    }
}

template <std::size_t N>
void check_small(int largest_error) {
    each_small_shape([=](auto const &shape) {
        constexpr auto R = std::tuple_size_v<std::remove_cvref_t<decltype(shape)>>;
        if (volume(shape) % 5 > 1) return; // every shape would take long and teach nothing new
        check_round_trip<bands<std::int16_t, R>>(transform::fourier<N>{}, shape, 1, 8, largest_error);
        check_round_trip<bands<std::int32_t, R>>(transform::fourier<N>{}, shape, 1, 16, 1);
    });
}
} // namespace

BOOST_AUTO_TEST_CASE(agrees_with_the_definition) {
    compare_with_definition<std::int16_t, 8>(8, 0.5);
    compare_with_definition<std::int16_t, 16>(8, 0.5);
    compare_with_definition<std::int16_t, 32>(8, 1);
    compare_with_definition<std::int16_t, 64>(8, 2);
    compare_with_definition<std::int32_t, 16>(16, 0.25);
    compare_with_definition<std::int32_t, 64>(16, 0.5);
}

BOOST_AUTO_TEST_CASE(a_cosine_is_one_coefficient) {
    // cos(2 pi 2 n / 16) of amplitude A over 16 samples has norm A sqrt(8), and is row 3: constant, cos 1, sin 1, cos 2.
    bands<std::int32_t, 1> x(planes<1>({16}, 1, 16));
    fill(x, 0,
         [](std::size_t n) { return std::lround(8192 * std::cos(std::acos(-1.0) * static_cast<double>(n) / 4)); });
    auto const y = transform::fourier<16>{}.forward(std::move(x));
    for (std::size_t k = 0; k < 16; ++k)
        BOOST_TEST(std::abs(std::ldexp(y.data()[k], -3) - (k == 3 ? 8192 * std::sqrt(8.0) : 0)) < 1.5);
}

BOOST_AUTO_TEST_CASE(samples_survive_without_quantisation) {
    check_small<8>(1);
    check_small<16>(1);
    check_small<64>(2); // two fractional bits are left in int16
}

BOOST_AUTO_TEST_CASE(gains_are_one) {
    check_gains<bands<std::int32_t, 2>>(transform::fourier<8>{}, {24, 24}, 1);
}

BOOST_AUTO_TEST_CASE(any_values_decode) {
    check_hostile(transform::fourier<8>{});
    check_hostile(transform::fourier<64>{});
}

BOOST_AUTO_TEST_SUITE_END()
