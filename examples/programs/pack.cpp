// Many small pictures in one file: packed once, found by number, and more added at the end later.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <vector>

#include <triptych/learn.hpp>
#include <triptych/pack.hpp>
#include <triptych/triptych.hpp>

using picture = triptych::picture<std::uint8_t, 2>;
using scans = triptych::codec<triptych::transform::eigenpicture, triptych::quantizer::learned_dead_zone,
                              triptych::coder::range<triptych::model::conditional_scale>>;

namespace {
/// A blob of 24 x 24 samples whose place, size and brightness are drawn at random.
auto blob(std::uint32_t seed) -> picture {
    auto const random = [&seed] { return (seed = seed * 1664525 + 1013904223) / 4294967296.0; };
    for (int i = 0; i < 4; ++i) random();
    picture p({24, 24}, 1);
    double const cy = 10 + 4 * random(), cx = 10 + 4 * random(), size = 4 + 3 * random(), light = 120 + 100 * random();
    for (std::size_t y = 0; y < 24; ++y)
        for (std::size_t x = 0; x < 24; ++x) {
            auto const r = std::hypot(static_cast<double>(y) - cy, static_cast<double>(x) - cx) / size;
            p.data()[y * 24 + x] = static_cast<std::uint8_t>(20 + light * std::exp(-r * r) + 6 * random());
        }
    return p;
}
} // namespace

int main() {
    std::vector<picture> corpus;
    for (std::uint32_t seed = 0; seed < 400; ++seed) corpus.push_back(blob(seed));
    auto const codec = triptych::fit<scans>(corpus);

    std::size_t alone = 0;
    triptych::packer pack(codec, triptych::extents<2>{24, 24});
    for (std::uint32_t seed = 1000; seed < 2000; ++seed) {
        pack.add(blob(seed), triptych::step(8));
        alone += codec.encode(blob(seed), triptych::step(8)).size();
    }
    auto bytes = std::move(pack).finish();
    std::cout << "1000 pictures in a pack take " << (bytes.size() < alone / 2 ? "less" : "more")
              << " than half the bytes of 1000 files\n";

    auto const opened = triptych::pack_reader::open(bytes);
    if (!opened) return 1;
    auto const found = triptych::unpack(codec, opened.value, 741);
    std::cout << "picture 741 is " << (triptych::metric::psnr(blob(1741), found) > 33 ? "there\n" : "not there\n");

    // What is there stays as it is: a file is opened for appending, and nothing else.
    triptych::packer more(codec, opened.value);
    more.add(blob(2000), triptych::step(8), "the last one");
    auto const behind = std::move(more).finish();
    bytes.insert(bytes.end(), behind.begin(), behind.end());

    auto const longer = triptych::pack_reader::open(bytes);
    std::cout << longer.value.size() << " pictures, \"the last one\" is number "
              << longer.value.find("the last one").value << '\n';
}
