// triptych/learn/network/train.hpp: trains a network on pairs of inputs and targets.
//
// A batch is cut into parts whose number depends on the batch and the network alone, and their gradients are added in order: the same seed
// gives the same network whatever the number of threads.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numbers>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <triptych/learn/network/loss.hpp>
#include <triptych/learn/network/network.hpp>
#include <triptych/learn/numeric/adam.hpp>
#include <triptych/learn/numeric/momentum.hpp>
#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/progress.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

/// Learning rate from step to step.
struct schedule {
    enum class shape : std::uint8_t { constant, linear, cosine };

    float rate = 1e-3F; ///< after the warm-up
    shape form = shape::constant;
    float last = 0;          ///< what of `rate` is left at the end, unless constant
    std::size_t warm_up = 0; ///< steps of linear rise

    auto at(std::size_t step, std::size_t steps) const -> float {
        if (step < warm_up) return rate * static_cast<float>(step + 1) / static_cast<float>(warm_up);
        if (form == shape::constant || steps <= warm_up) return rate;
        auto const t = static_cast<float>(step - warm_up) / static_cast<float>(steps - warm_up);
        auto const left = form == shape::linear ? 1 - t : 0.5F + 0.5F * std::cos(std::numbers::pi_v<float> * t);
        return rate * (last + (1 - last) * left);
    }
};

enum class optimiser : std::uint8_t { adam, momentum };

/// Where training is after some epochs: enough to go on to the same bits.
struct checkpoint {
    std::vector<double> losses, held_out; ///< of the epochs so far
    std::vector<float> parameters, optimiser;
    std::vector<float> best; ///< parameters of the least loss of what is held out
};

struct training {
    loss what = loss::mse;
    optimiser by = optimiser::adam;
    schedule rate{};
    std::size_t epochs = 5, batch = 128; ///< the last batch of an epoch may be smaller
    float keep = 0.9F;                   ///< of momentum
    float clip = 0;                      ///< greatest norm of a gradient (Pascanu, Mikolov and Bengio 2013); 0: any
    std::uint64_t seed = 1;              ///< of the order of the pairs
    unsigned threads = 1;
    progress_callback progress{}; ///< after each epoch, as panel "network"

    std::span<float const> held_out{},
        held_out_target{};    ///< pairs to judge each epoch by; the best epoch's parameters are kept
    std::size_t patience = 0; ///< stop after so many epochs that are no better; 0: never
    std::function<void(checkpoint const &)> keep_checkpoint{}; ///< after each epoch
};

/// One step after another on batches that the caller chooses, for training that needs more than `train`.
class trainer {
public:
    /// The network outlives the trainer.
    trainer(network &n, training const &how) : network_(n), how_(how) {
        auto const parameters = n.parameters().size();
        // Optimisers treat each parameter alone, so any cut will do.
        pieces_ = part_count(parameters, 16384);
        for (std::size_t p = 0; p < pieces_; ++p) {
            auto const size = part_begin(parameters, pieces_, p + 1) - part_begin(parameters, pieces_, p);
            if (how.by == optimiser::adam)
                optimisers_.emplace_back(std::in_place_type<adam<float>>, size);
            else
                optimisers_.emplace_back(std::in_place_type<momentum<float>>, size, how.keep);
        }
        // A part is worth a thread's while; a batch of small pictures makes four of 32.
        auto const work = std::max<std::uint64_t>(triptych::network::multiply_adds(n.layers(), n.in()), 1);
        least_ = static_cast<std::size_t>(std::clamp<std::uint64_t>((std::uint64_t{1} << 23) / work, 1, 32));
    }

    /// Loss of a batch (mean over its values or positions) and, in `gradient()`, its derivatives. `x` and `target` are pictures one after
    /// the other; std::invalid_argument if they are not.
    auto measure(std::span<float const> x, std::span<float const> target) -> double {
        auto const in = network_.in().values(), out = network_.out().values();
        if (x.empty() || x.size() % in != 0 || target.size() != x.size() / in * out)
            throw std::invalid_argument("network: inputs and targets do not fit the network and each other");
        auto const count = x.size() / in, parts = part_count(count, least_);
        if (tapes_.size() < parts) tapes_.resize(parts);
        sums_.assign(parts, 0);
        auto const counted = losses_of(target.size());
        for_parts(parts, how_.threads, [&](std::size_t p) {
            auto &t = tapes_[p];
            auto const first = part_begin(count, parts, p), end = part_begin(count, parts, p + 1);
            network_.forward(x.subspan(first * in, (end - first) * in), t);
            network_.begin_backward(t);
            std::fill(t.gradient.begin(), t.gradient.end(), 0.0F);
            sums_[p] = loss_sum(how_.what, t.output(), target.subspan(first * out, (end - first) * out),
                                network_.out().channels, static_cast<float>(1 / counted), t.output_gradient());
            network_.backward(t);
        });
        gradient_.resize(network_.parameters().size());
        for_parts(pieces_, how_.threads, [&](std::size_t piece) {
            auto const first = part_begin(gradient_.size(), pieces_, piece),
                       end = part_begin(gradient_.size(), pieces_, piece + 1);
            std::copy(tapes_[0].gradient.begin() + static_cast<std::ptrdiff_t>(first),
                      tapes_[0].gradient.begin() + static_cast<std::ptrdiff_t>(end),
                      gradient_.begin() + static_cast<std::ptrdiff_t>(first));
            for (std::size_t p = 1; p < parts; ++p)
                for (auto i = first; i < end; ++i) gradient_[i] += tapes_[p].gradient[i];
        });
        double sum = 0;
        for (auto const s : sums_) sum += s;
        return sum / counted;
    }
    /// The loss of any number of pictures, without derivatives.
    auto judge(std::span<float const> x, std::span<float const> target) -> double {
        auto const in = network_.in().values(), out = network_.out().values(), count = x.size() / in;
        auto const parts = (count + some - 1) / some;
        std::vector<double> sums(parts);
        for_parts(parts, how_.threads, [&](std::size_t p) {
            auto const first = p * some, size = std::min(some, count - first);
            network::tape t;
            network_.forward(x.subspan(first * in, size * in), t);
            std::vector<float> unused(t.output().size());
            sums[p] = loss_sum(how_.what, t.output(), target.subspan(first * out, size * out), network_.out().channels,
                               1, unused);
        });
        double sum = 0;
        for (auto const s : sums) sum += s;
        return sum / losses_of(target.size());
    }
    /// What the optimiser has gathered, as numbers.
    auto optimiser_state() -> std::vector<float> {
        std::vector<float> all;
        each_number([&](auto &v) { all.push_back(static_cast<float>(v)); });
        return all;
    }
    /// std::invalid_argument if that is of another network or optimiser.
    void restore_optimiser(std::span<float const> state) {
        std::size_t n = 0;
        each_number([&](auto &) { ++n; });
        if (n != state.size())
            throw std::invalid_argument("network: the checkpoint is of another network or optimiser");
        n = 0;
        each_number([&]<class T>(T &v) { v = static_cast<T>(state[n++]); });
    }
    /// Of the last `measure`; may be changed before `step`.
    auto gradient() noexcept -> std::span<float> { return gradient_; }

    /// Moves the parameters by the gradient, clipped, at a learning rate.
    void step(float rate) {
        if (how_.clip > 0) {
            double square = 0;
            for (auto const g : gradient_) square += static_cast<double>(g) * static_cast<double>(g);
            if (auto const norm = std::sqrt(square); norm > static_cast<double>(how_.clip))
                for (auto &g : gradient_) g *= static_cast<float>(static_cast<double>(how_.clip) / norm);
        }
        for_parts(pieces_, how_.threads, [&](std::size_t p) {
            auto const first = part_begin(gradient_.size(), pieces_, p),
                       size = part_begin(gradient_.size(), pieces_, p + 1) - first;
            std::visit(
                [&](auto &o) {
                    o.step(network_.parameters().subspan(first, size), std::span(gradient_).subspan(first, size), rate);
                },
                optimisers_[p]);
        });
        network_.project();
    }

private:
    static constexpr std::size_t some = 64; ///< pictures that are judged at a time

    /// Values, or positions, that a loss is the mean of.
    auto losses_of(std::size_t values) const -> double {
        return static_cast<double>(values / (how_.what == loss::cross_entropy ? network_.out().channels : 1));
    }
    /// The count of steps is a whole number, which a float holds up to 2^24.
    template <class F>
    void each_number(F &&f) {
        for (auto &o : optimisers_)
            std::visit(
                [&](auto &by) {
                    by.state([&]<class T>(T &part) {
                        if constexpr (std::is_arithmetic_v<T>)
                            f(part);
                        else
                            for (auto &v : part) f(v);
                    });
                },
                o);
    }

    network &network_;
    training how_;
    std::size_t pieces_ = 1, least_ = 1;
    std::vector<std::variant<adam<float>, momentum<float>>> optimisers_;
    std::vector<network::tape> tapes_;
    std::vector<double> sums_;
    std::vector<float> gradient_;
};

/// Trains on all pairs, `epochs` times in an order that is drawn anew each time, or goes on from a checkpoint, to the same bits as without a
/// break. Returns the mean loss of each epoch, as it was before each step. Throws std::invalid_argument if inputs, targets or the checkpoint do not
/// fit, `cancelled` if the callback says stop.
inline auto train(network &n, std::span<float const> x, std::span<float const> target, training const &how,
                  checkpoint from = {}) -> std::vector<double> {
    auto const in = n.in().values(), out = n.out().values(), count = x.size() / in;
    auto const pairs = [&](std::span<float const> a, std::span<float const> b) {
        return a.size() % in == 0 && b.size() == a.size() / in * out;
    };
    if (count == 0 || !pairs(x, target) || !pairs(how.held_out, how.held_out_target) || how.batch == 0)
        throw std::invalid_argument("network: inputs and targets do not fit the network and each other");
    trainer t(n, how);
    if (!from.losses.empty()) {
        if (from.parameters.size() != n.parameters().size() ||
            (!from.best.empty() && from.best.size() != from.parameters.size()))
            throw std::invalid_argument("network: the checkpoint is of another network or optimiser");
        t.restore_optimiser(from.optimiser);
        std::copy(from.parameters.begin(), from.parameters.end(), n.parameters().begin());
    }
    std::vector<std::size_t> order(count);
    auto const batches = (count + how.batch - 1) / how.batch;
    std::vector<float> some_x, some_target;
    // How many epochs ago what is held out was predicted best.
    auto const since_best = [&] {
        auto const &h = from.held_out;
        return h.empty() ? 0 : static_cast<std::size_t>(h.end() - std::min_element(h.begin(), h.end())) - 1;
    };
    for (auto epoch = from.losses.size(); epoch < how.epochs && (how.patience == 0 || since_best() < how.patience);
         ++epoch) {
        // The order follows from the seed and the epoch alone, so that a checkpoint need not know it.
        generator random(how.seed ^ (epoch * 0x9E3779B97F4A7C15U));
        for (std::size_t i = 0; i < count; ++i) order[i] = i;
        for (auto i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
        double sum = 0;
        for (std::size_t b = 0; b < batches; ++b) {
            auto const first = b * how.batch, size = std::min(how.batch, count - first);
            some_x.resize(size * in), some_target.resize(size * out);
            for (std::size_t i = 0; i < size; ++i) {
                std::copy_n(x.data() + order[first + i] * in, in, some_x.data() + i * in);
                std::copy_n(target.data() + order[first + i] * out, out, some_target.data() + i * out);
            }
            sum += t.measure(some_x, some_target) * static_cast<double>(size);
            t.step(how.rate.at(epoch * batches + b, how.epochs * batches));
        }
        from.losses.push_back(sum / static_cast<double>(count));
        if (!how.held_out.empty()) {
            from.held_out.push_back(t.judge(how.held_out, how.held_out_target));
            if (since_best() == 0) from.best.assign(n.parameters().begin(), n.parameters().end());
        }
        if (how.keep_checkpoint) {
            from.parameters.assign(n.parameters().begin(), n.parameters().end());
            from.optimiser = t.optimiser_state();
            how.keep_checkpoint(from);
        }
        report(how.progress, {"network", epoch + 1, how.epochs, 0});
    }
    std::copy(from.best.begin(), from.best.end(), n.parameters().begin());
    return from.losses;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
