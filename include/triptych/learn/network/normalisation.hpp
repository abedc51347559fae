// triptych/learn/network/normalisation.hpp: generalised divisive normalisation, which divides a channel by a sum over all channels' magnitudes.
//
// Ballé, Laparra and Simoncelli, "Density modeling of images using a generalized normalization transformation", 2016, in the form without
// squares and roots of Johnston et al., "Computationally efficient neural image compression", 2019: y = x / (β + Σ γ |x|), and as approximate
// inverse y = x · (β + Σ γ |x|), which integers can do. β and γ must stay positive; `project` sees to that after each step.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <triptych/learn/network/linear.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

class normalisation {
public:
    static constexpr float least_beta = 1e-3F;

    normalisation(layer const &l, extents const &in)
        : n_(in.channels), positions_(in.height * in.width), divides_(l.op == kind::gdn) {}

    void forward(float const *x, std::size_t pictures, float const *gamma, float const *beta, float *y,
                 scratch &s) const {
        each_piece(pictures, x, gamma, beta, s,
                   [&](std::size_t first, std::size_t count, float const *, float const *sum) {
                       for (std::size_t i = 0; i < count * n_; ++i) {
                           auto const at = first * n_ + i;
                           y[at] = divides_ ? x[at] / sum[i] : x[at] * sum[i];
                       }
                   });
    }
    void backward(float const *x, float const *dy, std::size_t pictures, float const *gamma, float const *beta,
                  float *d_gamma, float *d_beta, float *dx, scratch &s) const {
        each_piece(pictures, x, gamma, beta, s,
                   [&](std::size_t first, std::size_t count, float const *magnitude, float *sum) {
                       auto *const back = scratch::room(s.weights, count * n_);
                       for (std::size_t i = 0; i < count * n_; ++i) {
                           auto const at = first * n_ + i;
                           dx[at] = divides_ ? dy[at] / sum[i] : dy[at] * sum[i];
                           // From here on `sum` is the derivative by the sum.
                           sum[i] = divides_ ? -dy[at] * x[at] / (sum[i] * sum[i]) : dy[at] * x[at];
                           d_beta[i % n_] += sum[i];
                       }
                       gemm(n_, n_, count, {magnitude, 1, n_}, {sum, n_}, d_gamma, n_, false);
                       gemm(count, n_, n_, {sum, n_}, {gamma, 1, n_}, back, n_, true);
                       for (std::size_t i = 0; i < count * n_; ++i) {
                           auto const at = first * n_ + i;
                           dx[at] += x[at] < 0 ? -back[i] : back[i];
                       }
                   });
    }
    /// Back to the nearest allowed values.
    static void project(std::span<float> gamma, std::span<float> beta) {
        for (auto &g : gamma) g = std::max(g, 0.0F);
        for (auto &b : beta) b = std::max(b, least_beta);
    }

private:
    template <class F>
    void each_piece(std::size_t pictures, float const *x, float const *gamma, float const *beta, scratch &s,
                    F &&f) const {
        auto const all = pictures * positions_, most = std::clamp<std::size_t>(65536 / n_, 48, 1024);
        for (std::size_t first = 0; first < all; first += most) {
            auto const count = std::min(most, all - first);
            auto *const magnitude = scratch::room(s.patches, count * n_);
            auto *const sum = scratch::room(s.rows, count * n_);
            for (std::size_t i = 0; i < count * n_; ++i) magnitude[i] = std::abs(x[first * n_ + i]);
            for (std::size_t i = 0; i < count; ++i) std::copy_n(beta, n_, sum + i * n_);
            gemm(count, n_, n_, {magnitude, n_}, {gamma, n_}, sum, n_, false);
            f(first, count, magnitude, sum);
        }
    }

    std::size_t n_, positions_;
    bool divides_;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
