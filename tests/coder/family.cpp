// Tables of Laplace's and Gauss's laws: against the laws themselves in floating point, their published checksum, and counted tables.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <numbers>
#include <span>

#include <triptych/coder/model/family.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/stream/crc32c.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

namespace {
/// Of |X| <= x; `half` is where the density is half of that at 0.
auto within(model::laplace, double x, double half) -> double {
    return 1 - std::exp2(-x / half);
}
auto within(model::gaussian, double x, double half) -> double {
    return std::erf(x / half * std::sqrt(std::numbers::ln2));
}
auto half_of(std::uint32_t scale) -> double {
    return std::exp2((static_cast<double>(scale) - 16) / 4);
}
using families = std::tuple<model::laplace, model::gaussian>;

/// Rounded values of the law.
template <class F>
auto drawn(double half, std::size_t side, unsigned seed) -> bands<std::int16_t, 2> {
    bands<std::int16_t, 2> x(planes<2>({side, side}, 1, 12));
    std::mt19937 random(seed);
    std::normal_distribution<double> normal(0, half / std::sqrt(2 * std::numbers::ln2));
    std::exponential_distribution<double> tail(std::numbers::ln2 / half);
    for (std::size_t i = 0; i < x.size(); ++i) {
        double const v = std::is_same_v<F, model::gaussian> ? normal(random)
                         : random() & 1                     ? tail(random)
                                                            : -tail(random);
        x.data()[i] = static_cast<std::int16_t>(std::lround(v));
    }
    return x;
}
} // namespace

BOOST_AUTO_TEST_SUITE(family)

BOOST_AUTO_TEST_CASE(powers_of_a_half_are_right) {
    double worst = 0;
    for (std::uint64_t y = 0; y < 20 << 16; y += 77) {
        double const right = std::exp2(31 - static_cast<double>(y) / 65536);
        worst = std::max(worst, std::abs(static_cast<double>(model::detail::power_of_half(y)) - right) - right * 1e-8);
    }
    BOOST_TEST(worst <= 40); // units of 2^-31
    BOOST_TEST(model::detail::power_of_half(0) == std::uint64_t{1} << 31);
    for (std::size_t i = 0; i < 4; ++i)
        BOOST_TEST(std::abs(static_cast<double>(model::detail::quarters[i]) - std::exp2(24 + double(i) / 4)) <= 0.5);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masses_are_those_of_the_law, F, families) {
    // All values have tokens of their own here; the ends are cut off.
    coder::alphabet letters;
    letters.split = 8;
    for (std::uint32_t scale = 12; scale < 36; scale += 4) {
        auto const t = F::intervals({scale, 255}, letters, 16);
        double apart = 0;
        for (std::uint32_t i = 0; i < 256; ++i) {
            auto const v = std::abs(static_cast<double>(letters.symbol(i)));
            auto const p = v == 0 ? within(F{}, 0.5, half_of(scale))
                                  : (within(F{}, v + 0.5, half_of(scale)) - within(F{}, v - 0.5, half_of(scale))) / 2;
            apart += std::abs(t[i].freq / 65536.0 - p);
        }
        // A unit for each of 256 tokens that the law would hardly give any, and the midpoint rule at narrow peaks.
        BOOST_TEST(apart <= 2 * 256 / 65536.0 + (scale < 17 ? 0.02 : 0.003), "scale " << scale << ": " << apart);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_scale_costs_little_beside_the_law, F, families) {
    for (double const half : {0.3, 0.7, 2.1, 6.6, 30.0}) {
        auto const x = drawn<F>(half, 300, 9);
        double ideal = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            auto const v = std::abs(static_cast<double>(x.data()[i]));
            ideal -= std::log2(v == 0 ? within(F{}, 0.5, half)
                                      : (within(F{}, v + 0.5, half) - within(F{}, v - 0.5, half)) / 2);
        }
        auto const size = 8 * static_cast<double>(encoded(coder::rans<F>{}, x).size());
        BOOST_TEST_MESSAGE(half << ": " << size / ideal);
        BOOST_TEST(size <= ideal * 1.015 + 8 * 160);
    }
}

BOOST_AUTO_TEST_CASE(small_pictures_need_no_table) {
    for (std::size_t const side : {8u, 16u, 24u}) {
        auto const x = drawn<model::laplace>(4, side, 3);
        BOOST_TEST(encoded(coder::rans<model::laplace>{}, x).size() + 8 < encoded(coder::rans<>{}, x).size());
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tables_have_the_published_checksum, F, families) {
    // docs/format/coder.md: frequencies as 16-bit little-endian numbers; 12 bits; all scales, of the alphabets split 4 and 8.
    std::vector<std::byte> bytes;
    for (unsigned const split : {4u, 8u}) {
        coder::alphabet letters;
        letters.split = split;
        for (std::uint32_t scale = 0; scale < 64; ++scale)
            for (std::uint32_t t = 0; auto const &i : F::intervals({scale, letters.tokens() - 1}, letters, 12))
                if (t++ < letters.tokens())
                    bytes.push_back(static_cast<std::byte>(i.freq)),
                        bytes.push_back(static_cast<std::byte>(i.freq >> 8));
    }
    BOOST_TEST(crc32c(bytes) == (std::is_same_v<F, model::laplace> ? 0x5b75d44e : 0xc1afcc33));
}

BOOST_AUTO_TEST_SUITE_END()
