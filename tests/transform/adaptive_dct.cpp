#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numbers>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/stream/writer.hpp>
#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>

#include "planes.hpp"

BOOST_AUTO_TEST_SUITE(adaptive_dct)

using namespace triptych;
using B16 = bands<std::int16_t, 2>;
using B32 = bands<std::int32_t, 2>;
using transform_type = transform::adaptive_dct;

namespace {
/// Smooth in the left half, checks of single samples in the right.
template <class B>
auto mixed(extents<2> const &shape, std::size_t components, std::uint8_t bits) -> B {
    B x(planes<2>(shape, components, bits));
    double const reach = std::ldexp(0.9, bits - 1);
    for (std::size_t c = 0; c < components; ++c)
        for (std::size_t row = 0; row < shape[0]; ++row)
            for (std::size_t col = 0; col < shape[1]; ++col) {
                double const smooth = std::sin(0.02 * static_cast<double>(row + 2 * col) + static_cast<double>(c));
                double const rough = (row * 7 + col * 13) % 5 < 2 ? 1 : -1;
                value_at(x, c, row * shape[1] + col) =
                    static_cast<typename B::value_type>(reach * (col < shape[1] / 2 ? smooth
                                                                 : (col / 20) % 2   ? rough
                                                                                    : 0.1));
            }
    return x;
}

template <class B>
void check_round_trip(B const &x, target const &aim) {
    transform_type const t;
    auto const y = t.forward(x.clone(), aim);
    BOOST_TEST_REQUIRE(y.ok());
    BOOST_TEST((y.layout() == t.arrange(x.layout())));
    check_bits(y);
    auto const z = t.inverse(y.clone(), x.layout(), {});
    BOOST_TEST_REQUIRE(z.ok());
    for (std::size_t b = 0; b < x.count(); ++b)
        for (std::size_t i = 0; i < x[b].size(); ++i)
            if (std::abs(rounded(z, b, i) - static_cast<int>(value_at(x, b, i))) > 1) {
                BOOST_ERROR("band " << b << " sample " << i << ": " << value_at(x, b, i) << " became "
                                    << rounded(z, b, i));
                return;
            }
}
} // namespace

BOOST_AUTO_TEST_CASE(gives_back_samples_of_any_shape) {
    for (std::size_t n : {0u, 1u, 2u, 7u, 8u, 9u, 31u, 32u, 33u, 65u})
        for (std::size_t m : {0u, 1u, 5u, 16u, 32u, 40u}) {
            check_round_trip(mixed<B16>({n, m}, 1, 8), {8});
            check_round_trip(mixed<B16>({m, n}, 3, 8), {30});
            check_round_trip(mixed<B32>({n, m}, 2, 16), {2000});
        }
    for (auto const &x : patterns<B16>(planes<2>({40, 70}, 3, 8))) check_round_trip(x, {5});
    for (auto const &x : patterns<B32>(planes<2>({40, 33}, 1, 24))) check_round_trip(x, {5});
}

BOOST_AUTO_TEST_CASE(sizes_follow_the_picture) {
    auto const x = mixed<B16>({64, 128}, 1, 8);
    auto const y = transform_type{}.forward(x.clone(), {10});
    BOOST_TEST_REQUIRE(y.count() == 2u);
    BOOST_TEST((y.info(0).at.kind == role::side));
    BOOST_TEST((y.info(0).shape == extents<2>{8, 16}));
    BOOST_TEST((y.info(1).shape == extents<2>{64, 128}));
    // The smooth half wants large blocks, the sharp borders of the other half small ones.
    std::array<int, 2> large{}, all{};
    for (std::size_t i = 0; i < 8 * 16; ++i) {
        auto const v = value_at(y, 0, i);
        BOOST_TEST((v >= 3 && v <= 5));
        all[i % 16 / 8] += 1, large[i % 16 / 8] += v == 5;
    }
    BOOST_TEST(large[0] > all[0] * 3 / 4);
    BOOST_TEST(large[1] < all[1] * 3 / 4);
}

BOOST_AUTO_TEST_CASE(coefficients_are_those_of_the_orthonormal_transform) {
    auto const x = mixed<B16>({96, 96}, 1, 8);
    auto const y = transform_type{}.forward(x.clone(), {12});
    auto const scale = std::ldexp(1.0, y.info(1).frac);
    // Quarters are what is kept; the basis itself is right to 2^-14.
    std::array<int, 6> seen{};
    auto const cells = [&](std::size_t row, std::size_t col) { return y[0](row, col); };
    detail::for_each_block(cells, 12, 12, [&](std::size_t y0, std::size_t x0, int log2) {
        if (++seen[static_cast<std::size_t>(log2)] > 3) return; // a few of each size are enough
        std::size_t const n = std::size_t{1} << log2;
        auto const basis = [&](std::size_t k, std::size_t i) {
            return std::sqrt((k ? 2.0 : 1.0) / static_cast<double>(n)) *
                   std::cos((2 * static_cast<double>(i) + 1) * static_cast<double>(k) * std::numbers::pi /
                            (2 * static_cast<double>(n)));
        };
        for (std::size_t u = 0; u < n; u += 3)
            for (std::size_t v = 0; v < n; v += 2) {
                double sum = 0;
                for (std::size_t i = 0; i < n; ++i)
                    for (std::size_t j = 0; j < n; ++j) sum += basis(u, i) * basis(v, j) * x[0](y0 + i, x0 + j);
                if (std::abs(sum - y[1](y0 + u, x0 + v) / scale) > 0.6 + std::abs(sum) / 4096)
                    BOOST_ERROR("block of " << n << ", (" << u << ", " << v << "): " << sum << " and "
                                            << y[1](y0 + u, x0 + v) / scale);
            }
    });
    BOOST_TEST((seen[3] > 0 && seen[4] + seen[5] > 0));
}

BOOST_AUTO_TEST_CASE(components_of_other_shapes_have_sizes_of_their_own) {
    transform::chain<transform::colour<transform::ycbcr420>, transform_type> const t;
    auto const x = mixed<B16>({50, 70}, 4, 8);
    auto const y = t.forward(x.clone(), {6});
    BOOST_TEST_REQUIRE(y.ok());
    std::vector<int> sides;
    for (std::size_t b = 0; b < y.count(); ++b) sides.push_back(y.info(b).at.kind == role::side);
    BOOST_TEST(sides == (std::vector<int>{1, 0, 1, 0, 0, 1, 0}), boost::test_tools::per_element());
    auto const z = t.inverse(y.clone(), x.layout(), {});
    BOOST_TEST_REQUIRE(z.ok());
    for (std::size_t i = 0; i < x[3].size(); ++i)
        BOOST_TEST_REQUIRE(std::abs(rounded(z, 3, i) - value_at(x, 3, i)) <= 1);
}

BOOST_AUTO_TEST_CASE(filter_removes_small_steps_and_leaves_edges) {
    // Two flat halves that meet at a border of blocks, as different as given.
    auto const jump_after = [](std::int16_t jump, double step) {
        B16 x(planes<2>({32, 64}, 1, 8));
        for (std::size_t i = 0; i < 32 * 64; ++i) value_at(x, 0, i) = static_cast<std::int16_t>(i % 64 < 32 ? 0 : jump);
        target const aim{static_cast<float>(step)};
        transform_type const t;
        auto const z = t.inverse(t.forward(x.clone(), aim), x.layout(), {detail::stream_step(aim)});
        return rounded_at(z, 0, 16, 32) - rounded_at(z, 0, 16, 31);
    };
    BOOST_TEST(jump_after(8, 60) <= 2);     // smaller than the step makes: becomes a ramp
    BOOST_TEST(jump_after(120, 40) == 120); // a true edge stays
    BOOST_TEST(jump_after(8, 1) == 8);      // the step is too small to have caused it
}

BOOST_AUTO_TEST_CASE(any_sizes_and_values_are_inverted_without_harm) {
    generator next;
    transform_type const t;
    for (fixed_step const step : {fixed_step{0}, fixed_step{3000}, fixed_step{std::uint64_t{1} << 40}}) {
        for (int round = 0; round < 20; ++round) {
            auto const in =
                planes<2>({static_cast<std::size_t>(next(1, 70)), static_cast<std::size_t>(next(1, 70))}, 2, 8);
            B16 a(t.arrange(in));
            B32 b(t.arrange(in));
            for (std::size_t i = 0; i < a.size(); ++i) {
                a.data()[i] =
                    static_cast<std::int16_t>(round % 2 ? next(-32768, 32767) : (next(0, 1) ? -32768 : 32767));
                b.data()[i] = round % 2 ? static_cast<std::int32_t>(next.word())
                                        : (next(0, 1) ? std::numeric_limits<std::int32_t>::min()
                                                      : std::numeric_limits<std::int32_t>::max());
            }
            BOOST_TEST(t.inverse(std::move(a), in, step).ok());
            BOOST_TEST(t.inverse(std::move(b), in, step).ok());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_layout_that_does_not_fit_is_refused) {
    auto const in = planes<2>({40, 40}, 1, 8);
    BOOST_TEST(!transform_type{}.inverse(B16(in), in, {}).ok());
}

BOOST_AUTO_TEST_SUITE_END()
