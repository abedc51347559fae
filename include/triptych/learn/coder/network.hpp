// triptych/learn/coder/network.hpp: learns model::network: the bits that its decisions cost, by stochastic gradients.
//
// Surroundings and decisions come from the decoder's own code. Forwards and backwards are written out: the layers are small, and only the
// outputs that a symbol asks for take part. Steps are those of Adam, their rate falling to nothing; weights are kept
// within what their integers hold, and rounded at the end. One thread, so one result for a seed.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <triptych/coder/model/network.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/numeric/adam.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {

/// An engine that codes nothing.
struct network_reader {
    static constexpr bool decoding = false;
    static auto direct(std::uint32_t v, unsigned) noexcept -> std::uint32_t { return v; }
};
/// A symbol and what was seen around it.
struct network_sample {
    model::detail::network_inputs::vector f;
    std::uint8_t zone, width;
    std::int32_t symbol;
};

/// The network in floats: inputs and units in ones, logits natural.
class network_trainer {
public:
    network_trainer(std::uint64_t seed, float rate) : random_(seed), rate_(rate) {
        for (std::size_t i = 0; i < I * H; ++i) theta_[Z * H + i] = normal(std::sqrt(2.0 / I));
        for (std::size_t o = 0; o < O; ++o)
            for (std::size_t j = 0; j < H; ++j) theta_[output(o) + j] = normal(0.5 / std::sqrt(H));
    }

    /// Passes over all samples, in a new order each time; returns the bits a symbol of the last pass, as it went.
    auto run(std::vector<network_sample> const &samples, unsigned passes) -> double {
        std::vector<std::uint32_t> order(samples.size());
        std::iota(order.begin(), order.end(), 0u);
        auto const steps = static_cast<double>(passes) * std::ceil(static_cast<double>(order.size()) / batch);
        double taken = 0;
        for (unsigned pass = 0; pass < passes; ++pass) {
            for (auto i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
            bits_ = 0;
            for (std::size_t at = 0; at < order.size(); at += batch) {
                auto const n = std::min(batch, order.size() - at);
                std::fill(gradient_.begin(), gradient_.end(), 0.0F);
                for (std::size_t i = 0; i < n; ++i) add(samples[order[at + i]]);
                move(1 - taken++ / steps, static_cast<float>(n));
            }
        }
        return bits_ / static_cast<double>(samples.size());
    }
    /// Integers for the model.
    auto finish() const -> model::network {
        constexpr auto h = std::uint32_t{H};
        model::network m;
        m.zone = whole({theta_.data(), Z * H}, 2048, dims{std::uint32_t{Z}, h});
        m.input = whole({theta_.data() + Z * H, I * H}, 8192, dims{std::uint32_t{I}, h});
        m.output = whole({theta_.data() + output(0), O * (H + 1)}, 8192, dims{std::uint32_t{O}, h + 1});
        if (!m.valid()) throw std::bad_alloc();
        return m;
    }

private:
    static constexpr std::size_t H = model::network::hidden, I = model::network::inputs, O = model::network::outputs,
                                 Z = model::network::zones, batch = 128;
    static constexpr float most_active = 8, constant = 4;

    static constexpr auto output(std::size_t o) noexcept -> std::size_t { return (Z + I) * H + o * (H + 1); }
    auto normal(double deviation) -> float { return static_cast<float>(deviation * random_.normal()); }

    /// Adds the gradient of what a symbol costs.
    void add(network_sample const &s) {
        std::array<float, H> a, up{};
        std::copy_n(theta_.data() + s.zone * H, H, a.data());
        for (std::size_t i = 0; i < I; ++i) {
            if (s.f[i] == 0) continue;
            auto const x = static_cast<float>(s.f[i]) / 64;
            auto const *const w = theta_.data() + (Z + i) * H;
            for (std::size_t j = 0; j < H; ++j) a[j] += w[j] * x;
        }
        for (auto &v : a) v = std::clamp(v, 0.0F, most_active);
        network_reader none;
        model::detail::decisions::code(
            none, s.symbol, s.width,
            [&](std::size_t node, bool b) {
                auto const *const w = theta_.data() + output(node);
                float x = w[H] * constant;
                for (std::size_t j = 0; j < H; ++j) x += w[j] * a[j];
                auto const p = 1 / (1 + std::exp(-std::clamp(x, -12.0F, 12.0F))), miss = p - static_cast<float>(b);
                bits_ -= std::log2(static_cast<double>(b ? p : 1 - p));
                auto *const g = gradient_.data() + output(node);
                g[H] += miss * constant;
                for (std::size_t j = 0; j < H; ++j) g[j] += miss * a[j], up[j] += miss * w[j];
                return b;
            },
            [](std::size_t, bool b) { return b; });
        for (std::size_t j = 0; j < H; ++j)
            if (a[j] <= 0 || a[j] >= most_active) up[j] = 0;
        for (std::size_t j = 0; j < H; ++j) gradient_[s.zone * H + j] += up[j];
        for (std::size_t i = 0; i < I; ++i) {
            if (s.f[i] == 0) continue;
            auto const x = static_cast<float>(s.f[i]) / 64;
            auto *const g = gradient_.data() + (Z + i) * H;
            for (std::size_t j = 0; j < H; ++j) g[j] += up[j] * x;
        }
    }
    /// A step with the gradient of n samples.
    void move(double left, float n) {
        for (auto &g : gradient_) g /= n;
        adam_.step(theta_, gradient_, rate_ * static_cast<float>(left));
        for (std::size_t i = 0; i < size; ++i) {
            auto const most = i < Z * H ? 15.99F : 3.99F;
            theta_[i] = std::clamp(theta_[i], -most, most);
        }
    }
    static auto whole(std::span<float const> values, float unit, dims shape) -> frozen<std::int16_t> {
        std::vector<std::int16_t> out;
        for (auto const v : values) out.push_back(static_cast<std::int16_t>(std::lround(v * unit)));
        return frozen<std::int16_t>::owned(out, shape);
    }

    static constexpr std::size_t size = (Z + I) * H + O * (H + 1);
    std::vector<float> theta_ = std::vector<float>(size), gradient_ = theta_;
    learn::adam<float> adam_{size};
    learn::generator random_;
    float rate_;
    double bits_ = 0;
};
} // namespace detail

/// From symbols, of any number of bands. Keeps at most `most_symbols` of them (32 bytes each), drawn at random from larger corpora, and
/// takes some 15 s for so many.
template <>
struct learner<coder::range<model::network>> {
    using policy = coder::range<model::network>;

    std::size_t most_symbols = std::size_t{1} << 22;
    std::uint64_t seed = 1;
    float rate = 0.004F; ///< of the first step

    template <class B>
    void observe(B const &symbols) {
        model::detail::network_inputs inputs;
        detail::network_reader const engine;
        auto const keep = [&](auto const &v, std::int32_t symbol, unsigned width, std::size_t) {
            auto const f = inputs.of(v);
            inputs.note(v, symbol);
            if (draw_.below(every_) == 0)
                kept_.push_back(
                    {f, static_cast<std::uint8_t>(inputs.zone(v)), static_cast<std::uint8_t>(width), symbol});
            if (kept_.size() > most_symbols) thin();
            return symbol;
        };
        model::detail::code_vicinities(engine, symbols, keep);
    }
    void merge(learner const &other) {
        auto rest = other;
        while (rest.every_ < every_) rest.thin();
        while (every_ < rest.every_) thin();
        kept_.insert(kept_.end(), rest.kept_.begin(), rest.kept_.end());
        while (kept_.size() > most_symbols) thin();
    }
    /// Without any symbols the model stays without state.
    auto finish() -> policy {
        if (kept_.empty()) return {};
        // Small corpora are read oftener, so that the steps suffice.
        auto const passes = std::clamp<std::size_t>((std::size_t{1} << 22) / kept_.size(), 6, 30);
        detail::network_trainer trainer(seed, rate);
        trainer.run(kept_, static_cast<unsigned>(passes));
        policy p;
        p.model = trainer.finish();
        return p;
    }

private:
    /// Every second symbol goes; they were drawn at random, so what stays is that, too.
    void thin() {
        std::size_t n = 0;
        for (std::size_t i = 0; i < kept_.size(); i += 2) kept_[n++] = kept_[i];
        kept_.resize(n), every_ *= 2;
    }

    std::vector<detail::network_sample> kept_;
    learn::generator draw_{0};
    std::size_t every_ = 1;
};

static_assert(learnable<coder::range<model::network>>);

} // namespace triptych::inline TRIPTYCH_ABI
