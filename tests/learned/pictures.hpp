// tests/learned/pictures.hpp: the pictures that small models are learned from, drawn by a program out of integers alone, so that every
// machine draws the same.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/conformance/hostile.hpp>
#include <triptych/picture.hpp>

namespace drawn {
using triptych::small_random;
using image = triptych::picture<std::uint8_t, 2>;

/// A slope, an edge across it, a disc, a little noise; components that resemble each other.
inline auto scene(triptych::extents<2> const &shape, std::size_t components, std::uint64_t seed) -> image {
    image x(shape, components);
    small_random random(seed);
    auto const number = [&](int low, int high) {
        return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
    };
    int const rows = static_cast<int>(shape[0]), columns = static_cast<int>(shape[1]);
    int const base = number(60, 150), down = number(-40, 40), across = number(-40, 40);
    int const a = number(-9, 9), b = number(-9, 9), edge = number(-60, 60);
    int const row = number(0, rows), column = number(0, columns), radius = number(2, 2 + std::min(rows, columns) / 3);
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < columns; ++j) {
            int v = base + down * i / rows + across * j / columns;
            if (a * (i - rows / 2) + b * (j - columns / 2) > edge / 4 * a) v += edge;
            if ((i - row) * (i - row) + (j - column) * (j - column) < radius * radius) v = 255 - v;
            for (std::size_t c = 0; c < components; ++c) {
                int const tint = v * (8 - static_cast<int>(c)) / 8 + 20 * static_cast<int>(c) + number(-3, 3);
                auto const at = (static_cast<std::size_t>(i) * shape[1] + static_cast<std::size_t>(j)) * components + c;
                x.data()[at] = static_cast<std::uint8_t>(std::clamp(tint, 0, 255));
            }
        }
    return x;
}

/// A dark ring or a bar on a light ground, its outline smoothed: each sample says how much of it is covered, in 16ths.
inline auto glyph(triptych::extents<2> const &shape, std::size_t components, std::uint64_t seed) -> image {
    image x(shape, components);
    small_random random(seed);
    int const side = 4 * static_cast<int>(std::min(shape[0], shape[1]));
    int const outer = side / 4 + static_cast<int>(random.below(static_cast<std::uint64_t>(side) / 4 + 1));
    int const inner = outer - side / 8 - 1, bar = side / 10 + 1, kind = static_cast<int>(random.below(3));
    int const row = 2 * static_cast<int>(shape[0]) + static_cast<int>(random.below(8)) - 4;
    int const column = 2 * static_cast<int>(shape[1]) + static_cast<int>(random.below(8)) - 4;
    auto const covered = [&](int i, int j) {
        int const y = i - row, s = j - column, square = y * y + s * s;
        bool const ring = square < outer * outer && square >= inner * inner;
        bool const slash = (y - s) * (y - s) < 2 * bar * bar && square < outer * outer;
        return kind == 0 ? ring : kind == 1 ? slash : ring || slash;
    };
    for (std::size_t i = 0; i < x.size(); ++i) {
        auto const p = i / components;
        int const top = 4 * static_cast<int>(p / shape[1]), left = 4 * static_cast<int>(p % shape[1]);
        int inside = 0;
        for (int k = 0; k < 16; ++k) inside += covered(top + k / 4, left + k % 4);
        x.data()[i] = static_cast<std::uint8_t>(250 - 15 * inside);
    }
    return x;
}

/// A symmetric icon in three colours, with nothing around it where there is an alpha.
inline auto icon(triptych::extents<2> const &shape, std::size_t components, std::uint64_t seed) -> image {
    image x(shape, components);
    small_random random(seed);
    static constexpr std::array<std::array<std::uint8_t, 3>, 5> colours{
        {{230, 60, 40}, {40, 90, 200}, {250, 210, 60}, {20, 20, 20}, {255, 255, 255}}};
    auto const first = random.below(5), second = (first + 1 + random.below(4)) % 5;
    int const rows = static_cast<int>(shape[0]), columns = static_cast<int>(shape[1]);
    int const radius = std::max(2, std::min(rows, columns) / 2 - 1 - static_cast<int>(random.below(3)));
    int const band = 1 + static_cast<int>(random.below(3)), eye = static_cast<int>(random.below(4));
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < columns; ++j) {
            int const y = 2 * i - rows + 1, s = std::abs(2 * j - columns + 1), square = y * y + s * s;
            bool const inside = square < 4 * radius * radius;
            bool const rim = square >= 4 * (radius - band) * (radius - band);
            bool const dot = std::abs(s - radius) < 2 + eye && std::abs(y + radius / 2) < 2 + eye;
            auto const &colour = colours[dot ? 3 : rim ? second : first];
            for (std::size_t c = 0; c < components; ++c) {
                auto const at = (static_cast<std::size_t>(i) * shape[1] + static_cast<std::size_t>(j)) * components + c;
                x.data()[at] = !inside ? 0 : c == 3 ? 255 : colour[c % 3];
            }
        }
    return x;
}
} // namespace drawn
