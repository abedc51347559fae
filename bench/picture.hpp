// bench/picture.hpp: the picture that benchmarks work on, the same on every machine and in every run.
//
// Octaves of smooth noise give the falling spectrum of photographs, rectangles give edges, and the last octave gives grain; the
// three components share most of it, as real ones do. Set TRIPTYCH_BENCH_PICTURE to a binary PPM file (P6, 8 bits) to use a
// photograph instead.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <triptych/picture.hpp>
#include <triptych/schedule/planes.hpp>

namespace bench {

struct rgb_picture {
    std::size_t height = 512, width = 768;
    std::vector<std::uint8_t> samples;

    auto view() const -> triptych::picture_view<std::uint8_t, 2> { return {samples.data(), {height, width}, 3}; }
    auto bytes() const -> std::int64_t { return static_cast<std::int64_t>(samples.size()); }
};

inline auto noise(std::uint32_t x, std::uint32_t y, std::uint32_t octave) -> float {
    std::uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u ^ octave * 0xc2b2ae3du;
    h = (h ^ (h >> 15)) * 0x2c1b3c6du, h = (h ^ (h >> 12)) * 0x297a2d39u, h ^= h >> 15;
    return static_cast<float>(h) / 4294967296.0F - 0.5F;
}

inline auto smooth_noise(float x, float y, std::uint32_t octave) -> float {
    auto const x0 = static_cast<std::uint32_t>(x), y0 = static_cast<std::uint32_t>(y);
    float const u = x - static_cast<float>(x0), v = y - static_cast<float>(y0);
    float const top = noise(x0, y0, octave) * (1 - u) + noise(x0 + 1, y0, octave) * u;
    float const bottom = noise(x0, y0 + 1, octave) * (1 - u) + noise(x0 + 1, y0 + 1, octave) * u;
    return top * (1 - v) + bottom * v;
}

inline auto synthetic() -> rgb_picture {
    rgb_picture p;
    p.samples.resize(p.height * p.width * 3);
    for (std::size_t y = 0; y < p.height; ++y)
        for (std::size_t x = 0; x < p.width; ++x) {
            float luma = 128;
            for (std::uint32_t octave = 0; octave < 8; ++octave) {
                float const cell = std::ldexp(1.0F, 7 - static_cast<int>(octave));
                luma += 90 * std::pow(cell / 128, 0.75F) *
                        smooth_noise(static_cast<float>(x) / cell, static_cast<float>(y) / cell, octave);
            }
            if ((x / 150 + y / 110) % 3 == 0) luma += 35;
            for (std::size_t c = 0; c < 3; ++c) {
                float const tint = 40 * smooth_noise(static_cast<float>(x) / 90, static_cast<float>(y) / 90,
                                                     20 + static_cast<std::uint32_t>(c));
                float const grain = 4 * noise(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y),
                                              40 + static_cast<std::uint32_t>(c));
                p.samples[(y * p.width + x) * 3 + c] =
                    static_cast<std::uint8_t>(std::min(255.0F, std::max(0.0F, luma + tint + grain)));
            }
        }
    return p;
}

inline auto picture() -> rgb_picture const & {
    static rgb_picture const made = [] {
        char const *const path = std::getenv("TRIPTYCH_BENCH_PICTURE");
        if (path == nullptr) return synthetic();
        rgb_picture p;
        std::ifstream in(path, std::ios::binary);
        std::string magic;
        int depth = 0;
        in >> magic >> p.width >> p.height >> depth;
        in.get();
        if (!in || magic != "P6" || depth != 255 || p.width > 65536 || p.height > 65536) return synthetic();
        p.samples.resize(p.height * p.width * 3);
        in.read(reinterpret_cast<char *>(p.samples.data()), static_cast<std::streamsize>(p.samples.size()));
        return in ? p : synthetic();
    }();
    return made;
}

/// The picture as planes of centred integers, as a codec hands them to its transform.
inline auto planes() -> triptych::bands<std::int16_t, 2> {
    auto const view = picture().view();
    triptych::bands<std::int16_t, 2> x(triptych::detail::component_planes(view.shape, view.components, 8));
    triptych::detail::samples_to_planes(view.data, triptych::detail::byte_map(), x);
    return x;
}

} // namespace bench
