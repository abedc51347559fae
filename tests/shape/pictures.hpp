// tests/shape/pictures.hpp: small pictures for the tests of the shape.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <triptych/picture.hpp>

namespace shape {
using namespace triptych;

/// Waves, an edge and a little noise, over the whole range of an integer type.
template <class S, std::size_t R>
auto waves(extents<R> const &extent, std::size_t components, double amplitude = 1) -> picture<S, R> {
    picture<S, R> x(extent, components);
    double const low = std::numeric_limits<S>::is_integer ? static_cast<double>(std::numeric_limits<S>::min()) : -1000;
    double const high = std::numeric_limits<S>::is_integer ? static_cast<double>(std::numeric_limits<S>::max()) : 1000;
    std::uint32_t noise = 1;
    auto const columns = extent[R - 1] ? extent[R - 1] : 1;
    for (std::size_t i = 0; i < x.size(); ++i) {
        auto const c = i % components, column = i / components % columns, row = i / components / columns;
        noise = noise * 1664525u + 1013904223u;
        double v = 0.5 + 0.3 * std::sin(0.13 * static_cast<double>(column) + 0.7 * static_cast<double>(c)) *
                             std::cos(0.09 * static_cast<double>(row));
        if (column > row + 11) v += 0.15;
        v += (static_cast<double>(noise >> 16) / 65536 - 0.5) * 0.03;
        x.data()[i] = static_cast<S>(low + (high - low) * (0.5 + (v - 0.5) * amplitude));
    }
    return x;
}

template <class S, std::size_t R>
auto mean_squared_error(picture<S, R> const &a, picture<S, R> const &b) -> double {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        double const d = static_cast<double>(a.data()[i]) - static_cast<double>(b.data()[i]);
        sum += d * d;
    }
    return sum / static_cast<double>(a.size());
}

template <class S, std::size_t R>
auto largest_error(picture<S, R> const &a, picture<S, R> const &b) -> double {
    double worst = a.size() == b.size() ? 0 : 1e300;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
        worst = std::max(worst, std::abs(static_cast<double>(a.data()[i]) - static_cast<double>(b.data()[i])));
    return worst;
}
} // namespace shape
