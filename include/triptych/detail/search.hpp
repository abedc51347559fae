// triptych/detail/search.hpp: finds the quantisation step that meets a goal.
//
// Rate and distortion move almost linearly with the logarithm of the step, so a secant that keeps a bracket (the Illinois
// rule) needs few trials; each trial is a complete encode, so what is met is met by the bytes that are written.
#pragma once

#include <algorithm>
#include <cmath>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// The x in [low, high] at which the rising function f is nearest to zero, by at most `trials` evaluations; stops at |f| <=
/// tolerance. `f` remembers what it made for the best x: the last call is not necessarily the best.
template <class F>
void find_root(double low, double high, double guess, double tolerance, int trials, F &&f) {
    double at_low = 0, at_high = 0;
    bool have_low = false, have_high = false;
    int side = 0;
    for (double x = guess; trials-- > 0;) {
        double const y = f(x);
        if (std::abs(y) <= tolerance) return;
        if (y < 0) {
            if (have_low && side == -1) at_high /= 2;
            low = x, at_low = y, have_low = true, side = -1;
        } else {
            if (have_high && side == 1) at_low /= 2;
            high = x, at_high = y, have_high = true, side = 1;
        }
        if (high - low < 1e-4) return;
        if (have_low && have_high)
            x = std::clamp(low + (high - low) * at_low / (at_low - at_high), low + 0.02 * (high - low),
                           high - 0.02 * (high - low));
        else if (y < 0)
            x = std::min(high, x + 1);
        else
            x = std::max(low, x - 1);
        if (!have_high && x >= high - 1e-9 && low >= high - 1e-9) return;
        if (!have_low && x <= low + 1e-9 && high <= low + 1e-9) return;
    }
}

/// The largest x in [low, high] for which `holds(x)`, by bisection, assuming that it holds below some x and not above.
template <class Holds>
void find_largest(double low, double high, double guess, int trials, Holds &&holds) {
    for (double x = std::clamp(guess, low, high); trials-- > 0 && high - low > 1e-3; x = (low + high) / 2)
        (holds(x) ? low : high) = x;
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
