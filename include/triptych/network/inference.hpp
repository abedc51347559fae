// triptych/network/inference.hpp: runs a network in integers: the same bits with any compiler, flags and machine.
//
// Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", 2018, and Ballé, Johnston and
// Minnen, "Integer networks for data compression with latent-variable models", 2019. Here scales are powers of two and values have 16 bits, so
// that a sum needs a shift and a clamp, nothing else. The surprise: there is no list of supported activations. Sigmoid and its kin are tables
// of the model, so a decoder knows none of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/detail/memory.hpp>
#include <triptych/network/frozen_network.hpp>
#include <triptych/network/integer_linear.hpp>
#include <triptych/network/lowering.hpp>
#include <triptych/network/shapes.hpp>
#include <triptych/network/spatial.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::network {

/// A network for inputs of one size, ready to run. It refers to the arrays of the `frozen_network`, which must outlive it; many threads may
/// run one at once.
class inference {
public:
    /// `most`: values that any layer may give. Reads each weight a few times, and takes memory for them once more, up to 16 times where outputs are few. Whatever the
    /// network's arrays hold is defined: what does not fit, or could overflow, is not `ok`.
    inference(frozen_network const &n, extents const &in, std::size_t most = std::size_t{1} << 26) noexcept
        : steps_(n.valid() ? n.count() : 0), biases_(n.biases.data()), weights_(n.weights), tables_(n.tables) {
        ok_ = steps_.size() != 0 && weights_.ok() && tables_.ok() && prepare(n, in, most);
    }
    auto ok() const noexcept -> bool { return ok_; }
    // What follows is for those that are ok.
    auto in() const noexcept -> extents const & { return steps_[0].in; }
    auto out() const noexcept -> extents const & { return steps_[steps_.size() - 1].out; }
    /// A value v of the output stands for v / 2^frac and is within ±limit.
    auto out_frac() const noexcept -> std::int32_t { return steps_[steps_.size() - 1].frac; }
    auto out_limit() const noexcept -> std::int32_t { return steps_[steps_.size() - 1].limit; }

    /// Computes the output of one picture; inputs are clamped to the network's limit. False if memory can't be had.
    auto run(std::int16_t const *x, std::int16_t *y) const noexcept -> bool {
        triptych::detail::buffer<std::int16_t> values(arena_);
        if (!ok_ || !values.ok()) return false;
        auto const at = [&](std::size_t slot) { return values.data() + slot; };
        for (std::size_t i = 0; i < in().values(); ++i)
            values[input_ + i] =
                std::clamp(x[i], static_cast<std::int16_t>(-in_limit_), static_cast<std::int16_t>(in_limit_));
        for (auto const &s : steps_)
            if (!run(s, at(s.from), at(s.other), at(s.to))) return false;
        std::copy_n(at(steps_[steps_.size() - 1].to), out().values(), y);
        return true;
    }

private:
    struct step {
        layer what;
        extents in, out;
        std::int32_t frac = 0, limit = 0;            ///< of the output
        std::int32_t in_frac = 0, shift = 0;         ///< of the input; of sums
        std::int32_t align = 0, align_other = 0;     ///< of `add`
        std::size_t weight = 0, bias = 0, table = 0; ///< where its arrays begin
        std::size_t packed = 0;
        std::size_t from = 0, other = 0, to = 0; ///< where its values lie in the arena
    };

    auto linear(step const &s) const noexcept -> detail::integer_linear {
        return {s.what, s.in, s.out, weights_.data() + s.weight, biases_ + s.bias, s.shift};
    }
    static auto normal(layer const &l) noexcept -> bool { return l.op == kind::gdn || l.op == kind::inverse_gdn; }

    auto prepare(frozen_network const &n, extents const &in, std::size_t most) noexcept -> bool {
        using triptych::detail::buffer;
        auto const count = steps_.size();
        buffer<layer> layers(count);
        buffer<extents> all(count + 1);
        if (!layers.ok() || !all.ok()) return false;
        for (std::size_t i = 0; i < count; ++i) layers[i] = n.at(i);
        if (!outputs({layers.data(), count}, in, {all.data(), count + 1}, most)) return false;
        auto frac = n.input[0];
        auto limit = in_limit_ = n.input[1];
        if (!scaled(frac, limit)) return false;
        std::size_t weight = 0, bias = 0, table = 0, packed = 0;
        for (std::size_t i = 0; i < count; ++i) {
            auto &s = steps_[i] = {};
            s.what = layers[i], s.in = all[i], s.out = all[i + 1], s.in_frac = frac;
            s.weight = weight, s.bias = bias, s.table = table;
            weight += s.what.weights(), bias += s.what.biases(), table += s.what.tabled() ? knots : 0;
            if (!scale(s, frac, limit)) return false;
            if (s.what.trained()) {
                if (!linear(s).proven(limit)) return false;
                lowering const how(s.what, s.in, s.out);
                if (!how.ok()) return false;
                s.packed = packed, packed += linear(s).packed_size(how);
            }
            frac = s.frac, limit = s.limit;
        }
        packed_ = buffer<std::int16_t>(packed);
        if (!packed_.ok()) return false;
        for (auto const &s : steps_)
            if (s.what.trained()) {
                lowering const how(s.what, s.in, s.out);
                if (!how.ok()) return false;
                linear(s).pack(how, packed_.data() + s.packed);
            }
        return place();
    }
    static auto scaled(std::int32_t frac, std::int32_t limit) noexcept -> bool {
        return frac >= 0 && frac <= 14 && limit >= 1 && limit <= 32767;
    }
    /// Frac, limit and shifts of a step, from those of its input; false if they are out of range.
    auto scale(step &s, std::int32_t frac, std::int32_t limit) const noexcept -> bool {
        auto const &l = s.what;
        s.frac = frac, s.limit = limit;
        if (!l.trained() && !l.tabled() && l.op != kind::add) return true;
        s.frac = l.frac, s.limit = l.limit;
        if (!scaled(s.frac, s.limit)) return false;
        if (l.op == kind::add) {
            auto const from = static_cast<std::size_t>(l.from);
            auto const other = from == 0 ? steps_[0].in_frac : steps_[from - 1].frac, finer = std::max(frac, other);
            s.align = finer - frac, s.align_other = finer - other, s.shift = finer - s.frac;
            return s.shift >= 0;
        }
        if (l.tabled()) return l.weight_frac >= 0 && l.weight_frac <= 8;
        if (l.weight_frac < 0 || l.weight_frac > 30) return false;
        // Sums of a normalisation are never shifted.
        if (normal(l)) return l.op == kind::gdn || 2 * frac + l.weight_frac >= s.frac;
        s.shift = frac + l.weight_frac - s.frac;
        return s.shift >= 0 && s.shift <= 30;
    }
    /// Gives each output a place in the arena that is free from when it is written until it was last read.
    auto place() noexcept -> bool {
        using triptych::detail::buffer;
        auto const count = steps_.size();
        buffer<std::size_t> last(count + 1), slot(count + 1), size(count + 1, std::size_t{0}),
            busy(count + 1, std::size_t{0});
        if (!last.ok() || !slot.ok() || !size.ok() || !busy.ok()) return false;
        for (std::size_t i = 0; i <= count; ++i) last[i] = i + 1;
        for (std::size_t i = 0; i < count; ++i)
            if (steps_[i].what.op == kind::add) last[static_cast<std::size_t>(steps_[i].what.from)] = i + 1;
        std::size_t slots = 0;
        for (std::size_t i = 0; i <= count; ++i) {
            // Step i reads output i and writes output i + 1; a slot is free once it was last read by an earlier step.
            std::size_t s = 0;
            while (s < slots && busy[s] >= i) ++s;
            slots = std::max(slots, s + 1);
            slot[i] = s, busy[s] = last[i];
            size[s] = std::max(size[s], i == 0 ? steps_[0].in.values() : steps_[i - 1].out.values());
        }
        buffer<std::size_t> begin(slots);
        if (!begin.ok()) return false;
        arena_ = 0;
        for (std::size_t s = 0; s < slots; ++s) begin[s] = arena_, arena_ += size[s];
        input_ = begin[slot[0]];
        for (std::size_t i = 0; i < count; ++i) {
            steps_[i].from = begin[slot[i]], steps_[i].to = begin[slot[i + 1]];
            if (steps_[i].what.op == kind::add)
                steps_[i].other = begin[slot[static_cast<std::size_t>(steps_[i].what.from)]];
        }
        return true;
    }

    auto run(step const &s, std::int16_t const *x, std::int16_t const *other, std::int16_t *y) const noexcept -> bool {
        auto const n = s.in.values();
        auto const each = [&](auto const &f) {
            for (std::size_t i = 0; i < n; ++i) y[i] = f(x[i]);
            return true;
        };
        if (normal(s.what)) return normalise(s, x, y);
        if (s.what.trained()) {
            lowering const how(s.what, s.in, s.out);
            return how.ok() && linear(s).run(how, packed_.data() + s.packed, x, y);
        }
        if (s.what.tabled())
            return each([t = tables_.data() + s.table, by = s.what.weight_frac, &s](std::int16_t v) {
                // Beyond its ends a table goes on as a straight line.
                auto const at = v + (std::int32_t{knots / 2} << by);
                auto const i = std::clamp(at >> by, 0, std::int32_t{knots} - 2);
                auto const part = std::int64_t{t[i + 1] - t[i]} * (at - (i << by));
                auto const half = by > 0 ? std::int64_t{1} << (by - 1) : 0;
                return static_cast<std::int16_t>(
                    std::clamp<std::int64_t>(t[i] + ((part + half) >> by), -s.limit, s.limit));
            });
        switch (s.what.op) {
        case kind::relu:
            return each([](std::int16_t v) { return std::max(v, std::int16_t{0}); });
        case kind::leaky_relu:
            return each(
                [by = s.what.extra](std::int16_t v) { return std::max(v, static_cast<std::int16_t>(v >> by)); });
        case kind::add:
            for (std::size_t i = 0; i < n; ++i) // each below 2^29
                y[i] = detail::requantised(x[i] * (1 << s.align) + other[i] * (1 << s.align_other), s.shift, s.limit);
            return true;
        default:
            spatial(s.what, s.in, x, s.out, y);
            return true;
        }
    }
    /// x · sum or x / sum, where sum is of the magnitudes around.
    auto normalise(step const &s, std::int16_t const *x, std::int16_t *y) const noexcept -> bool {
        auto const c = s.in.channels;
        auto const *const gamma = weights_.data() + s.weight;
        auto const *const beta = biases_ + s.bias;
        triptych::detail::buffer<std::int32_t> sum(c);
        if (!sum.ok()) return false;
        for (std::size_t p = 0; p < s.in.height * s.in.width; ++p, x += c, y += c) {
            std::copy_n(beta, c, sum.begin());
            for (std::size_t i = 0; i < c; ++i)
                for (std::size_t n = 0; n < c; ++n) sum[n] += std::max<std::int32_t>(x[i], -x[i]) * gamma[i * c + n];
            for (std::size_t n = 0; n < c; ++n) {
                if (s.what.op == kind::gdn) {
                    auto const divisor = std::max(sum[n], 1);
                    auto const q = detail::mean<std::int64_t>(x[n] * (std::int64_t{1} << (s.what.weight_frac + s.frac)),
                                                              static_cast<std::size_t>(divisor));
                    y[n] = static_cast<std::int16_t>(std::clamp<std::int64_t>(q, -s.limit, s.limit));
                } else {
                    y[n] = detail::requantised(std::int64_t{x[n]} * sum[n], 2 * s.in_frac + s.what.weight_frac - s.frac,
                                               s.limit);
                }
            }
        }
        return true;
    }

    bool ok_ = false;
    std::int32_t in_limit_ = 0;
    std::size_t arena_ = 0, input_ = 0; ///< values in the arena; where the input lies
    triptych::detail::buffer<step> steps_;
    std::int32_t const *biases_;
    triptych::detail::loaded<std::int16_t> weights_, tables_;
    triptych::detail::buffer<std::int16_t> packed_;
};

} // namespace triptych::inline TRIPTYCH_ABI::network
