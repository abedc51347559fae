// A palette for each picture: k-means chooses the colours, the picture becomes one band of indices. DBSCAN's clusters as a palette that keeps a bound.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>

#include <triptych/coder/range.hpp>
#include <triptych/learn/quantizer/codebook_dbscan.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/triptych.hpp>

using picture = triptych::picture<std::uint8_t, 2>;

/// Up to K colours, then an adaptive coder that looks at the indices around.
template <std::size_t K>
using palette = triptych::codec<triptych::transform::identity, triptych::per_image<triptych::quantizer::codebook<K>>,
                                triptych::coder::range<>>;

/// The same, but no sample is off by more than the goal says: colours that are in no cluster are sent themselves.
template <std::size_t K>
using bounded_palette = triptych::codec<
    triptych::transform::identity,
    triptych::per_image<triptych::quantizer::escape_codebook<K, triptych::quantizer::entries_by::dbscan>>,
    triptych::coder::range<>>;

namespace {
/// A poster: a sun in a sky that grows lighter downwards, over two hills.
auto poster() -> picture {
    picture p({128, 192}, 3);
    for (std::size_t y = 0; y < 128; ++y)
        for (std::size_t x = 0; x < 192; ++x) {
            auto const fy = static_cast<double>(y), fx = static_cast<double>(x);
            double colour[3] = {40 + fy, 90 + fy, 200 + fy / 4};
            if (std::hypot(fx - 140, fy - 35) < 20) colour[0] = 250, colour[1] = 210, colour[2] = 60;
            if (fy > 90 + 15 * std::sin(fx / 30)) colour[0] = 60, colour[1] = 120 + fx / 8, colour[2] = 50;
            if (fy > 100 + 12 * std::cos(fx / 25)) colour[0] = 30, colour[1] = 80, colour[2] = 40 + fx / 16;
            for (std::size_t c = 0; c < 3; ++c) p.data()[(y * 192 + x) * 3 + c] = static_cast<std::uint8_t>(colour[c]);
        }
    return p;
}

template <std::size_t K>
void show(picture const &p) {
    // The palette decides on the quality, not the goal.
    auto const bytes = palette<K>{}.encode(p, triptych::step(1));
    auto const decoded = palette<K>{}.decode(bytes);
    std::cout << std::setw(4) << K << " colours: " << std::setw(5) << bytes.size() / 10 * 10 << " bytes, "
              << std::lround(triptych::metric::psnr(p, decoded)) << " dB\n";
}

void show_bounded(picture const &p, int bound) {
    auto const bytes = bounded_palette<64>{}.encode(p, triptych::max_error(bound));
    auto const decoded = bounded_palette<64>{}.decode(bytes);
    int most = 0;
    for (std::size_t i = 0; i < p.size(); ++i) most = std::max(most, std::abs(p.data()[i] - decoded.data()[i]));
    std::cout << "within " << bound << ": " << std::setw(5) << bytes.size() / 100 * 100 << " bytes, "
              << (most <= bound ? "kept" : "broken") << '\n';
}
} // namespace

int main() {
    auto const p = poster();
    std::cout << "about\n";
    show<4>(p), show<16>(p), show<64>(p);
    show_bounded(p, 0), show_bounded(p, 2), show_bounded(p, 8);
}
