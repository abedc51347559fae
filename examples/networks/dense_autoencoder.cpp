// dense_autoencoder.cpp: the first autoencoder of every course (Hinton and Salakhutdinov, 2006): all pixels to a few hidden units and back,
// ReLU and sigmoid, by squared error and by cross-entropy, in floats and in integers. Prints a table.
//   dense_autoencoder IMAGES.npy [HIDDEN EPOCHS BATCH THREADS SEED]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include <triptych/learn/network/freeze.hpp>
#include <triptych/learn/network/train.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/metric/ssim.hpp>
#include <triptych/network/inference.hpp>
#include <triptych/picture.hpp>

#include "data.hpp"

namespace {
namespace net = triptych::network;
using triptych::learn::network::loss;
using model = triptych::learn::network::network;

/// Means over pictures of 0 to 255, of what came back in [0, 1].
void print_quality(char const *what, experiments::labelled const &set, std::vector<float> const &back) {
    std::vector<std::uint8_t> a(set.values.size()), b(set.values.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        a[i] = experiments::level(set.values[i]), b[i] = experiments::level(255 * back[i]);
    auto const d = set.dimension();
    double mse = 0, mae = 0, ssim = 0;
    bool const large = set.height >= 11 && set.width >= 11;
    for (std::size_t i = 0; i < set.size(); ++i) {
        triptych::picture_view<std::uint8_t, 2> const x{a.data() + i * d, {set.height, set.width}, set.components},
            y{b.data() + i * d, {set.height, set.width}, set.components};
        mse += triptych::metric::mse(x, y), mae += triptych::metric::mae(x, y);
        if (large) ssim += triptych::metric::ssim(x, y);
    }
    auto const n = static_cast<double>(set.size());
    std::printf("  %-9s MSE %.2f  MAE %.3f  PSNR %.2f dB", what, mse / n, mae / n,
                10 * std::log10(255 * 255 / (mse / n)));
    if (large) std::printf("  SSIM %.4f", ssim / n);
    std::printf("\n");
}

void run(char const *name, loss what, experiments::labelled const &train, experiments::labelled const &test,
         std::vector<std::size_t> const &sizes) {
    auto const d = static_cast<std::int32_t>(train.dimension()), hidden = static_cast<std::int32_t>(sizes[0]);
    auto const scaled = [](std::vector<float> v) {
        float most = 1;
        for (auto const x : v) most = std::max(most, x);
        for (auto &x : v) x /= most > 64 ? 255.0F : 16.0F; // scikit-learn's digits have 17 levels
        return v;
    };
    auto const x = scaled(train.values), unseen = scaled(test.values);
    // Cross-entropy is taken of logits, and the sigmoid comes when the network is used.
    std::vector<net::layer> const logits{net::dense(d, hidden), net::relu(), net::dense(hidden, d)};
    auto whole = logits;
    whole.push_back(net::sigmoid());
    net::extents const in{1, 1, train.dimension()};
    model trained(what == loss::binary_cross_entropy ? logits : whole, in);
    trained.initialise(sizes[4]);
    triptych::learn::network::training how;
    how.what = what, how.epochs = sizes[1], how.batch = sizes[2], how.threads = static_cast<unsigned>(sizes[3]),
    how.seed = sizes[4];
    auto const start = std::chrono::steady_clock::now();
    auto const losses = triptych::learn::network::train(trained, x, x, how);
    auto const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf("%s: %d-%d-%d, %zu parameters, %llu multiply-adds a picture, trained in %.2f s\n  loss of the epochs",
                name, d, hidden, d, trained.parameters().size(),
                static_cast<unsigned long long>(net::multiply_adds(whole, in)), seconds);
    for (auto const l : losses) std::printf(" %.5f", l);
    std::printf("\n");

    model used(whole, in);
    std::copy(trained.parameters().begin(), trained.parameters().end(), used.parameters().begin());
    auto const back = used(unseen);
    auto judged = test;
    for (std::size_t i = 0; i < unseen.size(); ++i) judged.values[i] = 255 * unseen[i];
    print_quality("floats", judged, back);
    // Samples v of 0 to 255 come in as v / 256, and the first layer makes up for it.
    for (auto &w : used.weights(0)) w *= 256.0F / 255.0F;
    std::vector<float> examples(
        x.begin(), x.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(x.size(), 500 * in.values())));
    for (auto &v : examples) v *= 255.0F / 256.0F;
    auto const frozen = triptych::learn::network::freeze(used, examples, {.input_frac = 8, .input_limit = 255});
    net::inference const integers(frozen, in);
    std::vector<std::int16_t> samples(in.values()), y(in.values());
    std::vector<float> restored(unseen.size());
    for (std::size_t i = 0; i < test.size(); ++i) {
        for (std::size_t p = 0; p < samples.size(); ++p)
            samples[p] = static_cast<std::int16_t>(std::lround(255 * unseen[i * samples.size() + p]));
        integers.run(samples.data(), y.data());
        for (std::size_t p = 0; p < y.size(); ++p)
            restored[i * y.size() + p] = std::ldexp(static_cast<float>(y[p]), -integers.out_frac());
    }
    print_quality("integers", judged, restored);
}
} // namespace

int main(int argc, char **argv) try {
    std::vector<std::size_t> sizes{128, 5, 128, 2, 1};
    if (argc < 2 || argc > 7)
        throw cli::usage_error("usage: dense_autoencoder IMAGES.npy [HIDDEN EPOCHS BATCH THREADS SEED]");
    for (int i = 2; i < argc; ++i) sizes[static_cast<std::size_t>(i - 2)] = std::stoul(argv[i]);
    auto const [train, test] = experiments::split(experiments::load(argv[1], ""), 0);
    std::printf("%zu pictures to learn from, %zu unseen\n", train.size(), test.size());
    run("squared error", loss::mse, train, test, sizes);
    run("cross-entropy", loss::binary_cross_entropy, train, test, sizes);
} catch (std::exception const &e) {
    std::cerr << e.what() << "\n";
    return 1;
}
