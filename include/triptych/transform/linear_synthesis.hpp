// triptych/transform/linear_synthesis.hpp: latent grids at half and quarter resolution, and learned filters that make
// a picture of them.
//
// It is the smallest transform that has no `forward`: its latents are found by optimisation, see learn/joint.hpp.
// Each latent spreads over twice the distance to its neighbour, as in bilinear enlargement; the filters are bilinear
// before they are learned. The idea at full strength: COOL-CHIC (Ladune et al. 2023), whose synthesis is a small
// network.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// Rank 2. A component has two bands, of ceil(h / 2) x ceil(w / 2) and ceil(h / 4) x ceil(w / 4) latents; all components share the
/// filters. Latents at the border repeat outwards.
struct linear_synthesis {
    static constexpr int filter_frac = 8;                      ///< an element v of a filter stands for v / 2^8
    static constexpr std::array<std::size_t, 2> spacing{2, 4}; ///< of the latents of each level, in pixels
    static constexpr int untrained_gain = 16; ///< what a latent of one adds to its pixels, before learning

    std::array<frozen<std::int16_t>, 2> filters; ///< 4 x 4 for the finer level, 8 x 8 for the coarser

    static constexpr void describe(auto &d) { d("linear_synthesis"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("half", self.filters[0]), v("quarter", self.filters[1]);
    }
    constexpr auto valid() const noexcept -> bool {
        if (filters[0].empty() && filters[1].empty()) return true;
        return filters[0].shape() == dims{4u, 4u} && filters[1].shape() == dims{8u, 8u};
    }

    /// Element (row, column) of a filter, as it is or as it would be before learning.
    constexpr auto element(std::size_t level, std::size_t row, std::size_t column) const noexcept -> std::int32_t {
        auto const side = 2 * spacing[level];
        if (!filters[level].empty()) return filters[level][row * side + column];
        auto const tent = [&](std::size_t k) {
            auto const from_middle = static_cast<std::int32_t>(2 * k + 1) - static_cast<std::int32_t>(side);
            return static_cast<std::int32_t>(side) - (from_middle < 0 ? -from_middle : from_middle);
        };
        auto const whole = static_cast<std::int32_t>(side * side);
        return tent(row) * tent(column) * (untrained_gain << filter_frac) / whole;
    }

    auto arrange(layout<2> const &in) const -> layout<2> {
        layout<2> out;
        for (std::size_t c = 0; c < in.count() && out.ok(); ++c)
            for (std::size_t level = 0; level < spacing.size(); ++level) {
                band_info<2> like;
                like.at = in[c].at, like.at.level = static_cast<std::uint8_t>(level + 1), like.bits = 16;
                out.add({cells(in[c].shape[0], level), cells(in[c].shape[1], level)}, like);
            }
        if (!in.ok() || !valid()) out.fail();
        for (auto const &b : in)
            if (b.frac < 0 || b.frac > filter_frac) return out.fail(), out;
        return out;
    }

    template <class T>
    auto inverse(bands<T, 2> y, layout<2> const &in) const -> bands<T, 2> {
        bands<T, 2> x(in);
        if (!x.ok() || !y.ok() || !(y.layout() == arrange(in))) return detail::no_memory<bands<T, 2>>();
        std::array<std::array<std::int32_t, 64>, 2> kernel{};
        for (std::size_t level = 0; level < 2; ++level)
            for (std::size_t k = 0; k < 4 * spacing[level] * spacing[level]; ++k)
                kernel[level][k] = element(level, k / (2 * spacing[level]), k % (2 * spacing[level]));
        for (std::size_t c = 0; c < in.count(); ++c) {
            auto out = x[c];
            int const shift = filter_frac - in[c].frac;
            int const bits = std::min<int>(in[c].bits, std::numeric_limits<T>::digits + 1);
            std::int64_t const top = std::int64_t{1} << (bits > 0 ? bits - 1 : 0),
                               half = (std::int64_t{1} << shift) / 2;
            for (std::size_t i = 0; i < in[c].shape[0]; ++i)
                for (std::size_t j = 0; j < in[c].shape[1]; ++j) {
                    std::int64_t sum = half;
                    for (std::size_t level = 0; level < 2; ++level)
                        touching(i, j, in[c].shape, level, [&](std::size_t u, std::size_t v, std::size_t k) {
                            sum += static_cast<std::int64_t>(y[2 * c + level](u, v)) * kernel[level][k];
                        });
                    out(i, j) = static_cast<T>(std::clamp<std::int64_t>(sum >> shift, -top, top - 1));
                }
        }
        return x;
    }

    /// Number of latents along an axis of `n` pixels.
    static constexpr auto cells(std::size_t n, std::size_t level) noexcept -> std::size_t {
        return n / spacing[level] + (n % spacing[level] != 0);
    }
    /// Calls `f(u, v, k)` for the four latents (u, v) of a level that pixel (i, j) is made of, with the filter element k of each.
    template <class F>
    static constexpr void touching(std::size_t i, std::size_t j, extents<2> const &shape, std::size_t level, F &&f) {
        auto const s = spacing[level], rows = cells(shape[0], level), columns = cells(shape[1], level);
        auto const u = (i + s / 2) / s, v = (j + s / 2) / s, ku = (i + s / 2) % s, kv = (j + s / 2) % s;
        for (std::size_t du = 0; du < 2; ++du)
            for (std::size_t dv = 0; dv < 2; ++dv)
                f(std::min(u >= du ? u - du : 0, rows - 1), std::min(v >= dv ? v - dv : 0, columns - 1),
                  (ku + s * du) * 2 * s + kv + s * dv);
    }
};

static_assert(synthesis_for<linear_synthesis, bands<std::int16_t, 2>>);
static_assert(!transform_for<linear_synthesis, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
