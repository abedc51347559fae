// triptych/coder/model/predictive.hpp: pictures and arrays that nothing has predicted yet; the model of lossless
// codecs.
//
// Each sample has six predictors: left, above, their plane, the slope to the upper right, the median-edge detector
// (LOCO-I, Weinberger, Seroussi, Sapiro, 2000), and a normalised LMS filter over neighbours and over the components
// before. They are blended by the inverse of their errors nearby (Seemann and Tischer, 1997; JPEG XL's weighted
// predictor). A bias that is learned by context is subtracted (CALIC, Wu and Memon, 1997). The residual is coded as
// decisions in mixed contexts: the errors around it, and the error of the component before. All is done in integers,
// so it is exact on every machine. Residuals wrap at the band's width, so symbols of up to 32 bits are coded exactly,
// whatever they are.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/coder/parts/powers.hpp>
#include <triptych/coder/parts/neighbours.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {

/// A normalised LMS filter: weights in 65536ths on differences to a base, predictions and errors in eighths.
template <std::size_t N>
struct lms {
    std::array<std::int32_t, N> w{};

    template <class P>
    auto predict(std::array<P, N> const &d) const noexcept -> P {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < N; ++i) sum += static_cast<std::int64_t>(w[i]) * d[i];
        return static_cast<P>(sum >> 13);
    }
    template <class P>
    void learn(std::array<P, N> const &d, P miss) noexcept {
        std::int64_t power = 64;
        for (std::size_t i = 0; i < N; ++i) power += static_cast<std::int64_t>(d[i]) * d[i];
        // |miss| <= 2^18 and |pull · d| <= 2^35 / |d|, so nothing overflows.
        auto const pull = static_cast<std::int64_t>(miss) * (1 << 17) / power;
        for (std::size_t i = 0; i < N; ++i)
            w[i] = static_cast<std::int32_t>(
                std::clamp<std::int64_t>(w[i] + ((pull * d[i] + 128) >> 8), -(1 << 20), 1 << 20));
    }
};

class predictive_state {
public:
    predictive_state() noexcept
        : counters_(classes * class_size, {}), mixes_(classes * 64 * 16, {}), tails_(classes * 1024, {}),
          biases_(classes * 512, {}) {
        for (auto &f : filters_) f.w[0] = f.w[1] = 1 << 15, f.w[2] = -(1 << 15);
    }
    auto ok() const noexcept -> bool { return ok_ && counters_.ok() && mixes_.ok() && tails_.ok() && biases_.ok(); }

    static constexpr std::size_t rate_rows = 4 * 64; ///< see rate table.hpp

    /// Codes all symbols, band after band. `E` is an engine for bits; when it decodes, the symbols are written. What depends on the rank ends
    /// here: everything below sees planes, and is compiled once for a type of symbols.
    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        using T = typename std::remove_const_t<B>::value_type;
        using V = std::conditional_t<E::decoding, T, T const>;
        auto const &known = std::as_const(symbols);
        auto const cousin_of = [&](std::size_t g) { return links_of<T const>(known, g).colocated.group; };
        for (std::size_t g = 0; g < symbols.layout().groups().size(); ++g) {
            auto const view = view_of<V>(symbols, g);
            if (!view.ok()) continue;
            references<T> others{cousin_of(g), {}};
            for (auto f = g; others[0].ok() && f-- > 0;)
                if (symbols.layout().groups()[f].first == others[0].first) {
                    others[1] = cousin_of(f);
                    break;
                }
            for (std::size_t k = 0; k < view.n; ++k) {
                auto const &info = symbols.info(view.first + k);
                auto const kind =
                    std::min<std::size_t>(info.at.component + k, 2) + (info.at.kind == role::side ? 1 : 0);
                plane(engine, symbols.data(), view, k, kind, width_of<T>(info), others);
            }
        }
    }

private:
    static constexpr std::size_t classes = 4, predictors = 6, taps = 16, pad = 3;
    static constexpr std::size_t decisions = 24, sets = 4, set_size = 1024;
    static constexpr std::size_t class_size = sets * set_size * decisions;
    using learner = counter<5, 8>;

    template <class P>
    struct rows {
        triptych::detail::buffer<P> store;
        std::size_t length = 0;
        std::array<P *, 3> own{}; ///< this row, the one above, the one above that
        std::array<std::array<P *, 2>, 2> other{};
        std::array<std::uint32_t *, 2> error{};                          ///< |residual|
        std::array<std::array<std::uint32_t *, 2>, predictors> misses{}; ///< of each predictor
        triptych::detail::buffer<std::uint32_t> errors;

        explicit rows(std::size_t w) noexcept
            : store(7 * (w + 2 * pad), P{0}), length(w + 2 * pad), errors((2 + 2 * predictors) * (w + 2 * pad), 0u) {
            if (!store.ok() || !errors.ok()) return;
            auto *p = store.data() + pad;
            for (auto &r : own) r = p, p += length;
            for (auto &o : other)
                for (auto &r : o) r = p, p += length;
            auto *e = errors.data() + pad;
            for (auto &r : error) r = e, e += length;
            for (auto &m : misses)
                for (auto &r : m) r = e, e += length;
        }
        auto ok() const noexcept -> bool { return store.ok() && errors.ok(); }
    };

    /// The same place of the two components before, where there are any.
    template <class T>
    using references = std::array<group_view<T const>, 2>;

    /// Band k of a group in the buffer that begins at `symbols`.
    template <class E, class V>
    void plane(E &engine, V *symbols, group_view<V> const &view, std::size_t k, std::size_t kind, unsigned width,
               references<std::remove_const_t<V>> const &others) noexcept(E::decoding) {
        using T = std::remove_const_t<V>;
        using P = std::conditional_t<sizeof(T) == 2, std::int32_t, std::int64_t>;
        rows<P> r(view.w);
        if (!r.ok()) {
            ok_ = false;
            return;
        }
        auto &filter = filters_[kind];
        auto const w = static_cast<std::ptrdiff_t>(view.w);
        for (std::size_t b = 0; b < view.batch; ++b)
            for (std::size_t y = 0; y < view.h; ++y) {
                if constexpr (requires { engine.exhausted(); })
                    if (engine.exhausted()) return;
                auto *const line = view.data + ((b * view.h + y) * view.w) * view.n + k;
                // What tells something about this row: the band before, the component before, the slice before.
                auto const fill = [&](std::size_t i, T const *from, std::size_t stride) {
                    std::swap(r.other[i][0], r.other[i][1]);
                    auto *const to = r.other[i][0];
                    for (std::ptrdiff_t x = 0; x < w; ++x)
                        to[x] = from ? static_cast<P>(from[static_cast<std::size_t>(x) * stride]) : P{0};
                    for (std::ptrdiff_t x = 1; x <= static_cast<std::ptrdiff_t>(pad); ++x)
                        to[-x] = to[0], to[w - 1 + x] = to[w - 1];
                    if (y == 0) std::copy(to - pad, to + w + pad, r.other[i][1] - pad);
                };
                std::size_t used = 0;
                if (k > 0) fill(used++, line - 1, view.n);
                for (auto const &ref : others)
                    if (used < 2 && ref.ok() && ref.h == view.h && ref.w == view.w && ref.n == view.n)
                        fill(used++, ref.data + ((b * view.h + y) * view.w) * view.n + k, view.n);
                if (used < 2 && b > 0) fill(used++, line - view.h * view.w * view.n, view.n);

                start_row(r, y, w);
                for (std::ptrdiff_t x = 0; x < w; ++x) {
                    auto const v =
                        sample(engine, r, filter, x, y, kind, width, used,
                               static_cast<std::int32_t>(line[static_cast<std::size_t>(x) * view.n]),
                               static_cast<std::size_t>(line - symbols) + static_cast<std::size_t>(x) * view.n);
                    r.own[0][x] = static_cast<P>(v);
                    if constexpr (E::decoding) line[static_cast<std::size_t>(x) * view.n] = static_cast<T>(v);
                }
            }
    }

    template <class P>
    static void start_row(rows<P> &r, std::size_t y, std::ptrdiff_t w) noexcept {
        auto const p = static_cast<std::ptrdiff_t>(pad);
        auto *const last = r.own[2];
        r.own[2] = r.own[1], r.own[1] = r.own[0], r.own[0] = last;
        std::swap(r.error[0], r.error[1]);
        for (auto &m : r.misses) std::swap(m[0], m[1]);
        if (y == 0) {
            std::fill(r.own[1] - p, r.own[1] + w + p, P{0}), std::fill(r.own[2] - p, r.own[2] + w + p, P{0});
            std::fill(r.error[1] - p, r.error[1] + w + p, 0u);
            for (auto &m : r.misses) std::fill(m[1] - p, m[1] + w + p, 0u);
        }
        auto const extend = [&](auto *row) {
            for (std::ptrdiff_t i = 0; i < p; ++i) row[w + i] = row[w - 1];
        };
        extend(r.own[1]), extend(r.error[1]);
        if (y == 1) std::copy(r.own[1] - p, r.own[1] + w + p, r.own[2] - p);
        for (std::ptrdiff_t i = 1; i <= p; ++i) r.own[0][-i] = r.own[1][0], r.error[0][-i] = r.error[1][0];
        for (auto &m : r.misses) {
            extend(m[1]);
            for (std::ptrdiff_t i = 1; i <= p; ++i) m[0][-i] = m[1][0];
        }
    }

    template <class E, class P>
    auto sample(E &engine, rows<P> &r, lms<taps> &filter, std::ptrdiff_t x, std::size_t y, std::size_t kind,
                unsigned width, std::size_t refs, std::int32_t actual, [[maybe_unused]] std::size_t element)
        -> std::int32_t {
        auto const *const c = r.own[0] + x, *const u = r.own[1] + x, *const uu = r.own[2] + x;
        P const W = c[-1], WW = c[-2], N = y ? u[0] : W, NW = y ? u[-1] : WW, NE = y ? u[1] : W, NN = y ? uu[0] : W,
                NNE = y ? uu[1] : W, NEE = y ? u[2] : W;
        P const low = -(P{1} << (width - 1)), high = (P{1} << (width - 1)) - 1;

        std::array<P, predictors> guess;
        guess[0] = W * 8, guess[1] = N * 8, guess[2] = (W + N - NW) * 8, guess[3] = (W + NE - N) * 8;
        auto const median = [](P a, P n, P d) {
            return d >= std::max(a, n) ? std::min(a, n) : d <= std::min(a, n) ? std::max(a, n) : a + n - d;
        };
        guess[4] = median(W, N, NW) * 8;
        P const base = y ? (W + N) >> 1 : W;
        std::array<P, taps> d{W - base, N - base, NW - base, NE - base, WW - base, NN - base, NNE - base, NEE - base};
        std::array<std::uint32_t, 2> surprise{};
        for (std::size_t i = 0; i < refs; ++i) {
            auto const *const o = r.other[i][0] + x, *const ou = r.other[i][1] + x;
            auto const middle = (o[-1] + ou[0]) >> 1;
            auto *const t = &d[8 + 4 * i];
            t[0] = o[0] - middle, t[1] = o[1] - middle, t[2] = o[-1] - middle, t[3] = ou[1] - middle;
            surprise[i] = small(o[0] - median(o[-1], ou[0], ou[-1]));
        }
        if constexpr (sizeof(P) == 8)
            for (auto &v : d) v = std::clamp<P>(v, -(1 << 26), 1 << 26);
        guess[5] = base * 8 + filter.predict(d);

        std::array<std::uint32_t, predictors> cost;
        std::uint32_t best = ~0u, spread = 0;
        for (std::size_t i = 0; i < predictors; ++i) {
            guess[i] = std::clamp<P>(guess[i], low * 8, high * 8);
            auto const *const m = r.misses[i][0] + x, *const mu = r.misses[i][1] + x;
            cost[i] = log2_16(2 * m[-1] + 2 * mu[0] + mu[-1] + mu[1] + m[-2] + 4);
            best = std::min(best, cost[i]);
        }
        std::int64_t sum = 0, total = 0;
        for (std::size_t i = 0; i < predictors; ++i) {
            auto const weight = static_cast<std::int64_t>(exp2_16(3 * (cost[i] - best)));
            sum += weight * guess[i], total += weight;
        }
        auto p = static_cast<P>(sum / total);
        for (auto const g : guess) spread = std::max(spread, small((g - p) >> 3));

        auto const *const e = r.error[0] + x, *const eu = r.error[1] + x;
        auto const energy = 2 * e[-1] + 2 * eu[0] + eu[-1] + eu[1] + e[-2] + surprise[0] + (surprise[1] >> 1);
        auto const activity = log_class(energy, 23);

        auto &bias = biases_[((kind * 8 + std::min(activity / 3, 7u)) * 64 +
                              (static_cast<std::size_t>(W * 8 > p) | static_cast<std::size_t>(N * 8 > p) << 1 |
                               static_cast<std::size_t>(NW * 8 > p) << 2 | static_cast<std::size_t>(NE * 8 > p) << 3 |
                               static_cast<std::size_t>((2 * W - WW) * 8 > p) << 4 |
                               static_cast<std::size_t>((2 * N - NN) * 8 > p) << 5))];
        p = std::clamp<P>(p + bias.mean / 16, low * 8, high * 8);
        P const centre = std::clamp<P>((p + 4) >> 3, low, high);
        auto const lean = static_cast<std::size_t>((p + 4) & 7);

        // Four contexts of the residual.
        auto const side = [&](P v) { return log_class(small((v * 8 - p) >> 2), 7) * 2 + (v * 8 > p); };
        auto const at = [&](std::size_t set, std::size_t context) {
            return ((kind * sets + set) * set_size + context) * decisions;
        };
        std::array<std::size_t, 4> const where{
            at(0, activity * 8 + lean),
            at(1, (log_class(e[-1], 9) * 10 + log_class(eu[0], 9)) * 8 + log_class(spread, 7)),
            at(2, (log_class(surprise[0], 11) * 8 + log_class(surprise[1], 7)) * 8 + std::min(activity / 2, 7u)),
            at(3, (side(W) * 16 + side(N)) * 4 + std::min(activity / 4, 3u))};
        auto const mix = (kind * 64 + activity) * 16;
        auto const residual = sign_extend(
            static_cast<std::uint32_t>(actual) - static_cast<std::uint32_t>(static_cast<std::int64_t>(centre)), width);
        auto const coded = rest(engine, where, mix, kind, residual, width);
        if constexpr (requires { engine.note(element, 0, 0, coded); })
            engine.note(element, kind * 64 + activity, static_cast<std::int32_t>(centre), coded);
        auto const v = sign_extend(
            static_cast<std::uint32_t>(coded) + static_cast<std::uint32_t>(static_cast<std::int64_t>(centre)), width);

        auto const limited = [](P m) { return std::clamp<P>(m, -(1 << 18), 1 << 18); };
        for (std::size_t i = 0; i < predictors; ++i) r.misses[i][0][x] = small(P{v} * 8 - guess[i]);
        r.error[0][x] = small(static_cast<P>(coded));
        auto const miss = limited(P{v} * 8 - p);
        bias.learn(static_cast<std::int32_t>(miss));
        filter.learn(d, limited(P{v} * 8 - guess[5]));
        return v;
    }

    /// A magnitude that contexts and sums can bear.
    template <class P>
    static auto small(P v) noexcept -> std::uint32_t {
        return static_cast<std::uint32_t>(std::min<P>(v < 0 ? -v : v, 1 << 20));
    }

    template <class E>
    auto rest(E &engine, std::array<std::size_t, 4> const &where, std::size_t mix, std::size_t kind, std::int32_t v,
              unsigned width) -> std::int32_t {
        auto const m = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        unsigned const length = E::decoding ? 0 : static_cast<unsigned>(std::bit_width(m));
        auto const decide = [&](std::size_t node, bool b) {
            std::array<learner *, 4> const contexts{&counters_[where[0] + node], &counters_[where[1] + node],
                                                    &counters_[where[2] + node], &counters_[where[3] + node]};
            return mixed_bit<16>(contexts, mixes_[mix + std::min<std::size_t>(node, 15)],
                                 [&](std::uint32_t p) { return engine.bit(p, b); });
        };
        // Node 0: zero? 1: sign. 2..: is the magnitude longer than 1, 2, 3 ... bits? 12..: the highest bits within a length.
        if (!decide(0, m != 0)) return 0;
        bool const negative = decide(1, v < 0);
        unsigned n = 1;
        while (n < width && n < 32 && (n < 10 ? decide(n + 1, n < length) : tail(engine, kind, n, n < length))) ++n;
        std::uint32_t value = 1;
        for (unsigned i = n - 1; i-- > 0;) {
            bool const b = (m >> i) & 1;
            auto const depth = n - 2 - i; // bits of the mantissa already known
            bool got = false;
            if (n <= 3)
                got = decide(n == 2 ? 11 : 11 + value, b);
            else if (depth == 0)
                got = decide(18 + std::min(n - 4, 5u), b);
            else if (depth < 3)
                got = tail(engine, kind, 32 + n * 8 + (value & ((1u << depth) - 1)) + (depth == 2 ? 2 : 0), b);
            else
                got = engine.direct(b, 1) != 0;
            value = value << 1 | static_cast<std::uint32_t>(got);
        }
        return sign_extend(negative ? 0u - value : value, width);
    }
    template <class E>
    auto tail(E &engine, std::size_t kind, std::size_t node, bool b) -> bool {
        auto &l = tails_[kind * 1024 + node];
        b = engine.bit(std::clamp<std::uint32_t>(l.p(), 64, 65472), b);
        l.learn(b);
        return b;
    }

    struct bias_cell {
        std::int32_t mean = 0; ///< Q7
        std::uint32_t seen = 0;
        void learn(std::int32_t miss) noexcept {
            auto const n = static_cast<std::int32_t>(seen);
            mean += (miss * 16 - mean) / (n + 4);
            if (seen < 60) ++seen;
        }
    };

    std::array<lms<taps>, classes> filters_;
    triptych::detail::buffer<learner> counters_;
    triptych::detail::buffer<weights<4>> mixes_;
    triptych::detail::buffer<learner> tails_;
    triptych::detail::buffer<bias_cell> biases_;
    bool ok_ = true;
};

} // namespace detail

/// Prediction and contexts for `coder::range`: lossless pictures, volumes, sound, near-lossless bins. Any rank.
struct predictive {
    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("predictive"); }
    using statistics = detail::predictive_state;
};

} // namespace triptych::inline TRIPTYCH_ABI::model
