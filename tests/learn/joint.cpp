#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

#include <triptych/learn/joint.hpp>

namespace tt = triptych;

namespace {
using mine = tt::codec<tt::per_image<tt::transform::linear_synthesis>, tt::quantizer::none,
                       tt::per_image<tt::coder::range<tt::model::geometric>>>;

auto scene(std::size_t h, std::size_t w, std::size_t components) {
    tt::picture<std::uint8_t, 2> p({h, w}, components);
    for (std::size_t i = 0; i < h; ++i)
        for (std::size_t j = 0; j < w; ++j)
            for (std::size_t c = 0; c < components; ++c) {
                double const y = double(i), x = double(j);
                double const v = 128 + 50 * std::sin(0.11 * y + 0.07 * x + double(c)) +
                                 30 * std::cos(0.02 * x * x / 8) + (std::hypot(y - 20, x - 25) < 12 ? 40 : 0);
                p.data()[(i * w + j) * components + c] = static_cast<std::uint8_t>(std::lround(std::min(v, 255.0)));
            }
    return p;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_joint)

BOOST_AUTO_TEST_CASE(fits_a_picture_and_its_stream_decodes_as_predicted) {
    auto const p = scene(61, 48, 2);
    auto const fitted = tt::joint<mine>::fit({}, p.view(), tt::target{8, 0.1F});
    BOOST_TEST_MESSAGE("loss " << fitted.start << " -> " << fitted.loss);
    BOOST_TEST(fitted.loss < 0.6 * fitted.start);

    auto const stream = fitted.codec.encode_symbols(fitted.symbols, {}, p.shape(), 2);
    auto const decoded = mine{}.decode(stream); // a codec that was never fitted: all it needs is in the stream
    BOOST_TEST(decoded.size() == p.size());
    double squares = 0;
    bool as_predicted = true;
    for (std::size_t i = 0; i < p.size(); ++i) {
        auto const at = i / 2 + (i % 2) * (p.size() / 2);
        as_predicted = as_predicted && decoded.data()[i] == fitted.predicted.data()[at] + 128;
        squares += std::pow(double(p.data()[i]) - decoded.data()[i], 2);
    }
    BOOST_TEST(as_predicted);
    BOOST_TEST(squares + 0.1 * 64 * fitted.bits == fitted.loss, boost::test_tools::tolerance(1e-4));

    // What symbols alone cost: the same coder without state and framing.
    tt::byte_writer w;
    fitted.codec.coder().encode(fitted.symbols, w);
    BOOST_TEST_MESSAGE("estimated " << fitted.bits / 8 << " B, written " << w.size() << " B, stream " << stream.size()
                                    << " B, psnr " << 10 * std::log10(255 * 255 * double(p.size()) / squares));
    BOOST_TEST(8 * double(w.size()) == fitted.bits, boost::test_tools::tolerance(0.03));
}

BOOST_AUTO_TEST_CASE(price_moves_rate_and_distortion) {
    auto const p = scene(32, 32, 1);
    auto const dear = tt::joint<mine>::fit({}, p.view(), tt::target{16, 0.2F}, {200, 1});
    auto const cheap = tt::joint<mine>::fit({}, p.view(), tt::target{4, 0.1F}, {200, 1});
    BOOST_TEST(dear.bits < cheap.bits);
    auto const again = tt::joint<mine>::fit({}, p.view(), tt::target{16, 0.2F}, {200, 1});
    BOOST_TEST(again.loss == dear.loss);
}

// Derivatives against differences of the rate itself.
BOOST_AUTO_TEST_CASE(rate_has_the_gradient_it_claims) {
    tt::learn::geometric_rates rates(1);
    for (double const y : {-3.2, -0.6, -0.3, 0.0, 0.2, 0.49, 0.51, 1.7, 9.0}) {
        std::vector<std::vector<double>> g{{0.0}}, unused{{0.0}};
        rates.rate({{y}}, g);
        double const h = 1e-5, slope = (rates.rate({{y + h}}, unused) - rates.rate({{y - h}}, unused)) / (2 * h);
        BOOST_TEST(std::abs(g[0][0] - slope) < 1e-4);
    }
    // Of many Laplace-distributed values with scale 3 the steps find the scale: probabilities by the closed form.
    std::vector<std::vector<double>> v(1), g(1);
    for (int i = 1; i < 2000; ++i) {
        double const q = i / 2000.0 - 0.5;
        v[0].push_back(std::nearbyint((q < 0 ? 3 : -3) * std::log(1 - 2 * std::abs(q))));
    }
    g[0].resize(v[0].size());
    for (int i = 0; i < 200; ++i) rates.rate(v, g), rates.step(0.05);
    auto const c = rates.frozen();
    BOOST_TEST(std::abs(c.model.probability(0, 0) / 65536.0 - (1 - std::exp(-1 / 6.0))) < 0.01);
    BOOST_TEST(std::abs(c.model.probability(0, 1) / 65536.0 - std::exp(-1 / 3.0)) < 0.01);
}

BOOST_AUTO_TEST_CASE(coder_takes_any_symbols_and_any_bytes) {
    tt::layout<2> where;
    tt::band_info<2> like;
    like.bits = 32;
    where.add({3, 5}, like), where.add({0, 4}, like), where.add_group({2, 2}, 3, [&](std::size_t) { return like; });
    tt::bands<std::int32_t, 2> x(where, 0);
    std::int32_t const edges[] = {0, 1, -1, 23, 24, 25, -24, -25, 2147483647, -2147483647 - 1, 1000000};
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = edges[i % 11];
    tt::coder::range<tt::model::geometric> c;
    c.model.odds =
        tt::frozen<std::uint16_t>::owned(std::vector<std::uint16_t>{0, 65535, 1000, 60000}, tt::dims{2u, 2u});
    tt::byte_writer w;
    c.encode(x, w);
    tt::byte_reader r(w.view());
    tt::bands<std::int32_t, 2> y(where, 7);
    c.decode(y, r);
    BOOST_TEST(r.ok());
    BOOST_TEST(r.remaining() == 0u);
    for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST(x.data()[i] == y.data()[i]);
    std::uint32_t state = 1;
    for (int round = 0; round < 200; ++round) {
        std::vector<std::byte> bytes(static_cast<std::size_t>(round % 40));
        for (auto &b : bytes) b = static_cast<std::byte>((state = state * 1664525 + 1013904223) >> 24);
        tt::byte_reader hostile(bytes);
        c.decode(y, hostile);
    }
}

BOOST_AUTO_TEST_SUITE_END()
