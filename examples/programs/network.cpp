// A coder's model that is a small network, learned from pictures of one kind: what it saves on one that it has not seen.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <vector>

#include <triptych/coder/model/network.hpp>
#include <triptych/learn/coder/network.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/triptych.hpp>

namespace {
using image = triptych::picture<std::uint8_t, 2>;
using namespace triptych;

template <class Model>
using blocks = codec<transform::chain<transform::colour<transform::colour_kind::ycbcr>, transform::dct<8>>,
                     quantizer::dead_zone, coder::range<Model>>;

/// Ripples of a few wavelengths on water, with glints.
auto water(std::uint32_t seed) -> image {
    auto const random = [&seed] { return (seed = seed * 1664525 + 1013904223) / 4294967296.0; };
    image p({64, 64}, 3);
    double wave[6][4];
    for (auto &w : wave)
        w[0] = random() - 0.5, w[1] = 0.3 * random(), w[2] = 6.3 * random(), w[3] = 1 / (1 + 20 * std::abs(w[0]));
    for (std::size_t y = 0; y < 64; ++y)
        for (std::size_t x = 0; x < 64; ++x) {
            double height = 0;
            for (auto const &w : wave)
                height += w[3] * std::sin(w[0] * static_cast<double>(x) + w[1] * static_cast<double>(y) + w[2]);
            double const glint = height > 1.5 ? 60 * random() : 4 * random();
            double const colour[3] = {60 + 20 * height, 100 + 25 * height, 130 + 22 * height};
            for (std::size_t c = 0; c < 3; ++c)
                p.data()[(y * 64 + x) * 3 + c] =
                    static_cast<std::uint8_t>(std::min(255.0, std::max(0.0, colour[c] + glint)));
        }
    return p;
}
} // namespace

int main() {
    std::vector<image> corpus;
    for (std::uint32_t seed = 1; seed <= 24; ++seed) corpus.push_back(water(seed));
    fit_options options;
    options.aim = target{12};
    auto const taught = fit<blocks<model::network>>(corpus, options);

    std::size_t own = 0, untaught = 0, adaptive = 0;
    for (std::uint32_t seed = 100; seed < 110; ++seed) {
        auto const unseen = water(seed);
        own += taught.encode(unseen, step(12), framing::record).size();
        untaught += blocks<model::network>{}.encode(unseen, step(12), framing::record).size();
        adaptive += blocks<model::neighbourhood>{}.encode(unseen, step(12), framing::record).size();
    }
    auto const tenths = [&](std::size_t n) { return 10 - (10 * own + n / 2) / n; };
    std::cout << parameter_count(taught) << " weights; unseen pictures take " << tenths(adaptive)
              << "0 % less than with model::neighbourhood, " << tenths(untaught) << "0 % less than untaught\n";
}
