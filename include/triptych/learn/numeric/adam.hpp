// triptych/learn/numeric/adam.hpp: steps of stochastic gradient descent whose lengths follow from the gradients seen before.
//
// Kingma and Ba, "Adam: a method for stochastic optimization", 2015. Its surprise: a step does not grow with the gradient, so `rate` is
// in units of the parameters, and one rate suits layers of any scale.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

struct adam_options {
    double first = 0.9, second = 0.999; ///< decays of the means of gradients and of their squares
    double least = 1e-8;                ///< added to the root of the mean square
};

/// Over one vector of n parameters, which the caller holds.
template <std::floating_point Real>
class adam {
public:
    explicit adam(std::size_t n, adam_options const &options = {})
        : options_(options), mean_(n, Real{0}), square_(n, Real{0}) {}

    /// Moves the parameters against their gradient.
    void step(std::span<Real> parameters, std::span<Real const> gradient, Real rate) {
        ++taken_;
        // Both means start at zero and lean towards it at first.
        auto const whole = [&](double decay) { return static_cast<Real>(1 - std::pow(decay, taken_)); };
        auto const by = rate / whole(options_.first), unbiased = 1 / whole(options_.second);
        auto const a = static_cast<Real>(1 - options_.first), b = static_cast<Real>(1 - options_.second),
                   least = static_cast<Real>(options_.least);
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            mean_[i] += a * (gradient[i] - mean_[i]);
            square_[i] += b * (gradient[i] * gradient[i] - square_[i]);
            parameters[i] -= by * mean_[i] / (std::sqrt(square_[i] * unbiased) + least);
        }
    }

    /// Shows all that a step depends on besides the gradient: v(vector), v(vector), v(number of steps).
    template <class V>
    void state(V &&v) {
        v(mean_), v(square_), v(taken_);
    }

private:
    adam_options options_;
    std::vector<Real> mean_, square_;
    double taken_ = 0;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
