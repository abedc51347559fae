// classifier.cpp: convolutions, activations, pooling and dense layers as a classifier of handwritten digits: on pixels (LeCun et al., 1998), and on the 16 latents
// of an autoencoder that never saw a label. Four fifths of the pictures are learned from, the rest is judged.
//   classifier IMAGES.npy LABELS.npy [EPOCHS THREADS]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/network/freeze.hpp>
#include <triptych/learn/network/train.hpp>
#include <triptych/network/inference.hpp>

#include "data.hpp"

namespace {
namespace net = triptych::network;
namespace learn = triptych::learn::network;
using net::extents;

auto one_hot(std::vector<std::uint8_t> const &labels) -> std::vector<float> {
    std::vector<float> t(labels.size() * 10);
    for (std::size_t i = 0; i < labels.size(); ++i) t[i * 10 + labels[i]] = 1;
    return t;
}
template <class T>
auto is_right(T const *scores, std::uint8_t label) -> bool {
    return std::max_element(scores, scores + 10) - scores == label;
}

struct digits {
    std::vector<float> x; ///< in [0, 1), samples / 256
    std::vector<std::uint8_t> labels;
};
/// `scale`: what a sample is multiplied by.
auto from(experiments::labelled const &set, float scale) -> digits {
    digits d{set.values, set.labels};
    for (auto &v : d.x) v *= scale;
    return d;
}

/// The digits, and each moved by one sample in four directions: a writer's digit is the same there.
auto with_moved(digits const &d, extents const &in) -> digits {
    auto all = d;
    auto const height = static_cast<std::ptrdiff_t>(in.height), width = static_cast<std::ptrdiff_t>(in.width);
    for (auto const &[down, right] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}})
        for (std::size_t i = 0; i < d.labels.size(); ++i) {
            auto const *const from = d.x.data() + i * in.values();
            for (std::ptrdiff_t y = 0; y < height; ++y)
                for (std::ptrdiff_t x = 0; x < width; ++x) {
                    auto const v = y - down, u = x - right;
                    all.x.push_back(v < 0 || v >= height || u < 0 || u >= width ? 0.0F : from[v * width + u]);
                }
            all.labels.push_back(d.labels[i]);
        }
    return all;
}
/// Shifts and scales each of `count` values to mean 0 and variance 1 over `train`; the same for `test`.
void standardise(std::size_t count, std::vector<float> &train, std::vector<float> &test) {
    for (std::size_t k = 0; k < count; ++k) {
        double sum = 0, square = 0;
        for (std::size_t i = k; i < train.size(); i += count) {
            auto const v = static_cast<double>(train[i]);
            sum += v, square += v * v;
        }
        auto const n = static_cast<double>(train.size() / count), mean = sum / n;
        auto const spread = std::sqrt(std::max(square / n - mean * mean, 1e-12));
        for (auto *const set : {&train, &test})
            for (std::size_t i = k; i < set->size(); i += count)
                (*set)[i] = static_cast<float>((static_cast<double>((*set)[i]) - mean) / spread);
    }
}

/// Trains a classifier and prints how many it gets right, in floats and in integers.
void classify(char const *name, std::vector<net::layer> const &layers, extents const &in, digits const &train,
              digits const &test, learn::training how) {
    how.what = learn::loss::cross_entropy;
    learn::network n(layers, in);
    auto const start = std::chrono::steady_clock::now();
    auto const losses = learn::train(n, train.x, one_hot(train.labels), how);
    auto const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    auto const y = n(test.x);
    auto const frozen = learn::freeze(n, train.x, {.input_frac = 8, .input_limit = 4095});
    net::inference const integers(frozen, in);
    std::vector<std::int16_t> v(in.values()), scores(10);
    std::size_t right = 0, right_integers = 0;
    for (std::size_t i = 0; i < test.labels.size(); ++i) {
        right += is_right(y.data() + i * 10, test.labels[i]);
        for (std::size_t p = 0; p < v.size(); ++p)
            v[p] = static_cast<std::int16_t>(std::lround(256 * test.x[i * v.size() + p]));
        if (!integers.run(v.data(), scores.data())) throw std::bad_alloc();
        right_integers += is_right(scores.data(), test.labels[i]);
    }
    auto const percent = [&](std::size_t r) {
        return 100 * static_cast<double>(r) / static_cast<double>(test.labels.size());
    };
    std::printf("%s: %zu parameters, %llu multiply-adds, %.1f s, loss %.4f; right %.2f %%, in integers %.2f %%\n", name,
                n.parameters().size(), static_cast<unsigned long long>(net::multiply_adds(layers, in)), seconds,
                losses.back(), percent(right), percent(right_integers));
}
} // namespace

int main(int argc, char **argv) try {
    if (argc < 3 || argc > 5) throw cli::usage_error("usage: classifier IMAGES.npy LABELS.npy [EPOCHS THREADS]");
    auto const [some, others] = experiments::split(experiments::load(argv[1], argv[2]), 0);
    float greatest = 0;
    for (auto const v : some.values) greatest = std::max(greatest, v);
    auto const scale = greatest > 64 ? 1.0F / 256 : 15.0F / 256; // scikit-learn's digits have 17 levels
    auto const train = from(some, scale), test = from(others, scale);
    learn::training how;
    how.epochs = argc > 3 ? std::stoul(argv[3]) : 10,
    how.threads = argc > 4 ? static_cast<unsigned>(std::stoul(argv[4])) : 2;
    how.batch = 64, how.rate.rate = 2e-3F, how.rate.form = learn::schedule::shape::cosine, how.rate.warm_up = 50;

    extents const in{some.height, some.width, 1};
    std::vector<net::layer> const features{
        net::convolution(1, 16, 3, {.padding = 1}),  net::relu(), net::max_pool(2, 2),
        net::convolution(16, 32, 3, {.padding = 1}), net::relu(), net::max_pool(2, 2)};
    std::vector<extents> shapes(features.size() + 1);
    net::outputs(features, in, shapes, std::size_t{1} << 20);
    auto const small = shapes.back();
    auto const count = static_cast<std::int32_t>(small.values());
    auto layers = features;
    layers.push_back(net::dense(count, 10));
    classify("convolutional, on pixels", layers, in, train, test, how);

    // An autoencoder learns without labels; only then do labels teach a small network what its latents mean.
    layers = features;
    layers.insert(layers.end(), {net::dense(count, 128), net::gelu(), net::dense(128, 16)});
    auto const encoder = layers.size();
    layers.insert(layers.end(),
                  {net::dense(16, 128), net::gelu(), net::dense(128, count), net::leaky_relu(),
                   net::reshape(static_cast<std::int32_t>(small.height), static_cast<std::int32_t>(small.width), 32),
                   net::transposed_convolution(32, 16, 2, {.stride = 2}), net::leaky_relu(),
                   net::transposed_convolution(16, 1, 2, {.stride = 2})});
    learn::network autoencoder(layers, in);
    how.rate.rate = 3e-3F;
    auto const start = std::chrono::steady_clock::now();
    auto const losses = learn::train(autoencoder, train.x, train.x, how);
    auto const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf("autoencoder of 16 latents: %zu parameters, %.1f s, mean squared error %.5f of 1\n",
                autoencoder.parameters().size(), seconds, losses.back());
    auto const latents = [&](digits const &d) {
        digits z{{}, d.labels};
        autoencoder.each_forward(d.x, [&](learn::network::tape const &t) {
            z.x.insert(z.x.end(), t.values(encoder).begin(), t.values(encoder).end());
        });
        return z;
    };
    auto known = latents(with_moved(train, in)), unseen = latents(test);
    standardise(16, known.x, unseen.x);
    how.epochs *= 2, how.rate.rate = 2e-3F;
    classify("dense, on 16 latents", {net::dense(16, 128), net::gelu(), net::dense(128, 10)}, {1, 1, 16}, known, unseen,
             how);
} catch (std::exception const &e) {
    std::cerr << e.what() << "\n";
    return 1;
}
