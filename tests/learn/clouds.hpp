// Points to learn from, drawn by a generator of their own.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

/// n points in d dimensions around k centres, `spread` wide; standard library's generator, so that ours is not tested by itself.
inline auto cloud(std::size_t n, std::size_t d, std::size_t k, unsigned seed, float spread = 1) -> std::vector<float> {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> centres(k * d), x;
    for (auto &c : centres) c = 10 * normal(random);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t t = 0; t < d; ++t) x.push_back(centres[i % k * d + t] + spread * normal(random));
    return x;
}
