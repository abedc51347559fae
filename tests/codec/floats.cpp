// Floats through lossy codecs: where their range lies must not matter, nor what a few of them are, and the bound holds for each.
#include <triptych/codec.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/identity.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <tuple>
#include <vector>

namespace {
using namespace triptych;
using codecs = std::tuple<codec<transform::identity, quantizer::uniform, coder::range<>>,
                          codec<transform::dct<8>, quantizer::dead_zone, coder::range<model::adaptive>>>;
constexpr extents<2> shape{96, 96};
constexpr std::size_t count = shape[0] * shape[1];

/// Waves of ±3000 and noise, behind an offset. Multiples of 1/64, which floats up to 2^18 hold: the same field with each offset.
auto field(double offset) -> picture<float, 2> {
    picture<float, 2> x(shape, 1);
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < count; ++i) {
        state = state * 1664525u + 1013904223u;
        auto const row = static_cast<double>(i / shape[1]), col = static_cast<double>(i % shape[1]);
        auto const v = 3000 * std::sin(0.05 * row) * std::cos(0.04 * col) + 0.2 * (state >> 8) / (1 << 24);
        x.data()[i] = static_cast<float>(offset + std::round(64 * v) / 64);
    }
    return x;
}

/// True if each sample is within the bound, or is not finite and has kept its bits.
auto keeps(picture<float, 2> const &x, picture<float, 2> const &y, double bound) -> bool {
    for (std::size_t i = 0; i < count; ++i) {
        auto const was = x.data()[i], is = y.data()[i];
        if (!(std::abs(double{was} - double{is}) <= bound) &&
            std::bit_cast<std::uint32_t>(was) != std::bit_cast<std::uint32_t>(is))
            return false;
    }
    return true;
}

/// Root of the mean squared error, of the samples that `x` and `clean` share.
auto error_of_the_rest(picture<float, 2> const &x, picture<float, 2> const &clean, picture<float, 2> const &y)
    -> double {
    double sum = 0, n = 0;
    for (std::size_t i = 0; i < count; ++i)
        if (x.data()[i] == clean.data()[i]) sum += std::pow(double{x.data()[i]} - double{y.data()[i]}, 2), ++n;
    return std::sqrt(sum / n);
}

constexpr float missing_value = std::numeric_limits<float>::quiet_NaN();

/// A field in which a part is not like the rest.
struct spoilt {
    char const *how;
    picture<float, 2> x;
};
auto with_a_few_spoilt() -> std::vector<spoilt> {
    std::vector<spoilt> all;
    for (float const v : {1e30F, -3e38F, 1e6F, missing_value, std::numeric_limits<float>::infinity()}) {
        all.push_back({"one", field(0)});
        all.back().x.data()[5000] = v;
    }
    all.push_back({"several scales", field(0)});
    auto *const some = all.back().x.data();
    some[0] = 1e30F, some[77] = -1e20F, some[count - 1] = 1e12F, some[4000] = missing_value, some[4001] = 2e30F;
    return all;
}
} // namespace

BOOST_AUTO_TEST_SUITE(floats)

// Against the processor's own conversion of doubles, which hold all of these products.
BOOST_AUTO_TEST_CASE(integers_become_the_nearest_floats) {
    auto const expected = [](std::int64_t v, int exponent) {
        auto const f = static_cast<float>(std::ldexp(static_cast<double>(v), exponent));
        auto const bits = std::bit_cast<std::uint32_t>(f);
        return (bits & 0x7fffffffu) == 0x7f800000u ? bits - 1 : bits;
    };
    std::size_t wrong = 0;
    auto const check = [&](std::int64_t v, int exponent) {
        for (auto const signed_v : {v, -v})
            wrong += detail::compose_float(signed_v, exponent) != expected(signed_v, exponent);
    };
    std::mt19937_64 random(1);
    for (int exponent = -149; exponent <= 128; ++exponent)
        for (int top = 0; top <= 34; ++top) {
            auto const lead = std::int64_t{1} << top;
            for (std::int64_t near = -2; near <= 2; ++near)
                check(lead + near, exponent), check(lead + lead / 2 + near, exponent);
            for (int i = 0; i < 20; ++i) {
                auto const v = lead | static_cast<std::int64_t>(random() & static_cast<std::uint64_t>(lead - 1));
                check(v, exponent);
                if (top <= 23) continue;
                // Half way between two floats, and beside that.
                auto const tie = (v >> (top - 23) << (top - 23)) | std::int64_t{1} << (top - 24);
                for (auto const beside : {-1, 0, 1}) check(tie + beside, exponent);
            }
        }
    for (std::int64_t v = 0; v < 1 << 18; ++v)
        for (auto const exponent : {-149, -140, -126, -20, 0, 103, 110, 127}) check(v, exponent);
    BOOST_TEST(wrong == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_offset_costs_nothing, C, codecs) {
    auto const x = field(0);
    for (double const bound : {1.0, 0.3, 0.1, 0.05}) {
        auto const plain = C{}.encode(x, max_error(bound)).size();
        for (double const offset : {101325.0, -101325.0, 250000.0}) {
            auto const y = field(offset);
            auto const bytes = C{}.encode(y, max_error(bound));
            BOOST_TEST(static_cast<double>(bytes.size()) <= 1.02 * static_cast<double>(plain), offset << ' ' << bound);
            BOOST_TEST(keeps(y, C{}.template decode<float>(bytes), bound));
        }
    }
    for (auto const &goal : {scale(75), psnr(50)}) {
        auto const plain = C{}.encode(x, goal).size();
        BOOST_TEST(static_cast<double>(C{}.encode(field(101325), goal).size()) <= 1.02 * static_cast<double>(plain));
    }
}

// Where a float's last place is wider than the bound, only the float itself will do.
BOOST_AUTO_TEST_CASE_TEMPLATE(bounds_below_the_last_place_are_kept, C, codecs) {
    auto const x = field(1 << 24);
    for (double const bound : {2.0, 1.0, 0.4, 1e-3, 1e-30})
        BOOST_TEST(keeps(x, C{}.template decode<float>(C{}.encode(x, max_error(bound))), bound));
    picture<float, 2> same(shape, 1);
    std::fill_n(same.data(), count, 0.1F);
    auto const bytes = C{}.encode(same, max_error(1e-30));
    BOOST_TEST(bytes.size() < 100u);
    BOOST_TEST(keeps(same, C{}.template decode<float>(bytes), 0));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_few_spoilt_samples_leave_the_rest_as_it_is, C, codecs) {
    auto const clean = field(0);
    for (double const bound : {1.0, 0.05}) {
        auto const plain = C{}.encode(clean, max_error(bound)).size();
        for (auto const &[how, x] : with_a_few_spoilt()) {
            auto const bytes = C{}.encode(x, max_error(bound));
            BOOST_TEST(bytes.size() < plain + plain / 33 + 200, how << " " << bound << " " << bytes.size() << " for " << plain);
            BOOST_TEST(keeps(x, C{}.template decode<float>(bytes), bound));
        }
    }
    for (auto const &goal : {scale(75), psnr(50)}) {
        auto const bytes = C{}.encode(clean, goal);
        auto const error = error_of_the_rest(clean, clean, C{}.template decode<float>(bytes));
        for (auto const &[how, x] : with_a_few_spoilt()) {
            auto const spoilt = C{}.encode(x, goal);
            auto const y = C{}.template decode<float>(spoilt);
            BOOST_TEST(error_of_the_rest(x, clean, y) < 1.03 * error, how);
            BOOST_TEST(spoilt.size() < bytes.size() + bytes.size() / 33 + 200, how);
            // Apart means exact, however far out.
            for (std::size_t i = 0; i < count; ++i)
                if (!(x.data()[i] == clean.data()[i]) && !(std::abs(x.data()[i]) <= 5e5F))
                    BOOST_TEST(std::bit_cast<std::uint32_t>(x.data()[i]) == std::bit_cast<std::uint32_t>(y.data()[i]));
        }
    }
}

// A third of the field is missing: what it costs are five bytes for each that travels verbatim, and the rest costs no more than before.
BOOST_AUTO_TEST_CASE_TEMPLATE(missing_parts_cost_their_own_bytes_only, C, codecs) {
    auto const clean = field(0);
    for (double const bound : {1.0, 0.05}) {
        auto const plain = C{}.encode(clean, max_error(bound)).size();
        for (float const fill : {missing_value, 1e36F, -9999.0F}) {
            auto x = field(0);
            std::size_t missing = 0;
            for (std::size_t i = 0; i < count; ++i)
                if (i % shape[1] > 64 || i / shape[1] < 4) x.data()[i] = fill, ++missing;
            auto const bytes = C{}.encode(x, max_error(bound));
            BOOST_TEST(bytes.size() < plain + 5 * missing + 200, fill << ' ' << bound);
            BOOST_TEST(keeps(x, C{}.template decode<float>(bytes), bound));
        }
    }
}

// A long tail has no outliers, for each of its samples has another within reach; what lies beyond a gap is one.
BOOST_AUTO_TEST_CASE(outliers_are_few_and_far) {
    std::vector<float> tail, gap;
    for (int i = 0; i < 3000; ++i) tail.push_back(i % 300 == 0 ? std::ldexp(1.0F, i / 100) : static_cast<float>(i % 2));
    for (int i = 0; i < 3000; ++i) gap.push_back(static_cast<float>(i % 300 == 0 ? 170 : i % 10));
    auto const width = [](std::vector<float> const &x) { return detail::bulk_of(x.data(), x.size()).width(); };
    BOOST_TEST(width(tail) == 1 << 27);
    BOOST_TEST(width(gap) == 9);
    for (auto &v : gap) v = v == 170 ? 150 : v; // 141 beyond the others is less than 16 times their 9
    BOOST_TEST(width(gap) == 150);
    for (auto &v : gap) v = v == 150 ? 1e30F : v;
    BOOST_TEST(width(gap) == 9);
    gap[1] = gap[2] = 1e30F; // 12 of 3000 are more than one in 256
    BOOST_TEST(width(gap) == 1e30F);
    BOOST_TEST(width({}) == 0);
    BOOST_TEST(width({missing_value, missing_value}) == 0);
}

// What the metric calls the peak is what the goal calls so.
BOOST_AUTO_TEST_CASE(the_peak_has_no_outliers) {
    using C = std::tuple_element_t<1, codecs>;
    auto x = field(0);
    x.data()[123] = 1e30F;
    auto const y = C{}.decode<float>(C{}.encode(x, psnr(45)));
    BOOST_TEST(std::abs(metric::psnr(x, y) - 45) < 0.1);
    BOOST_TEST(error_of_the_rest(x, field(0), y) < 6000 * std::pow(10, -44.9 / 20));
}

BOOST_AUTO_TEST_SUITE_END()
