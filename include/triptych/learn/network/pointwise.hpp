// triptych/learn/network/pointwise.hpp: float twins of activations, and their derivatives.
//
// ReLU (Nair and Hinton 2010), leaky ReLU (Maas et al. 2013), GELU (Hendrycks and Gimpel 2016, by the error function) and SiLU (Elfwing et al.
// 2018). The surprise: derivatives are taken from the output where that is enough, for then the input need not be read again.
#pragma once

#include <cmath>
#include <cstddef>

#include <triptych/learn/numeric/exponential.hpp>
#include <triptych/network/layer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

using triptych::network::kind;
using triptych::network::layer;

/// y = f(x) for n values.
inline void activate(layer const &l, float const *x, float *y, std::size_t n) {
    auto const each = [&](auto const &f) {
        for (std::size_t i = 0; i < n; ++i) y[i] = f(x[i]);
    };
    switch (l.op) {
    case kind::relu:
        return each([](float v) { return v > 0 ? v : 0.0F; });
    case kind::leaky_relu:
        return each([slope = std::ldexp(1.0F, -l.extra)](float v) { return v > 0 ? v : v * slope; });
    case kind::sigmoid:
        return each([](float v) { return logistic(v); });
    case kind::tanh:
        return each([](float v) { return 2 * logistic(2 * v) - 1; });
    case kind::gelu:
        return each([](float v) { return 0.5F * v * (1 + std::erf(v * 0.70710678F)); });
    default:
        return each([](float v) { return v * logistic(v); });
    }
}
/// dx = f'(x) · dy, where y = f(x).
inline void activate_back(layer const &l, float const *x, float const *y, float const *dy, float *dx, std::size_t n) {
    auto const each = [&](auto const &f) {
        for (std::size_t i = 0; i < n; ++i) dx[i] = dy[i] * f(x[i], y[i]);
    };
    switch (l.op) {
    case kind::relu:
        return each([](float, float v) { return v > 0 ? 1.0F : 0.0F; });
    case kind::leaky_relu:
        return each([slope = std::ldexp(1.0F, -l.extra)](float v, float) { return v > 0 ? 1.0F : slope; });
    case kind::sigmoid:
        return each([](float, float v) { return v * (1 - v); });
    case kind::tanh:
        return each([](float, float v) { return 1 - v * v; });
    case kind::gelu:
        return each([](float v, float) {
            return 0.5F * (1 + std::erf(v * 0.70710678F)) + v * 0.39894228F * exponential(-0.5F * v * v);
        });
    default:
        return each([](float v, float) {
            auto const s = logistic(v);
            return s * (1 + v * (1 - s));
        });
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
