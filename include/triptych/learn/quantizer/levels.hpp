// triptych/learn/quantizer/levels.hpp: learns quantizer::levels: its values by Lloyd and Max, and the network that draws the grays in between.
//
// The network is fitted to symbols as the quantizer makes them at the step that is aimed at, smoothed outlines and all, by Adam on
// samples whose surroundings are not flat, for elsewhere there is nothing to draw. It has some 650 weights, so pictures by the hundred are
// enough not to overfit.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/numeric/adam.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/vectors/lloyd_max.hpp>
#include <triptych/learn/vectors/thinned.hpp>
#include <triptych/quantizer/levels.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Reads its corpus twice: for the levels, and then for what they lose. Keeps 2 million samples and then 300,000 surroundings of 26 numbers, of
/// larger corpora evenly thinned. All bands must have few enough bits for 16-bit levels.
template <std::size_t K>
struct learner<quantizer::levels<K>> {
    using policy = quantizer::levels<K>;
    target aim{};

    template <class B>
    void observe(B const &x) {
        for (std::size_t b = 0; b < x.count(); ++b)
            if (x.info(b).at.kind == role::signal && volume(x.info(b).shape) != 0) observe_band(x, x.info(b));
    }
    void merge(learner const &other) {
        some_.merge(other.some_);
        surroundings_.merge(other.surroundings_);
    }
    /// The levels after the first pass. std::invalid_argument if there are fewer than K different values.
    auto next_pass() -> bool {
        if (!policy_.values.empty() || some_.empty()) return false;
        std::vector<std::int16_t> values;
        for (auto const v : learn::lloyd_max(some_.values(), K).levels)
            values.push_back(static_cast<std::int16_t>(std::lround(v)));
        policy_.values = frozen<std::int16_t>::owned(values, dims{static_cast<std::uint32_t>(K)});
        return true;
    }
    auto branch() const -> learner {
        learner b;
        b.aim = aim, b.policy_ = policy_;
        return b;
    }
    /// As without state if nothing was observed; without the network after one pass.
    auto finish() -> policy {
        next_pass();
        fit_network(policy_);
        return policy_;
    }

private:
    static constexpr std::size_t window = policy::window, units = policy::units, row = window + 1;
    static constexpr std::size_t most_samples = 300'000, batch = 32, epochs = 16;

    template <class B>
    void observe_band(B const &x, band_info<B::rank> const &info) {
        auto const w = info.shape[B::rank - 1], h = static_cast<std::size_t>(volume(info.shape)) / w;
        auto const value = [&](std::size_t i) {
            return std::clamp<std::int32_t>(x.data()[info.offset + i * info.stride[B::rank - 1]], -32768, 32767);
        };
        if (policy_.values.empty()) {
            for (std::size_t i = 0; i < h * w; ++i) some_.add([&](float *to) { *to = static_cast<float>(value(i)); });
            return;
        }
        layout<2> where;
        band_info<2> like;
        like.bits = info.bits;
        where.add({h, w}, like);
        bands<std::int32_t, 2> plane(where);
        if (!plane.ok()) throw std::length_error("levels: a picture is too large for memory");
        for (std::size_t i = 0; i < h * w; ++i) plane.data()[i] = value(i);
        auto const s = policy_.plan(aim);
        // There is no network yet: what comes back are levels.
        auto const y = policy_.dequantize(policy_.quantize(std::move(plane), s, aim), s, where);
        constexpr auto r = static_cast<std::ptrdiff_t>(policy::reach);
        auto const last_row = static_cast<std::ptrdiff_t>(h) - 1, last = static_cast<std::ptrdiff_t>(w) - 1;
        for (std::ptrdiff_t i = 0; i <= last_row; ++i)
            for (std::ptrdiff_t j = 0; j <= last; ++j) {
                std::array<float, row> e;
                bool flat = true;
                std::size_t n = 0;
                for (auto v = i - r; v <= i + r; ++v)
                    for (auto u = j - r; u <= j + r; ++u) {
                        auto const at = std::clamp<std::ptrdiff_t>(v, 0, last_row) * (last + 1) +
                                        std::clamp<std::ptrdiff_t>(u, 0, last);
                        e[n] = static_cast<float>(y.data()[at]);
                        flat = flat && e[n] == e[0];
                        ++n;
                    }
                if (flat) continue;
                e[window] = static_cast<float>(value(static_cast<std::size_t>(i * (last + 1) + j))) - e[window / 2];
                surroundings_.add([&](float *to) { std::copy(e.begin(), e.end(), to); });
            }
    }

    /// In units of the spread of the levels, so that rates suit any sample type; integers at the end.
    void fit_network(policy &p) const {
        auto const &all = surroundings_;
        if (all.count() < 1000) return;
        float const unit = std::max(1.0F, (static_cast<float>(p.values[K - 1]) - static_cast<float>(p.values[0])) / 2);
        float const middle = (static_cast<float>(p.values[K - 1]) + static_cast<float>(p.values[0])) / 2;
        learn::generator random(7);
        // The hidden layer, then the output's weights and its bias.
        constexpr std::size_t hidden_size = units * row;
        std::vector<float> weights(hidden_size + units + 1), gradient(weights.size());
        auto *const in = weights.data(), *const out = in + hidden_size;
        auto *const by_in = gradient.data(), *const by_out = by_in + hidden_size;
        for (std::size_t i = 0; i < hidden_size; ++i)
            in[i] = i % row == window ? 0.1F : static_cast<float>(random.normal()) * 0.25F;
        for (std::size_t i = 0; i < units; ++i) out[i] = static_cast<float>(random.normal()) * 0.1F;
        learn::adam<float> adam(weights.size());
        auto const steps = std::max<std::size_t>(epochs * all.count() / batch, 8000);
        for (std::size_t t = 1; t <= steps; ++t) {
            std::fill(gradient.begin(), gradient.end(), 0.0F);
            for (std::size_t n = 0; n < batch; ++n) {
                auto const *const e = all.row(random.below(all.count()));
                std::array<float, row> x;
                for (std::size_t j = 0; j < window; ++j) x[j] = (e[j] - middle) / unit;
                x[window] = 1;
                std::array<float, units> h;
                float y = out[units];
                for (std::size_t u = 0; u < units; ++u) {
                    float sum = 0;
                    for (std::size_t j = 0; j < row; ++j) sum += in[u * row + j] * x[j];
                    h[u] = std::max(sum, 0.0F), y += out[u] * h[u];
                }
                float const miss = (y - e[window] / unit) / static_cast<float>(batch);
                by_out[units] += miss;
                for (std::size_t u = 0; u < units; ++u) {
                    by_out[u] += miss * h[u];
                    if (h[u] <= 0) continue;
                    float const back = miss * out[u];
                    for (std::size_t j = 0; j < row; ++j) by_in[u * row + j] += back * x[j];
                }
            }
            float const rate = 0.004F * (1 - static_cast<float>(t) / static_cast<float>(steps + 1));
            adam.step(weights, gradient, rate);
        }
        // h in units of the samples: its bias is in the same, and takes in that levels are not taken off their middle.
        auto const whole = [](float v) {
            return static_cast<std::int16_t>(std::clamp(std::lround(v), -32767L, 32767L));
        };
        std::vector<std::int16_t> hidden(hidden_size), output(units + 1);
        for (std::size_t u = 0; u < units; ++u) {
            float bias = in[u * row + window] * unit;
            for (std::size_t j = 0; j < window; ++j) {
                hidden[u * row + j] = whole(4096 * in[u * row + j]);
                bias -= static_cast<float>(hidden[u * row + j]) / 4096 * middle;
            }
            hidden[u * row + window] = whole(4 * bias), output[u] = whole(256 * out[u]);
        }
        output[units] = whole(16 * out[units] * unit);
        p.hidden = frozen<std::int16_t>::owned(
            hidden, dims{static_cast<std::uint32_t>(units), static_cast<std::uint32_t>(row)});
        p.output = frozen<std::int16_t>::owned(output, dims{static_cast<std::uint32_t>(units + 1)});
    }

    policy policy_; ///< the levels, once they are known
    learn::thinned some_{1, 2'000'000}, surroundings_{row, most_samples};
};

static_assert(learnable<quantizer::levels<2>>);

} // namespace triptych::inline TRIPTYCH_ABI
