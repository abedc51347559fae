// triptych/coder/laplace.hpp: one fixed Laplace distribution a band, with learned odds.
//
// A Laplace density integrated over unit intervals is a geometric law with a zero of its own, so two probabilities a band say
// it exactly: that of a zero, and that a magnitude goes on growing. Nothing adapts, which makes it the coder whose rate a
// gradient can be taken of (learn/joint.hpp); on a codec's own coefficients the adaptive coders are better.
// Where the scale may travel in the stream instead of being learned, take `coder::rans<model::laplace>`.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/binary_engine.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// Any symbols. Bands beyond those that odds were learned for use even odds.
struct laplace {
    /// A magnitude is at most this many steps of the geometric law; what is above is coded plainly.
    static constexpr std::uint32_t longest = 24;

    frozen<std::uint16_t> odds; ///< a row a band: probabilities of a zero and of going on, times 65536

    static constexpr void describe(auto &d) { d("laplace"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("odds", self.odds);
    }
    constexpr auto valid() const noexcept -> bool {
        return odds.empty() || (odds.shape().rank == 2 && odds.shape().extent[1] == 2);
    }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        binary_encoder engine;
        for (std::size_t b = 0; b < symbols.count(); ++b)
            each(symbols, b, [&](T v) {
                code(engine, b, v);
                return true;
            });
        engine.finish(w);
    }
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        binary_decoder engine(r);
        for (std::size_t b = 0; b < symbols.count(); ++b) {
            auto const width = width_of<T>(symbols.info(b));
            each(symbols, b, [&](T &v) {
                v = static_cast<T>(sign_extend(code(engine, b, 0), width));
                return !engine.exhausted();
            });
        }
        if (engine.exhausted()) r.fail(errc::truncated);
        if (r.ok()) engine.finish(r);
    }

    /// Probability times 65536, within what an engine takes: `what` 0 of a zero, 1 of going on.
    auto probability(std::size_t band, std::size_t what) const noexcept -> std::uint32_t {
        auto const at = 2 * band + what;
        return valid() && at < odds.size() ? std::clamp<std::uint32_t>(odds[at], 32, 65504) : 32768;
    }

    /// Prices: nothing adapts, so they are the odds. The coder outlives them.
    class estimator {
    public:
        explicit estimator(laplace const &coder) noexcept : coder_(coder) {}
        template <class B>
        auto bits(B const &, std::size_t band, std::size_t, std::int32_t v) const noexcept -> float {
            auto const of = [](std::uint32_t p) { return 16 - std::log2(static_cast<float>(p)); };
            auto const zero = coder_.probability(band, 0), on = coder_.probability(band, 1);
            if (v == 0) return of(zero);
            auto const m = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
            auto const steps = static_cast<float>(std::min(m, longest) - 1);
            float const end = m < longest ? of(65536 - on) : static_cast<float>(6 + std::bit_width(m - longest));
            return of(65536 - zero) + 1 + steps * of(on) + end;
        }

    private:
        laplace const &coder_;
    };
    template <class B>
    auto rates(B const &) const noexcept -> estimator {
        return estimator(*this);
    }

private:
    /// Calls `f(sample)` for the samples of a band until it returns false.
    template <class B, class F>
    static void each(B &symbols, std::size_t b, F &&f) {
        auto const n = symbols[b].size();
        if (n == 0) return; // there may be no buffer to point into
        auto const unit = n > 1 ? symbols.info(b).stride[B::rank - 1] : 1;
        auto *const first = symbols.data() + symbols.info(b).offset;
        for (std::size_t i = 0; i < n; ++i)
            if (!f(first[i * unit])) return;
    }
    /// Gives what was coded, modulo 2^32.
    template <class Engine>
    auto code(Engine &engine, std::size_t band, std::int32_t v) const -> std::uint32_t {
        if (engine.bit(probability(band, 0), v == 0)) return 0;
        bool const negative = engine.direct(v < 0, 1) != 0;
        auto const magnitude = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        std::uint32_t m = 1;
        auto const on = probability(band, 1);
        while (m < longest && engine.bit(on, m < magnitude)) ++m;
        if (m == longest) {
            auto const rest = Engine::decoding ? 0 : magnitude - longest;
            auto const width = engine.direct(static_cast<std::uint32_t>(std::bit_width(rest)), 6);
            m += engine.direct(rest, std::min(width, 32u));
        }
        return negative ? 0u - m : m;
    }
};

static_assert(coder_for<laplace, bands<std::int16_t, 2>> && rate_aware<laplace, bands<std::int16_t, 2>> &&
              stateful<laplace>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
