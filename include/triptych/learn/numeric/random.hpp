// triptych/learn/numeric/random.hpp: random numbers that are the same everywhere; the distributions of <random> are each library's own.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// SplitMix64 (Steele, Lea and Flood 2014): 64 bits of state, any seed will do.
class generator {
public:
    explicit generator(std::uint64_t seed = 0) noexcept : state_(seed) {}

    auto next() noexcept -> std::uint64_t {
        auto z = state_ += 0x9E3779B97F4A7C15U;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31);
    }
    /// In [0, 1), 53 bits.
    auto uniform() noexcept -> double { return static_cast<double>(next() >> 11) * 0x1p-53; }
    /// Below n, which is not 0.
    auto below(std::size_t n) noexcept -> std::size_t {
        auto const i = static_cast<std::size_t>(uniform() * static_cast<double>(n));
        return i < n ? i : n - 1;
    }
    /// Of mean 0 and variance 1 (Marsaglia's polar method).
    auto normal() noexcept -> double {
        for (;;) {
            double const u = 2 * uniform() - 1, v = 2 * uniform() - 1, s = u * u + v * v;
            if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
        }
    }

private:
    std::uint64_t state_;
};

/// `wanted` of the numbers below n, rising and each at most once; all of them if there are no more (Vitter 1984, algorithm S).
inline auto sample(std::size_t n, std::size_t wanted, generator &random) -> std::vector<std::size_t> {
    std::vector<std::size_t> chosen;
    if (wanted > n) wanted = n;
    chosen.reserve(wanted);
    for (std::size_t i = 0; i < n && chosen.size() < wanted; ++i)
        if (random.below(n - i) < wanted - chosen.size()) chosen.push_back(i);
    return chosen;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
