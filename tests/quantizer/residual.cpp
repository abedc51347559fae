// quantizer::residual, given and learned, against the definition.
#include <boost/test/unit_test.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/quantizer/residual.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/residual.hpp>
#include <triptych/transform/identity.hpp>

#include "vectors.hpp"

namespace tt = triptych;
using vectors::layout_of;
using vectors::noise;
using vectors::planes;

namespace {
template <std::size_t Beam>
auto book_of(std::vector<std::int32_t> const &entries, tt::dims shape) {
    tt::quantizer::residual<2, 64, Beam> q;
    q.entries = tt::frozen<std::int32_t>::owned(entries, shape);
    return q;
}
auto square(planes const &a, planes const &b) {
    std::int64_t s = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::int64_t const d = a.data()[i] - b.data()[i];
        s += d * d;
    }
    return s;
}
} // namespace

BOOST_AUTO_TEST_SUITE(quantizer_residual)

// With a beam as wide as all sums, the nearest of all; with a beam of one, the nearest entry of each stage.
BOOST_AUTO_TEST_CASE(takes_the_nearest_sum) {
    std::mt19937 random(4);
    constexpr std::size_t k = 6;
    for (std::size_t const m : {1u, 3u})
        for (bool const interleaved : {false, true}) {
            std::vector<std::int32_t> entries;
            for (std::size_t i = 0; i < 3 * k * m; ++i)
                entries.push_back((std::int32_t(random() % 40) - 20) * (i < k * m ? 13 : i < 2 * k * m ? 5 : 2));
            tt::dims const shape{3U, std::uint32_t(k), std::uint32_t(m)};
            auto const full = book_of<216>(entries, shape);
            auto const one = book_of<1>(entries, shape);
            auto const some = book_of<4>(entries, shape);
            auto const x = noise(layout_of(m, 0, interleaved), unsigned(m));
            auto const symbols = full.quantize(x.clone(), {});
            BOOST_REQUIRE((symbols.layout() == full.arrange(x.layout(), {})));
            BOOST_REQUIRE(symbols.count() == 4u);
            for (std::size_t j = 0; j < 3; ++j) {
                BOOST_TEST(symbols.info(1 + j).bits == std::bit_width(k - 1) + 1);
                BOOST_TEST(symbols.info(1 + j).at.component == 2 + j);
            }
            auto const at_once = one.quantize(x.clone(), {});
            auto const y = full.dequantize(symbols.clone(), {}, x.layout());
            for (std::size_t p = 0; p < 600; ++p) {
                auto const a = p / 30, b = p % 30;
                std::int64_t least = std::numeric_limits<std::int64_t>::max(), mine = 0;
                for (std::size_t c = 0; c < k * k * k; ++c) {
                    std::int64_t s = 0;
                    for (std::size_t e = 0; e < m; ++e) {
                        std::int64_t const d = x[1 + e](a, b) - entries[c % k * m + e] -
                                               entries[(k + c / k % k) * m + e] - entries[(2 * k + c / k / k) * m + e];
                        s += d * d;
                    }
                    least = std::min(least, s);
                }
                for (std::size_t e = 0; e < m; ++e)
                    mine += std::int64_t(y[1 + e](a, b) - x[1 + e](a, b)) * (y[1 + e](a, b) - x[1 + e](a, b));
                if (mine != least) BOOST_TEST(mine == least);
                std::vector<std::int64_t> rest;
                for (std::size_t e = 0; e < m; ++e) rest.push_back(x[1 + e](a, b));
                for (std::size_t j = 0; j < 3; ++j) {
                    std::int64_t nearest = std::numeric_limits<std::int64_t>::max();
                    std::size_t index = 0;
                    for (std::size_t i = 0; i < k; ++i) {
                        std::int64_t s = 0;
                        for (std::size_t e = 0; e < m; ++e) {
                            auto const d = rest[e] - entries[(j * k + i) * m + e];
                            s += d * d;
                        }
                        if (s < nearest) nearest = s, index = i;
                    }
                    for (std::size_t e = 0; e < m; ++e) rest[e] -= entries[(j * k + index) * m + e];
                    if (at_once[1 + j](a, b) != std::int16_t(index)) BOOST_TEST(at_once[1 + j](a, b) == index);
                }
            }
            auto const far = square(x, one.dequantize(one.quantize(x.clone(), {}), {}, x.layout()));
            auto const near = square(x, some.dequantize(some.quantize(x.clone(), {}), {}, x.layout()));
            BOOST_TEST(square(x, y) <= near);
            BOOST_TEST(near <= far);
            for (std::size_t i = 0; i < 12; ++i) BOOST_TEST(y.data()[i] == x.data()[i]); // the side band
        }
}

BOOST_AUTO_TEST_CASE(fractions_widths_and_any_symbols) {
    constexpr std::int32_t large = 2147483647;
    auto const q = book_of<8>({3, 0, -large, large, 4, 1, -large, large}, {2, 2, 2});
    for (int const frac : {-1, 0, 3}) {
        auto const where = layout_of(2, static_cast<std::int8_t>(frac));
        planes symbols(q.arrange(where, {}), std::int16_t{0});
        symbols[1](0, 1) = 1, symbols[2](0, 1) = 999, symbols[1](0, 2) = -999, symbols[2](0, 2) = -1;
        auto const y = q.dequantize(std::move(symbols), {}, where);
        BOOST_TEST(y[1](0, 0) == (frac < 0 ? 4 : 7 << frac)); // 3.5 is rounded up: the sum is, not its parts
        BOOST_TEST(y[2](0, 0) == (frac < 0 ? 1 : 1 << frac));
        BOOST_TEST(y[1](0, 1) == -2048);
        BOOST_TEST(y[2](0, 1) == 2047);
        BOOST_TEST(y[1](0, 2) == y[1](0, 0));
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_passes) {
    std::vector<std::int32_t> const eight(8, 3);
    for (auto const &shape :
         {tt::dims{2, 2, 2}, tt::dims{8, 1, 1}, tt::dims{4, 2}, tt::dims{8}, tt::dims{1, 2, 2, 2}}) {
        auto const q = book_of<8>(eight, shape);
        BOOST_TEST(q.valid() == (shape.rank == 3));
        auto const x = noise(layout_of(3), 1);
        BOOST_TEST((q.arrange(x.layout(), {}) == x.layout()));
        auto const y = q.quantize(x.clone(), {});
        BOOST_TEST(std::equal(y.data(), y.data() + y.size(), x.data()));
        auto const z = q.dequantize(x.clone(), {}, x.layout());
        BOOST_TEST(std::equal(z.data(), z.data() + z.size(), x.data()));
    }
    std::vector<std::int32_t> const many(65, 1);
    BOOST_TEST(!book_of<8>(many, tt::dims{65, 1, 1}).valid());
}

BOOST_AUTO_TEST_CASE(stages_are_learned_of_what_is_left_over) {
    auto const x = noise(layout_of(3), 3);
    tt::learner<tt::quantizer::residual<2, 8, 1>> l;
    l.observe(x);
    auto const q = l.finish();
    BOOST_REQUIRE(q.entries.shape() == (tt::dims{2, 8, 3}));
    // The first is the book of the vectors, the second that of their differences to it.
    auto rest = x.clone();
    for (std::size_t j = 0; j < 2; ++j) {
        tt::learner<tt::quantizer::codebook<8>> one;
        one.seed = j, one.observe(rest);
        auto const book = one.finish();
        for (std::size_t i = 0; i < 24; ++i) BOOST_TEST(q.entries[24 * j + i] == book.entries[i]);
        auto const y = book.dequantize(book.quantize(rest.clone(), {}), {}, rest.layout());
        for (std::size_t i = 12; i < rest.size(); ++i)
            rest.data()[i] = static_cast<std::int16_t>(rest.data()[i] - y.data()[i]);
    }
    auto const z = q.dequantize(q.quantize(x.clone(), {}), {}, x.layout());
    for (std::size_t i = 12; i < rest.size(); ++i)
        if (x.data()[i] - z.data()[i] != rest.data()[i]) BOOST_TEST(x.data()[i] - z.data()[i] == rest.data()[i]);
}

BOOST_AUTO_TEST_CASE(stages_come_closer_and_end_where_nothing_is_left) {
    tt::picture<std::uint8_t, 2> p({30, 40}, 3);
    std::mt19937 random(3);
    for (std::size_t i = 0; i < 1200; ++i) {
        auto const colour = random() % 60;
        for (std::size_t c = 0; c < 3; ++c)
            p.data()[3 * i + c] = static_cast<std::uint8_t>(colour * colour * (7 + 2 * c));
    }
    auto const error = [&]<std::size_t Stages>() {
        using codec =
            tt::codec<tt::transform::identity, tt::per_image<tt::quantizer::residual<Stages, 8>>, tt::coder::range<>>;
        return tt::metric::mse(p, codec{}.decode(codec{}.encode(p, tt::step(8))));
    };
    auto const one = error.operator()<1>(), two = error.operator()<2>(), eight = error.operator()<8>();
    BOOST_TEST(two < one / 2);
    BOOST_TEST(eight < two / 10);

    planes const few(layout_of(2), std::int16_t{5});
    tt::learner<tt::quantizer::residual<4, 8>> l;
    l.observe(few);
    BOOST_TEST((l.finish().entries.shape() == tt::dims{1, 1, 2}));
}

BOOST_AUTO_TEST_CASE(merges_and_refuses) {
    vectors::merges_and_refuses<tt::quantizer::residual<2, 4>>();
}

BOOST_AUTO_TEST_SUITE_END()
