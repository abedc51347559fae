// triptych/learn/network/loss.hpp: what a network is trained to make small.
//
// Cross-entropies take logits, not probabilities: a network for them ends before its sigmoid or softmax. The surprise: their derivative is
// then plainly what the sigmoid or softmax gives less the target, however sure the network is.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/learn/numeric/exponential.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

enum class loss : std::uint8_t {
    mse,                  ///< mean of squares
    mae,                  ///< mean of magnitudes
    binary_cross_entropy, ///< nats a value; outputs are logits, targets 0 to 1
    cross_entropy,        ///< nats a position; outputs are logits of classes, one a channel, targets probabilities
};

/// The sum of a loss over values or positions, and its derivatives by the outputs times `scale`. `channels`: of a position.
inline auto loss_sum(loss what, std::span<float const> output, std::span<float const> target, std::size_t channels,
                     float scale, std::span<float> gradient) -> double {
    constexpr std::size_t piece = 64; // so many sums of floats, or factors below 2, keep their precision
    auto const n = output.size();
    double sum = 0;
    for (std::size_t i = 0; i < n; i += what == loss::cross_entropy ? channels : piece) {
        auto const end = std::min(n, i + (what == loss::cross_entropy ? channels : piece));
        float part = 0, product = 1;
        switch (what) {
        case loss::mse:
            for (auto j = i; j < end; ++j) {
                auto const d = output[j] - target[j];
                part += d * d, gradient[j] = 2 * scale * d;
            }
            break;
        case loss::mae:
            for (auto j = i; j < end; ++j) {
                auto const d = output[j] - target[j];
                part += std::abs(d), gradient[j] = d > 0 ? scale : d < 0 ? -scale : 0.0F;
            }
            break;
        case loss::binary_cross_entropy:
            for (auto j = i; j < end; ++j) {
                // ln(1 + e^z) - t z, without overflow; the logarithms of a piece are taken at once.
                auto const z = output[j], e = exponential(-std::abs(z));
                part += std::max(z, 0.0F) - target[j] * z, product *= 1 + e;
                gradient[j] = scale * ((z > 0 ? 1 : e) / (1 + e) - target[j]);
            }
            sum += std::log(static_cast<double>(product));
            break;
        case loss::cross_entropy: {
            auto const most = *std::max_element(output.begin() + static_cast<std::ptrdiff_t>(i),
                                                output.begin() + static_cast<std::ptrdiff_t>(end));
            float all = 0, weight = 0;
            for (auto j = i; j < end; ++j) all += exponential(output[j] - most), weight += target[j];
            auto const norm = most + std::log(all);
            for (auto j = i; j < end; ++j) {
                part += target[j] * (norm - output[j]);
                gradient[j] = scale * (weight * exponential(output[j] - most) / all - target[j]);
            }
            break;
        }
        }
        sum += static_cast<double>(part);
    }
    return sum;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
