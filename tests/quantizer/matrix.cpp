// Steps by frequency against ITU-T T.81, tables K.1 and K.2.
#include <triptych/quantizer/matrix.hpp>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/dct.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

namespace {
using namespace triptych;
using quantizer::annex_k, quantizer::matrix;

template <std::size_t N>
auto coefficients(std::size_t components) -> layout<2> {
    return transform::dct<N>{}.arrange(detail::component_planes<2>({64, 64}, components, 8));
}
/// How much coarser a band is than its transform made it.
template <std::size_t N>
auto factor(std::size_t component, std::size_t row, std::size_t column) -> double {
    auto const flat = coefficients<N>(3), seen = matrix<>::weighted(coefficients<N>(3));
    auto const b = component * N * N + row * N + column;
    return static_cast<double>(flat[b].gain) / seen[b].gain;
}
auto const near = boost::test_tools::tolerance(0.016); // gains are 8-bit fractions
} // namespace

BOOST_AUTO_TEST_SUITE(a_matrix)

BOOST_AUTO_TEST_CASE(blocks_of_8_have_the_table) {
    BOOST_TEST(factor<8>(0, 0, 0) == 1.0);
    BOOST_TEST(factor<8>(0, 0, 7) == 61.0 / 16, near);
    BOOST_TEST(factor<8>(0, 7, 0) == 72.0 / 16, near);
    BOOST_TEST(factor<8>(0, 0, 2) == 10.0 / 16, near);
    BOOST_TEST(factor<8>(0, 5, 5) == 104.0 / 16, near);
    BOOST_TEST(factor<8>(0, 7, 7) == 99.0 / 16, near);
    BOOST_TEST(factor<8>(1, 0, 0) == 1.0);
    BOOST_TEST(factor<8>(1, 1, 2) == 26.0 / 17, near);
    BOOST_TEST(factor<8>(2, 7, 0) == 99.0 / 17, near);
}

BOOST_AUTO_TEST_CASE(other_sizes_interpolate_at_equal_frequency) {
    for (std::size_t row = 0; row < 8; ++row)
        for (std::size_t column = 0; column < 8; ++column)
            BOOST_TEST(factor<16>(0, 2 * row, 2 * column) == factor<8>(0, row, column));
    BOOST_TEST(factor<16>(0, 0, 1) == (16 + 11) / 2.0 / 16, near);
    BOOST_TEST(factor<16>(0, 15, 15) == 99.0 / 16, near);
    BOOST_TEST(factor<4>(0, 1, 3) == factor<8>(0, 2, 6));
    auto const lone = detail::component_planes<2>({64, 64}, 3, 8);
    BOOST_TEST((matrix<>::weighted(lone) == lone));
}

BOOST_AUTO_TEST_CASE(symbols_and_values_follow) {
    matrix<annex_k, quantizer::uniform> const q;
    auto const where = coefficients<8>(1);
    bands<std::int16_t, 2> x(where, 400); // 50 in units of the samples
    auto const s = q.plan(target{4});
    auto const symbols = q.quantize(x.clone(), s);
    BOOST_TEST((symbols.layout() == q.arrange(where, s)));
    BOOST_TEST(symbols[0](0, 0) == 13); // 50 / 4, and ties go away from zero
    BOOST_TEST(symbols[2](0, 0) == 20); // 50 / 2.5
    BOOST_TEST(symbols[63](0, 0) == 2); // 50 / 24.75
    auto const back = q.dequantize(symbols.clone(), s, where);
    BOOST_TEST((back.layout() == where));
    BOOST_TEST(std::abs(back[63](0, 0) - 8 * 49.5) < 6);
}

BOOST_AUTO_TEST_CASE(a_codec_with_it_weighs_decisions_and_reaches_its_goals) {
    using perceptual = codec<transform::dct<8>, matrix<>, coder::range<>>;
    using rates = decltype(coder::range<>{}.rates(bands<std::int16_t, 2>{}));
    static_assert(uses_rates<matrix<>, bands<std::int16_t, 2>, rates> && refits<matrix<>, bands<std::int16_t, 2>>);
    std::vector<std::uint8_t> samples;
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 72; ++x)
            samples.push_back(static_cast<std::uint8_t>(128 + 60 * std::sin(x * y / 150.0) + 30 * std::cos(x / 3.0) +
                                                        (x * 7 + y * 13) % 11));
    picture_view<std::uint8_t, 2> const view{samples.data(), {64, 72}, 1};
    for (double const goal : {30.0, 36.0, 42.0}) {
        auto const y = perceptual{}.decode(perceptual{}.encode(view, psnr(goal)));
        BOOST_TEST(std::abs(metric::psnr(view, y.view()) - goal) < 0.1);
    }
    for (double const goal : {1.0, 2.0, 4.0}) {
        auto const bytes = perceptual{}.encode(view, bits_per_pixel(goal));
        BOOST_TEST(8.0 * static_cast<double>(bytes.size()) / (64 * 72) == goal, boost::test_tools::tolerance(0.01));
    }
    for (double const bound : {1.0, 4.0, 20.0})
        BOOST_TEST(metric::max_error(view, perceptual{}.decode(perceptual{}.encode(view, max_error(bound))).view()) <=
                   bound);
}

BOOST_AUTO_TEST_SUITE_END()
