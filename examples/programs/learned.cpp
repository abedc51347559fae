// A codec that has learned from pictures of one kind, its model as a header, and the same codec without learning.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <sstream>
#include <vector>

#include <triptych/learn.hpp>
#include <triptych/triptych.hpp>

using picture = triptych::picture<std::uint8_t, 2>;
using tiles = triptych::codec<triptych::transform::pca<8, 8, 8>, triptych::quantizer::uniform,
                              triptych::coder::range<triptych::model::geometric>>;

namespace {
/// A woven cloth in two colours, whose threads are drawn at random.
auto cloth(std::uint32_t seed) -> picture {
    auto const random = [&seed] { return (seed = seed * 1664525 + 1013904223) / 4294967296.0; };
    picture p({64, 64}, 3);
    double warp[64], weft[64];
    for (auto &w : warp) w = random();
    for (auto &w : weft) w = random();
    for (std::size_t y = 0; y < 64; ++y)
        for (std::size_t x = 0; x < 64; ++x) {
            bool const above = (x / 4 + y / 4) % 2 == 0;
            double const light = std::sin(3.1416 * (static_cast<double>((above ? x : y) % 4) + 0.5) / 4);
            double const tone = light * (0.7 + 0.3 * (above ? warp[x / 4] : weft[y / 4]));
            double const colour[3] = {above ? 200.0 : 60.0, above ? 60.0 : 90.0, above ? 40.0 : 180.0};
            for (std::size_t c = 0; c < 3; ++c)
                p.data()[(y * 64 + x) * 3 + c] = static_cast<std::uint8_t>(colour[c] * tone + 4 * random());
        }
    return p;
}
} // namespace

int main() {
    std::vector<picture> corpus;
    for (std::uint32_t seed = 1; seed <= 20; ++seed) corpus.push_back(cloth(seed));
    tiles const trained = triptych::fit<tiles>(corpus), untrained;

    auto const unseen = cloth(1000);
    auto const with = trained.encode(unseen, triptych::step(8)), without = untrained.encode(unseen, triptych::step(8));
    auto const gain = triptych::metric::psnr(unseen, trained.decode(with)) -
                      triptych::metric::psnr(unseen, untrained.decode(without));
    std::cout << "trained, the codec needs " << (with.size() < without.size() ? "fewer" : "more") << " bytes and is "
              << (gain > 6 ? "more than 6 dB better\n" : "not much better\n");

    std::ostringstream header;
    triptych::write_header(header, "cloth_model", trained);
    std::cout << triptych::parameter_count(trained) << " parameters, a header of "
              << (header.str().size() < 20'000 ? "less" : "more") << " than 20 kB\n";
    std::cout << "untrained: " << triptych::message(untrained.try_decode(with).error.code) << '\n';
}
