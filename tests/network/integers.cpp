// Networks in integers: near their float twins, at home wherever learned state is, and refused if they could overflow.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <triptych/learn/network/freeze.hpp>
#include <triptych/network/inference.hpp>
#include <triptych/state.hpp>

namespace net = triptych::network;
namespace learn = triptych::learn;
using learn::network::extents;
using learn::network::layer;
using model = learn::network::network;

namespace {
auto samples(std::size_t n, std::uint64_t seed) {
    learn::generator random(seed);
    std::vector<std::int16_t> v(n);
    for (auto &x : v) x = static_cast<std::int16_t>(static_cast<int>(random.below(511)) - 255);
    return v;
}
/// What samples are to the float twin: within ±1, at a frac of 8.
auto floats(std::vector<std::int16_t> const &x) {
    std::vector<float> v;
    for (auto const s : x) v.push_back(static_cast<float>(s) / 256);
    return v;
}
learn::network::freezing const how{.input_frac = 8, .input_limit = 255, .bits = 12};

/// The root of the mean squared difference of a frozen network and its float twin, relative to how outputs vary from picture to picture.
auto error_of(model const &m) {
    auto const pixels = m.in().values(), outputs = m.out().values();
    auto const frozen = learn::network::freeze(m, floats(samples(16 * pixels, 1)), how);
    net::inference const run(frozen, m.in());
    BOOST_REQUIRE(run.ok());
    BOOST_REQUIRE(run.out() == m.out());
    constexpr double pictures = 16; // seeds 2 to 17
    double square = 0, spread = 0;
    std::vector<double> sum(outputs), sum_square(outputs);
    for (std::uint64_t seed = 2; seed < 18; ++seed) {
        auto const x = samples(pixels, seed);
        auto const expected = m(floats(x));
        std::vector<std::int16_t> y(outputs);
        BOOST_REQUIRE(run.run(x.data(), y.data()));
        for (std::size_t i = 0; i < outputs; ++i) {
            auto const e = static_cast<double>(expected[i]), d = std::ldexp(y[i], -run.out_frac()) - e;
            square += d * d, sum[i] += e, sum_square[i] += e * e;
        }
    }
    for (std::size_t i = 0; i < outputs; ++i) spread += sum_square[i] - sum[i] * sum[i] / pictures;
    return std::sqrt(square / spread);
}
auto error_of(std::vector<layer> layers, extents const &in) {
    return error_of(model(std::move(layers), in));
}
/// As a policy holds networks.
struct two_networks {
    net::frozen_network analysis, synthesis;
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        triptych::nested("analysis", self.analysis, v), triptych::nested("synthesis", self.synthesis, v);
    }
};
/// A network that has every kind of layer.
auto all_kinds() {
    model m({net::convolution(3, 24, 3, {.padding = 1}),
             net::gelu(),
             net::convolution(24, 24, 3, {.padding = 1, .groups = 8}),
             net::add(2),
             net::leaky_relu(),
             net::max_pool(2, 2),
             net::unshuffle(2),
             net::convolution(96, 16, 1),
             net::gdn(16),
             net::silu(),
             net::inverse_gdn(16),
             net::bilinear(2),
             net::relu(),
             net::transposed_convolution(16, 12, 5, {.stride = 2, .padding = 2, .extra = 1}),
             net::tanh(),
             net::shuffle(2),
             net::nearest(2),
             net::average_pool(4, 4),
             net::dense(768, 20),
             net::sigmoid(),
             net::dense(20, 48),
             net::reshape(4, 4, 3)},
            {16, 16, 3});
    m.initialise(9);
    // So that noise at the input still makes a difference at the output.
    for (std::size_t i = 0; i < m.layers().size(); ++i)
        if (m.layers()[i].op <= net::kind::transposed_convolution)
            for (auto &w : m.weights(i)) w *= 2.5F;
    return m;
}
} // namespace

BOOST_AUTO_TEST_SUITE(network_integers)

BOOST_AUTO_TEST_CASE(each_layer_is_near_its_float_twin) {
    extents const in{8, 8, 4};
    BOOST_TEST(error_of({net::dense(256, 40)}, in) < 1e-3);
    for (auto const &l :
         {net::convolution(4, 9, 3, {.padding = 1}), net::convolution(4, 20, 5, {.stride = 2, .padding = 2}),
          net::convolution(4, 4, 3, {.padding = 1, .groups = 4}), net::convolution(4, 40, 1),
          net::transposed_convolution(4, 6, 5, {.stride = 2, .padding = 2, .extra = 1}),
          net::transposed_convolution(4, 6, 3), net::transposed_convolution(4, 16, 2, {.stride = 3, .groups = 2})})
        BOOST_TEST_CONTEXT("kind " << static_cast<int>(l.op) << " kernel " << l.kernel)
    BOOST_TEST(error_of({l}, in) < 1e-3);
    for (auto const &l :
         {net::relu(), net::leaky_relu(), net::shuffle(2), net::unshuffle(2), net::max_pool(2, 2),
          net::average_pool(2, 2), net::nearest(2), net::bilinear(2), net::add(0), net::reshape(16, 16, 1)})
        BOOST_TEST_CONTEXT("kind " << static_cast<int>(l.op)) BOOST_TEST(error_of({net::relu(), l}, in) < 1e-2);
    for (auto const &l : {net::sigmoid(), net::tanh(), net::gelu(), net::silu(), net::gdn(4), net::inverse_gdn(4)})
        BOOST_TEST_CONTEXT("kind " << static_cast<int>(l.op)) BOOST_TEST(error_of({l}, in) < 1e-3);
}

BOOST_AUTO_TEST_CASE(a_deep_network_is_near_its_float_twin) {
    auto const error = error_of(all_kinds());
    BOOST_TEST_MESSAGE("all kinds: relative error " << error);
    BOOST_TEST(error < 0.02);
}

BOOST_AUTO_TEST_CASE(arrays_that_are_text_are_read_as_well) {
    auto const m = all_kinds();
    auto const frozen = learn::network::freeze(m, floats(samples(4 * 768, 1)), how);
    BOOST_TEST(frozen.valid());
    BOOST_TEST(triptych::valid_state(frozen));
    BOOST_TEST(triptych::parameter_count(frozen) > m.parameters().size());
    // Borrowed from a header in which long arrays are text, it gives the same.
    std::vector<char16_t> text;
    for (std::size_t i = 0; i < frozen.weights.size(); ++i) text.push_back(static_cast<char16_t>(frozen.weights[i]));
    auto borrowed = frozen;
    borrowed.weights = {text.data(), frozen.weights.shape()};
    BOOST_TEST(triptych::model_fingerprint(borrowed) == triptych::model_fingerprint(frozen));
    net::inference const a(frozen, m.in()), b(borrowed, m.in());
    BOOST_REQUIRE(a.ok());
    BOOST_REQUIRE(b.ok());
    auto const x = samples(768, 3);
    std::vector<std::int16_t> y(48), z(48);
    BOOST_TEST(a.run(x.data(), y.data()));
    BOOST_TEST(b.run(x.data(), z.data()));
    BOOST_TEST(y == z);
    BOOST_TEST(!net::inference(frozen, {16, 15, 3}).ok());
    BOOST_TEST(!net::inference(frozen, m.in(), 1000).ok());
}

// Parts of a policy are networks, which say for themselves whether they are valid.
BOOST_AUTO_TEST_CASE(a_policy_passes_on_what_its_networks_name) {
    auto const frozen =
        learn::network::freeze(model({net::dense(4, 3), net::sigmoid()}, {1, 1, 4}), floats(samples(16, 1)), how);
    two_networks policy{frozen, frozen};
    BOOST_TEST(triptych::valid_state(policy));
    std::vector<std::string> names;
    two_networks::state(policy, [&](std::string_view name, auto const &) { names.emplace_back(name); });
    BOOST_TEST(names.size() == 10U);
    BOOST_TEST(names[0] == "analysis.input");
    BOOST_TEST(names[7] == "synthesis.weights");
    policy.synthesis.weights = {};
    BOOST_TEST(!triptych::valid_state(policy));
    // A header's arrays, in a constant expression.
    static constexpr std::int32_t input[] = {0, 255}, layers[] = {0, 2, 1, 1, 1, 0, 0, 1, 0, 0, 8, 255},
                                  biases[] = {128};
    static constexpr std::int16_t weights[] = {256, -512};
    static constexpr triptych::model_entry entries[] = {
        {.name = "input", .type = triptych::element::int32, .shape = {2U}, .i32 = input},
        {.name = "layers", .type = triptych::element::int32, .shape = {1U, 12U}, .i32 = layers},
        {.name = "weights", .type = triptych::element::int16, .shape = {2U}, .i16 = weights},
        {.name = "biases", .type = triptych::element::int32, .shape = {1U}, .i32 = biases},
        {.name = "tables", .type = triptych::element::int16}};
    static constexpr auto borrowed = [] {
        net::frozen_network f;
        triptych::detail::borrow(f, {0, entries});
        return f;
    }();
    static_assert(borrowed.valid());
    net::inference const run(borrowed, {1, 1, 2});
    std::array<std::int16_t, 2> const x{100, 7};
    std::int16_t y = 0;
    BOOST_REQUIRE(run.ok());
    BOOST_TEST(run.run(x.data(), &y));
    BOOST_TEST(y == 87); // 100 - 2 · 7 + 0.5, halves up
}

// Weights of the greatest sums that are allowed, and one more.
BOOST_AUTO_TEST_CASE(sums_that_could_overflow_are_refused) {
    constexpr std::uint32_t inputs = 1998;
    auto const of = [](std::int32_t bias, std::int32_t limit) {
        std::vector<std::int16_t> const weights(inputs, std::int16_t{-32768});
        auto row = net::dense(inputs, 1).row();
        row[9] = 0, row[10] = 16, row[11] = 32767;
        net::frozen_network f;
        f.input = triptych::frozen<std::int32_t>::owned(std::array{0, limit}, {2U});
        f.layers = triptych::frozen<std::int32_t>::owned(row, {1U, static_cast<std::uint32_t>(row.size())});
        f.weights = triptych::frozen<std::int16_t>::owned(weights, {inputs});
        f.biases = triptych::frozen<std::int32_t>::owned(std::array{bias}, {1U});
        return f;
    };
    // 1998 · 32768 · 32 + bias + 2^15 = 2^31 - 1.
    constexpr std::int32_t most = 2147483647 - 32768 - 1998 * 32 * 32768;
    extents const in{1, 1, inputs};
    auto const fits = of(most, 32);
    net::inference const run(fits, in);
    BOOST_REQUIRE(run.ok());
    std::vector<std::int16_t> const x(inputs, std::int16_t{-32768});
    std::int16_t y = 0;
    BOOST_TEST(run.run(x.data(), &y)); // clamped to -32
    BOOST_TEST(y == 32767);
    BOOST_TEST(!net::inference(of(most + 1, 32), in).ok());
    BOOST_TEST(!net::inference(of(-most - 1, 32), in).ok());
    BOOST_TEST(!net::inference(of(std::numeric_limits<std::int32_t>::min(), 1), in).ok());
    BOOST_TEST(!net::inference(of(0, 33), in).ok());
    BOOST_TEST(!net::inference(of(0, 0), in).ok());
    BOOST_TEST(!net::inference(of(0, 32768), in).ok());
}

// Whatever numbers stand in a model, it is refused or runs; sanitizers watch.
BOOST_AUTO_TEST_CASE(hostile_models) {
    auto const m = all_kinds();
    auto const sound = learn::network::freeze(m, floats(samples(4 * 768, 1)), how);
    std::mt19937 random(17);
    auto const x = samples(768, 3);
    int refused = 0, ran = 0;
    for (int i = 0; i < 3000; ++i) {
        auto f = sound;
        auto const wreck = [&]<class T>(triptych::frozen<T> &array, int changes) {
            std::vector<T> v(array.size());
            for (std::size_t j = 0; j < v.size(); ++j) v[j] = array[j];
            std::uniform_int_distribution<std::int32_t> any(std::numeric_limits<T>::min(),
                                                            std::numeric_limits<T>::max());
            for (int c = 0; c < changes; ++c) {
                auto const value = random() % 2 ? any(random) : static_cast<std::int32_t>(random() % 80) - 8;
                v[random() % v.size()] = static_cast<T>(value);
            }
            array = triptych::frozen<T>::owned(v, array.shape());
        };
        switch (random() % 4) {
        case 0:
            wreck(f.layers, 1);
            break;
        case 1:
            wreck(f.layers, 2), wreck(f.input, 1);
            break;
        case 2:
            wreck(f.weights, 20), wreck(f.biases, 1);
            break;
        default:
            wreck(f.tables, 40), wreck(f.layers, 1);
            break;
        }
        net::inference const run(f, m.in(), 100'000);
        if (!run.ok()) {
            ++refused;
            continue;
        }
        ++ran;
        std::vector<std::int16_t> y(run.out().values());
        BOOST_REQUIRE(run.run(x.data(), y.data()));
        for (auto const v : y) BOOST_REQUIRE(std::abs(int{v}) <= run.out_limit());
    }
    BOOST_TEST(refused > 300);
    BOOST_TEST(ran > 300);
}

BOOST_AUTO_TEST_CASE(arrays_of_other_extents_are_refused) {
    auto const sound =
        learn::network::freeze(model({net::dense(4, 3), net::sigmoid()}, {1, 1, 4}), floats(samples(16, 1)), how);
    BOOST_TEST(sound.valid());
    BOOST_TEST(!net::frozen_network{}.valid());
    BOOST_TEST(!net::inference(net::frozen_network{}, {1, 1, 4}).ok());
    auto f = sound;
    f.weights = triptych::frozen<std::int16_t>::owned(std::array<std::int16_t, 11>{}, {11U});
    BOOST_TEST(!f.valid());
    f = sound, f.tables = {};
    BOOST_TEST(!f.valid());
    f = sound, f.biases = {};
    BOOST_TEST(!f.valid());
    f = sound, f.input = {};
    BOOST_TEST(!f.valid());
    f = sound, f.layers = triptych::frozen<std::int32_t>::owned(std::array<std::int32_t, 12>{}, {12U});
    BOOST_TEST(!f.valid());
}

BOOST_AUTO_TEST_SUITE_END()
