// triptych/learn/numeric/inverse_iteration.hpp: a few eigenvectors of a symmetric tridiagonal matrix whose eigenvalues are known.
//
// Wilkinson's inverse iteration, with partial pivoting, and orthogonal to all vectors found before, which makes clusters of eigenvalues
// safe for as few vectors as this is for (LAPACK's dstein does so within clusters).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/random.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::detail {

/// (T - λ) x = b, in place of b. T has n diagonal elements and n - 1 beside them.
class shifted_tridiagonal {
public:
    shifted_tridiagonal(std::vector<double> const &diagonal, std::vector<double> const &beside, double lambda,
                        double tiny)
        : n_(diagonal.size()), pivot_(diagonal), next_(n_), after_(n_), factor_(n_), swapped_(n_) {
        for (auto &p : pivot_) p -= lambda;
        for (std::size_t i = 0; i + 1 < n_; ++i) next_[i] = beside[i];
        for (std::size_t i = 0; i + 1 < n_; ++i) {
            double below = beside[i];
            if (std::abs(below) > std::abs(pivot_[i])) {
                swapped_[i] = true;
                std::swap(pivot_[i], below), std::swap(next_[i], pivot_[i + 1]);
                after_[i] = next_[i + 1], next_[i + 1] = 0;
            }
            if (pivot_[i] == 0) pivot_[i] = tiny;
            factor_[i] = below / pivot_[i];
            pivot_[i + 1] -= factor_[i] * next_[i], next_[i + 1] -= factor_[i] * after_[i];
        }
        // A shift that is an eigenvalue makes the last pivots vanish; what they are instead only scales the solution.
        for (auto &p : pivot_)
            if (std::abs(p) < tiny) p = tiny;
    }
    void solve(double *x) const {
        for (std::size_t i = 0; i + 1 < n_; ++i) {
            if (swapped_[i]) std::swap(x[i], x[i + 1]);
            x[i + 1] -= factor_[i] * x[i];
        }
        for (std::size_t i = n_; i-- > 0;) {
            if (i + 1 < n_) x[i] -= next_[i] * x[i + 1];
            if (i + 2 < n_) x[i] -= after_[i] * x[i + 2];
            x[i] /= pivot_[i];
        }
    }

private:
    std::size_t n_;
    std::vector<double> pivot_, next_, after_, factor_;
    std::vector<bool> swapped_;
};

/// Unit eigenvectors of the given eigenvalues, falling, as rows of n into `vectors`. False if one can't be found well.
inline auto inverse_iteration(std::vector<double> const &diagonal, std::vector<double> const &beside,
                              std::vector<double> const &values, double *vectors) -> bool {
    auto const n = diagonal.size();
    double norm = 0;
    for (std::size_t i = 0; i < n; ++i)
        norm = std::max(norm, std::abs(diagonal[i]) + (i ? std::abs(beside[i - 1]) : 0) +
                                  (i + 1 < n ? std::abs(beside[i]) : 0));
    if (!(norm > 0)) return false;
    double const tiny = norm * 0x1p-52;
    generator random(1);
    double last = values.empty() ? 0 : values[0] + norm;
    for (std::size_t k = 0; k < values.size(); ++k) {
        auto *const v = vectors + k * n;
        double const lambda = std::min(values[k], last - 8 * tiny); // equal shifts would give equal vectors
        last = lambda;
        shifted_tridiagonal const system(diagonal, beside, lambda, tiny);
        for (std::size_t i = 0; i < n; ++i) v[i] = random.uniform() - 0.5;
        bool found = false;
        for (int round = 0; round < 6 && !found; ++round) {
            system.solve(v);
            double length = 0;
            for (int twice = 0; twice < 2; ++twice) {
                // To unit length first: solutions grow without bounds.
                length = 0;
                for (std::size_t i = 0; i < n; ++i) length = std::max(length, std::abs(v[i]));
                if (!(length > 0) || !std::isfinite(length)) return false;
                double squares = 0;
                for (std::size_t i = 0; i < n; ++i) v[i] /= length, squares += v[i] * v[i];
                for (std::size_t i = 0; i < n; ++i) v[i] /= std::sqrt(squares);
                for (std::size_t e = 0; e < k; ++e) {
                    double dot = 0;
                    auto const *const other = vectors + e * n;
                    for (std::size_t i = 0; i < n; ++i) dot += v[i] * other[i];
                    for (std::size_t i = 0; i < n; ++i) v[i] -= dot * other[i];
                }
            }
            double squares = 0, residual = 0;
            for (std::size_t i = 0; i < n; ++i) squares += v[i] * v[i];
            for (std::size_t i = 0; i < n; ++i) v[i] /= std::sqrt(squares);
            for (std::size_t i = 0; i < n; ++i) {
                double r = (diagonal[i] - values[k]) * v[i];
                if (i > 0) r += beside[i - 1] * v[i - 1];
                if (i + 1 < n) r += beside[i] * v[i + 1];
                residual += r * r;
            }
            found = round > 0 && std::sqrt(residual) < 1e-12 * norm;
        }
        if (!found) return false;
    }
    return true;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn::detail
