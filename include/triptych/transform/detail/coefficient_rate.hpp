// triptych/transform/detail/coefficient_rate.hpp: estimates the rate of a coefficient before anything is quantised
// or coded.
//
// For transforms that choose among several ways to transform a block: they take the way whose coefficients cost least
// together. The estimate is a table over the magnitude, because each block asks for hundreds of coefficients.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// What a coefficient costs in distortion and estimated bits, by its magnitude in eighths of a step; in 256ths of step². A zero costs its
/// energy and a little more, any other about 3.2 + 1.8 log2 bits. The rate of a bit here is lower than where levels are decided: ways
/// that concentrate less pay in better contexts too, which this can't see.
class coefficient_rate {
public:
    explicit coefficient_rate(float lambda) noexcept {
        for (std::size_t i = 0; i < table_.size(); ++i) {
            double const v = static_cast<double>(i) / 8;
            double const zero = v * v * (1 + 0.25 * lambda);
            double const q = std::max(1.0, std::floor(v + 0.42));
            double const miss = v < 1 ? (v - q) * (v - q) : std::min((v - q) * (v - q), 1.0 / 12);
            table_[i] = static_cast<std::uint16_t>(
                std::lround(256 * std::min(zero, miss + lambda * (3.2 + 1.8 * std::log2(q)))));
        }
    }
    /// N coefficients side by side. `eighths` is 8 / step, in stored units.
    template <std::size_t N, class T>
    auto run(T const *c, float eighths) const noexcept -> std::uint32_t {
        std::array<std::int32_t, N> at;
        for (std::size_t v = 0; v < N; ++v) {
            auto const magnitude = std::abs(static_cast<float>(c[v])) * eighths;
            at[v] = static_cast<std::int32_t>(magnitude < 255 ? magnitude : 255);
        }
        std::uint32_t sum = 0;
        for (std::size_t v = 0; v < N; ++v) sum += table_[static_cast<std::size_t>(at[v])];
        return sum;
    }
    /// Any number of them.
    template <class T>
    auto runs(T const *c, std::size_t n, float eighths) const noexcept -> std::uint64_t {
        std::uint64_t sum = 0;
        std::size_t i = 0;
        for (; i + 8 <= n; i += 8) sum += run<8>(c + i, eighths);
        for (; i < n; ++i) sum += run<1>(c + i, eighths);
        return sum;
    }

private:
    std::array<std::uint16_t, 256> table_;
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
