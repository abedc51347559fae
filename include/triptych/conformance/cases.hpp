// triptych/conformance/cases.hpp: the shapes and contents that laws are tried on, and how a decode is watched.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <limits>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/conformance/hostile.hpp>
#include <triptych/conformance/report.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Each n-th shape of the cube up to `largest` (for rank 3 and 4 with the extents 0, 1, 2, 3, 5, 9 only), and some that are long.
template <std::size_t R>
auto shapes_to_try(conformance_options const &o) -> std::vector<extents<R>> {
    std::vector<std::size_t> sides;
    for (std::size_t n = 0; n <= o.largest; ++n)
        if (R <= 2 || n <= 3 || (R == 3 && (n == 5 || n == 9))) sides.push_back(n);
    std::vector<extents<R>> shapes;
    std::size_t count = 1;
    for (std::size_t axis = 0; axis < R; ++axis) count *= sides.size();
    for (std::size_t i = 0; i < count; ++i) {
        extents<R> shape;
        auto rest = i;
        for (std::size_t axis = R; axis-- > 0; rest /= sides.size()) shape[axis] = sides[rest % sides.size()];
        if (i % std::max<std::size_t>(o.every, 1) == 0 || volume(shape) <= 2) shapes.push_back(shape);
    }
    for (auto const side : {31, 64, 65, 130}) {
        extents<R> shape;
        for (auto &e : shape) e = R > 2 ? 2 : 1;
        for (std::size_t axis = R; axis-- > (R < 2 ? 0 : R - 2);) {
            auto longer = shape;
            longer[axis] = static_cast<std::size_t>(side);
            shapes.push_back(longer);
        }
    }
    if constexpr (R == 2) shapes.push_back({33, 47}), shapes.push_back({40, 64});
    return shapes;
}

/// What fills a picture or bands of integers of `bits` bits: zeros, both ends, one end, a ramp, noise, rare large values, a
/// checkerboard, and something like a photograph. `i` counts samples.
class content {
public:
    static constexpr std::size_t kinds = 8;
    content(std::size_t kind, std::int64_t low, std::int64_t high, std::uint64_t seed)
        : kind_(kind % kinds), low_(low), high_(high), random_(seed) {}

    auto operator()(std::size_t i) -> std::int64_t {
        auto const span = static_cast<std::uint64_t>(high_ - low_) + 1;
        auto const middle = low_ + static_cast<std::int64_t>(span / 2);
        switch (kind_) {
        case 0:
            return middle;
        case 1:
            return i % 2 ? low_ : high_;
        case 2:
            return low_;
        case 3:
            return low_ + static_cast<std::int64_t>(i * 3 % span);
        case 4:
            return low_ + static_cast<std::int64_t>(random_.below(span));
        case 5:
            return random_.below(16) ? middle : random_.below(2) ? low_ : high_;
        case 6:
            return (i / 5 + i) % 2 ? high_ : middle;
        default: {
            auto const step = static_cast<std::int64_t>(span / 32) + 1;
            walk_ += static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(2 * step + 1))) - step;
            walk_ = std::clamp(walk_, low_ - middle, high_ - middle);
            return middle + walk_;
        }
        }
    }

private:
    std::size_t kind_;
    std::int64_t low_, high_, walk_ = 0;
    small_random random_;
};

/// Fills each band, in the order of its samples, with values that its `bits` allow.
template <class T, std::size_t R>
void fill(bands<T, R> &x, std::size_t kind, std::uint64_t seed) {
    for (auto const &g : x.layout().groups())
        for (std::size_t k = 0; k < g.count; ++k) {
            auto const bits = std::clamp<int>(x.info(g.first + k).bits, 1, 8 * sizeof(T));
            auto const reach = std::int64_t{1} << (bits - 1);
            content value(kind, -reach, reach - 1, seed + k);
            for (std::size_t p = 0; p < g.samples; ++p) x.data()[g.offset + p * g.count + k] = static_cast<T>(value(p));
        }
}

/// Do all values lie within what their band's `bits` allow? Returns the first band that breaks it, or count().
template <class T, std::size_t R>
auto first_too_wide(bands<T, R> const &x) -> std::size_t {
    for (auto const &g : x.layout().groups())
        for (std::size_t k = 0; k < g.count; ++k) {
            auto const bits = x.info(g.first + k).bits;
            if (bits == 0 || bits >= 8 * sizeof(T)) continue;
            for (std::size_t p = 0; p < g.samples; ++p) {
                auto const v = x.data()[g.offset + p * g.count + k] >> (bits - 1);
                if (v != 0 && v != -1) return g.first + k;
            }
        }
    return x.count();
}

template <class T, std::size_t R>
auto same_values(bands<T, R> const &a, bands<T, R> const &b) -> bool {
    return a.ok() && b.ok() && a.size() == b.size() && std::equal(a.data(), a.data() + a.size(), b.data());
}

/// Do bands lie at the same places and have the same shapes? frac, bits and gain may differ: an inverse hands frac outwards.
template <std::size_t R>
auto same_places(layout<R> const &a, layout<R> const &b) -> bool {
    if (a.ok() != b.ok() || a.count() != b.count() || a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.count(); ++i)
        if (a[i].shape != b[i].shape || a[i].stride != b[i].stride || a[i].offset != b[i].offset ||
            !(a[i].at == b[i].at))
            return false;
    return true;
}

/// Watches a piece of work: processor time, and the most memory that the arrays of this thread held.
class watch {
public:
    watch() noexcept : began_(std::clock()) {
#if defined(TRIPTYCH_COUNT_ALLOCATIONS)
        held_ = meter.peak = meter.held;
#endif
    }
    auto seconds() const noexcept -> double {
        return static_cast<double>(std::clock() - began_) / CLOCKS_PER_SEC;
    }
    /// Bytes; 0 where they are not counted.
    auto bytes() const noexcept -> std::int64_t {
#if defined(TRIPTYCH_COUNT_ALLOCATIONS)
        return meter.peak - held_;
#else
        return 0;
#endif
    }

private:
    std::clock_t began_;
    [[maybe_unused]] std::int64_t held_ = 0;
};

/// Runs `work`, which fails the allocation after the first n, for n = 0, 1, ... until it says that it did not fail.
template <class Work>
void starve([[maybe_unused]] Work &&work, [[maybe_unused]] std::int64_t most = 2000) {
#if defined(TRIPTYCH_COUNT_ALLOCATIONS)
    for (std::int64_t n = 0; n < most; ++n) {
        meter.fail_in = n;
        bool const starved = work();
        meter.fail_in = -1;
        if (!starved) return;
    }
#endif
}

/// Runs `work(i)` on several threads at once and says whether all gave true.
template <class Work>
auto on_threads(std::size_t n, Work &&work) -> bool {
    std::vector<std::thread> threads;
    std::vector<char> good(n, 0);
    for (std::size_t i = 0; i < n; ++i) threads.emplace_back([&, i] { good[i] = work(i); });
    for (auto &t : threads) t.join();
    return std::find(good.begin(), good.end(), 0) == good.end();
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
