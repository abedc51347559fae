// triptych/learn/network/spatial.hpp: derivatives of the layers that move, repeat or summarise values; network/spatial.hpp computes them.
#pragma once

#include <algorithm>
#include <cstddef>

#include <triptych/network/spatial.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

/// Puts the derivatives by the input into dx, for one picture. A maximum hands on to the first of equals.
inline void spatial_back(triptych::network::layer const &l, triptych::network::extents const &in, float const *x,
                         triptych::network::extents const &out, float const *dy, float *dx) {
    using triptych::network::kind;
    auto const k = static_cast<std::size_t>(l.kernel), s = static_cast<std::size_t>(l.stride), c = out.channels;
    if (l.op == kind::reshape) {
        std::copy_n(dy, in.values(), dx);
        return;
    }
    std::fill_n(dx, in.values(), 0.0F);
    if (l.op == kind::shuffle || l.op == kind::unshuffle || l.op == kind::nearest) {
        triptych::network::each_moved(l, in, out, [&](std::size_t from, std::size_t to) { dx[from] += dy[to]; });
        return;
    }
    for (std::size_t j = 0; j < out.height; ++j)
        for (std::size_t i = 0; i < out.width; ++i, dy += c) {
            if (l.op == kind::bilinear) {
                triptych::network::between const v(j, s, in.height), u(i, s, in.width);
                auto const part = [s](std::int32_t p) { return static_cast<float>(p) / static_cast<float>(2 * s); };
                auto const hand = [&](std::size_t y, std::size_t w, float by) {
                    for (std::size_t n = 0; n < c; ++n) dx[(y * in.width + w) * c + n] += by * dy[n];
                };
                hand(v.low, u.low, (1 - part(v.part)) * (1 - part(u.part))),
                    hand(v.low, u.high, (1 - part(v.part)) * part(u.part));
                hand(v.high, u.low, part(v.part) * (1 - part(u.part))),
                    hand(v.high, u.high, part(v.part) * part(u.part));
                continue;
            }
            auto const corner = (j * s * in.width + i * s) * c;
            for (std::size_t n = 0; n < c; ++n) {
                auto best = corner + n;
                for (std::size_t v = 0; v < k; ++v)
                    for (std::size_t w = 0; w < k; ++w) {
                        auto const at = corner + (v * in.width + w) * c + n;
                        if (l.op == kind::average_pool) dx[at] += dy[n] / static_cast<float>(k * k);
                        if (x[at] > x[best]) best = at;
                    }
                if (l.op == kind::max_pool) dx[best] += dy[n];
            }
        }
}

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
