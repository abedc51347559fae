// triptych/learn/network/freeze.hpp: turns a trained network of floats into integers.
//
// Pictures show how large the values of each layer become, and from that follow its scales: powers of two, as fine as limits and 32-bit sums
// allow. The surprise: the finest weights are not of 16 bits. A layer with many inputs must leave room in its sums, and so its weights
// have as many bits as that leaves, often 12 to 14.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <triptych/learn/network/network.hpp>
#include <triptych/network/frozen_network.hpp>
#include <triptych/network/inference.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

struct freezing {
    std::int32_t input_frac = 0, input_limit = 255; ///< how the integers are scaled that come in
    std::int32_t bits = 12;                         ///< values are within ±2^bits, 6 to 14
};

namespace detail {
/// The greatest f, at most `most` and at least `least`, with v · 2^f <= limit.
inline auto finest(double v, double limit, int least, int most) -> int {
    int f = most;
    while (f > least && std::ldexp(v, f) > limit) --f;
    return f;
}
inline auto rounded(double v, double limit) -> std::int64_t {
    return std::llround(std::clamp(v, -limit, limit));
}
} // namespace detail

/// The network in integers. `examples` are inputs as in training, pictures one after the other; values beyond those that they cause may be clamped.
/// Throws std::invalid_argument if they are no whole pictures, or if a layer's weights are so large that no scale suits them.
inline auto freeze(network const &n, std::span<float const> examples, freezing const &how = {})
    -> triptych::network::frozen_network {
    using triptych::network::knots;
    if (how.bits < 6 || how.bits > 14 || how.input_frac < 0 || how.input_frac > 14 || how.input_limit < 1 ||
        how.input_limit > 32767)
        throw std::invalid_argument("freeze: bits are 6 to 14, frac of the input 0 to 14 and its limit 1 to 32767");
    std::vector<double> greatest(n.layers().size(), 1e-6); // of the magnitudes of each output
    n.each_forward(examples, [&](network::tape const &t) {
        for (std::size_t i = 0; i < greatest.size(); ++i)
            for (auto const v : t.values(i + 1)) greatest[i] = std::max(greatest[i], static_cast<double>(std::abs(v)));
    });
    std::int32_t const limit = 1 << how.bits;
    std::vector<std::int32_t> rows, biases, fracs{how.input_frac}, limits{how.input_limit};
    std::vector<std::int16_t> weights, tables;
    for (std::size_t i = 0; i < n.layers().size(); ++i) {
        auto l = n.layers()[i];
        auto const frac = fracs.back();
        l.limit = limit, l.frac = detail::finest(greatest[i], limit, 0, 14);
        if (l.trained()) {
            bool const normal = l.op == kind::gdn || l.op == kind::inverse_gdn;
            // The greatest sum of magnitudes of an output, in units of the sums without their weights' frac.
            auto const columns = static_cast<std::size_t>(l.out / l.groups);
            double most = 0, largest = 1e-9;
            for (std::size_t o = 0; o < l.biases(); ++o) {
                double sum = std::ldexp(static_cast<double>(std::abs(n.biases(i)[o])), frac);
                for (std::size_t k = 0; k < l.inner(); ++k) {
                    auto const w = static_cast<double>(
                        std::abs(n.weights(i)[(o / columns * l.inner() + k) * columns + o % columns]));
                    sum += w * limits.back(), largest = std::max(largest, w);
                }
                most = std::max(most, sum);
            }
            // Rounding of weights may add half a unit each.
            auto const room = 2147483647.0 - 0.5 * static_cast<double>(l.inner()) * limits.back() - 1;
            auto f = std::min(detail::finest(most * 1.0001, room, -31, 30), detail::finest(largest, 32767, -31, 30));
            if (normal)
                l.frac = std::min(l.frac, 2 * frac + std::max(f, 0));
            else if (f = std::min(f, 30 - frac + l.frac); f >= 0)
                // Half of what the shift takes away must have room, too.
                while (f > 0 && std::ldexp(most * 1.0001, f) + std::ldexp(1, std::max(frac + f - l.frac - 1, 0)) > room)
                    --f;
            if (f < 0) throw std::invalid_argument("freeze: a layer's weights are too large for 32-bit sums");
            l.weight_frac = f;
            if (!normal) l.frac = std::min(l.frac, frac + f);
            for (auto const w : n.weights(i))
                weights.push_back(
                    static_cast<std::int16_t>(detail::rounded(std::ldexp(static_cast<double>(w), f), 32767)));
            for (auto const b : n.biases(i))
                biases.push_back(static_cast<std::int32_t>(
                    detail::rounded(std::ldexp(static_cast<double>(b), frac + f), 2147483647.0)));
        } else if (l.tabled()) {
            // Knots lie over all that the input can be, or over ±8, beyond which these functions are straight.
            auto const reach = std::min<double>(limits.back(), std::ldexp(8.0, frac));
            while (std::ldexp(static_cast<double>(knots / 2), l.weight_frac) < reach && l.weight_frac < 8)
                ++l.weight_frac;
            for (std::size_t k = 0; k < knots; ++k) {
                auto const x = std::ldexp(static_cast<float>(k) - static_cast<float>(knots / 2), l.weight_frac - frac);
                float y = 0;
                activate(l, &x, &y, 1);
                tables.push_back(
                    static_cast<std::int16_t>(detail::rounded(std::ldexp(static_cast<double>(y), l.frac), 32767)));
            }
        } else if (l.op == kind::add) {
            l.frac = std::min(l.frac, std::max(frac, fracs[static_cast<std::size_t>(l.from)]));
        } else {
            l.frac = frac, l.limit = limits.back();
        }
        fracs.push_back(l.frac), limits.push_back(l.limit);
        for (auto const field : l.row()) rows.push_back(field);
    }
    auto const owned = []<class T>(std::vector<T> const &v, triptych::dims shape) {
        return triptych::frozen<T>::owned(v, shape);
    };
    auto const length = [](auto const &v) { return triptych::dims{static_cast<std::uint32_t>(v.size())}; };
    triptych::network::frozen_network f;
    f.input = owned(std::vector{how.input_frac, how.input_limit}, triptych::dims{2U});
    f.layers = owned(
        rows, triptych::dims{static_cast<std::uint32_t>(n.layers().size()), static_cast<std::uint32_t>(layer::fields)});
    f.weights = owned(weights, length(weights)), f.biases = owned(biases, length(biases)),
    f.tables = owned(tables, length(tables));
    if (!triptych::network::inference(f, n.in()).ok()) throw std::length_error("freeze: the network can't be run here");
    return f;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
