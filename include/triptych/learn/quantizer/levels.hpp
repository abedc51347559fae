// triptych/learn/quantizer/levels.hpp: learns quantizer::levels: its values by Lloyd and Max, and the network that draws the grays in between.
//
// The network is fitted to symbols as the quantizer makes them at the step that is aimed at, smoothed outlines and all, by Adam (Kingma and Ba, 2015)
// on samples whose surroundings are not flat, for elsewhere there is nothing to draw. It has some 650 weights, so pictures by the hundred are
// enough not to overfit.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/vectors/lloyd_max.hpp>
#include <triptych/quantizer/levels.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Keeps the signal bands (four bytes a sample) until `finish`. All must have few enough bits for 16-bit levels.
template <std::size_t K>
struct learner<quantizer::levels<K>> {
    using policy = quantizer::levels<K>;
    target aim{};

    template <class B>
    void observe(B const &x) {
        for (std::size_t b = 0; b < x.count(); ++b) {
            auto const &info = x.info(b);
            if (info.at.kind != role::signal || volume(info.shape) == 0) continue;
            kept k;
            k.w = info.shape[B::rank - 1], k.bits = info.bits;
            for (std::size_t i = 0; i < static_cast<std::size_t>(volume(info.shape)); ++i)
                k.values.push_back(
                    std::clamp<std::int32_t>(x.data()[info.offset + i * info.stride[B::rank - 1]], -32768, 32767));
            planes_.push_back(std::move(k));
        }
    }
    void merge(learner const &other) { planes_.insert(planes_.end(), other.planes_.begin(), other.planes_.end()); }

    /// As without state if nothing was observed; std::invalid_argument if there are fewer than K different values.
    auto finish() -> policy {
        policy p;
        if (planes_.empty()) return p;
        std::vector<float> some;
        std::size_t all = 0;
        for (auto const &k : planes_) all += k.values.size();
        auto const every = all / 2'000'000 + 1;
        std::size_t turn = 0;
        for (auto const &k : planes_)
            for (auto const v : k.values)
                if (turn++ % every == 0) some.push_back(static_cast<float>(v));
        std::vector<std::int16_t> values;
        for (auto const v : learn::lloyd_max(some, K).levels)
            values.push_back(static_cast<std::int16_t>(std::lround(v)));
        p.values = frozen<std::int16_t>::owned(values, dims{static_cast<std::uint32_t>(K)});
        fit_network(p);
        return p;
    }

private:
    static constexpr std::size_t window = policy::window, units = policy::units, row = window + 1;
    static constexpr std::size_t most_samples = 300'000, batch = 32, epochs = 8;

    struct kept {
        std::vector<std::int32_t> values;
        std::size_t w = 0;
        std::uint8_t bits = 0;
    };
    struct example {
        std::array<float, window> around; ///< levels
        float missing;                    ///< what the sample has beyond its own level
    };

    auto examples(policy const &p) const -> std::vector<example> {
        std::vector<example> found;
        std::size_t all = 0;
        for (auto const &k : planes_) all += k.values.size();
        learn::generator random(1);
        auto const share = std::min(1.0, 4.0 * static_cast<double>(most_samples) / static_cast<double>(all));
        for (auto const &k : planes_) {
            layout<2> where;
            band_info<2> info;
            info.bits = k.bits;
            where.add({k.values.size() / k.w, k.w}, info);
            bands<std::int32_t, 2> x(where);
            std::copy(k.values.begin(), k.values.end(), x.data());
            auto const s = p.plan(aim);
            auto const y = p.dequantize(p.quantize(std::move(x), s), s, where); // there is no network yet: levels
            auto const h = static_cast<std::ptrdiff_t>(k.values.size() / k.w), w = static_cast<std::ptrdiff_t>(k.w);
            constexpr auto r = static_cast<std::ptrdiff_t>(policy::reach);
            for (std::ptrdiff_t i = 0; i < h; ++i)
                for (std::ptrdiff_t j = 0; j < w; ++j) {
                    example e;
                    bool flat = true;
                    std::size_t n = 0;
                    for (auto v = i - r; v <= i + r; ++v)
                        for (auto u = j - r; u <= j + r; ++u) {
                            auto const at =
                                std::clamp<std::ptrdiff_t>(v, 0, h - 1) * w + std::clamp<std::ptrdiff_t>(u, 0, w - 1);
                            e.around[n] = static_cast<float>(y.data()[at]);
                            flat = flat && e.around[n] == e.around[0];
                            ++n;
                        }
                    if (flat || random.uniform() > share) continue;
                    e.missing =
                        static_cast<float>(k.values[static_cast<std::size_t>(i * w + j)]) - e.around[window / 2];
                    found.push_back(e);
                }
        }
        return found;
    }

    struct adam {
        std::vector<float> w, g, m, v;
        explicit adam(std::size_t n) : w(n), g(n), m(n), v(n) {}
        void step(float rate, std::size_t t) {
            auto const c1 = 1 - std::pow(0.9F, static_cast<float>(t)), c2 = 1 - std::pow(0.999F, static_cast<float>(t));
            for (std::size_t i = 0; i < w.size(); ++i) {
                m[i] += 0.1F * (g[i] - m[i]), v[i] += 0.001F * (g[i] * g[i] - v[i]);
                w[i] -= rate * (m[i] / c1) / (std::sqrt(v[i] / c2) + 1e-8F);
                g[i] = 0;
            }
        }
    };

    /// In units of the spread of the levels, so that rates suit any sample type; integers at the end.
    void fit_network(policy &p) const {
        auto const all = examples(p);
        if (all.size() < 1000) return;
        float const unit = std::max(1.0F, (static_cast<float>(p.values[K - 1]) - static_cast<float>(p.values[0])) / 2);
        float const middle = (static_cast<float>(p.values[K - 1]) + static_cast<float>(p.values[0])) / 2;
        learn::generator random(7);
        adam in(units * row), out(units + 1);
        for (std::size_t i = 0; i < in.w.size(); ++i)
            in.w[i] = i % row == window ? 0.1F : static_cast<float>(random.normal()) * 0.25F;
        for (std::size_t i = 0; i < units; ++i) out.w[i] = static_cast<float>(random.normal()) * 0.1F;
        auto const steps = std::max<std::size_t>(epochs * std::min(all.size(), most_samples) / batch, 4000);
        for (std::size_t t = 1; t <= steps; ++t) {
            for (std::size_t n = 0; n < batch; ++n) {
                auto const &e = all[random.below(all.size())];
                std::array<float, row> x;
                for (std::size_t j = 0; j < window; ++j) x[j] = (e.around[j] - middle) / unit;
                x[window] = 1;
                std::array<float, units> h;
                float y = out.w[units];
                for (std::size_t u = 0; u < units; ++u) {
                    float sum = 0;
                    for (std::size_t j = 0; j < row; ++j) sum += in.w[u * row + j] * x[j];
                    h[u] = std::max(sum, 0.0F), y += out.w[u] * h[u];
                }
                float const miss = (y - e.missing / unit) / static_cast<float>(batch);
                out.g[units] += miss;
                for (std::size_t u = 0; u < units; ++u) {
                    out.g[u] += miss * h[u];
                    if (h[u] <= 0) continue;
                    float const back = miss * out.w[u];
                    for (std::size_t j = 0; j < row; ++j) in.g[u * row + j] += back * x[j];
                }
            }
            float const rate = 0.004F * (1 - static_cast<float>(t) / static_cast<float>(steps + 1));
            in.step(rate, t), out.step(rate, t);
        }
        // h in units of the samples: its bias is in the same, and takes in that levels are not taken off their middle.
        auto const whole = [](float v) {
            return static_cast<std::int16_t>(std::clamp(std::lround(v), -32767L, 32767L));
        };
        std::vector<std::int16_t> hidden(units * row), output(units + 1);
        for (std::size_t u = 0; u < units; ++u) {
            float bias = in.w[u * row + window] * unit;
            for (std::size_t j = 0; j < window; ++j) {
                hidden[u * row + j] = whole(4096 * in.w[u * row + j]);
                bias -= static_cast<float>(hidden[u * row + j]) / 4096 * middle;
            }
            hidden[u * row + window] = whole(4 * bias), output[u] = whole(256 * out.w[u]);
        }
        output[units] = whole(16 * out.w[units] * unit);
        p.hidden = frozen<std::int16_t>::owned(
            hidden, dims{static_cast<std::uint32_t>(units), static_cast<std::uint32_t>(row)});
        p.output = frozen<std::int16_t>::owned(output, dims{static_cast<std::uint32_t>(units + 1)});
    }

    std::vector<kept> planes_;
};

static_assert(learnable<quantizer::levels<2>>);

} // namespace triptych::inline TRIPTYCH_ABI
