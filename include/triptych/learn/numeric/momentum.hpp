// triptych/learn/numeric/momentum.hpp: steps of stochastic gradient descent with momentum (Polyak 1964), or without.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Over one vector of n parameters, which the caller holds.
template <std::floating_point Real>
class momentum {
public:
    /// `keep`: how much of the last step's velocity is left; 0 is plain descent.
    explicit momentum(std::size_t n, Real keep = Real{0.9F}) : keep_(keep), velocity_(n, Real{0}) {}

    /// Moves the parameters against their gradient.
    void step(std::span<Real> parameters, std::span<Real const> gradient, Real rate) {
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            velocity_[i] = keep_ * velocity_[i] + gradient[i];
            parameters[i] -= rate * velocity_[i];
        }
    }

    /// Shows all that a step depends on besides the gradient.
    template <class V>
    void state(V &&v) {
        v(velocity_);
    }

private:
    Real keep_;
    std::vector<Real> velocity_;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
