// Truths: the error bound of near-lossless coding by exhaustion, and rounding to nearest by its definition in real numbers.
#include <triptych/quantizer/uniform.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace {
using namespace triptych;
using planes16 = bands<std::int16_t, 2>;
using planes32 = bands<std::int32_t, 2>;

template <class B>
auto plane(std::size_t n, int bits, int frac = 0, int gain = 256, role kind = role::signal) -> B {
    layout<2> where;
    band_info<2> like;
    like.bits = static_cast<std::uint8_t>(bits), like.frac = static_cast<std::int8_t>(frac);
    like.gain = static_cast<std::uint16_t>(gain), like.at.kind = kind;
    where.add({1, n}, like);
    return B(where, 0);
}

auto decoded(std::vector<std::byte> const &bytes) {
    byte_reader r(bytes);
    auto const s = quantizer::uniform{}.read(r);
    return std::pair{s, r.error().code};
}
} // namespace

BOOST_AUTO_TEST_SUITE(uniform)

BOOST_AUTO_TEST_CASE(near_lossless_for_every_byte_and_error) {
    quantizer::uniform const q;
    auto x = plane<planes16>(256, 8);
    for (int i = 0; i < 256; ++i) x.data()[i] = static_cast<std::int16_t>(i - 128);
    for (int e = 0; e < 256; ++e) {
        auto const s = q.plan(target{static_cast<float>(2 * e + 1)});
        auto const symbols = q.quantize(x.clone(), s);
        auto const back = q.dequantize(symbols.clone(), s, x.layout());
        BOOST_REQUIRE(back.ok() && back.layout() == x.layout());
        int worst = 0;
        for (int i = 0; i < 256; ++i) worst = std::max(worst, std::abs(back.data()[i] - x.data()[i]));
        BOOST_TEST(worst <= e);
        if (e < 128) BOOST_TEST(worst == e);
    }
}

BOOST_AUTO_TEST_CASE(near_lossless_at_the_edges_of_16_and_32_bits) {
    quantizer::uniform const q;
    auto narrow = plane<planes16>(65536, 16);
    for (int i = 0; i < 65536; ++i) narrow.data()[i] = static_cast<std::int16_t>(i - 32768);
    for (int e : {0, 1, 2, 3, 100, 5461, 16383, 32767}) {
        auto const s = q.plan(target{static_cast<float>(2 * e + 1)});
        auto const back = q.dequantize(q.quantize(narrow.clone(), s), s, narrow.layout());
        int worst = 0;
        for (int i = 0; i < 65536; ++i) worst = std::max(worst, std::abs(back.data()[i] - narrow.data()[i]));
        BOOST_TEST(worst <= e);
    }
    auto wide = plane<planes32>(4096, 32);
    std::uint32_t state = 1;
    for (int i = 0; i < 4096; ++i) wide.data()[i] = static_cast<std::int32_t>(state = state * 1664525u + 1013904223u);
    wide.data()[0] = std::numeric_limits<std::int32_t>::min(),
    wide.data()[1] = std::numeric_limits<std::int32_t>::max();
    for (std::int64_t e : {0, 1, 7, 1000, 8388607}) {
        auto const s = q.plan(target{static_cast<float>(2 * e + 1)});
        auto const back = q.dequantize(q.quantize(wide.clone(), s), s, wide.layout());
        std::int64_t worst = 0;
        for (int i = 0; i < 4096; ++i) worst = std::max(worst, std::abs(std::int64_t{back.data()[i]} - wide.data()[i]));
        BOOST_TEST(worst <= e);
    }
}

BOOST_AUTO_TEST_CASE(step_counts_in_samples_whatever_the_scale_of_the_band) {
    quantizer::uniform const q;
    for (int frac : {0, 1, 3, 6})
        for (int gain : {100, 256, 300, 1000}) {
            auto x = plane<planes32>(2001, 16, frac, gain);
            for (int i = 0; i < 2001; ++i) x.data()[i] = (i - 1000) * 13;
            auto const s = q.plan(target{10.5F});
            auto loop = q.scalar(s);
            double const stored = std::max(10.5 * std::ldexp(1.0, frac) * 256 / gain, 1.0);
            auto const symbols = q.quantize(x.clone(), s);
            auto const back = q.dequantize(symbols.clone(), s, x.layout());
            for (int i = 0; i < 2001; ++i) {
                // The stored step is rounded to 1/256, so quotients may differ from the real one where it is near a tie.
                BOOST_REQUIRE_SMALL(symbols.data()[i] - x.data()[i] / stored, 0.5 + 13000 / stored / stored / 256);
                BOOST_REQUIRE_SMALL(back.data()[i] - x.data()[i] * 1.0, stored / 2 + 1 + 13000 / stored / 256);
                BOOST_REQUIRE(loop.symbol(x.data()[i], x.info(0)) == symbols.data()[i]);
                BOOST_REQUIRE(loop.value(symbols.data()[i], x.info(0)) == back.data()[i]);
            }
        }
}

BOOST_AUTO_TEST_CASE(symbols_need_as_many_bits_as_the_layout_says) {
    quantizer::uniform const q;
    for (int bits = 1; bits <= 12; ++bits)
        for (float step : {1.0F, 1.5F, 2.0F, 3.0F, 5.0F, 8.0F, 17.0F, 1000.0F}) {
            auto x = plane<planes16>(std::size_t{1} << bits, bits);
            for (int i = 0; i < 1 << bits; ++i) x.data()[i] = static_cast<std::int16_t>(i - (1 << (bits - 1)));
            auto const s = q.plan(target{step});
            auto const symbols = q.quantize(x.clone(), s);
            auto const arranged = q.arrange(x.layout(), s);
            BOOST_TEST((symbols.layout() == arranged));
            int const width = arranged[0].bits;
            int low = 0, high = 0;
            for (std::size_t i = 0; i < symbols.size(); ++i) {
                low = std::min<int>(low, symbols.data()[i]), high = std::max<int>(high, symbols.data()[i]);
                // Nothing was clamped: each symbol is the nearest.
                BOOST_REQUIRE_SMALL(symbols.data()[i] - x.data()[i] / static_cast<double>(step), 0.51);
            }
            BOOST_TEST(low >= -(1 << (width - 1)));
            BOOST_TEST(high < 1 << (width - 1));
            if (width > 1) BOOST_TEST((low < -(1 << (width - 2)) || high >= 1 << (width - 2)));
        }
}

BOOST_AUTO_TEST_CASE(no_loss_and_side_bands_pass) {
    quantizer::uniform const q;
    for (int frac : {0, 3}) {
        auto x = plane<planes16>(65536, 16, frac, 77);
        for (int i = 0; i < 65536; ++i) x.data()[i] = static_cast<std::int16_t>(i - 32768);
        auto const s = q.plan(target{0});
        auto const symbols = q.quantize(x.clone(), s);
        BOOST_TEST((symbols.layout() == x.layout()));
        auto const back = q.dequantize(symbols.clone(), s, x.layout());
        BOOST_TEST(std::equal(back.data(), back.data() + back.size(), x.data()));
    }
    auto side = plane<planes16>(65536, 5, 0, 256, role::side);
    for (int i = 0; i < 65536; ++i) side.data()[i] = static_cast<std::int16_t>(i - 32768);
    auto const s = q.plan(target{40});
    auto const back = q.dequantize(q.quantize(side.clone(), s), s, side.layout());
    BOOST_TEST(std::equal(back.data(), back.data() + back.size(), side.data()));
}

BOOST_AUTO_TEST_CASE(any_symbol_gives_a_value_within_the_band) {
    quantizer::uniform const q;
    std::vector<std::int32_t> hostile{0,
                                      1,
                                      -1,
                                      127,
                                      -128,
                                      32767,
                                      -32768,
                                      std::numeric_limits<std::int32_t>::max(),
                                      std::numeric_limits<std::int32_t>::min()};
    for (std::uint64_t step :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{257}, std::uint64_t{1} << 20, detail::max_step})
        for (int frac : {-128, -3, 0, 3, 127})
            for (int gain : {0, 1, 256, 65535})
                for (int bits : {0, 1, 8, 16, 32, 255}) {
                    auto x = plane<planes32>(hostile.size(), bits, frac, gain);
                    auto y = plane<planes16>(hostile.size(), bits, frac, gain);
                    for (std::size_t i = 0; i < hostile.size(); ++i)
                        x.data()[i] = hostile[i], y.data()[i] = static_cast<std::int16_t>(hostile[i]);
                    auto const a = q.dequantize(x.clone(), {step}, x.layout());
                    auto const b = q.dequantize(y.clone(), {step}, y.layout());
                    auto const reach = bits >= 1 && bits <= 16 ? 1 << (bits - 1) : 1 << 15;
                    for (std::size_t i = 0; i < hostile.size(); ++i) {
                        if (bits >= 1 && bits <= 16) BOOST_REQUIRE(a.data()[i] >= -reach && a.data()[i] < reach);
                        BOOST_REQUIRE(b.data()[i] >= -reach && b.data()[i] < reach);
                    }
                    (void)q.quantize(x.clone(), {step}), (void)q.quantize(y.clone(), {step});
                }
}

BOOST_AUTO_TEST_CASE(interleaved_bands_have_steps_of_their_own) {
    quantizer::uniform const q;
    layout<2> where;
    where.add_group({1, 4}, 2, [](std::size_t k) {
        band_info<2> like;
        like.bits = 12, like.gain = k == 0 ? 256 : 512;
        return like;
    });
    planes16 x(where, 100);
    auto const s = q.plan(target{20});
    auto const symbols = q.quantize(x.clone(), s);
    for (std::size_t p = 0; p < 4; ++p) {
        BOOST_TEST(symbols[0](0, p) == 5);
        BOOST_TEST(symbols[1](0, p) == 10);
    }
}

BOOST_AUTO_TEST_CASE(settings_are_validated) {
    quantizer::uniform const q;
    for (float step : {0.0F, 0.001F, 1.0F, 3.0F, 1e9F, 1e30F, -1.0F}) {
        byte_writer w;
        auto const s = q.plan(target{step});
        q.write(s, w);
        auto const bytes = std::move(w).take();
        BOOST_TEST(decoded(bytes).first.step == s.step);
        BOOST_TEST((decoded(bytes).second == errc::none));
        BOOST_TEST((decoded({bytes.begin(), bytes.end() - 1}).second == errc::truncated));
    }
    BOOST_TEST(q.plan(target{1e30F}).step == detail::max_step);
    BOOST_TEST(q.plan(target{1e-9F}).step == 1u);
    byte_writer w;
    w.varint(detail::max_step + 1);
    BOOST_TEST((decoded(std::move(w).take()).second == errc::corrupt));
}

BOOST_AUTO_TEST_SUITE_END()
