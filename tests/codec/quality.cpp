// Quality goals: what is asked for is what the decoder gives, measured here from samples alone.
#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/identity.hpp>

#include <boost/test/unit_test.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace {
using namespace triptych;

/// Exp-Golomb codes: bytes that grow with the logarithm of the symbols, as those of any entropy coder do.
struct golomb {
    static constexpr void describe(auto &d) { d("golomb"); }
    template <class B>
    void encode(B const &x, byte_writer &w) const {
        coder::detail::bit_writer bits;
        for (std::size_t i = 0; i < x.size(); ++i) {
            auto const v = std::int64_t{x.data()[i]};
            auto const u = static_cast<std::uint64_t>(v < 0 ? -2 * v - 1 : 2 * v) + 1;
            auto const n = static_cast<unsigned>(std::bit_width(u));
            for (unsigned k = 1; k < n; ++k) bits.put(0, 1, w);
            bits.put(1, 1, w);
            if (n > 1) bits.put(static_cast<std::uint32_t>(u - (std::uint64_t{1} << (n - 1))), n - 1, w);
        }
        bits.finish(w);
    }
    template <class B>
    void decode(B &x, byte_reader &r) const {
        coder::detail::bit_reader bits(r.rest());
        for (std::size_t i = 0; i < x.size(); ++i) {
            unsigned n = 0;
            while (n < 40 && bits.get(1) == 0) ++n;
            auto const u = (std::uint64_t{1} << n) + (n > 0 && n <= 32 ? bits.get(n) : 0) - 1;
            x.data()[i] = static_cast<typename B::value_type>(static_cast<std::int64_t>(u & 1 ? (u + 1) / 2 : u / 2) *
                                                              (u & 1 ? -1 : 1));
        }
        bits.finish(r);
    }
};

using lossy = codec<transform::identity, quantizer::uniform, golomb>;
using lossless = codec<transform::identity, quantizer::none, coder::raw>;

template <class S>
struct made {
    std::vector<S> samples;
    extents<2> shape;
    std::size_t components;
    auto view() const -> picture_view<S, 2> { return {samples.data(), shape, components}; }
};

/// Waves and noise over the range of the type (over ±1000 for floats).
template <class S>
auto scene(std::size_t h, std::size_t w, std::size_t components) -> made<S> {
    made<S> x{{}, {h, w}, components};
    std::uint32_t state = 7;
    for (std::size_t i = 0; i < h * w * components; ++i) {
        state = state * 1664525u + 1013904223u;
        auto const t = static_cast<double>(i / components);
        auto const v = 0.6 * std::sin(t / 9.7) + 0.25 * std::sin(t / 131.0) + 0.1 * (state >> 8) / (1 << 24);
        if constexpr (std::is_same_v<S, float>) {
            x.samples.push_back(static_cast<float>(1000 * v));
        } else {
            double const low = std::numeric_limits<S>::min(), high = std::numeric_limits<S>::max();
            x.samples.push_back(static_cast<S>(low + (high - low) * (v + 1) / 2));
        }
    }
    return x;
}

template <class S>
auto error_of(made<S> const &x, picture<S, 2> const &y) -> double {
    double worst = 0;
    for (std::size_t i = 0; i < x.samples.size(); ++i)
        worst = std::max(worst, std::abs(static_cast<double>(x.samples[i]) - static_cast<double>(y.data()[i])));
    return worst;
}
template <class S>
auto psnr_between(made<S> const &x, picture<S, 2> const &y, double peak) -> double {
    double sum = 0;
    for (std::size_t i = 0; i < x.samples.size(); ++i)
        sum += std::pow(static_cast<double>(x.samples[i]) - static_cast<double>(y.data()[i]), 2);
    return 10 * std::log10(peak * peak * static_cast<double>(x.samples.size()) / sum);
}

using all_samples = std::tuple<std::uint8_t, std::uint16_t, std::int16_t, std::int32_t, float>;
} // namespace

BOOST_AUTO_TEST_SUITE(quality_goals)

BOOST_AUTO_TEST_CASE_TEMPLATE(psnr_is_met, S, all_samples) {
    auto const x = scene<S>(40, 50, 3);
    double peak = sizeof(S) == 1 ? 255 : 65535;
    if (sizeof(S) == 4) {
        auto const [low, high] = std::minmax_element(x.samples.begin(), x.samples.end());
        peak = static_cast<double>(*high) - static_cast<double>(*low);
    }
    for (double goal : {20.0, 28.0, 33.0, 38.0, 41.5}) {
        auto const y = lossy{}.template decode<S>(lossy{}.encode(x.view(), psnr(goal)));
        // Whole steps of small integers leave gaps: 8-bit samples without a transform know few PSNRs above 35 dB.
        BOOST_TEST(std::abs(psnr_between(x, y, peak) - goal) < (sizeof(S) == 1 && goal > 35 ? 3 : 0.1));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(bits_per_pixel_are_met, S, all_samples) {
    auto const x = scene<S>(80, 90, 1);
    for (framing frame : {framing::file, framing::record, framing::bare})
        for (double goal : {1.5, 2.5, 4.0}) {
            auto const bytes = lossy{}.encode(x.view(), bits_per_pixel(goal), frame);
            BOOST_TEST(8.0 * static_cast<double>(bytes.size()) / 7200 == goal, boost::test_tools::tolerance(0.01));
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(max_error_is_kept_and_used, S, all_samples) {
    auto const x = scene<S>(23, 29, 2);
    auto const exactly = lossy{}.encode(x.view(), exact);
    for (double bound : {0.4, 1.0, 2.0, 5.0, 16.0, 1000.0, 1e6}) {
        auto const bytes = lossy{}.encode(x.view(), max_error(bound));
        auto const worst = error_of(x, lossy{}.template decode<S>(bytes));
        BOOST_TEST(worst <= bound);
        if (bound < 20 && bound >= 1) {
            BOOST_TEST(worst > bound * 0.8);
            BOOST_TEST(bytes.size() < exactly.size());
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(max_error_at_the_edges_of_the_type, S, all_samples) {
    made<S> x{{}, {8, 8}, 1};
    for (int i = 0; i < 64; ++i)
        x.samples.push_back(i % 3 == 0   ? std::numeric_limits<S>::lowest()
                            : i % 3 == 1 ? std::numeric_limits<S>::max()
                                         : static_cast<S>(i));
    for (double bound : {0.0, 1.0, 3.0, 100.0})
        BOOST_TEST(error_of(x, lossy{}.template decode<S>(lossy{}.encode(x.view(), max_error(bound)))) <= bound);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(exact_is_exact, S, all_samples) {
    for (auto const &x : {scene<S>(7, 5, 1), scene<S>(1, 1, 1), scene<S>(3, 4, 5), scene<S>(0, 0, 3), scene<S>(0, 9, 1),
                          scene<S>(9, 0, 2)})
        for (framing frame : {framing::file, framing::record, framing::bare}) {
            auto const a =
                lossy{}.template decode<S>(lossy{}.encode(x.view(), exact, frame), frame, x.shape, x.components);
            auto const b =
                lossless{}.template decode<S>(lossless{}.encode(x.view(), exact, frame), frame, x.shape, x.components);
            BOOST_REQUIRE(a.size() == x.samples.size());
            BOOST_TEST(std::equal(x.samples.begin(), x.samples.end(), a.data()));
            BOOST_TEST(std::equal(x.samples.begin(), x.samples.end(), b.data()));
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_goal_takes_empty_and_single_pictures, S, all_samples) {
    for (auto const &x :
         {scene<S>(0, 0, 3), scene<S>(0, 9, 1), scene<S>(1, 1, 1), scene<S>(1, 1, 4), scene<S>(1, 17, 1)})
        for (auto const &goal : {scale(0), scale(75), scale(100), step(0), step(3), psnr(40), psnr(300),
                                 bits_per_pixel(1), max_error(2), exact}) {
            auto const y = lossy{}.template decode<S>(lossy{}.encode(x.view(), goal));
            BOOST_TEST((y.shape() == x.shape && y.components() == x.components));
        }
}

BOOST_AUTO_TEST_CASE(every_float_keeps_its_bits) {
    made<float> x{{}, {1, 0}, 1};
    for (std::uint32_t bits :
         {0u, 0x80000000u, 1u, 0x80000001u, 0x007fffffu, 0x00800000u, 0x3f800000u, 0xbf800000u, 0x7f7fffffu,
          0xff7fffffu, 0x7f800000u, 0xff800000u, 0x7fc00000u, 0xffc12345u, 0x7f800001u, 0xffffffffu})
        x.samples.push_back(std::bit_cast<float>(bits));
    x.shape[1] = x.samples.size();
    auto const same = [&](picture<float, 2> const &y, std::size_t i) {
        return std::bit_cast<std::uint32_t>(y.data()[i]) == std::bit_cast<std::uint32_t>(x.samples[i]);
    };
    auto const y = lossy{}.decode<float>(lossy{}.encode(x.view(), exact));
    auto const z = lossless{}.decode<float>(lossless{}.encode(x.view(), exact));
    for (std::size_t i = 0; i < x.samples.size(); ++i) BOOST_TEST((same(y, i) && same(z, i)));
    for (auto const &goal : {max_error(0.001), max_error(1e-30), max_error(1e30), scale(50), psnr(30)}) {
        auto const kept = lossy{}.decode<float>(lossy{}.encode(x.view(), goal));
        for (std::size_t i = 0; i < x.samples.size(); ++i) {
            if (!detail::is_finite(x.samples[i]))
                BOOST_TEST(same(kept, i));
            else {
                BOOST_TEST(detail::is_finite(kept.data()[i]));
                if (goal.what == quality::kind::max_error)
                    BOOST_TEST(std::abs(double{kept.data()[i]} - double{x.samples[i]}) <= goal.value);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(outliers_do_not_spoil_a_bounded_float_array) {
    auto x = scene<float>(60, 60, 1);
    auto const clean = lossy{}.encode(x.view(), max_error(0.5)).size();
    x.samples[100] = 1e30F, x.samples[2000] = std::numeric_limits<float>::quiet_NaN();
    auto const bytes = lossy{}.encode(x.view(), max_error(0.5));
    BOOST_TEST(bytes.size() < clean + clean / 33);
    BOOST_TEST(bytes.size() < 60u * 60 * 3);
    auto const y = lossy{}.decode<float>(bytes);
    for (std::size_t i = 0; i < x.samples.size(); ++i)
        if (i != 2000) BOOST_REQUIRE(std::abs(y.data()[i] - x.samples[i]) <= 0.5);
}

BOOST_AUTO_TEST_CASE(scale_is_monotone) {
    auto const x = scene<std::uint8_t>(40, 50, 3);
    std::size_t last = 0;
    double best = 1e9;
    for (int q = 0; q <= 100; q += 10) {
        auto const bytes = lossy{}.encode(x.view(), scale(q));
        auto const e = error_of(x, lossy{}.decode(bytes));
        BOOST_TEST(bytes.size() >= last);
        BOOST_TEST(e <= best);
        last = bytes.size(), best = e;
    }
    BOOST_TEST(best == 1);
    BOOST_TEST((lossy{}.encode(x.view()) == lossy{}.encode(x.view(), scale(75))));
    BOOST_TEST((lossless{}.encode(x.view()) == lossless{}.encode(x.view(), exact)));
}

BOOST_AUTO_TEST_CASE(step_is_in_units_of_the_samples) {
    auto const x = scene<std::uint16_t>(40, 50, 1);
    for (double s : {3.0, 101.0, 2001.0}) {
        auto const e = error_of(x, lossy{}.decode<std::uint16_t>(lossy{}.encode(x.view(), step(s))));
        BOOST_TEST(e <= (s - 1) / 2);
        BOOST_TEST(e > 0.45 * (s - 1));
    }
    auto const f = scene<float>(40, 50, 1);
    auto const e = error_of(f, lossy{}.decode<float>(lossy{}.encode(f.view(), step(10))));
    BOOST_TEST(e < 5.01);
    BOOST_TEST(e > 4.9);
}

struct coarse : quantizer::uniform {
    static constexpr bool can_be_exact = false;
    using quantizer::uniform::plan;
    auto plan(target const &) const -> setting { return {256 * 9}; }
    template <class B>
    auto plan(B const &, target const &aim) const -> setting {
        return plan(aim);
    }
};

BOOST_AUTO_TEST_CASE(impossible_goals_are_refused) {
    auto const x = scene<std::uint8_t>(9, 9, 1);
    using std::invalid_argument;
    for (double bad :
         {-1.0, std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()})
        for (auto const &goal : {scale(bad), step(bad), psnr(bad), bits_per_pixel(bad), max_error(bad)})
            BOOST_CHECK_THROW(lossy{}.encode(x.view(), goal), invalid_argument);
    BOOST_CHECK_THROW(lossy{}.encode(x.view(), scale(101)), invalid_argument);
    for (auto const &goal : {scale(50), step(1), psnr(40), bits_per_pixel(1), max_error(1)})
        BOOST_CHECK_THROW(lossless{}.encode(x.view(), goal), invalid_argument);
    codec<transform::identity, coarse, golomb> const stuck;
    BOOST_CHECK_THROW(stuck.encode(x.view(), exact), invalid_argument);
    BOOST_CHECK_THROW(stuck.encode(x.view(), max_error(0)), invalid_argument);
    BOOST_CHECK_THROW(stuck.encode(x.view(), max_error(3)), invalid_argument);
    BOOST_CHECK_NO_THROW(stuck.encode(x.view(), max_error(4)));
}

BOOST_AUTO_TEST_SUITE_END()
