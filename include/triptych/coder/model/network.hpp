// triptych/coder/model/network.hpp: probabilities by a small dense network, learned from a corpus, whose last layer
// keeps adapting.
//
// The causal neighbourhood of a symbol becomes 24 small numbers. They feed 32 hidden units with a clipped linear
// activation, and one logit for each decision of the symbol (Schmidhuber and Heil, "Sequential neural text
// compression", 1996; clipped units and 16-bit weights as in NNUE, Nasu, 2018). Only the logits that are needed are
// computed. While a stream is coded, the last layer follows the gradient of the code length, as PAQ's mixers do; the
// hidden layer stays. So the model adapts to a picture unlike the corpus. Two tables then correct the systematic
// errors of the network.
//
// All is done in integers, and no sum leaves 32 bits whatever the weights are (see `network_layers`). Without learned
// state hidden unit i shows input i, and the last layer starts from nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/model/contexts.hpp>
#include <triptych/coder/model/detail/network_inputs.hpp>
#include <triptych/coder/parts/decisions.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

/// For `coder::range`: residuals of predictors, and coefficients of blocks and wavelets, of the kind that it was learned from, by
/// learn/coder/network.hpp. 21 KB of weights; one network for all bands, with a bias for each kind of band.
struct network {
    static constexpr std::size_t inputs = detail::network_inputs::count, zones = detail::network_inputs::zones;
    static constexpr std::size_t hidden = 32, outputs = detail::decisions::nodes;

    frozen<std::int16_t> zone;  ///< zones × hidden: what a kind of band adds to each hidden unit, in 2048ths
    frozen<std::int16_t> input; ///< inputs × hidden: in 8192ths, for inputs in 64ths
    frozen<std::int16_t>
        output; ///< outputs × (hidden + 1): in 8192ths; the last one of a row is the bias, in quarters of that

    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("network"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("zone", self.zone), v("input", self.input), v("output", self.output);
    }
    /// Do the arrays have the network's shape? Where they do not, they are not used.
    constexpr auto valid() const noexcept -> bool {
        constexpr auto h = std::uint32_t{hidden};
        return zone.shape() == dims{std::uint32_t{zones}, h} && input.shape() == dims{std::uint32_t{inputs}, h} &&
               output.shape() == dims{std::uint32_t{outputs}, h + 1};
    }

    class statistics;
};

namespace detail {

/// The network in integers: inputs in 64ths, hidden units in 128ths, logits in 256ths, weights in 8192ths.
class network_layers {
public:
    static constexpr std::size_t inputs = network::inputs, hidden = network::hidden, outputs = network::outputs;
    /// A hidden unit is at most 8; one more, which feeds the biases, is always 4.
    static constexpr std::int32_t most_active = 1023, constant = 512;
    using units = std::array<std::int16_t, hidden>;

    explicit network_layers(network const &m) noexcept
        : first_((network::zones + inputs) * hidden), last_(components * outputs * (hidden + 1), std::int32_t{0}) {
        if (!ok()) return;
        if (!m.valid()) {
            show_inputs();
            return;
        }
        for (std::size_t i = 0; i < m.zone.size(); ++i) first_[i] = m.zone[i];
        for (std::size_t i = 0; i < m.input.size(); ++i) first_[m.zone.size() + i] = m.input[i];
        for (std::size_t i = 0; i < last_.size(); ++i) last_[i] = m.output[i % m.output.size()] * (1 << finer);
    }
    auto ok() const noexcept -> bool { return first_.ok() && last_.ok(); }

    /// The hidden layer for what was seen in a zone.
    auto see(std::size_t zone, network_inputs::vector const &f) const noexcept -> units {
        // |zone weight| <= 2^15, |weight| <= 2^15 and |input| <= 127.
        static_assert((std::int64_t{1} << (15 + zone_shift)) + inputs * 127 * (std::int64_t{1} << 15) < 1LL << 31);
        std::array<std::int32_t, hidden> sum;
        auto const *w = first_.data() + zone * hidden;
        for (std::size_t j = 0; j < hidden; ++j) sum[j] = w[j] * (1 << zone_shift);
        for (std::size_t i = 0; i < inputs; ++i) {
            if (f[i] == 0) continue;
            w = first_.data() + (network::zones + i) * hidden;
            for (std::size_t j = 0; j < hidden; ++j) sum[j] += w[j] * std::int16_t{f[i]};
        }
        units a;
        for (std::size_t j = 0; j < hidden; ++j)
            a[j] = static_cast<std::int16_t>(std::clamp(sum[j] >> weight_frac, 0, most_active));
        return a;
    }
    /// Logit of an output, within ±3071.
    auto logit(std::size_t component, std::size_t output, units const &a) const noexcept -> std::int32_t {
        static_assert((hidden * most_active + constant) * (std::int64_t{1} << 15) < 1LL << 31); // |w >> finer| <= 2^15
        auto const *const w = row(component, output);
        std::int32_t sum = (w[hidden] >> finer) * constant;
        for (std::size_t j = 0; j < hidden; ++j) sum += static_cast<std::int16_t>(w[j] >> finer) * a[j];
        return std::clamp(sum >> weight_frac, -3071, 3071);
    }
    /// Moves the weights of an output by 1/256 of the gradient of what b cost, given the logit.
    void learn(std::size_t component, std::size_t output, units const &a, std::int32_t logit, bool b) noexcept {
        auto const miss = static_cast<std::int16_t>(((b ? 65536 : 0) - std::clamp(squash(logit), 4, 65532)) >> 1);
        auto *const w = last_.data() + (component * outputs + output) * (hidden + 1);
        // |miss| < 2^15 and a unit is below 2^10, so a step is below 2^16 and the product below 2^25.
        auto const move = [miss](std::int32_t &v, std::int16_t unit) {
            v = std::clamp(v + ((miss * unit + (1 << (rate - 1))) >> rate), -most_weight, most_weight);
        };
        for (std::size_t j = 0; j < hidden; ++j) move(w[j], a[j]);
        move(w[hidden], constant);
    }

private:
    static constexpr std::size_t components = 4;
    static constexpr int weight_frac = 12, zone_shift = 8;
    /// The last layer keeps so many bits below those of a learned weight, and is moved by 2^-rate.
    static constexpr int finer = 8, rate = 9;
    static constexpr std::int32_t most_weight = (1 << (15 + finer)) - 1;

    auto row(std::size_t component, std::size_t output) const noexcept -> std::int32_t const * {
        return last_.data() + (component * outputs + output) * (hidden + 1);
    }
    /// Unit i shows input i, four times; the units that are left show the negatives of the inputs that have signs, which are the last.
    void show_inputs() noexcept {
        static_assert(hidden - inputs == network_inputs::with_sign);
        std::fill(first_.begin(), first_.end(), std::int16_t{0});
        auto *const w = first_.data() + network::zones * hidden;
        for (std::size_t i = 0; i < inputs; ++i) w[i * hidden + i] = 4 << weight_frac;
        for (auto i = inputs - network_inputs::with_sign; i < inputs; ++i)
            w[i * hidden + i + network_inputs::with_sign] = -(4 << weight_frac);
    }

    triptych::detail::buffer<std::int16_t> first_; ///< zones, then inputs
    triptych::detail::buffer<std::int32_t> last_;
};

} // namespace detail

/// What adapts during one stream: the last layer, and corrections of its logits.
class network::statistics {
public:
    explicit statistics(network const &model) noexcept
        : layers_(model), by_activity_(4 * contexts::activity::size * outputs, {}),
          by_left_(4 * contexts::order<1>::size * outputs, {}), tails_(4 * detail::decisions::tails, {}) {}
    auto ok() const noexcept -> bool { return layers_.ok() && by_activity_.ok() && by_left_.ok() && tails_.ok(); }

    static constexpr std::size_t rate_rows = 4 * contexts::activity::size; ///< see rate table.hpp

    /// Codes all symbols in buffer order. `E` is an engine for bits; when it decodes, the symbols are written.
    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        detail::code_vicinities(
            engine, symbols, [&](auto const &v, std::int32_t symbol, unsigned width, std::size_t at) {
                auto const active = inputs_.component(v) * contexts::activity::size + contexts::activity::of(v);
                auto const got = value(engine, v, active, symbol, width);
                inputs_.note(v, got);
                if constexpr (requires { engine.note(at, active, 0, got); }) engine.note(at, active, 0, got);
                return got;
            });
    }

private:
    template <class E, class T>
    auto value(E &engine, causal_neighbours<T> const &v, std::size_t active, std::int32_t symbol, unsigned width)
        -> std::int32_t {
        auto const c = inputs_.component(v);
        auto const left = c * contexts::order<1>::size + contexts::order<1>::of(v);
        auto const units = layers_.see(inputs_.zone(v), inputs_.of(v));
        auto const decide = [&](std::size_t node, bool b) {
            auto const x = layers_.logit(c, node, units);
            auto &first = by_activity_[active * outputs + node], &second = by_left_[left * outputs + node];
            auto const p = (2 * detail::squash(x) + first.p(x) + second.p(x)) >> 2;
            b = engine.bit(static_cast<std::uint32_t>(std::clamp(p, 4, 65532)), b);
            layers_.learn(c, node, units, x, b);
            first.learn(x, b), second.learn(x, b);
            return b;
        };
        auto const tail = [&](std::size_t node, bool b) {
            auto &l = tails_[c * detail::decisions::tails + node];
            b = engine.bit(std::clamp<std::uint32_t>(l.p(), 64, 65472), b);
            l.learn(b);
            return b;
        };
        return detail::decisions::code(engine, symbol, width, decide, tail);
    }

    detail::network_inputs inputs_;
    detail::network_layers layers_;
    triptych::detail::buffer<detail::refinement> by_activity_, by_left_;
    triptych::detail::buffer<detail::counter<6, 8>> tails_;
};

} // namespace triptych::inline TRIPTYCH_ABI::model
