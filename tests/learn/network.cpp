// model::network: against floats that know nothing of its integers, on photographs beside models that adapt, and with any state at all.
#include <triptych/conformance.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/network.hpp>
#include <triptych/learn/storage/header.hpp>
#include <triptych/learn/storage/safetensors.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include "../png.hpp"

namespace tt = triptych;

namespace {
using coder = tt::coder::range<tt::model::network>;
using transform = tt::transform::chain<tt::transform::colour<tt::transform::colour_kind::ycbcr>, tt::transform::dct<8>>;
using blocks = tt::codec<transform, tt::quantizer::uniform, coder>;
using picture = tt::picture<std::uint8_t, 2>;
using B = tt::bands<std::int16_t, 2>;
constexpr std::size_t tile = 64;

/// Every `step`th tile of a photograph.
auto tiles(std::string const &name, std::size_t step) -> std::vector<picture> {
    auto const whole = tt::test::read_png("examples/pictures/" + name + ".png");
    auto const down = whole.shape()[0] / tile, across = whole.shape()[1] / tile;
    std::vector<picture> all;
    for (std::size_t t = 0; t < down * across; t += step) {
        picture x({tile, tile}, 3);
        for (std::size_t y = 0; y < tile; ++y)
            std::copy_n(whole.data() + ((t / across * tile + y) * whole.shape()[1] + t % across * tile) * 3, 3 * tile,
                        x.data() + y * tile * 3);
        all.push_back(std::move(x));
    }
    return all;
}
auto symbols(picture const &x) -> B {
    B planes(tt::detail::component_planes(x.shape(), 3, 8));
    tt::detail::samples_to_planes(x.data(), tt::detail::byte_map(), planes);
    auto y = transform{}.forward(std::move(planes));
    tt::quantizer::uniform const q;
    auto const setting = q.plan(y, tt::target{16});
    return q.quantize(std::move(y), setting);
}
template <class C>
auto bytes(C const &c, B const &x) -> std::size_t {
    tt::byte_writer w;
    c.encode(x, w);
    B y(x.layout());
    tt::byte_reader r(w.view());
    c.decode(y, r);
    BOOST_TEST((r.ok() && std::equal(x.data(), x.data() + x.size(), y.data())));
    return w.size();
}
auto learn(std::span<picture const> corpus, std::uint64_t seed = 1) -> coder {
    tt::learner<coder> l;
    l.most_symbols = 1 << 16, l.seed = seed;
    for (auto const &x : corpus) l.observe(symbols(x));
    return l.finish();
}
auto const &corpus() {
    static auto const all = [] {
        auto a = tiles("dog", 2), b = tiles("city", 2);
        for (auto &x : b) a.push_back(std::move(x));
        return a;
    }();
    return all;
}
auto const &learned() {
    static auto const c = learn(corpus());
    return c;
}
/// A network of any numbers, the largest there are or some in between.
auto any_state(unsigned kind) -> tt::model::network {
    std::mt19937 random(kind);
    auto const fill = [&](std::size_t n, tt::dims shape) {
        std::vector<std::int16_t> v(n);
        for (auto &e : v)
            e = static_cast<std::int16_t>(kind == 0   ? 32767
                                          : kind == 1 ? -32768
                                          : kind == 2 ? (random() & 1 ? 32767 : -32768)
                                                      : static_cast<int>(random() % (1u << kind)) - (1 << kind) / 2);
        return tt::frozen<std::int16_t>::owned(v, shape);
    };
    tt::model::network m;
    m.zone = fill(256 * 32, {256u, 32u}), m.input = fill(24 * 32, {24u, 32u}), m.output = fill(46 * 33, {46u, 33u});
    return m;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_network)

// The same layers in floating point, from their definition.
BOOST_AUTO_TEST_CASE(integers_are_the_network_that_floats_are) {
    std::mt19937 random(5);
    for (auto const kind : {8u, 10u, 12u}) {
        auto const m = any_state(kind);
        tt::model::detail::network_layers const layers(m);
        double worst = 0;
        for (int round = 0; round < 200; ++round) {
            tt::model::detail::network_inputs::vector f;
            for (auto &v : f) v = static_cast<std::int8_t>(random() % 255) - 127;
            auto const zone = random() % 256, output = random() % 46, component = random() % 4;
            double logit = m.output[output * 33 + 32] / 8192.0 * 4;
            for (std::size_t j = 0; j < 32; ++j) {
                double unit = m.zone[zone * 32 + j] / 2048.0;
                for (std::size_t i = 0; i < 24; ++i) unit += m.input[i * 32 + j] / 8192.0 * f[i] / 64;
                logit += m.output[output * 33 + j] / 8192.0 * std::clamp(unit, 0.0, 8.0);
            }
            auto const got = layers.logit(component, output, layers.see(zone, f));
            worst = std::max(worst, std::abs(got / 256.0 - std::clamp(logit, -3071 / 256.0, 3071 / 256.0)));
        }
        // A unit is cut to a 128th and a logit to a 256th, and the limit is 1023/128.
        BOOST_TEST(worst < 32 * (1 << kind) / 2 / 8192.0 / 100 + 0.01);
    }
}

// The last layer moves along the gradient of the cost: after many steps it says what is.
BOOST_AUTO_TEST_CASE(the_last_layer_learns_what_follows) {
    tt::model::detail::network_layers layers(tt::model::network{});
    std::mt19937 random(6);
    tt::model::detail::network_inputs::vector bright{}, dark{};
    bright[0] = 60, dark[20] = -50;
    std::bernoulli_distribution often(0.9), seldom(0.2);
    for (int i = 0; i < 20000; ++i)
        for (auto const *f : {&bright, &dark}) {
            auto const units = layers.see(0, *f);
            layers.learn(1, 7, units, layers.logit(1, 7, units), f == &bright ? often(random) : seldom(random));
        }
    auto const says = [&](auto const &f) { return 1 / (1 + std::exp(-layers.logit(1, 7, layers.see(0, f)) / 256.0)); };
    BOOST_TEST(std::abs(says(bright) - 0.9) < 0.06);
    BOOST_TEST(std::abs(says(dark) - 0.2) < 0.06);
    BOOST_TEST(layers.logit(0, 7, layers.see(0, bright)) == 0); // other components learn for themselves
}

// Tiles of a photograph that was not learned from, each a stream of its own.
BOOST_AUTO_TEST_CASE(small_pictures_of_an_unseen_photograph) {
    std::size_t own = 0, untaught = 0, neighbourhood = 0;
    for (auto const &x : tiles("reflect", 5)) {
        auto const s = symbols(x);
        own += bytes(learned(), s), untaught += bytes(coder{}, s);
        neighbourhood += bytes(tt::coder::range<tt::model::neighbourhood>{}, s);
    }
    BOOST_TEST_MESSAGE(own << " bytes, untaught " << untaught << ", neighbourhood " << neighbourhood);
    BOOST_TEST(own < neighbourhood); // of two photographs
    BOOST_TEST(static_cast<double>(own) < 0.8 * static_cast<double>(untaught));
}

BOOST_AUTO_TEST_CASE(the_same_for_a_seed_and_in_any_home) {
    auto const few = std::span(corpus()).first(1);
    auto const one = learn(few), same = learn(few), other = learn(few, 2);
    auto const print = [](coder const &c) { return tt::model_fingerprint(c); };
    BOOST_TEST(print(one) == print(same));
    BOOST_TEST(print(one) != print(other));

    blocks const codec(transform{}, tt::quantizer::uniform{}, one);
    std::ostringstream out;
    tt::save(codec, out);
    auto const text = out.str();
    auto const loaded = tt::load<blocks>(std::as_bytes(std::span(text)));
    BOOST_TEST(loaded.model() == codec.model());
    BOOST_TEST(tt::parameter_count(codec) == 256 * 32 + 24 * 32 + 46 * 33);
    auto const stream = codec.encode(corpus()[0], tt::step(16));
    auto const z = codec.decode(stream);
    BOOST_TEST(std::ranges::equal(loaded.decode(stream).samples(), z.samples()));
    BOOST_CHECK_THROW(blocks{}.decode(stream), tt::mismatch_error);

    using carried = tt::codec<transform, tt::quantizer::uniform, tt::per_image<coder>>;
    auto const y = carried{}.decode(carried{}.encode(corpus()[0], tt::step(16)));
    BOOST_TEST(std::ranges::equal(y.samples(), z.samples()));
}

BOOST_AUTO_TEST_CASE(prices_are_what_is_paid) {
    double priced = 0, paid = 0;
    for (auto const &x : tiles("reflect", 9)) {
        auto const s = symbols(x);
        auto const rates = learned().rates(s);
        for (std::size_t e = 0; e < s.size(); ++e) {
            auto const &g = s.layout().groups();
            std::size_t at = 0;
            while (e >= g[at].offset + g[at].count * g[at].samples) ++at;
            priced += rates.bits(s, g[at].first + (e - g[at].offset) % g[at].count, e, s.data()[e]) / 8;
        }
        paid += static_cast<double>(bytes(learned(), s));
    }
    BOOST_TEST(std::abs(priced - paid) < 0.01 * paid);
}

// Whatever a file or a header brings: sums stay within 32 bits (the sanitizers watch), and the laws hold.
BOOST_AUTO_TEST_CASE(any_state_keeps_the_laws) {
    for (auto const kind : {0u, 2u, 12u}) {
        coder c;
        c.model = any_state(kind);
        BOOST_TEST(c.model.valid());
        auto const x = symbols(corpus()[1]);
        bytes(c, x);
        tt::conformance_options o;
        o.every = 400, o.mutations = 10;
        auto const report = tt::conformance<coder, std::tuple<B, tt::bands<std::int32_t, 2>>>(c, o);
        BOOST_TEST(report.ok(), report.text());
        auto const alone = tt::conformance<tt::model::network, std::tuple<B>>(c.model, o);
        BOOST_TEST(alone.ok(), alone.text());
    }
    coder misshapen;
    misshapen.model = any_state(9);
    misshapen.model.output = misshapen.model.zone;
    BOOST_TEST(!misshapen.model.valid());
    BOOST_TEST(bytes(misshapen, symbols(corpus()[1])) == bytes(coder{}, symbols(corpus()[1])));
}

BOOST_AUTO_TEST_CASE(nothing_to_learn_from_gives_no_state) {
    BOOST_TEST(!tt::learner<coder>{}.finish().model.valid());
}

BOOST_AUTO_TEST_SUITE_END()
