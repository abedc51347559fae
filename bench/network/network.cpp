// What network.py times beside PyTorch: network FOLDER THREADS REPEATS writes each network into the folder and prints a line: its name, pictures in a
// batch, multiply-adds a picture, milliseconds of a training step (forward, backward, Adam) and GMAC/s of the network in integers, on one thread.
// Then it waits for a line, or the end, of its input.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <triptych/learn/network/freeze.hpp>
#include <triptych/learn/network/interchange.hpp>
#include <triptych/learn/network/train.hpp>

namespace {
namespace net = triptych::network;
namespace learn = triptych::learn::network;

template <class F>
auto best_seconds(int repeats, F const &f) -> double {
    double best = 1e9;
    for (int i = 0; i < repeats; ++i) {
        auto const start = std::chrono::steady_clock::now();
        f();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

struct settings {
    std::string folder;
    unsigned threads;
    int repeats;
};

void measure(settings const &s, std::string const &name, std::vector<net::layer> const &layers, net::extents const &in,
             std::size_t batch) {
    learn::network n(layers, in);
    learn::save_network(n, s.folder + "/" + name + ".safetensors");
    triptych::learn::generator random(1);
    std::vector<float> x(batch * in.values()), target(batch * n.out().values());
    for (auto &v : x) v = static_cast<float>(random.uniform());
    for (auto &v : target) v = static_cast<float>(random.uniform());
    learn::training how;
    how.threads = s.threads;
    learn::trainer trainer(n, how);
    auto const step = best_seconds(s.repeats, [&] { trainer.measure(x, target), trainer.step(1e-4F); });
    auto const frozen = learn::freeze(n, x, {.input_frac = 8, .input_limit = 256});
    net::inference const run(frozen, in);
    std::vector<std::int16_t> integers(in.values(), std::int16_t{100}), y(run.out().values());
    auto const once = best_seconds(s.repeats, [&] {
        if (!run.run(integers.data(), y.data())) throw std::bad_alloc();
    });
    auto const products = static_cast<double>(net::multiply_adds(layers, in));
    std::printf("%s %zu %.0f %.3f %.1f\n", name.c_str(), batch, products, 1e3 * step, 1e-9 * products / once);
    std::fflush(stdout);
    std::getchar(); // until the peer has measured the same
}
} // namespace

int main(int argc, char **argv) try {
    if (argc != 4) return std::puts("usage: network FOLDER THREADS REPEATS"), 2;
    settings const s{argv[1], static_cast<unsigned>(std::stoul(argv[2])), std::stoi(argv[3])};
    measure(s, "dense-784-128-784", {net::dense(784, 128), net::relu(), net::dense(128, 784), net::sigmoid()},
            {1, 1, 784}, 128);
    // Behind a layer whose parameters are trained, so that derivatives by the input are asked for.
    auto const behind = [](std::int32_t channels, net::layer const &l) {
        return std::vector{net::convolution(channels, channels, 1), net::relu(), l};
    };
    measure(s, "3x3-32-32", behind(32, net::convolution(32, 32, 3, {.padding = 1})), {48, 48, 32}, 8);
    measure(s, "3x3-32-48", behind(32, net::convolution(32, 48, 3, {.padding = 1})), {48, 48, 32}, 8);
    measure(s, "3x3-64-64", behind(64, net::convolution(64, 64, 3, {.padding = 1})), {24, 24, 64}, 8);
    measure(s, "3x3-128-128", behind(128, net::convolution(128, 128, 3, {.padding = 1})), {24, 24, 128}, 8);
    measure(s, "3x3-256-128", behind(256, net::convolution(256, 128, 3, {.padding = 1})), {12, 12, 256}, 8);
    measure(s, "5x5-stride-2-64-128", behind(64, net::convolution(64, 128, 5, {.stride = 2, .padding = 2})),
            {24, 24, 64}, 8);
    measure(s, "5x5-transposed-64-32",
            behind(64, net::transposed_convolution(64, 32, 5, {.stride = 2, .padding = 2, .extra = 1})), {12, 12, 64},
            8);
    measure(s, "2x2-256-768", behind(256, net::convolution(256, 768, 2)), {13, 13, 256}, 8);
    measure(s, "filter-48-64-64-48",
            {net::unshuffle(4), net::convolution(48, 64, 3, {.padding = 1}), net::leaky_relu(),
             net::convolution(64, 64, 3, {.padding = 1}), net::leaky_relu(),
             net::convolution(64, 48, 3, {.padding = 1}), net::shuffle(4), net::add(0)},
            {192, 192, 3}, 6);
    std::vector<net::layer> deep;
    for (auto const &[in, out] : {std::pair(3, 32), std::pair(32, 64), std::pair(64, 128)})
        deep.insert(deep.end(), {net::convolution(in, out, 3, {.padding = 1}), net::relu(), net::max_pool(2, 2)});
    deep.insert(deep.end(), {net::transposed_convolution(128, 64, 2, {.stride = 2}), net::relu(),
                             net::transposed_convolution(64, 32, 2, {.stride = 2}), net::relu(), net::nearest(2),
                             net::convolution(32, 3, 3, {.padding = 1}), net::sigmoid()});
    measure(s, "autoencoder-32-64-128", deep, {32, 32, 3}, 32);
} catch (std::exception const &e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
