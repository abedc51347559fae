// quantizer::lloyd_max: nearest levels by brute force, and what Max's table (1960) says of sixteen and fewer levels of a normal density.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/quantizer/lloyd_max.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/lloyd_max.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/identity.hpp>

namespace tt = triptych;
using tt::quantizer::lloyd_max;

namespace {
template <class T>
auto plane(std::vector<T> const &values, std::uint8_t bits, std::int8_t frac = 0) {
    tt::layout<1> l;
    tt::band_info<1> like;
    like.bits = bits, like.frac = frac;
    l.add({values.size()}, like);
    tt::bands<T, 1> x(std::move(l));
    std::copy(values.begin(), values.end(), x.data());
    return x;
}
/// Levels in whole samples.
template <std::size_t K>
auto with_levels(std::vector<int> const &levels) {
    std::vector<std::int32_t> sixteenths;
    for (auto const v : levels) sixteenths.push_back(16 * v);
    lloyd_max<K> q;
    q.levels = tt::frozen<std::int32_t>::owned(
        sixteenths, tt::dims{static_cast<std::uint32_t>(levels.size() / K), static_cast<std::uint32_t>(K)});
    return q;
}
auto normal(std::size_t n, double deviation, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> density(0, deviation);
    std::vector<std::int16_t> v(n);
    for (auto &x : v) x = static_cast<std::int16_t>(std::lround(density(random)));
    return v;
}
template <class Q>
auto error_of(Q const &q, std::vector<std::int16_t> const &values) {
    auto const x = plane(values, 16);
    auto const y = q.dequantize(q.quantize(x.clone(), {}), {}, x.layout());
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += std::pow(double(x.data()[i]) - y.data()[i], 2);
    return sum / static_cast<double>(x.size());
}
template <std::size_t K>
auto learned_error() {
    tt::learner<lloyd_max<K>> l;
    l.observe(plane(normal(60'000, 2000, 1), 16));
    return error_of(l.finish(), normal(60'000, 2000, 2)) / (2000.0 * 2000.0);
}
} // namespace

BOOST_AUTO_TEST_SUITE(quantizer_lloyd_max)

BOOST_AUTO_TEST_CASE(takes_the_nearest_level_and_counts_from_that_nearest_zero) {
    std::vector<int> const levels{-100, -31, -3, 8, 60};
    auto const q = with_levels<5>(levels);
    std::vector<std::int16_t> all;
    for (int v = -128; v < 128; ++v) all.push_back(static_cast<std::int16_t>(v));
    auto const x = plane(all, 8);
    auto const symbols = q.quantize(x.clone(), {});
    BOOST_TEST(int(symbols.info(0).bits) == 3);
    auto const y = q.dequantize(symbols.clone(), {}, x.layout());
    for (std::size_t i = 0; i < all.size(); ++i) {
        int least = 1000;
        for (auto const l : levels) least = std::min(least, std::abs(l - all[i]));
        BOOST_TEST(std::abs(y.data()[i] - all[i]) == least);
        BOOST_TEST(levels[static_cast<std::size_t>(symbols.data()[i] + 2)] == y.data()[i]); // -3 is the third
    }
}

BOOST_AUTO_TEST_CASE(there_are_always_k_symbols) {
    // The first of four is nearest to zero: 0, 1, and then -2 and -1 for the two that are furthest.
    auto const q = with_levels<4>({5, 20, 40, 90});
    auto const symbols = q.quantize(plane<std::int16_t>({-50, 4, 21, 39, 100}, 8), {});
    BOOST_TEST(int(symbols.info(0).bits) == 2);
    BOOST_TEST(std::vector<int>(symbols.data(), symbols.data() + 5) == (std::vector<int>{0, 0, 1, -2, -1}),
               boost::test_tools::per_element());
    // Any other is one of these modulo K.
    std::vector<std::int16_t> const any{4, -4, 7, 32767, -32768};
    auto const values = q.dequantize(plane(any, 2), {}, plane(any, 8).layout());
    BOOST_TEST(std::vector<int>(values.data(), values.data() + 5) == (std::vector<int>{5, 5, 90, 90, 5}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(levels_have_the_fraction_of_the_band) {
    lloyd_max<2> q;
    std::array<std::int32_t, 2> const sixteenths{-24, 9};
    q.levels = tt::frozen<std::int32_t>::owned(sixteenths, tt::dims{1u, 2u});
    auto const of = [&](std::int8_t frac) {
        auto const x = plane<std::int16_t>({-30000, 30000}, 16, frac);
        auto const y = q.dequantize(q.quantize(x.clone(), {}), {}, x.layout());
        return std::pair<int, int>(y.data()[0], y.data()[1]);
    };
    BOOST_TEST((of(0) == std::pair(-1, 1))); // -1.5 and 0.5625, halves up
    BOOST_TEST((of(4) == std::pair(-24, 9)));
    BOOST_TEST((of(6) == std::pair(-96, 36)));
}

// Max (1960), table I: mean squared error of 2, 4, 8 and 16 levels for the normal density of variance 1.
BOOST_AUTO_TEST_CASE(learns_the_levels_of_max) {
    BOOST_TEST(learned_error<2>() == 0.3634, boost::test_tools::tolerance(0.02));
    BOOST_TEST(learned_error<4>() == 0.1175, boost::test_tools::tolerance(0.02));
    BOOST_TEST(learned_error<8>() == 0.03454, boost::test_tools::tolerance(0.03));
    BOOST_TEST(learned_error<16>() == 0.009497, boost::test_tools::tolerance(0.04));
}

BOOST_AUTO_TEST_CASE(bands_with_enough_values_have_their_own) {
    tt::layout<1> l;
    tt::band_info<1> like;
    like.bits = 16;
    l.add({4000}, like), l.add({4000}, like), l.add({20}, like);
    tt::bands<std::int16_t, 1> x(l);
    auto const narrow = normal(4000, 30, 3), wide = normal(4000, 3000, 4);
    for (std::size_t i = 0; i < 4000; ++i) x.data()[i] = narrow[i], x.data()[4000 + i] = wide[i];
    for (std::size_t i = 0; i < 20; ++i) x.data()[8000 + i] = 7;
    tt::learner<lloyd_max<4>> learner;
    learner.observe(x);
    auto const q = learner.finish();
    BOOST_TEST((q.levels.shape() == tt::dims{3u, 4u}));
    BOOST_TEST(q.levels[3] < 16 * 100);
    BOOST_TEST(q.levels[7] > 16 * 3000);
    BOOST_TEST(q.levels[11] > 16 * 1000); // of all together
    tt::learner<lloyd_max<4>> together;
    together.own = 5000;
    together.observe(x);
    BOOST_TEST((together.finish().levels.shape() == tt::dims{1u, 4u}));
}

BOOST_AUTO_TEST_CASE(a_price_of_bits_leaves_fewer_levels) {
    tt::learner<lloyd_max<16>> l;
    l.observe(plane(normal(20'000, 100, 5), 16));
    l.lambda = 4000;
    auto const q = l.finish();
    std::vector<std::int32_t> levels;
    for (std::size_t k = 0; k < 16; ++k) levels.push_back(q.levels[k]);
    BOOST_TEST(std::is_sorted(levels.begin(), levels.end()));
    auto const distinct = std::unique(levels.begin(), levels.end()) - levels.begin();
    BOOST_TEST((distinct >= 2 && distinct < 12));
    // Repeated levels are the first of their kind: no symbol is wasted on the others.
    auto const symbols = q.quantize(plane(normal(2000, 100, 6), 16), {});
    std::vector<int> seen(symbols.data(), symbols.data() + symbols.size());
    std::sort(seen.begin(), seen.end());
    auto const used = std::unique(seen.begin(), seen.end()) - seen.begin();
    BOOST_TEST(used <= distinct);
}

BOOST_AUTO_TEST_CASE(merged_learners_are_one) {
    tt::learner<lloyd_max<8>> one, first, second;
    auto const a = plane(normal(50'000, 300, 7), 16), b = plane(normal(50'000, 300, 8), 16);
    one.observe(a), one.observe(b), first.observe(a), second.observe(b);
    first.merge(second);
    auto const x = one.finish(), y = first.finish();
    for (std::size_t k = 0; k < 8; ++k) BOOST_TEST(x.levels[k] == y.levels[k]);
}

BOOST_AUTO_TEST_CASE(what_can_not_be_learned_from_is_told) {
    tt::learner<lloyd_max<8>> l;
    BOOST_CHECK_THROW(l.finish(), std::invalid_argument);
    l.observe(plane<std::int16_t>({1, 2}, 16));
    tt::bands<std::int16_t, 1> const none{tt::layout<1>{}};
    BOOST_CHECK_THROW(l.observe(none), std::invalid_argument);
    BOOST_TEST(tt::learner<lloyd_max<8>>::for_one_picture().finish().levels.empty());
    // Fewer distinct values than levels lose nothing.
    BOOST_TEST(error_of(l.finish(), {1, 2, 2, 1}) == 0);
}

BOOST_AUTO_TEST_CASE(malformed_levels_are_not_looked_at) {
    auto const x = plane(normal(100, 50, 9), 9);
    for (auto const shape : {tt::dims{1u, 5u}, tt::dims{5u, 1u}, tt::dims{5u}, tt::dims{3u, 4u}}) {
        lloyd_max<4> q;
        std::vector<std::int32_t> const levels(shape.size());
        q.levels = tt::frozen<std::int32_t>::owned(levels, shape);
        auto const a = q.quantize(x.clone(), {}), b = lloyd_max<4>{}.quantize(x.clone(), {});
        BOOST_TEST(std::equal(a.data(), a.data() + a.size(), b.data()));
    }
    // Levels that fall, and that no band holds, are taken as they come.
    auto q = with_levels<4>({100, -100, 1 << 26, -(1 << 26)});
    auto const y = q.dequantize(q.quantize(x.clone(), {}), {}, x.layout());
    for (std::size_t i = 0; i < y.size(); ++i) BOOST_TEST((y.data()[i] >= -256 && y.data()[i] < 256));
}

BOOST_AUTO_TEST_CASE(a_raw_coder_has_a_fixed_rate) {
    tt::picture<std::uint8_t, 2> x({32, 64}, 1);
    std::mt19937 random(10);
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::uint8_t>(random() % 50 + i % 64);
    using fixed = tt::codec<tt::transform::identity, lloyd_max<16>, tt::coder::raw>;
    auto const learned = tt::fit<fixed>(std::span(&x, 1));
    BOOST_TEST(learned.encode(x, tt::scale(75), tt::framing::bare).size() == 32u * 64 / 2);
    using own = tt::codec<tt::transform::dct<8>, tt::per_image<lloyd_max<16>>, tt::coder::range<>>;
    auto const y = own{}.decode(own{}.encode(x));
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += std::pow(double(x.data()[i]) - y.data()[i], 2);
    BOOST_TEST(sum / double(x.size()) < 100);
}

BOOST_AUTO_TEST_SUITE_END()
