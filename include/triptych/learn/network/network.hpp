// triptych/learn/network/network.hpp: a network in floats, to be trained: forward, and backward for the derivatives (Rumelhart, Hinton and
// Williams, 1986).
//
// It is a list of layers (network/layer.hpp) and one vector of parameters. The surprise: all parameters lie in that one vector, so
// optimisers, clipping, checkpoints and averages need know nothing of layers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/learn/network/linear.hpp>
#include <triptych/learn/network/normalisation.hpp>
#include <triptych/learn/network/pointwise.hpp>
#include <triptych/learn/network/spatial.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/network/shapes.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

class network {
public:
    /// For inputs of these extents; the same parameters serve others by `resized`. Throws std::invalid_argument if a layer does not fit.
    network(std::vector<layer> layers, extents const &in) : layers_(std::move(layers)), all_(layers_.size() + 1) {
        if (!triptych::network::outputs(layers_, in, all_, std::size_t{1} << 31))
            throw std::invalid_argument("network: the layers do not fit each other or the input");
        std::size_t n = 0;
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            auto const &l = layers_[i];
            first_.push_back(n), n += l.weights() + l.biases();
            bool const normal = l.op == kind::gdn || l.op == kind::inverse_gdn;
            linear_.push_back(l.trained() && !normal ? std::optional<linear>(std::in_place, l, all_[i], all_[i + 1])
                                                     : std::nullopt);
        }
        parameters_.resize(n);
        initialise(1);
    }
    /// The same network for inputs of other extents.
    auto resized(extents const &in) const -> network {
        network n(layers_, in);
        n.parameters_ = parameters_;
        return n;
    }

    auto layers() const noexcept -> std::vector<layer> const & { return layers_; }
    auto in() const noexcept -> extents const & { return all_.front(); }
    auto out() const noexcept -> extents const & { return all_.back(); }
    /// Extents of the input (0) and of the output of layer i - 1.
    auto at(std::size_t i) const noexcept -> extents const & { return all_[i]; }
    /// Layer after layer, weights before biases. `linear` says how weights lie.
    auto parameters() noexcept -> std::span<float> { return parameters_; }
    auto parameters() const noexcept -> std::span<float const> { return parameters_; }
    auto weights(std::size_t i) noexcept -> std::span<float> {
        return parameters().subspan(first_[i], layers_[i].weights());
    }
    auto weights(std::size_t i) const noexcept -> std::span<float const> {
        return parameters().subspan(first_[i], layers_[i].weights());
    }
    auto biases(std::size_t i) noexcept -> std::span<float> {
        return parameters().subspan(first_[i] + layers_[i].weights(), layers_[i].biases());
    }
    auto biases(std::size_t i) const noexcept -> std::span<float const> {
        return parameters().subspan(first_[i] + layers_[i].weights(), layers_[i].biases());
    }

    /// Weights and biases uniform within ±1 / √(inputs of a sum) (LeCun et al., "Efficient backprop", 1998); normalisations near 1.
    void initialise(std::uint64_t seed) {
        generator random(seed);
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            auto const &l = layers_[i];
            if (!l.trained()) continue;
            if (!linear_[i]) {
                std::fill_n(weights(i).begin(), l.weights(), 0.0F);
                for (std::size_t c = 0; c < l.biases(); ++c) weights(i)[c * (l.biases() + 1)] = 0.1F, biases(i)[c] = 1;
                continue;
            }
            auto const most = 1 / std::sqrt(static_cast<double>(l.inner()));
            for (auto &w : weights(i)) w = static_cast<float>(most * (2 * random.uniform() - 1));
            for (auto &b : biases(i)) b = static_cast<float>(most * (2 * random.uniform() - 1));
        }
    }
    /// Moves parameters to where they are allowed to be: after each step.
    void project() {
        for (std::size_t i = 0; i < layers_.size(); ++i)
            if (layers_[i].trained() && !linear_[i]) normalisation::project(weights(i), biases(i));
    }

    /// What a forward leaves for a backward, for some pictures; kept from one batch to the next, one for each thread.
    class tape {
    public:
        /// The output of layer i - 1; 0 is the input.
        auto values(std::size_t i) noexcept -> std::span<float> { return values_[i]; }
        auto values(std::size_t i) const noexcept -> std::span<float const> { return values_[i]; }
        auto output() const noexcept -> std::span<float const> { return values_.back(); }
        /// By the output: to be set before a backward.
        auto output_gradient() noexcept -> std::span<float> { return gradients_.back(); }
        /// By the input, after a backward that was asked for it.
        auto input_gradient() const noexcept -> std::span<float const> { return gradients_.front(); }
        /// Sums of derivatives by the parameters.
        std::vector<float> gradient;

    private:
        friend class network;
        std::vector<std::vector<float>> values_, gradients_;
        scratch scratch_;
        std::size_t pictures_ = 0;
    };

    /// Computes all outputs for pictures of `in()`, one after the other. std::invalid_argument if they are no whole pictures.
    void forward(std::span<float const> x, tape &t) const {
        if (x.empty() || x.size() % in().values() != 0)
            throw std::invalid_argument("network: these are no whole pictures");
        auto const n = x.size() / in().values();
        t.pictures_ = n, t.values_.resize(all_.size()), t.gradients_.resize(all_.size());
        for (std::size_t i = 0; i < all_.size(); ++i) t.values_[i].resize(n * all_[i].values());
        std::copy(x.begin(), x.end(), t.values_[0].begin());
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            auto const &l = layers_[i];
            auto const *const from = t.values_[i].data();
            auto *const to = t.values_[i + 1].data();
            if (linear_[i]) {
                linear_[i]->forward(from, n, weights(i).data(), biases(i).data(), to, t.scratch_);
            } else if (l.trained()) {
                normalisation(l, all_[i]).forward(from, n, weights(i).data(), biases(i).data(), to, t.scratch_);
            } else if (l.op == kind::add) {
                auto const *const other = t.values_[static_cast<std::size_t>(l.from)].data();
                for (std::size_t v = 0; v < t.values_[i].size(); ++v) to[v] = from[v] + other[v];
            } else if (l.op >= kind::relu) {
                activate(l, from, to, t.values_[i].size());
            } else {
                for (std::size_t p = 0; p < n; ++p)
                    triptych::network::spatial(l, all_[i], from + p * all_[i].values(), all_[i + 1],
                                               to + p * all_[i + 1].values());
            }
        }
    }
    /// Room for the derivatives by the output, which the caller fills in between.
    void begin_backward(tape &t) const {
        for (std::size_t i = 0; i < all_.size(); ++i) t.gradients_[i].resize(t.values_[i].size());
        t.gradient.resize(parameters_.size());
    }
    /// Adds the derivatives of the pictures of the last forward to `gradient`; those by the input are computed if `by_input`.
    void backward(tape &t, bool by_input = false) const {
        auto const n = t.pictures_;
        for (auto i = layers_.size(); i-- > 0;) {
            auto const &l = layers_[i];
            auto const *const x = t.values_[i].data(), *const y = t.values_[i + 1].data(),
                              *const dy = t.gradients_[i + 1].data();
            bool const wanted = i > 0 || by_input;
            auto *const dx = wanted ? t.gradients_[i].data() : nullptr;
            auto *const dw = t.gradient.data() + first_[i], *const db = dw + l.weights();
            if (linear_[i]) {
                linear_[i]->backward(x, dy, n, weights(i).data(), dw, db, dx, t.scratch_);
            } else if (l.trained()) {
                normalisation(l, all_[i])
                    .backward(x, dy, n, weights(i).data(), biases(i).data(), dw, db, t.gradients_[i].data(),
                              t.scratch_);
            } else if (!wanted) {
                continue;
            } else if (l.op == kind::add) {
                std::copy_n(dy, t.values_[i].size(), dx);
            } else if (l.op >= kind::relu) {
                activate_back(l, x, y, dy, dx, t.values_[i].size());
            } else {
                for (std::size_t p = 0; p < n; ++p)
                    spatial_back(l, all_[i], x + p * all_[i].values(), all_[i + 1], y + p * all_[i + 1].values(),
                                 dy + p * all_[i + 1].values(), dx + p * all_[i].values());
            }
            // What later layers added of this one's input comes back to it.
            for (auto j = i + 1; wanted && j < layers_.size(); ++j)
                if (layers_[j].op == kind::add && static_cast<std::size_t>(layers_[j].from) == i)
                    for (std::size_t v = 0; v < t.gradients_[i].size(); ++v) dx[v] += t.gradients_[j + 1][v];
        }
    }
    /// Calls f(tape) after a forward for some pictures after others, so that large sets need little memory.
    template <class F>
    void each_forward(std::span<float const> x, F &&f) const {
        constexpr std::size_t some = 64;
        tape t;
        do {
            auto const now = x.first(std::min(x.size(), some * in().values()));
            forward(now, t), f(std::as_const(t));
            x = x.subspan(now.size());
        } while (!x.empty());
    }
    /// The outputs for pictures.
    auto operator()(std::span<float const> x) const -> std::vector<float> {
        std::vector<float> y;
        each_forward(x, [&](tape const &t) { y.insert(y.end(), t.output().begin(), t.output().end()); });
        return y;
    }

private:
    std::vector<layer> layers_;
    std::vector<extents> all_;
    std::vector<std::size_t> first_;
    std::vector<std::optional<linear>> linear_;
    std::vector<float> parameters_;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
