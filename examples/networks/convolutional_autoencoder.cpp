// convolutional_autoencoder.cpp: pieces of 32 × 32 RGB through convolutions of 32, 64 and 128 channels and back. The latents have 8 bits and are coded for
// real, and the decoder runs in integers. Every fifth picture is not learned from, but judged.
//   convolutional_autoencoder LATENTS EPOCHS THREADS PICTURE...      LATENTS: channels at 4 × 4
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/network/freeze.hpp>
#include <triptych/learn/network/train.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/metric/ssim.hpp>
#include <triptych/network/inference.hpp>
#include <triptych/picture.hpp>

#include "data.hpp"

namespace {
namespace net = triptych::network;
using model = triptych::learn::network::network;
constexpr std::size_t side = 32, samples = side * side * 3, coarse = side / 8;

/// Pieces of a picture that was halved, so that what JPEG left in it is gone.
void cut(std::string const &path, std::vector<std::uint8_t> &to) {
    auto const p = experiments::read(path);
    if (p.components != 3) return;
    auto const &from = experiments::bytes_of(p, path);
    auto const h = p.shape[0] / 2, w = p.shape[1] / 2;
    for (std::size_t y = 0; y + side <= h; y += side)
        for (std::size_t x = 0; x + side <= w; x += side)
            for (std::size_t i = 0; i < samples; ++i) {
                auto const row = 2 * (y + i / 3 / side), column = 2 * (x + i / 3 % side), c = i % 3;
                auto const at = [&](std::size_t r, std::size_t s) {
                    return from[((row + r) * p.shape[1] + column + s) * 3 + c];
                };
                to.push_back(static_cast<std::uint8_t>((at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1) + 2) / 4));
            }
}
auto floats(std::vector<std::uint8_t> const &v) {
    std::vector<float> f;
    for (auto const s : v) f.push_back(static_cast<float>(s) / 256);
    return f;
}
/// Layers first to last of a network, with their parameters.
auto part(model const &whole, std::size_t first, std::size_t last) -> model {
    std::vector<net::layer> const layers(whole.layers().begin() + static_cast<std::ptrdiff_t>(first),
                                         whole.layers().begin() + static_cast<std::ptrdiff_t>(last));
    model m(layers, whole.at(first));
    for (std::size_t i = first; i < last; ++i) {
        std::copy(whole.weights(i).begin(), whole.weights(i).end(), m.weights(i - first).begin());
        std::copy(whole.biases(i).begin(), whole.biases(i).end(), m.biases(i - first).begin());
    }
    return m;
}
} // namespace

int main(int argc, char **argv) try {
    if (argc < 5) throw cli::usage_error("usage: convolutional_autoencoder LATENTS EPOCHS THREADS PICTURE...");
    auto const k = static_cast<std::int32_t>(std::stoi(argv[1]));
    std::vector<std::uint8_t> learned, unseen;
    for (int i = 4; i < argc; ++i) cut(argv[i], i % 5 == 3 || argc == 5 ? unseen : learned);
    if (argc == 5) learned = unseen;
    if (learned.empty() || unseen.empty()) throw cli::usage_error("no pieces to learn from, or none to judge on");
    auto const count = unseen.size() / samples;
    std::printf("%zu pieces to learn from, %zu unseen\n", learned.size() / samples, count);

    std::vector<net::layer> layers;
    for (auto const &[in, out] : {std::pair(3, 32), std::pair(32, 64), std::pair(64, 128)})
        layers.insert(layers.end(), {net::convolution(in, out, 3, {.padding = 1}), net::relu(), net::max_pool(2, 2)});
    layers.insert(layers.end(), {net::convolution(128, k, 1), net::tanh()});
    auto const encoder = layers.size();
    layers.insert(layers.end(), {net::transposed_convolution(k, 128, 2, {.stride = 2}), net::leaky_relu(),
                                 net::transposed_convolution(128, 64, 2, {.stride = 2}), net::leaky_relu(),
                                 net::nearest(2), net::convolution(64, 32, 3, {.padding = 1}), net::leaky_relu(),
                                 net::convolution(32, 3, 3, {.padding = 1})});
    model whole(layers, {side, side, 3});
    triptych::learn::network::training how;
    how.epochs = std::stoul(argv[2]), how.batch = 32, how.threads = static_cast<unsigned>(std::stoul(argv[3]));
    how.rate.form = triptych::learn::network::schedule::shape::cosine, how.rate.last = 0.03F, how.rate.warm_up = 50,
    how.clip = 1;
    auto const x = floats(learned);
    auto const start = std::chrono::steady_clock::now();
    auto const losses = triptych::learn::network::train(whole, x, x, how);
    auto const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf("%zu parameters, %.0f multiply-adds a sample, trained in %.1f s\n  loss of the epochs",
                whole.parameters().size(), static_cast<double>(net::multiply_adds(layers, whole.in())) / samples,
                seconds);
    for (auto const l : losses) std::printf(" %.5f", l);

    // The encoder stays in floats: only what decodes must be the same everywhere.
    auto const analysis = part(whole, 0, encoder), synthesis = part(whole, encoder, layers.size());
    auto const some = std::span(x).first(std::min<std::size_t>(x.size(), 400 * samples));
    auto const frozen =
        triptych::learn::network::freeze(synthesis, analysis(some), {.input_frac = 7, .input_limit = 127});
    auto const latents = analysis(floats(unseen));
    triptych::layout<2> where;
    triptych::band_info<2> eight;
    eight.bits = 8;
    for (std::int32_t c = 0; c < k; ++c) where.add({count * coarse, coarse}, eight);
    triptych::bands<std::int16_t, 2> symbols(where), decoded(where);
    auto const channels = static_cast<std::size_t>(k);
    for (std::size_t i = 0; i < latents.size(); ++i)
        symbols.data()[symbols.info(i % channels).offset + i / channels] =
            static_cast<std::int16_t>(std::clamp(std::lround(latents[i] * 128), -127L, 127L));
    triptych::byte_writer out;
    triptych::coder::range<>{}.encode(symbols, out);
    triptych::byte_reader in(out.view());
    triptych::coder::range<>{}.decode(decoded, in);

    net::inference const decoder(frozen, synthesis.in());
    std::vector<std::int16_t> z(coarse * coarse * channels), y(samples);
    std::vector<std::uint8_t> back;
    auto const begin = std::chrono::steady_clock::now();
    for (std::size_t n = 0; n < count; ++n) {
        for (std::size_t i = 0; i < z.size(); ++i)
            z[i] = decoded.data()[decoded.info(i % channels).offset + n * coarse * coarse + i / channels];
        if (!decoder.run(z.data(), y.data())) throw std::bad_alloc();
        for (auto const v : y) {
            auto const shift = decoder.out_frac() - 8;
            back.push_back(static_cast<std::uint8_t>(
                std::clamp(shift >= 0 ? (v + (1 << shift) / 2) >> shift : v * (1 << -shift), 0, 255)));
        }
    }
    auto const decoding = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    double mse = 0, mae = 0, ssim = 0;
    for (std::size_t n = 0; n < count; ++n) {
        triptych::picture_view<std::uint8_t, 2> const a{unseen.data() + n * samples, {side, side}, 3},
            b{back.data() + n * samples, {side, side}, 3};
        mse += triptych::metric::mse(a, b), mae += triptych::metric::mae(a, b), ssim += triptych::metric::ssim(a, b);
    }
    auto const n = static_cast<double>(count), bytes = static_cast<double>(out.size()) / n;
    std::printf("\n  %.1f bytes a piece, ratio %.1f, MSE %.2f, MAE %.2f, PSNR %.2f dB, SSIM %.4f; decoder %.1f MB/s\n",
                bytes, samples / bytes, mse / n, mae / n, 10 * std::log10(255 * 255 / (mse / n)), ssim / n,
                1e-6 * samples * n / decoding);
} catch (std::exception const &e) {
    std::cerr << e.what() << "\n";
    return 1;
}
