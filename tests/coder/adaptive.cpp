// Adaptive models: what they cost beside what is known of the data, estimates, and strips.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numbers>

#include <triptych/coder/bit_plane.hpp>
#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/multisymbol.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

static_assert(!coder::looks_back<model::table> && coder::looks_back<model::neighbourhood> &&
              coder::looks_back<model::predictive> && coder::looks_back<model::adaptive>);
static_assert(std::is_same_v<coder::rans<>::order, coder::lifo> && std::is_same_v<coder::range<>::order, coder::fifo>);
static_assert(streaming_coder<coder::range<model::predictive>, bands<std::int32_t, 3>>);

namespace {
/// Coefficients as a block transform leaves them: busy and flat regions, energy falling with frequency.
auto coefficients(unsigned seed) -> bands<std::int16_t, 2> {
    bands<std::int16_t, 2> x(blocks(256, 384, 8, 12));
    std::mt19937 random(seed);
    for (std::size_t b = 0; b < x.count(); ++b) {
        auto view = x[b];
        auto const &at = x.info(b).at;
        for (std::size_t y = 0; y < view.shape()[0]; ++y)
            for (std::size_t c = 0; c < view.shape()[1]; ++c) {
                auto const busy = std::exp(2.5 * std::sin(0.3 * double(y)) * std::cos(0.21 * double(c)));
                auto const f = double(at.index / 8 + at.index % 8);
                auto const mean =
                    at.kind == role::side ? 0.4 : 14 * busy / std::pow(1 + f, 2.2) / (1 + 2 * at.component);
                auto const m = std::min(std::geometric_distribution<int>(1 / (1 + mean))(random),
                                        at.kind == role::side ? 3 : 2000);
                view(y, c) = static_cast<std::int16_t>(random() & 1 ? m : -m);
            }
    }
    return x;
}

template <class C, class B>
auto estimated_bytes(C const &c, B const &x) -> double {
    auto const rates = c.rates(x);
    double bits = 0;
    for (std::size_t b = 0; b < x.count(); ++b) {
        auto const &i = x.info(b);
        for (std::size_t p = 0; p < volume(i.shape); ++p) {
            auto const e = i.offset + p * i.stride[1];
            bits += static_cast<double>(rates.bits(x, b, e, x.data()[e]));
        }
    }
    return bits / 8;
}
} // namespace

BOOST_AUTO_TEST_SUITE(adaptive)

BOOST_AUTO_TEST_CASE(the_engine_ends_to_the_byte) {
    std::mt19937 random(1);
    for (int n = 0; n < 200; ++n) {
        std::vector<std::pair<std::uint32_t, bool>> bits(static_cast<std::size_t>(n));
        byte_writer w;
        coder::binary_encoder e;
        double ideal = 0;
        for (auto &[p, b] : bits) {
            p = n % 3 == 0 ? static_cast<std::uint32_t>(1 + random() % 65535) : n % 3 == 1 ? 65535 : 1;
            b = random() % 65536 < p;
            ideal -= std::log2((b ? p : 65536 - p) / 65536.0);
            e.bit(p, b);
            if (random() % 5 == 0) e.direct(5, 3), ideal += 3;
            if (random() % 4 == 0) e.flush(w);
        }
        e.finish(w);
        BOOST_TEST(static_cast<double>(w.size()) <= ideal / 8 + 2.1);
    }
}

// Carries must run back through any number of bytes: the least likely path along the upper edge.
BOOST_AUTO_TEST_CASE(carries_run_back) {
    for (int ones = 0; ones < 90; ++ones) {
        byte_writer w;
        coder::binary_encoder e;
        std::vector<std::pair<std::uint32_t, bool>> bits(static_cast<std::size_t>(ones), {1, false});
        for (int i = 0; i < 40; ++i) bits.push_back({65535, false});
        for (int i = 0; i < 40; ++i) bits.push_back({32768, i % 2 == 0});
        for (auto const &[p, b] : bits) e.bit(p, b), e.flush(w);
        e.finish(w);
        byte_reader r(w.view());
        coder::binary_decoder d(r);
        bool same = true;
        for (auto const &[p, b] : bits) same = same && d.bit(p) == b;
        d.finish(r);
        BOOST_TEST(same);
        BOOST_TEST(r.ok());
        BOOST_TEST(r.remaining() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(slots_and_bits_mix) {
    std::mt19937 random(9);
    byte_writer w;
    coder::binary_encoder e;
    std::vector<std::uint32_t> values(3000);
    for (auto &v : values) v = static_cast<std::uint32_t>(random() % 7), e.slot(v * 100, 100, 10), e.bit(20000, v & 1);
    e.finish(w);
    byte_reader r(w.view());
    coder::binary_decoder d(r);
    bool same = true;
    for (auto const v : values) {
        auto const got = d.point(10) / 100;
        d.slot(got * 100, 100, 10);
        same = same && got == v && d.bit(20000) == ((v & 1) != 0);
    }
    d.finish(r);
    BOOST_TEST((same && r.ok() && r.remaining() == 0));
}

BOOST_AUTO_TEST_CASE(squash_and_stretch_are_what_they_claim) {
    for (int x = -2800; x <= 2800; x += 7) {
        auto const p = 65536 / (1 + std::exp(-x / 256.0));
        BOOST_TEST(std::abs(model::detail::squash(x) - p) <= 0.02 * std::min(p, 65536 - p) * 2 + 2);
    }
    for (std::uint32_t p = 200; p < 65336; p += 97)
        BOOST_TEST(std::abs(model::detail::stretch(p) - 256 * std::log(p / (65536.0 - p))) <= 24);
}

// Independent of the past, so the entropy is a bound that adaptive coders may only approach.
BOOST_AUTO_TEST_CASE(independent_symbols_cost_their_entropy) {
    for (double const mean : {0.02, 0.3, 3.0}) {
        auto const x = geometric<std::int16_t>(planes<2>({400, 500}, 1, 12), 4, [&](std::size_t) { return mean; });
        double const q = 1 / (1 + mean), each = (-q * std::log2(q) - (1 - q) * std::log2(1 - q)) / q + (1 - q);
        auto const ideal = each * static_cast<double>(x.size()) / 8;
        for (auto const size :
             {encoded(coder::range<>{}, x).size(), encoded(coder::range<model::adaptive>{}, x).size(),
              encoded(coder::multisymbol<>{}, x).size(), encoded(coder::multisymbol<model::adaptive>{}, x).size()}) {
            BOOST_TEST(static_cast<double>(size) >= ideal * 0.98); // one draw of the noise
            BOOST_TEST(static_cast<double>(size) <= ideal * (mean < 0.1 ? 1.17 : 1.12) + 30);
        }
    }
}

// The innovation of a first-order field is all that a perfect predictor leaves: log2(sigma · sqrt(2·pi·e)) bits.
BOOST_AUTO_TEST_CASE(prediction_finds_the_innovation) {
    for (double const sigma : {4.0, 20.0}) {
        auto const x = field(300, 400, sigma, 5);
        auto const bits = 8.0 * static_cast<double>(encoded(coder::range<model::predictive>{}, x).size()) /
                          static_cast<double>(x.size());
        auto const ideal = std::log2(sigma * std::sqrt(2 * std::numbers::pi * std::numbers::e));
        BOOST_TEST(bits >= ideal - 0.02);
        BOOST_TEST(bits <= ideal + 0.12);
    }
}

BOOST_AUTO_TEST_CASE(prediction_sees_the_component_before) {
    auto const first = field(200, 300, 20, 5);
    bands<std::int16_t, 2> x(planes<2>({200, 300}, 2, 14));
    std::mt19937 random(6);
    for (std::size_t i = 0; i < first.size(); ++i) {
        x.data()[i] = first.data()[i];
        x.data()[first.size() + i] = static_cast<std::int16_t>(first.data()[i] + static_cast<int>(random() % 3));
    }
    auto const alone = encoded(coder::range<model::predictive>{}, first).size();
    auto const both = encoded(coder::range<model::predictive>{}, x).size();
    // The second component is the first one and log2(3) bits; alone it would cost 6.4.
    BOOST_TEST(static_cast<double>(both - alone) * 8 / static_cast<double>(first.size()) <= std::log2(3.0) + 0.9);
}

BOOST_AUTO_TEST_CASE(neighbours_pay) {
    auto const x = coefficients(1);
    BOOST_TEST(static_cast<double>(encoded(coder::range<>{}, x).size()) <=
               0.95 * static_cast<double>(encoded(coder::range<model::adaptive>{}, x).size()));
}

BOOST_AUTO_TEST_CASE(estimates_add_up) {
    auto const x = coefficients(2);
    auto const close = [&](auto const &c, double tolerance) {
        auto const real = static_cast<double>(encoded(c, x).size());
        BOOST_TEST_MESSAGE("estimated " << estimated_bytes(c, x) << ", real " << real);
        BOOST_TEST(std::abs(estimated_bytes(c, x) / real - 1) <= tolerance);
    };
    close(coder::range<>{}, 0.002);
    close(coder::bit_plane<>{}, 0.002);
    close(coder::multisymbol<>{}, 0.002);
    close(coder::multisymbol<model::adaptive>{}, 0.002);
    close(coder::rans<>{}, 0.02);
    close(coder::huffman<>{}, 0.02);
    close(coder::raw{}, 0.001);
}

BOOST_AUTO_TEST_CASE(estimates_rise_with_magnitude) {
    auto const x = coefficients(3);
    auto const rates = coder::range<>{}.rates(x);
    for (std::size_t b : {9u, 20u, 63u}) {
        auto const e = x.info(b).offset + 64 * 100;
        BOOST_TEST(rates.bits(x, b, e, 0) < rates.bits(x, b, e, 2));
        BOOST_TEST(rates.bits(x, b, e, 2) < rates.bits(x, b, e, 40));
        BOOST_TEST(rates.bits(x, b, e, 40) < rates.bits(x, b, e, 1500));
        BOOST_TEST(rates.bits(x, b, e, INT16_MIN) < 80);
    }
}

using streaming = std::tuple<coder::raw, coder::range<>, coder::range<model::adaptive>, coder::range<model::predictive>,
                             coder::multisymbol<>, coder::multisymbol<model::adaptive>>;

BOOST_AUTO_TEST_CASE_TEMPLATE(one_strip_is_the_whole, C, streaming) {
    auto const x =
        geometric<std::int16_t>(blocks(40, 40, 8, 9), 1, [](std::size_t b) { return 9.0 / (1 + double(b % 64)); });
    byte_writer w;
    auto e = C{}.encoder();
    e.put(x, w), e.finish(w);
    auto const whole = encoded(C{}, x);
    BOOST_TEST((std::vector(w.view().begin(), w.view().end()) == whole));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(strips_come_back_in_order, C, streaming) {
    std::vector<bands<std::int16_t, 2>> strips;
    for (std::size_t h : {16u, 16u, 0u, 16u, 5u})
        strips.push_back(geometric<std::int16_t>(planes<2>({h, 40}, 3, 9), static_cast<unsigned>(strips.size()),
                                                 [](std::size_t) { return 3.0; }));
    byte_writer w;
    auto e = C{}.encoder();
    std::size_t apart = 0;
    for (auto const &s : strips) e.put(s, w), apart += encoded(C{}, s).size();
    e.finish(w);
    byte_reader r(w.view());
    auto d = C{}.decoder(r);
    for (auto const &s : strips) {
        bands<std::int16_t, 2> y(s.layout());
        d.get(y, r);
        BOOST_TEST(same(s, y));
    }
    d.finish(r);
    BOOST_TEST(r.ok());
    BOOST_TEST(r.remaining() == 0u);
    if constexpr (!std::is_same_v<C, coder::raw>) BOOST_TEST(w.size() < apart); // statistics carry over
}

BOOST_AUTO_TEST_SUITE_END()
