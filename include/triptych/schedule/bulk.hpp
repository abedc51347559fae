// triptych/schedule/bulk.hpp: the range that nearly all samples lie in, and the one in which most of them do.
//
// A field with one sample of 1e30, by mistake or as a mark, has a range of 1e30; a codec that takes it for the scale of the field keeps
// nothing of the rest. So samples may be set apart: few of them, and far from all others. A long tail is not set apart, since each
// of its samples has another within reach, and the range stays what people compare: that of the finite values.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

#include <triptych/picture.hpp>
#include <triptych/schedule/floats.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

struct interval {
    double low = 0, high = 0;
    auto width() const noexcept -> double { return high - low; }
    auto largest() const noexcept -> double { return std::max(std::abs(low), std::abs(high)); }
};

template <sample S, class F>
void for_each_finite(S const *samples, std::size_t n, F &&f) {
    for (std::size_t i = 0; i < n; ++i) {
        if constexpr (std::is_same_v<S, float>)
            if (!is_finite(samples[i])) continue;
        f(static_cast<double>(samples[i]));
    }
}

/// The range of the finite samples; zeros if there is none.
template <sample S>
auto range_of(S const *samples, std::size_t n) -> interval {
    interval all{std::numeric_limits<double>::max(), -std::numeric_limits<double>::max()};
    for_each_finite(samples, n, [&](double v) { all = {std::min(all.low, v), std::max(all.high, v)}; });
    return all.low > all.high ? interval{} : all;
}

/// Some neighbouring samples, by value, among others.
struct stretch {
    interval range;
    double gap = 0;            ///< to the nearest of the others
    std::uint64_t outside = 0; ///< how many others there are
};

/// The stretch of at most `width` that holds the most samples of `all`, to within a cell of all.width() / 1024: one cell if `width` is
/// less, never all. Nothing if it leaves more than `allowed` outside.
template <sample S>
auto fullest_stretch(S const *samples, std::size_t n, interval const &all, double width, std::uint64_t allowed)
    -> std::optional<stretch> {
    constexpr std::size_t cells = 1024;
    double const scale = cells / all.width();
    auto const cell_of = [&](double v) { return std::min(static_cast<std::size_t>((v - all.low) * scale), cells - 1); };
    auto const inside = [&](double v) { return v >= all.low && v <= all.high; };
    std::array<std::uint64_t, cells> count{};
    for_each_finite(samples, n, [&](double v) {
        if (inside(v)) ++count[cell_of(v)];
    });
    auto const length = std::clamp<std::size_t>(static_cast<std::size_t>(width * scale), 1, cells - 1);
    std::uint64_t held = 0, most = 0, total = 0;
    std::size_t end = 0;
    for (std::size_t i = 0; i < cells; ++i) {
        total += count[i], held += count[i];
        if (i >= length) held -= count[i - length];
        if (held > most) most = held, end = i;
    }
    if (total - most > allowed) return {};
    auto const first = end < length ? 0 : end - length + 1;
    interval kept{all.high, all.low};
    double below = -std::numeric_limits<double>::max(), above = std::numeric_limits<double>::max();
    for_each_finite(samples, n, [&](double v) {
        if (!inside(v)) return;
        auto const at = cell_of(v);
        if (at < first)
            below = std::max(below, v);
        else if (at > end)
            above = std::min(above, v);
        else
            kept = {std::min(kept.low, v), std::max(kept.high, v)};
    });
    return stretch{kept, std::min(kept.low - below, above - kept.high), total - most};
}

/// The range of the samples without outliers: at most one sample in 256, each further from all that stay than 16 times their range.
template <sample S>
auto bulk_of(S const *samples, std::size_t n) -> interval {
    auto all = range_of(samples, n);
    std::uint64_t allowed = n / 256;
    while (all.width() > 0 && allowed > 0) {
        auto const s = fullest_stretch(samples, n, all, all.width() / 16, allowed);
        if (!s || s->range.width() == 0 || s->gap < 16 * s->range.width()) break;
        all = s->range, allowed -= s->outside;
    }
    return all;
}

/// The same, or if that is wider than `widest(range)`, a range which is not and holds as many samples as it can.
template <sample S, class Widest>
auto densest_of(S const *samples, std::size_t n, Widest const &widest) -> interval {
    auto all = bulk_of(samples, n);
    while (all.width() > widest(all)) all = fullest_stretch(samples, n, all, widest(all), n)->range;
    return all;
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
