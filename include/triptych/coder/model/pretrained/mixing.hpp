// triptych/coder/model/pretrained/mixing.hpp: the probability of a bit, from sixteen contexts that a corpus has
// taught.
//
// Each context is looked up twice: what it meant in the corpus (a *slot*, which is part of the model's state and does
// not change), and what it has meant in this picture so far (a *history*, empty at first). Both hold small states,
// not probabilities. Learned tables calibrate these states: "seen twice, both ones" gets the probability that it
// deserved on held-out pictures. A mixer (M. Mahoney, PAQ7, 2005) joins the predictions in the logistic domain; its
// weights start from learned ones. Integers only.
//
// It is not the mixer of parts/logistic.hpp: three sets of weights vote, each slows down by itself as it is used, and
// weights stay within what learned ones of 16 bits can hold. All that takes sums and steps of 64 bits.
//
// A slot holds a check of nine bits, so contexts that the corpus never saw are recognised. The model is made smaller
// by leaving out rare contexts, not by collisions.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/parts/logistic.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// Hashes two numbers into one.
constexpr auto blend(std::uint32_t a, std::uint32_t b) noexcept -> std::uint32_t {
    auto v = (a ^ 0x9e3779b9u) * 0x9e3779b97f4a7c15u + b * 0xd6e8feb86659fd93u;
    v = (v ^ v >> 29) * 0xbf58476d1ce4e5b9u;
    return static_cast<std::uint32_t>(v >> 32);
}
template <class... More>
constexpr auto blend(std::uint32_t a, std::uint32_t b, More... more) noexcept -> std::uint32_t {
    return blend(blend(a, b), static_cast<std::uint32_t>(more)...);
}

/// What is decided: whether a pixel is that neighbour again, a bit of a new colour, a bit of a value.
enum class decision_kind : std::uint8_t { flag, colour, value };
inline constexpr std::size_t rulings = 3;

inline constexpr std::size_t context_count = 16, mixer_sets = 3, mixer_inputs = 2 * context_count + 1;
/// Weight vectors of each decision_kind, all three sets together; a decision names one of each set.
inline constexpr std::array<std::size_t, rulings> mixers{170, 242, 153};

struct decision {
    decision_kind kind{};
    std::array<std::uint32_t, context_count> context{}; ///< hashes
    std::array<std::uint16_t, mixer_sets> mixer{};      ///< < mixers[kind]
};

// --- states ---------------------------------------------------------------------------------------------------------------------

/// What a picture has shown of a context: zeros and ones, each up to 14. What contradicts a long history shortens it.
struct history {
    static constexpr std::size_t most = 14, count = (most + 1) * (most + 1);

    static constexpr auto next(std::size_t state, bool b) noexcept -> std::size_t {
        std::size_t n[2]{state / (most + 1), state % (most + 1)};
        n[b] = n[b] < most ? n[b] + 1 : most;
        if (auto &other = n[!b]; other > 2) other -= (other - 1) / 2;
        return n[0] * (most + 1) + n[1];
    }
    /// Without a model: 256 · ln((n1 + 0.4) / (n0 + 0.4)).
    static constexpr auto plain(std::size_t state) noexcept -> std::int16_t {
        auto const zeros = state / (most + 1), ones = state % (most + 1);
        return static_cast<std::int16_t>(
            stretch(static_cast<std::uint32_t>((5 * ones + 2) * 65536 / (5 * (zeros + ones) + 4))));
    }
};

/// What a corpus has shown of a context, made small: 0 for nothing, then classes of n and within them of the odds.
struct summary {
    static constexpr std::size_t count = 128;
    static constexpr std::array<std::uint8_t, 10> first{1, 3, 6, 10, 15, 24, 37, 58, 87, 124};
};

/// The learned arrays that a mixture starts from, for each decision_kind.
struct mixing_model {
    std::array<frozen<std::int16_t> const *, rulings> corpus{}, picture{}, weights{};
};

/// Probability after probability, learning as it goes. `Slots` answers `state(hash)`: the summary of a context in the corpus.
class mixture {
public:
    /// Steps of the weights, in 65536ths: floor + boost · 64 / (64 + n).
    struct pace {
        std::int32_t boost = 0, floor = 0;
    };
    static constexpr pace untrained{1311, 262}, trained{0, 262}, training{1311, 52};

    /// `samples` says how much will be coded, and thereby how much memory histories get.
    void start(mixing_model const &m, std::uint64_t samples) noexcept {
        std::size_t size = 1 << 12;
        while (size < std::size_t{1} << 22 && size < 64 * samples) size *= 2;
        histories_ = triptych::detail::buffer<std::uint16_t>(size, std::uint16_t{0});
        for (std::size_t k = 0; k < rulings; ++k) {
            auto &t = tables_[k];
            t.corpus = filled(m.corpus[k], context_count * summary::count, [](std::size_t) { return std::int16_t{0}; });
            t.picture = filled(m.picture[k], context_count * history::count,
                               [](std::size_t i) { return history::plain(i % history::count); });
            t.weights = triptych::detail::buffer<std::int32_t>(mixers[k] * mixer_inputs);
            t.seen = triptych::detail::buffer<std::uint16_t>(mixers[k], std::uint16_t{0});
            bool const known = m.weights[k] && !m.weights[k]->empty();
            for (std::size_t i = 0; i < t.weights.size(); ++i)
                t.weights[i] = known ? (*m.weights[k])[i] * 16 : i % mixer_inputs < 2 * context_count ? 10000 : 0;
            t.pace = known ? trained : untrained;
        }
    }
    auto started() const noexcept -> bool { return histories_.size() != 0 || !histories_.ok(); }
    auto ok() const noexcept -> bool {
        bool all = histories_.ok();
        for (auto const &t : tables_) all = all && t.corpus.ok() && t.picture.ok() && t.weights.ok() && t.seen.ok();
        return all;
    }

    /// Codes b by `code(p1) -> bit`, and learns it.
    template <class Slots, class Code>
    auto bit(decision const &d, Slots const &slots, Code &&code) -> bool {
        auto &t = tables_[static_cast<std::size_t>(d.kind)];
        std::array<std::int32_t, mixer_inputs> x;
        for (std::size_t i = 0; i < context_count; ++i) {
            auto const h = d.context[i];
            auto &cell = histories_[(h >> 8) & (histories_.size() - 1)];
            // Another context's history is none.
            if ((cell & 255) != (h & 255)) cell = static_cast<std::uint16_t>(h & 255);
            cells[i] = &cell;
            summaries[i] = slots.state(h), states[i] = cell >> 8;
            x[2 * i] = t.corpus[i * summary::count + summaries[i]];
            x[2 * i + 1] = states[i] ? t.picture[i * history::count + states[i]] : 0;
        }
        x[mixer_inputs - 1] = 256;

        std::int64_t sum = 0;
        for (auto const m : d.mixer) {
            auto const *const w = t.weights.data() + m * mixer_inputs;
            std::int64_t s = 0;
            for (std::size_t i = 0; i < mixer_inputs; ++i) s += static_cast<std::int64_t>(w[i]) * x[i];
            sum += s;
        }
        auto const p = std::clamp(
            squash(static_cast<std::int32_t>(std::clamp<std::int64_t>((sum / 3) >> 16, -3071, 3071))), 2, 65534);
        bool const b = code(static_cast<std::uint32_t>(p));

        std::int64_t const miss = (b ? 65536 : 0) - p;
        for (auto const m : d.mixer) {
            auto *const w = t.weights.data() + m * mixer_inputs;
            auto const pull = miss * (t.pace.floor + t.pace.boost * 64 / (64 + t.seen[m]));
            if (t.seen[m] < 65535) ++t.seen[m];
            for (std::size_t i = 0; i < mixer_inputs; ++i)
                w[i] = static_cast<std::int32_t>(
                    std::clamp<std::int64_t>(w[i] + ((x[i] * pull + (1 << 23)) >> 24), -(1 << 19), (1 << 19) - 1));
        }
        for (auto *const cell : cells)
            *cell = static_cast<std::uint16_t>((*cell & 255) | history::next(*cell >> 8, b) << 8);
        return b;
    }

    // What a learner looks at and changes.
    struct table {
        triptych::detail::buffer<std::int16_t> corpus, picture; ///< [context][state]: 256 · ln(p / (1 - p))
        triptych::detail::buffer<std::int32_t> weights;         ///< [mixer][input]: 65536 for one
        triptych::detail::buffer<std::uint16_t> seen;
        mixture::pace pace;
    };
    auto of(decision_kind k) noexcept -> table & { return tables_[static_cast<std::size_t>(k)]; }
    void forget() noexcept { std::fill(histories_.begin(), histories_.end(), std::uint16_t{0}); }
    std::array<std::size_t, context_count> summaries{}, states{}; ///< of the bit coded last, before it was learned

private:
    template <class F>
    static auto filled(frozen<std::int16_t> const *from, std::size_t n, F &&otherwise)
        -> triptych::detail::buffer<std::int16_t> {
        triptych::detail::buffer<std::int16_t> to(n);
        for (std::size_t i = 0; i < to.size(); ++i) to[i] = from && from->size() == n ? (*from)[i] : otherwise(i);
        return to;
    }

    std::array<table, rulings> tables_;
    triptych::detail::buffer<std::uint16_t> histories_; ///< state << 8 | check
    std::array<std::uint16_t *, context_count> cells{};
};

/// The slots of a model: buckets of four, each state | check << 7.
class slot_table {
public:
    explicit slot_table(frozen<std::uint16_t> const *slots) noexcept
        : slots_(slots), buckets_(slots ? slots->size() / 4 : 0) {}
    static constexpr auto bucket(std::uint32_t hash, std::uint64_t buckets) noexcept -> std::size_t {
        return static_cast<std::size_t>(((hash >> 9) * buckets) >> 23);
    }
    static constexpr auto check(std::uint32_t hash) noexcept -> std::uint32_t { return hash & 511; }
    auto state(std::uint32_t hash) const noexcept -> std::size_t {
        if (buckets_ == 0) return 0;
        auto const at = 4 * bucket(hash, buckets_);
        for (std::size_t i = 0; i < 4; ++i)
            if (auto const s = (*slots_)[at + i]; s >> 7 == check(hash) && (s & 127)) return s & 127;
        return 0;
    }

private:
    frozen<std::uint16_t> const *slots_;
    std::uint64_t buckets_;
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
