// triptych/coder/parts/logistic.hpp: adaptive probabilities of binary decisions, in integers.
//
// A *counter* is the mean of two exponential averages, one fast and one slow (as in VVC, JVET-M0473). Both start as
// plain means, so that a small picture learns quickly. A *mixer* joins the predictions of several contexts in the
// logistic domain (M. Mahoney, PAQ7, 2005): p = squash(sum of w · stretch(p_i)), with weights that move along the
// gradient of the code length. A *refinement* corrects a probability by what really followed it (secondary
// estimation, PAQ's APM). Encoder and decoder run the same integers, so nothing here may be floating point.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// 65536 / (1 + exp(-x / 256)), linear between knots half a unit apart; |x| is limited to 12 units.
inline constexpr std::array<std::int32_t, 49> squash_knots{
    0,     1,     1,     2,     3,     5,     8,     13,    22,    36,    60,    98,    162,
    267,   439,   720,   1179,  1921,  3108,  4971,  7812,  11955, 17625, 24743, 32768, 40793,
    47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476,
    65500, 65514, 65523, 65528, 65531, 65533, 65534, 65535, 65535, 65536};

constexpr auto squash(std::int32_t x) noexcept -> std::int32_t {
    x = std::clamp(x, -3071, 3071) + 3072;
    auto const i = static_cast<std::size_t>(x >> 7);
    auto const f = x & 127;
    return (squash_knots[i] * (128 - f) + squash_knots[i + 1] * f + 64) >> 7;
}

/// The inverse, 256 · ln(p / (1 - p)), for the 4096 probabilities (i + 1/2) / 4096.
inline constexpr auto stretch_table = [] {
    std::array<std::int16_t, 4096> t{};
    std::int32_t x = -3071;
    for (std::int32_t i = 0; i < 4096; ++i) {
        while (x < 3071 && squash(x) < 16 * i + 8) ++x;
        t[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(x);
    }
    return t;
}();
constexpr auto stretch(std::uint32_t p) noexcept -> std::int32_t {
    return stretch_table[p >> 4];
}

/// 65536 / (n + 1.5): the step of a running mean after n observations.
inline constexpr auto mean_steps = [] {
    std::array<std::uint16_t, 256> t{};
    for (std::uint32_t n = 0; n < 256; ++n) t[n] = static_cast<std::uint16_t>(131072 / (2 * n + 3));
    return t;
}();

/// How far a counter moves after n observations, in 32768ths: as a running mean does, until that falls below its rates.
struct counter_steps {
    std::uint16_t fast, slow;
};
template <unsigned Fast, unsigned Slow>
inline constexpr auto steps_after = [] {
    std::array<counter_steps, 256> t{};
    for (std::size_t n = 0; n < 256; ++n) {
        t[n].fast = static_cast<std::uint16_t>(std::max<std::uint32_t>(mean_steps[n], 65536 >> Fast) >> 1);
        t[n].slow = static_cast<std::uint16_t>(std::max<std::uint32_t>(mean_steps[n], 65536 >> Slow) >> 1);
    }
    return t;
}();

/// A probability of 1, in 65536ths. The steps shrink to 2^-Fast and 2^-Slow (at most 2^-8).
template <unsigned Fast, unsigned Slow>
struct counter {
    std::uint16_t fast = 32768, slow = 32768;
    std::uint16_t seen = 0;

    auto p() const noexcept -> std::uint32_t { return (static_cast<std::uint32_t>(fast) + slow) >> 1; }
    void learn(bool b) noexcept {
        auto const step = steps_after<Fast, Slow>[seen];
        std::int32_t const aim = b ? 65535 : 0;
        // |aim - fast| < 2^16 and a step < 2^15, so the products fit 31 bits.
        fast = static_cast<std::uint16_t>(fast + (((aim - fast) * step.fast) >> 15));
        slow = static_cast<std::uint16_t>(slow + (((aim - slow) * step.slow) >> 15));
        seen = static_cast<std::uint16_t>(seen + (seen < 255));
    }
};

/// The weights of N predictions, 65536 for one.
template <std::size_t N, std::int32_t First = static_cast<std::int32_t>(65536 * 5 / 4 / N)>
struct weights {
    std::array<std::int32_t, N> w;
    constexpr weights() noexcept { w.fill(First); }
};

/// What N counters say together. There may be more weights than counters: the first are theirs.
template <std::size_t N>
struct blended {
    std::array<std::int32_t, N> x; ///< their stretched probabilities
    std::int32_t sum;              ///< weighted, still stretched, within ±3071
    std::int32_t p;                ///< of a 1, within 4 ... 65532

    template <class Counter, class Weights>
    blended(std::array<Counter *, N> const &contexts, Weights const &mix) noexcept {
        std::int64_t total = 0;
        for (std::size_t i = 0; i < N; ++i) {
            x[i] = stretch(contexts[i]->p());
            total += static_cast<std::int64_t>(mix.w[i]) * x[i];
        }
        sum = static_cast<std::int32_t>(std::clamp<std::int64_t>(total >> 16, -3071, 3071));
        p = std::clamp(squash(sum), 4, 65532);
    }
    /// Moves the weights along the gradient of the code length of b, which is how far b lies from p: by 2^-Rate of that, times Gain / 16 if there
    /// is one.
    template <unsigned Rate, std::int32_t Gain = 1, class Weights>
    void correct(Weights &mix, bool b) const noexcept {
        auto miss = (b ? 65536 : 0) - p;
        // The product of a miss with all its bits, an input and a gain would not fit 32.
        if constexpr (Gain != 1) miss = (miss >> 4) * Gain;
        for (std::size_t i = 0; i < N; ++i)
            mix.w[i] = std::clamp(mix.w[i] + ((x[i] * miss + (1 << (Rate - 1))) >> Rate), -(1 << 20), 1 << 20);
    }
};

/// One decision with N contexts: mixes, codes, learns. `code(p1) -> bit` does the coding.
template <unsigned Rate, unsigned Fast, unsigned Slow, std::size_t N, class Code>
auto mixed_bit(std::array<counter<Fast, Slow> *, N> const &contexts, weights<N> &mix, Code &&code) -> bool {
    blended<N> const said(contexts, mix);
    bool const b = code(static_cast<std::uint32_t>(said.p));
    said.template correct<Rate>(mix, b);
    for (auto *const c : contexts) c->learn(b);
    return b;
}

/// Secondary estimation: how often 1 really followed when a mixture said so much, linear between knots one unit apart.
class refinement {
public:
    constexpr refinement() noexcept {
        for (std::int32_t i = 0; i < 25; ++i)
            at_[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(std::min(squash(256 * (i - 12)), 65535));
    }
    /// `sum` is that of a mixture.
    auto p(std::int32_t sum) const noexcept -> std::int32_t {
        auto const i = static_cast<std::size_t>(sum + 3072) >> 8;
        auto const f = (sum + 3072) & 255;
        return (at_[i] * (256 - f) + at_[i + 1] * f) >> 8;
    }
    /// Moves the nearer knot.
    void learn(std::int32_t sum, bool b) noexcept {
        auto &knot = at_[static_cast<std::size_t>(sum + 3072 + 128) >> 8];
        knot = static_cast<std::uint16_t>(knot + (((b ? 65535 : 0) - knot) >> 7));
    }

private:
    std::array<std::uint16_t, 25> at_{};
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
