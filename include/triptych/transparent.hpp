// triptych/transparent.hpp: pictures with alpha, before they are encoded: alpha apart from colour, and colours that nobody sees.
//
// Pixels of alpha 0 get the colours of what is seen around them, spread from coarse to fine ("pull and push": Gortler, Grzeszczuk, Szeliski and
// Cohen, The Lumigraph, 1996): smooth, so that no transform has to pay for an edge there, and in time that is linear in the pixels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/picture.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
/// The last of two or four components is alpha.
constexpr auto has_alpha(std::size_t components) noexcept -> bool {
    return components == 2 || components == 4;
}

template <sample S, std::size_t R>
struct alpha_apart {
    picture<S, R> colour, alpha;
};
template <sample S, std::size_t R>
auto split_alpha(picture_view<S, R> const &view) -> alpha_apart<S, R> {
    auto const n = view.components;
    alpha_apart<S, R> out{picture<S, R>(view.shape, n - 1), picture<S, R>(view.shape, 1)};
    if (!out.colour.ok() || !out.alpha.ok()) raise<std::length_error>("the picture is too large for memory");
    auto const *in = view.data;
    auto *seen = out.colour.data();
    for (std::size_t i = 0; i < out.alpha.size(); ++i) {
        for (std::size_t c = 1; c < n; ++c) *seen++ = *in++;
        out.alpha.data()[i] = *in++;
    }
    return out;
}

/// Means of what is seen, on a grid: for each point the colours and how much is known of them, 0 or 1.
struct colour_grid {
    std::size_t h = 0, w = 0, n = 0;
    std::vector<float> values; ///< n colours and the weight, side by side

    colour_grid(std::size_t height, std::size_t width, std::size_t colours)
        : h(height), w(width), n(colours), values(height * width * (colours + 1)) {}
    auto at(std::size_t y, std::size_t x) -> float * { return &values[(y * w + x) * (n + 1)]; }

    /// Half as high and wide; the mean of those of four points of which something is known.
    auto halved() -> colour_grid {
        colour_grid out((h + 1) / 2, (w + 1) / 2, n);
        for (std::size_t y = 0; y < h; ++y)
            for (std::size_t x = 0; x < w; ++x) {
                auto const *const from = at(y, x);
                auto *const to = out.at(y / 2, x / 2);
                for (std::size_t c = 0; c < n; ++c) to[c] += from[n] * from[c];
                to[n] += from[n];
            }
        for (std::size_t i = 0; i < out.values.size(); i += n + 1)
            if (auto &weight = out.values[i + n]; weight > 0) {
                for (std::size_t c = 0; c < n; ++c) out.values[i + c] /= weight;
                weight = 1;
            }
        return out;
    }
    /// Colour `c` at a point of a grid of twice the size, between the four points around it.
    auto between(std::size_t y, std::size_t x, std::size_t c) -> float {
        auto const place = [](std::size_t v, std::size_t size) {
            auto const first = v == 0 ? 0 : (v - 1) / 2;
            return std::pair{std::min(first, size - 1), std::min(v == 0 ? 0 : first + 1, size - 1)};
        };
        auto const [top, bottom] = place(y, h);
        auto const [left, right] = place(x, w);
        float const down = y % 2 == 0 ? 0.75F : 0.25F, across = x % 2 == 0 ? 0.75F : 0.25F;
        auto const upper = at(top, left)[c] * (1 - across) + at(top, right)[c] * across;
        auto const lower = at(bottom, left)[c] * (1 - across) + at(bottom, right)[c] * across;
        return upper * (1 - down) + lower * down;
    }
};
} // namespace detail

/// The picture with other colours where alpha is 0. With another number of components than two or four it stays as it is.
template <sample S>
auto without_hidden(picture_view<S, 2> const &view) -> picture<S, 2> {
    picture<S, 2> out(view.shape, view.components);
    if (!out.ok()) detail::raise<std::length_error>("the picture is too large for memory");
    std::copy_n(view.data, view.size(), out.data());
    auto const n = view.components;
    auto const [h, w] = view.shape;
    if (!detail::has_alpha(n) || view.size() == 0) return out;
    auto const hidden = [&](std::size_t i) { return view.data[i * n + n - 1] == S{}; };
    std::size_t unseen = 0;
    for (std::size_t i = 0; i < h * w; ++i) unseen += hidden(i);
    if (unseen == 0) return out;

    // The finest grid is made of the picture itself.
    std::vector<detail::colour_grid> grids;
    grids.emplace_back((h + 1) / 2, (w + 1) / 2, n - 1);
    for (std::size_t i = 0; i < h * w; ++i)
        if (!hidden(i)) {
            auto *const to = grids[0].at(i / w / 2, i % w / 2);
            for (std::size_t c = 0; c + 1 < n; ++c) to[c] += static_cast<float>(view.data[i * n + c]);
            to[n - 1] += 1;
        }
    for (std::size_t i = 0; i < grids[0].values.size(); i += n)
        if (auto &weight = grids[0].values[i + n - 1]; weight > 0) {
            for (std::size_t c = 0; c + 1 < n; ++c) grids[0].values[i + c] /= weight;
            weight = 1;
        }
    while (grids.back().h > 1 || grids.back().w > 1) grids.push_back(grids.back().halved());
    for (auto k = grids.size() - 1; k-- > 0;)
        for (std::size_t y = 0; y < grids[k].h; ++y)
            for (std::size_t x = 0; x < grids[k].w; ++x)
                if (auto *const to = grids[k].at(y, x); to[n - 1] == 0)
                    for (std::size_t c = 0; c + 1 < n; ++c) to[c] = grids[k + 1].between(y, x, c);
    for (std::size_t i = 0; i < h * w; ++i)
        if (hidden(i))
            for (std::size_t c = 0; c + 1 < n; ++c)
                out.data()[i * n + c] = static_cast<S>(grids[0].between(i / w, i % w, c) + 0.5F);
    return out;
}

} // namespace triptych::inline TRIPTYCH_ABI
