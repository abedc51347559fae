// Networks of floats in safetensors files: they come back, damaged ones are errors, and PyTorch computes the same from them.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <triptych/learn/network/interchange.hpp>

namespace net = triptych::network;
namespace learn = triptych::learn;
using model = learn::network::network;

namespace {
auto all_kinds() {
    model m({net::convolution(3, 8, 3, {.padding = 1}),
             net::gelu(),
             net::convolution(8, 8, 3, {.padding = 1, .groups = 4}),
             net::add(2),
             net::leaky_relu(),
             net::max_pool(2, 2),
             net::unshuffle(2),
             net::convolution(32, 12, 3, {.stride = 2, .padding = 1}),
             net::gdn(12),
             net::silu(),
             net::inverse_gdn(12),
             net::bilinear(2),
             net::relu(),
             net::transposed_convolution(12, 8, 5, {.stride = 2, .padding = 2, .groups = 2, .extra = 1}),
             net::tanh(),
             net::shuffle(2),
             net::nearest(2),
             net::average_pool(2, 2),
             net::dense(512, 20),
             net::sigmoid(),
             net::dense(20, 24),
             net::reshape(2, 4, 3)},
            {16, 16, 3});
    m.initialise(5);
    return m;
}
auto bytes_of(model const &m) {
    std::ostringstream out;
    learn::network::save_network(m, out);
    auto const text = out.str();
    std::vector<std::byte> bytes(text.size());
    std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}
auto pattern(std::size_t count, std::uint64_t step, std::uint64_t modulus) {
    std::vector<float> v;
    for (std::uint64_t i = 0; i < count; ++i)
        v.push_back(static_cast<float>(static_cast<double>(i * step % modulus) / static_cast<double>(modulus / 2) - 1));
    return v;
}
} // namespace

BOOST_AUTO_TEST_SUITE(network_interchange)

BOOST_AUTO_TEST_CASE(networks_come_back) {
    auto const m = all_kinds();
    auto const back = learn::network::load_network(bytes_of(m));
    BOOST_TEST((back.layers() == m.layers()));
    BOOST_TEST((back.in() == m.in()));
    BOOST_TEST(
        std::equal(m.parameters().begin(), m.parameters().end(), back.parameters().begin(), back.parameters().end()));
}

BOOST_AUTO_TEST_CASE(damaged_files_are_errors) {
    auto const sound = bytes_of(all_kinds());
    std::mt19937 random(3);
    int refused = 0;
    for (int i = 0; i < 400; ++i) {
        auto bytes = sound;
        // In the text, or in the layers that follow it.
        auto const text = static_cast<std::size_t>(sound[0]) + (static_cast<std::size_t>(sound[1]) << 8);
        bytes[random() % (text + 8 + 22 * 48)] = static_cast<std::byte>(random());
        try {
            learn::network::load_network(bytes);
        } catch (triptych::format_error const &) {
            ++refused;
        }
    }
    BOOST_TEST(refused > 100);
    for (std::size_t n = 0; n < sound.size(); n += 97)
        BOOST_CHECK_THROW(learn::network::load_network(std::span(sound).first(n)), triptych::format_error);
}

// Outputs and derivatives of PyTorch, where $TRIPTYCH_PYTHON has it.
BOOST_AUTO_TEST_CASE(pytorch_computes_the_same) {
    auto const *const python = std::getenv("TRIPTYCH_PYTHON");
    auto const *const scratch = std::getenv("TRIPTYCH_SCRATCH");
    if (!python || !scratch ||
        std::system((std::string(python) + " -c \"import torch\" > /dev/null 2>&1").c_str()) != 0) {
        BOOST_TEST_MESSAGE("skipped: TRIPTYCH_PYTHON names no Python with the package torch");
        return;
    }
    auto const m = all_kinds();
    auto const from = std::string(scratch) + "/network.safetensors",
               to = std::string(scratch) + "/network_gradient.safetensors";
    learn::network::save_network(m, from);
    BOOST_REQUIRE(
        std::system(
            (std::string(python) + " examples/networks/triptych_network.py '" + from + "' '" + to + "'").c_str()) == 0);
    model::tape t;
    m.forward(pattern(2 * m.in().values(), 7919, 2003), t), m.begin_backward(t);
    auto const by = pattern(2 * m.out().values(), 104729, 997);
    std::copy(by.begin(), by.end(), t.output_gradient().begin());
    m.backward(t);
    auto const output = triptych::detail::read_file(to + ".output");
    BOOST_REQUIRE(output.size() == 4 * t.output().size());
    std::vector<float> expected(t.output().size());
    std::memcpy(expected.data(), output.data(), output.size());
    for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(std::abs(t.output()[i] - expected[i]) < 1e-5F);
    auto const gradient = learn::network::load_network(to);
    double square = 0, error = 0;
    for (std::size_t i = 0; i < t.gradient.size(); ++i) {
        auto const g = static_cast<double>(gradient.parameters()[i]), d = static_cast<double>(t.gradient[i]) - g;
        square += g * g, error += d * d;
    }
    BOOST_TEST(std::sqrt(error / square) < 1e-5);
}

BOOST_AUTO_TEST_SUITE_END()
