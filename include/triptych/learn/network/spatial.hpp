// triptych/learn/network/spatial.hpp: derivatives of the layers that move, repeat or summarise values; network/spatial.hpp computes them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <triptych/network/spatial.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

/// Puts the derivatives by the input into dx, for one picture whose output is y. A maximum hands on to the first of equals.
inline void spatial_back(triptych::network::layer const &l, triptych::network::extents const &in, float const *x,
                         triptych::network::extents const &out, float const *y, float const *dy, float *dx) {
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
    auto const each = 1 / static_cast<float>(k * k);
    std::vector<float> left; // what no maximum has taken yet
    for (std::size_t j = 0; j < out.height; ++j)
        for (std::size_t i = 0; i < out.width; ++i, dy += c) {
            if (l.op == kind::bilinear) {
                triptych::network::between const v(j, s, in.height), u(i, s, in.width);
                auto const part = [s](std::int32_t p) { return static_cast<float>(p) / static_cast<float>(2 * s); };
                auto const hand = [&](std::size_t row, std::size_t column, float by) {
                    for (std::size_t n = 0; n < c; ++n) dx[(row * in.width + column) * c + n] += by * dy[n];
                };
                hand(v.low, u.low, (1 - part(v.part)) * (1 - part(u.part))),
                    hand(v.low, u.high, (1 - part(v.part)) * part(u.part));
                hand(v.high, u.low, part(v.part) * (1 - part(u.part))),
                    hand(v.high, u.high, part(v.part) * part(u.part));
                continue;
            }
            auto const corner = (j * s * in.width + i * s) * c;
            left.assign(dy, dy + c);
            for (std::size_t v = 0; v < k; ++v)
                for (std::size_t w = 0; w < k; ++w) {
                    auto const at = corner + (v * in.width + w) * c;
                    if (l.op == kind::average_pool)
                        for (std::size_t n = 0; n < c; ++n) dx[at + n] += dy[n] * each;
                    else
                        for (std::size_t n = 0; n < c; ++n) {
                            auto const give = x[at + n] == y[n] ? left[n] : 0.0F;
                            dx[at + n] += give, left[n] -= give;
                        }
                }
            y += c;
        }
}

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
