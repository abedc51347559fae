// Prints checksums of what networks of random integers make of random inputs, extremes among them.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <span>
#include <vector>

#include <triptych/network/inference.hpp>
#include <triptych/stream/crc32c.hpp>

namespace net = triptych::network;

namespace {
std::uint32_t seed = 1;
auto any() -> std::uint32_t {
    return (seed = seed * 1664525 + 1013904223) >> 8;
}

/// A network of these layers whose weights are as large as its sums allow.
struct random_network {
    std::vector<std::int32_t> rows, biases, input{8, 4095};
    std::vector<std::int16_t> weights, tables;
    net::frozen_network frozen;

    explicit random_network(std::initializer_list<net::layer> layers) {
        for (auto l : layers) {
            l.frac = 8, l.limit = 4095, l.weight_frac = l.tabled() ? 6 : 14;
            auto const inner = l.trained() ? l.inner() : 1;
            auto const most = static_cast<std::int64_t>(2'000'000'000 / 4095 / inner);
            for (std::size_t i = 0; i < l.weights(); ++i)
                weights.push_back(static_cast<std::int16_t>(
                    any() % 8
                        ? static_cast<std::int64_t>(any() % 2001) * most / 1000 % 32768 - (most < 32767 ? most : 16384)
                        : -(most < 32767 ? most : 32767)));
            for (std::size_t i = 0; i < l.biases(); ++i)
                biases.push_back(static_cast<std::int32_t>(any() % 100'000'000) - 50'000'000);
            for (std::size_t i = 0; l.tabled() && i < net::knots; ++i)
                tables.push_back(static_cast<std::int16_t>(any()));
            for (auto const field : l.row()) rows.push_back(field);
        }
        auto const length = [](auto const &v) { return triptych::dims{static_cast<std::uint32_t>(v.size())}; };
        frozen.input = {input.data(), length(input)};
        frozen.layers = {rows.data(), triptych::dims{static_cast<std::uint32_t>(layers.size()),
                                                     static_cast<std::uint32_t>(net::layer::fields)}};
        frozen.weights = {weights.data(), length(weights)}, frozen.biases = {biases.data(), length(biases)};
        frozen.tables = {tables.data(), length(tables)};
    }
};

void print(char const *name, std::initializer_list<net::layer> layers, net::extents const &in) {
    random_network const n(layers);
    net::inference const run(n.frozen, in);
    if (!run.ok()) std::printf("%s does not run\n", name), std::exit(1);
    std::uint32_t sum = 0;
    for (int i = 0; i < 4; ++i) {
        std::vector<std::int16_t> x(in.values()), y(run.out().values());
        for (auto &v : x)
            v = static_cast<std::int16_t>(i == 0 ? -32768 : i == 1 ? 32767 : static_cast<int>(any() % 65536));
        if (!run.run(x.data(), y.data())) std::exit(1);
        for (auto const v : y) {
            auto const bits = static_cast<std::uint16_t>(v);
            std::byte const bytes[] = {static_cast<std::byte>(bits & 255), static_cast<std::byte>(bits >> 8)};
            sum = triptych::crc32c(bytes, sum);
        }
    }
    std::printf("%s %zu %08x\n", name, run.out().values(), static_cast<unsigned>(sum));
}
} // namespace

int main() {
#if defined(__GNUC__) && defined(__x86_64__)
#if defined(__AVX512BW__)
    if (!__builtin_cpu_supports("avx512bw")) return std::puts("lacks the instructions"), 0;
#elif defined(__AVX2__)
    if (!__builtin_cpu_supports("avx2")) return std::puts("lacks the instructions"), 0;
#endif
#endif
    for (std::int32_t const n : {1, 2, 3, 7, 8, 15, 16, 17, 33, 64, 80, 131}) {
        print("dense", {net::dense(n, 20)}, {1, 1, static_cast<std::size_t>(n)});
        print("outputs", {net::convolution(5, n, 3, {.padding = 1})}, {5, 7, 5});
        print("inputs", {net::convolution(n, 19, 2, {.stride = 2})}, {6, 6, static_cast<std::size_t>(n)});
    }
    print("transposed", {net::transposed_convolution(12, 24, 5, {.stride = 2, .padding = 2, .extra = 1})}, {6, 5, 12});
    print("groups", {net::convolution(32, 64, 3, {.padding = 1, .groups = 2})}, {6, 5, 32});
    print("depthwise", {net::convolution(20, 20, 3, {.padding = 1, .groups = 20})}, {6, 5, 20});
    print("chain",
          {net::convolution(3, 40, 3, {.padding = 1}), net::leaky_relu(), net::convolution(40, 40, 3, {.padding = 1}),
           net::silu(), net::add(2), net::gdn(40), net::inverse_gdn(40), net::average_pool(2, 2), net::max_pool(2, 1),
           net::bilinear(4), net::nearest(2), net::unshuffle(2), net::shuffle(2)},
          {12, 10, 3});
}
