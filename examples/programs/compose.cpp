// A codec of one's own, of panels of the library: it takes bytes and floats, pictures and volumes.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>

#include <triptych/triptych.hpp>
#include <xtensor/xtensor.hpp>

using namespace triptych;
using pyramid_codec = codec<transform::wavelet<transform::cdf53, 4>, quantizer::dead_zone, coder::range<>>;

int main() {
    pyramid_codec const mine;
    std::cout << std::boolalpha << description<pyramid_codec, std::string>() << '\n';

    // A gray picture of 8 bits.
    xt::xtensor<std::uint8_t, 2> picture({200, 300});
    std::uint32_t noise = 1;
    for (std::size_t i = 0; i < picture.size(); ++i) {
        noise = noise * 1664525 + 1013904223;
        picture.flat(i) = static_cast<std::uint8_t>(i % 300 / 2 + i / 3000 + noise / (1u << 28));
    }
    auto const small = mine.encode(picture, bits_per_pixel(1));
    std::cout << "1 bit a pixel: " << (std::abs(metric::bits_per_pixel(picture, small.size()) - 1) < 0.02)
              << ", more than 35 dB: " << (metric::psnr(picture, mine.decode(small)) > 35)
              << ", exact if asked: " << (to_array(mine.decode(mine.encode(picture, exact))) == picture) << '\n';

    // A volume of floats: temperatures, of which one is missing. as_array says that no axis is the components'.
    xt::xtensor<float, 3> volume({20, 60, 80});
    for (std::size_t i = 0; i < volume.size(); ++i)
        volume.flat(i) = 15.0F + 10.0F * std::sin(static_cast<float>(i % 80) / 20) * static_cast<float>(i / 4800) / 20;
    volume(10, 30, 40) = std::numeric_limits<float>::quiet_NaN();

    auto const bytes = mine.encode(as_array(volume), max_error(0.01));
    auto const again = to_array(mine.decode<float, 3>(bytes));
    std::cout << "volume within 0.01: " << (metric::max_error(as_array(volume), as_array(again)) <= 0.01)
              << ", NaN survives: " << std::isnan(again(10, 30, 40))
              << ", less than a tenth of its size: " << (bytes.size() * 10 < volume.size() * sizeof(float)) << '\n';
}
