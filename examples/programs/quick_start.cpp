// A picture in, bytes out, and back: lossy at a quality that is asked for, and without any loss.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>

#include <triptych/triptych.hpp>
#include <xtensor/xtensor.hpp>

namespace {
/// A sky that darkens upwards, a sun, and some noise.
auto landscape(std::size_t height, std::size_t width) -> xt::xtensor<std::uint8_t, 3> {
    xt::xtensor<std::uint8_t, 3> picture({height, width, std::size_t{3}});
    constexpr std::uint32_t grain = 1u << 28; // 16 steps of noise
    std::uint32_t noise = 1;
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
            auto const dy = y > 80 ? y - 80 : 80 - y, dx = x > 250 ? x - 250 : 250 - x;
            bool const sun = dx * dx + dy * dy < 40 * 40;
            noise = noise * 1664525 + 1013904223;
            picture(y, x, 0) = static_cast<std::uint8_t>((sun ? 240 : 40 + y / 2) + noise / grain);
            picture(y, x, 1) = static_cast<std::uint8_t>((sun ? 200 : 80 + y / 2) + noise / grain);
            picture(y, x, 2) = static_cast<std::uint8_t>((sun ? 120 : 160 + y / 4) + noise / grain);
        }
    return picture;
}
} // namespace

int main() {
    xt::xtensor<std::uint8_t, 3> const picture = landscape(256, 384);

    triptych::photo const photo;
    auto const bytes = photo.encode(picture, triptych::psnr(40));
    auto const decoded = triptych::to_xtensor(photo.decode(bytes)); // 256 × 384 × 3
    auto const dB = triptych::metric::psnr(picture, decoded);
    std::cout << "photo: " << (bytes.size() < picture.size() / 10 ? "less" : "more") << " than a tenth, "
              << std::round(dB) << " dB\n";

    triptych::lossless const lossless;
    auto const all = lossless.encode(picture);
    bool const same = triptych::to_xtensor(lossless.decode(all)) == picture;
    std::cout << "lossless: " << (all.size() < picture.size() / 4 ? "less" : "more") << " than a quarter, "
              << (same ? "every sample the same\n" : "something is lost\n");
}
