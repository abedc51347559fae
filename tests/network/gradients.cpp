// Float twins against their definitions, and every derivative against finite differences.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/network/network.hpp>
#include <triptych/learn/numeric/random.hpp>

namespace net = triptych::network;
namespace learn = triptych::learn;
using learn::network::extents;
using learn::network::layer;
using model = learn::network::network;

namespace {
auto noise(std::size_t n, std::uint64_t seed, double scale = 1) {
    learn::generator random(seed);
    std::vector<float> v(n);
    for (auto &x : v) x = static_cast<float>(scale * random.normal());
    return v;
}
auto weighted_sum(model const &m, std::vector<float> const &x, std::vector<float> const &by) {
    auto const y = m(x);
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += static_cast<double>(y[i]) * static_cast<double>(by[i]);
    return sum;
}
/// Derivatives of a random weighting of all outputs of two pictures, by some parameters and inputs; the greatest error, relative to the
/// greatest derivative.
auto worst_derivative(std::vector<layer> layers, extents const &in) {
    model m(std::move(layers), in);
    m.initialise(3);
    auto x = noise(2 * in.values(), 11);
    auto const by = noise(2 * m.out().values(), 12);
    model::tape t;
    m.forward(x, t), m.begin_backward(t);
    std::copy(by.begin(), by.end(), t.output_gradient().begin());
    m.backward(t, true);
    learn::generator random(4);
    double worst = 0, greatest = 0;
    auto const compare = [&](float &at, float derivative) {
        auto const kept = at;
        constexpr float step = 1.0F / 256;
        at = kept + step;
        auto const up = weighted_sum(m, x, by);
        at = kept - step;
        auto const down = weighted_sum(m, x, by);
        at = kept;
        auto const measured = (up - down) / (2 * static_cast<double>(step));
        worst = std::max(worst, std::abs(measured - static_cast<double>(derivative)));
        greatest = std::max(greatest, std::abs(measured));
    };
    for (int i = 0; i < 60; ++i) {
        auto const p = random.below(x.size());
        compare(x[p], t.input_gradient()[p]);
        if (m.parameters().empty()) continue;
        auto const q = random.below(m.parameters().size());
        compare(m.parameters()[q], t.gradient[q]);
    }
    return worst / greatest;
}
/// The definition: each input times each weight is added where it belongs.
auto by_definition(model const &m, std::vector<float> const &x) {
    auto const &l = m.layers()[0];
    auto const in = m.in(), out = m.out();
    std::vector<double> y(out.values());
    auto const k = l.kernel, groups = l.groups, each_in = l.in / groups, each_out = l.out / groups;
    bool const enlarges = l.op == net::kind::transposed_convolution;
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<double>(m.biases(0)[i % out.channels]);
    for (int g = 0; g < groups; ++g)
        for (int ky = 0; ky < k; ++ky)
            for (int kx = 0; kx < k; ++kx)
                for (int a = 0; a < each_in; ++a)
                    for (int b = 0; b < each_out; ++b) {
                        auto const w = m.weights(
                            0)[static_cast<std::size_t>(((g * k * k + ky * k + kx) * each_in + a) * each_out + b)];
                        auto const small = enlarges ? in : out, large = enlarges ? out : in;
                        for (int sy = 0; sy < static_cast<int>(small.height); ++sy)
                            for (int sx = 0; sx < static_cast<int>(small.width); ++sx) {
                                auto const ly = sy * l.stride + ky - l.padding, lx = sx * l.stride + kx - l.padding;
                                if (ly < 0 || lx < 0 || ly >= static_cast<int>(large.height) ||
                                    lx >= static_cast<int>(large.width))
                                    continue;
                                auto const s =
                                    static_cast<std::size_t>(sy) * small.width + static_cast<std::size_t>(sx);
                                auto const t =
                                    static_cast<std::size_t>(ly) * large.width + static_cast<std::size_t>(lx);
                                auto const from =
                                    (enlarges ? s : t) * in.channels + static_cast<std::size_t>(g * each_in + a);
                                auto const to =
                                    (enlarges ? t : s) * out.channels + static_cast<std::size_t>(g * each_out + b);
                                y[to] += static_cast<double>(w) * static_cast<double>(x[from]);
                            }
                    }
    return y;
}

std::vector<layer> const sliding_layers{net::convolution(4, 6, 3),
                                        net::convolution(4, 6, 3, {.padding = 1}),
                                        net::convolution(4, 6, 3, {.stride = 2, .padding = 1}),
                                        net::convolution(4, 6, 5, {.stride = 3, .padding = 4}),
                                        net::convolution(4, 6, 1),
                                        net::convolution(4, 6, 1, {.stride = 2}),
                                        net::convolution(4, 6, 3, {.padding = 1, .groups = 2}),
                                        net::convolution(4, 4, 3, {.stride = 2, .padding = 1, .groups = 4}),
                                        net::transposed_convolution(4, 6, 3),
                                        net::transposed_convolution(4, 6, 2, {.stride = 2}),
                                        net::transposed_convolution(4, 6, 5, {.stride = 2, .padding = 2, .extra = 1}),
                                        net::transposed_convolution(4, 6, 2, {.stride = 3, .extra = 2}),
                                        net::transposed_convolution(4, 6, 4, {.stride = 2, .padding = 1, .groups = 2})};
} // namespace

BOOST_AUTO_TEST_SUITE(network_gradients)

BOOST_AUTO_TEST_CASE(convolutions_are_those_of_the_definition) {
    for (auto const &l : sliding_layers) {
        model const m({l}, {6, 7, 4});
        auto const x = noise(m.in().values(), 5);
        auto const y = m(x);
        auto const expected = by_definition(m, x);
        double worst = 0;
        for (std::size_t i = 0; i < y.size(); ++i)
            worst = std::max(worst, std::abs(static_cast<double>(y[i]) - expected[i]));
        BOOST_TEST_CONTEXT("kind " << static_cast<int>(l.op) << " kernel " << l.kernel << " stride " << l.stride
                                   << " groups " << l.groups)
        BOOST_TEST(worst < 1e-5);
    }
}

BOOST_AUTO_TEST_CASE(derivatives_of_linear_layers) {
    for (auto const &l : sliding_layers)
        BOOST_TEST_CONTEXT("kind " << static_cast<int>(l.op) << " kernel " << l.kernel << " stride " << l.stride
                                   << " groups " << l.groups)
    BOOST_TEST(worst_derivative({l}, {6, 7, 4}) < 1e-3);
    BOOST_TEST(worst_derivative({net::dense(24, 10)}, {2, 3, 4}) < 1e-3);
}

BOOST_AUTO_TEST_CASE(derivatives_of_activations) {
    for (auto const &l : {net::relu(), net::leaky_relu(), net::sigmoid(), net::tanh(), net::gelu(), net::silu()})
        BOOST_TEST_CONTEXT("kind " << static_cast<int>(l.op)) BOOST_TEST(worst_derivative({l}, {2, 3, 4}) < 2e-3);
}

BOOST_AUTO_TEST_CASE(derivatives_of_layers_without_weights) {
    for (auto const &l : {net::shuffle(2), net::unshuffle(3), net::max_pool(2, 2), net::max_pool(3, 1),
                          net::average_pool(2, 2), net::average_pool(3, 2), net::nearest(2), net::nearest(3),
                          net::bilinear(2), net::bilinear(4), net::reshape(4, 3, 12)})
        BOOST_TEST_CONTEXT("kind " << static_cast<int>(l.op)) BOOST_TEST(worst_derivative({l}, {6, 6, 4}) < 1e-3);
}

BOOST_AUTO_TEST_CASE(derivatives_of_normalisation) {
    BOOST_TEST(worst_derivative({net::gdn(4)}, {3, 4, 4}) < 3e-3);
    BOOST_TEST(worst_derivative({net::inverse_gdn(4)}, {3, 4, 4}) < 3e-3);
    BOOST_TEST(worst_derivative({net::convolution(2, 4, 3, {.padding = 1}), net::gdn(4), net::inverse_gdn(4)},
                                {3, 4, 2}) < 3e-3);
}

// A sum of two paths hands its derivative to both; so do two sums of the same output.
BOOST_AUTO_TEST_CASE(derivatives_through_sums_and_depth) {
    BOOST_TEST(worst_derivative({net::convolution(3, 3, 3, {.padding = 1}), net::tanh(), net::add(0),
                                 net::convolution(3, 3, 3, {.padding = 1}), net::silu(), net::add(3), net::add(0),
                                 net::average_pool(2, 2), net::dense(12, 5), net::sigmoid()},
                                {4, 4, 3}) < 2e-3);
}

BOOST_AUTO_TEST_CASE(known_values) {
    auto const one = [](layer const &l, extents const &in, std::vector<float> const &x) { return model({l}, in)(x); };
    using values = std::vector<float>;
    BOOST_TEST(one(net::shuffle(2), {1, 1, 4}, {1, 2, 3, 4}) == (values{1, 2, 3, 4}));
    BOOST_TEST(one(net::shuffle(2), {1, 1, 8}, {1, 2, 3, 4, 5, 6, 7, 8}) == (values{1, 5, 2, 6, 3, 7, 4, 8}));
    BOOST_TEST(one(net::unshuffle(2), {2, 2, 1}, {1, 2, 3, 4}) == (values{1, 2, 3, 4}));
    BOOST_TEST(one(net::nearest(2), {1, 2, 1}, {1, 2}) == (values{1, 1, 2, 2, 1, 1, 2, 2}));
    BOOST_TEST(one(net::bilinear(2), {1, 2, 1}, {0, 4}) == (values{0, 1, 3, 4, 0, 1, 3, 4}));
    BOOST_TEST(one(net::max_pool(2, 2), {2, 4, 1}, {1, 5, 2, 0, 3, 4, 9, 1}) == (values{5, 9}));
    BOOST_TEST(one(net::average_pool(2, 2), {2, 4, 1}, {1, 5, 2, 0, 3, 3, 9, 1}) == (values{3, 3}));
    BOOST_TEST(one(net::leaky_relu(), {1, 1, 2}, {-8, 8}) == (values{-1, 8}));
    auto const near = [](values const &v, values const &expected) {
        for (std::size_t i = 0; i < v.size(); ++i) BOOST_TEST(std::abs(v[i] - expected[i]) < 2e-7F);
    };
    near(one(net::sigmoid(), {1, 1, 3}, {0, 1, -200}), {0.5F, 0.731058579F, 0});
    near(one(net::tanh(), {1, 1, 3}, {0, 1, -2}), {0, 0.761594156F, -0.964027580F});
    near(one(net::gelu(), {1, 1, 3}, {0, 1, -2}), {0, 0.841344746F, -0.0455002639F});
    near(one(net::silu(), {1, 1, 3}, {0, 1, -2}), {0, 0.731058579F, -0.238405844F});
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
    auto const refused = [](std::vector<layer> layers, extents const &in) {
        BOOST_CHECK_THROW(model(std::move(layers), in), std::invalid_argument);
    };
    refused({}, {4, 4, 3});
    refused({net::dense(47, 10)}, {4, 4, 3});
    refused({net::convolution(4, 6, 3)}, {4, 4, 3});
    refused({net::convolution(3, 6, 5)}, {4, 4, 3});
    refused({net::convolution(3, 6, 3, {.groups = 2})}, {4, 4, 3});
    refused({net::convolution(3, 6, 3, {.padding = 3})}, {4, 4, 3});
    refused({net::shuffle(2)}, {4, 4, 3});
    refused({net::unshuffle(3)}, {4, 4, 3});
    refused({net::bilinear(3)}, {4, 4, 3});
    refused({net::reshape(4, 4, 4)}, {4, 4, 3});
    refused({net::add(0)}, {4, 4, 3});
    refused({net::relu(), net::add(1)}, {4, 4, 3});
    refused({net::convolution(3, 6, 3, {.padding = 1}), net::add(0)}, {4, 4, 3});
}

BOOST_AUTO_TEST_SUITE_END()
