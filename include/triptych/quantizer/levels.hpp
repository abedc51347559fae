// triptych/quantizer/levels.hpp: a few gray levels, learned, and a small network that restores the grays in between.
//
// For pictures that have nearly two or three values: digits, glyphs, scans of print. A transform would have to code
// every edge. Here each sample becomes the nearest of K levels (Lloyd-Max on a corpus), and a coder with contexts
// codes the map of levels well. The decoder looks at the 5 x 5 levels around a sample and estimates what the sample
// was, as inverse halftoning does: one hidden layer, in integers. The surprise: on two levels of handwritten digits
// the network is worth more than a third level.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/quantizer/detail/even_level.hpp>
#include <triptych/quantizer/detail/no_setting.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// K levels, 2 to 64. Without learned levels they are even over the band's width; without a network a symbol stands for its level.
template <std::size_t K>
struct levels : detail::no_setting {
    static_assert(K >= 2 && K <= 64, "levels: 2 to 64");
    static constexpr std::size_t reach = 2, window = (2 * reach + 1) * (2 * reach + 1), units = 24;

    frozen<std::int16_t> values; ///< K, rising, in units of the integer samples
    frozen<std::int16_t>
        hidden; ///< units × (window + 1): weights of the levels around (their values), Q12, row by row, and a bias of 1024 times the last
    frozen<std::int16_t> output; ///< units + 1: weights, Q8, and a bias, Q4

    static constexpr bool can_be_exact = false;
    static constexpr void describe(auto &d) { d("levels", K); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("values", self.values), v("hidden", self.hidden), v("output", self.output);
    }
    constexpr auto valid() const noexcept -> bool {
        return (values.empty() || values.shape() == dims{static_cast<std::uint32_t>(K)}) &&
               ((hidden.empty() && output.empty()) ||
                (hidden.shape() == dims{static_cast<std::uint32_t>(units), static_cast<std::uint32_t>(window + 1)} &&
                 output.shape() == dims{static_cast<std::uint32_t>(units + 1)}));
    }

    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &) const -> layout<R> {
        auto out = in;
        if (!valid()) out.fail();
        for (std::size_t b = 0; b < out.count(); ++b)
            if (out[b].at.kind == role::signal) out.relabel(b, [](band_info<R> &i) { i.bits = bits; });
        return out;
    }
    /// The nearest level, or a neighbour's where that costs less than the outline it saves; the larger the step, the smoother.
    template <class B>
    auto quantize(B x, setting const &s, target const &aim) const -> B {
        using T = typename B::value_type;
        for (std::size_t b = 0; b < x.count(); ++b) {
            auto const &info = x.info(b);
            if (info.at.kind != role::signal || volume(info.shape) == 0) continue;
            auto const unit = info.stride[B::rank - 1], w = info.shape[B::rank - 1];
            auto const h = static_cast<std::size_t>(volume(info.shape)) / w;
            auto *const at = x.data() + info.offset;
            std::array<double, K> value{};
            for (std::size_t k = 0; k < K; ++k) value[k] = level(k, width_of<T>(info));
            std::vector<std::uint8_t> chosen(h * w);
            auto const rate =
                16 * static_cast<double>(aim.lambda) * static_cast<double>(aim.step) * static_cast<double>(aim.step);
            // Iterated conditional modes (Besag, 1986); the first sweep knows of no neighbours.
            for (int sweep = 0; sweep < (rate > 0 ? 4 : 1); ++sweep)
                for (std::size_t i = 0; i < h * w; ++i) {
                    auto const y = i / w, c = i % w;
                    std::array<double, K> cost{};
                    for (std::size_t k = 0; k < K; ++k) {
                        auto const d = static_cast<double>(at[i * unit]) - value[k];
                        cost[k] = d * d;
                    }
                    if (sweep > 0) {
                        auto const like = [&](bool there, std::size_t j, double weight) {
                            if (there) cost[chosen[j]] -= rate * weight;
                        };
                        like(c > 0, i - 1, 1), like(c + 1 < w, i + 1, 1), like(y > 0, i - w, 1),
                            like(y + 1 < h, i + w, 1);
                        like(y > 0 && c > 0, i - w - 1, 0.5), like(y > 0 && c + 1 < w, i - w + 1, 0.5);
                        like(y + 1 < h && c > 0, i + w - 1, 0.5), like(y + 1 < h && c + 1 < w, i + w + 1, 0.5);
                    }
                    chosen[i] = static_cast<std::uint8_t>(std::min_element(cost.begin(), cost.end()) - cost.begin());
                }
            for (std::size_t i = 0; i < h * w; ++i) at[i * unit] = static_cast<T>(static_cast<int>(chosen[i]) - half);
        }
        auto where = arrange(x.layout(), s);
        return std::move(x).relabel(std::move(where));
    }
    template <class B>
    auto dequantize(B x, setting const &, layout<B::rank> const &in) const -> B {
        using T = typename B::value_type;
        auto out = x.clone();
        if (!x.ok() || !out.ok()) return B(failed<B>());
        for (std::size_t b = 0; b < x.count(); ++b) {
            auto const &info = in[b];
            if (info.at.kind != role::signal || volume(info.shape) == 0) continue;
            auto const width = width_of<T>(info);
            auto const unit = info.stride[B::rank - 1], w = info.shape[B::rank - 1];
            auto const h = static_cast<std::size_t>(volume(info.shape)) / w;
            std::array<std::int32_t, K> value{};
            for (std::size_t k = 0; k < K; ++k) value[k] = level(k, width);
            auto const *const from = x.data() + info.offset;
            auto *const to = out.data() + info.offset;
            auto const symbol = [&](std::size_t i) {
                return static_cast<std::size_t>(
                    std::clamp<std::int64_t>(std::int64_t{from[i * unit]} + half, 0, K - 1));
            };
            for (std::size_t y = 0; y < h; ++y)
                for (std::size_t c = 0; c < w; ++c)
                    to[(y * w + c) * unit] = static_cast<T>(hidden.empty() ? value[symbol(y * w + c)]
                                                                           : redrawn(symbol, value, y, c, h, w, width));
        }
        return std::move(out).relabel(in);
    }

    /// Value of symbol k in a band of `width` bits.
    auto level(std::size_t k, unsigned width) const noexcept -> std::int32_t {
        auto const low = -(std::int64_t{1} << (width - 1)), high = -low - 1;
        auto const v = values.empty() ? detail::even_level(k, K, width) : std::int64_t{values[k]};
        return static_cast<std::int32_t>(std::clamp(v, low, high));
    }
    /// What the network makes of 25 levels, in units of the samples, added to the level in the middle.
    template <class Around>
    auto correction(Around const &around) const noexcept -> std::int64_t {
        std::int64_t sum = std::int64_t{output[units]} << 16;
        for (std::size_t u = 0; u < units; ++u) {
            std::int64_t h = std::int64_t{hidden[u * (window + 1) + window]} * 1024;
            for (std::size_t j = 0; j < window; ++j) h += std::int64_t{hidden[u * (window + 1) + j]} * around[j];
            sum += output[u] * std::clamp<std::int64_t>(h, 0, std::int64_t{1} << 32);
        }
        return (sum + (1 << 19)) >> 20;
    }

private:
    static constexpr auto bits = static_cast<std::uint8_t>(std::bit_width(K - 1));
    static constexpr int half = 1 << (bits - 1);

    template <class B>
    static auto failed() -> layout<B::rank> {
        layout<B::rank> nothing;
        nothing.fail();
        return nothing;
    }
    template <class Symbol>
    auto redrawn(Symbol const &symbol, std::array<std::int32_t, K> const &value, std::size_t y, std::size_t x,
                 std::size_t h, std::size_t w, unsigned width) const noexcept -> std::int32_t {
        std::array<std::int32_t, window> around;
        std::size_t j = 0;
        for (std::size_t v = 0; v <= 2 * reach; ++v)
            for (std::size_t u = 0; u <= 2 * reach; ++u) {
                // Beyond the picture lies its edge.
                auto const yy = std::min(std::max(y + v, reach) - reach, h - 1),
                           xx = std::min(std::max(x + u, reach) - reach, w - 1);
                around[j++] = value[symbol(yy * w + xx)];
            }
        auto const low = -(std::int64_t{1} << (width - 1));
        return static_cast<std::int32_t>(std::clamp(around[window / 2] + correction(around), low, -low - 1));
    }
};

static_assert(quantizer_for<levels<3>, bands<std::int16_t, 2>> && plans_ahead<levels<3>> && stateful<levels<3>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
