// The program on the front page: a picture in memory, compressed at a quality that is asked for, and restored.
#include <cmath>
#include <cstdint>
#include <iostream>
#include <vector>

#include <triptych/triptych.hpp>

int main() {
    std::vector<std::uint8_t> samples; // RGB, row after row: coloured rings
    for (int y = 0; y < 256; ++y)
        for (int x = 0; x < 384; ++x)
            for (int c = 0; c < 3; ++c) samples.push_back(static_cast<std::uint8_t>((x * x + y * y) >> (6 + c)));
    triptych::picture_view<std::uint8_t, 2> const picture{samples.data(), {256, 384}, 3};

    triptych::photo const codec;
    auto const bytes = codec.encode(picture, triptych::psnr(40));
    auto const decoded = codec.decode(bytes);
    std::cout << "bytes: " << 100 * bytes.size() / samples.size()
              << " % of the samples, quality: " << std::round(triptych::metric::psnr(picture, decoded)) << " dB\n";
}
