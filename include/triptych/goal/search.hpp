// triptych/goal/search.hpp: finds the quantisation step that meets a goal.
//
// Rate and distortion move almost linearly with the logarithm of the step, so a secant that keeps a bracket (the Illinois
// rule, and bisection where that is slow, for at low rates they move in jumps) needs few trials; each trial is a complete encode, so
// what is met is met by the bytes that are written.
#pragma once

#include <algorithm>
#include <cmath>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Looks for the x in [low, high] at which the rising function f is nearest to zero, by at most `trials` evaluations; stops at |f| <=
/// tolerance. Until zero is enclosed, `slope` says how far to go. `f` remembers what it made for the best x: the last call is not
/// necessarily the best.
template <class F>
void find_root(double low, double high, double guess, double slope, double tolerance, int trials, F &&f) {
    double at_low = 0, at_high = 0;
    double widths[3] = {}; // of the bracket before the last three trials
    bool have_low = false, have_high = false;
    int side = 0;
    for (double x = std::clamp(guess, low, high); trials-- > 0;) {
        double const y = f(x);
        if (std::abs(y) <= tolerance) return;
        double const earlier = widths[0];
        widths[0] = widths[1], widths[1] = widths[2], widths[2] = high - low;
        if (y < 0) {
            if (side == -1) at_high /= 2;
            low = x, at_low = y, have_low = true, side = -1;
        } else {
            if (side == 1) at_low /= 2;
            high = x, at_high = y, have_high = true, side = 1;
        }
        if (high - low < 1e-4) return;
        if (have_low && have_high && high - low > earlier / 2 && earlier > 0)
            x = (low + high) / 2; // four trials did not halve it
        else if (have_low && have_high)
            x = std::clamp(low + (high - low) * at_low / (at_low - at_high), low + 0.02 * (high - low),
                           high - 0.02 * (high - low));
        else
            x = std::clamp(x - 1.1 * y / slope, low, high);
    }
}

/// The largest x in [low, high] for which `holds(x)`, to 2 %, by bisection, assuming that it holds below some x and not above.
template <class Holds>
void find_largest(double low, double high, double guess, int trials, Holds &&holds) {
    for (double x = std::clamp(guess, low, high); trials-- > 0 && high - low > 0.03; x = (low + high) / 2)
        (holds(x) ? low : high) = x;
}

/// The x in [low, high] with the least f(x), for an f that falls and then rises, by golden section around the guess.
template <class F>
void find_least(double low, double high, double guess, int trials, F &&f) {
    double x = std::clamp(guess, low, high), y = f(x);
    while (--trials > 0 && high - low > 0.05) {
        bool const upper = high - x > x - low;
        double const other = upper ? x + 0.382 * (high - x) : x - 0.382 * (x - low), there = f(other);
        if (there < y) {
            (upper ? low : high) = x;
            x = other, y = there;
        } else {
            (upper ? high : low) = other;
        }
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
