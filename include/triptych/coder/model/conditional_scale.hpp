// triptych/coder/model/conditional_scale.hpp: coefficients of a learned transform, by a scale that is predicted from
// earlier coefficients.
//
// A Laplace law (or whatever the corpus shows), whose scale is a learned log-linear function of the magnitudes
// decoded before. The scale selects a class, and each class has one table, which all bands share. Because bands share
// tables, a few thousand small pictures are enough to learn from. Nothing adapts, so the first symbol of a 30-byte
// picture costs what the hundredth does. (Conditional scales: Wainwright and Simoncelli, 2000; the context
// quantisation of ECECOW, Wu, 1997.)
//
// There is no end of block: a zero that is certain costs 1/45000 bit. Symbols of any size and any layout can be
// coded, with learned state or without. Without it bands are treated alike and tables are those of the Laplace law.
// Side information has no scale and is coded as it is.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/detail/scale_features.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/quality.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

/// For `coder::range`, behind a transform whose bands come by falling variance. Learned by learn/coder/conditional_scale.hpp.
struct conditional_scale {
    static constexpr std::size_t features = detail::scale_features::count;
    /// Classes of scales, three an octave: class c stands for 2^((c - 24) / 3) steps.
    static constexpr std::size_t classes = 40;
    static constexpr int classes_per_octave = 3, class_of_one = 24;
    /// A magnitude is at most this many decisions; what is above is an Exp-Golomb number.
    static constexpr std::size_t decisions = 24;
    /// Weights and biases have 12 fractional bits, in classes for each 16th of an octave.
    static constexpr int weight_frac = 12;

    frozen<std::int32_t> bias;   ///< a band: class without features, 12 fractional bits
    frozen<std::int16_t> weight; ///< a band: one for each feature
    frozen<std::uint16_t> unit;  ///< a band: what a magnitude of 1 is, in 256ths of the usual
    frozen<std::int32_t> step;   ///< one element: the step that it was learned at, Q8; another one moves all classes
    frozen<std::uint16_t> odds;  ///< classes × decisions: of going on where a magnitude is at least m, in 65536ths

    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("conditional_scale"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("bias", self.bias), v("weight", self.weight), v("unit", self.unit), v("step", self.step);
        v("odds", self.odds);
    }
    /// Do the arrays fit each other? Where they do not, they are not used.
    constexpr auto valid() const noexcept -> bool {
        auto const n = bias.shape().extent[0];
        return !bias.empty() && bias.shape() == dims{n} && weight.shape() == dims{n, std::uint32_t{features}} &&
               unit.shape() == dims{n} && step.shape() == dims{1u} &&
               odds.shape() == dims{std::uint32_t{classes}, std::uint32_t{decisions}};
    }

    /// Are the symbols of a group, whose first band this is, side information?
    template <class L>
    static auto plain(L const &layout, std::size_t first) noexcept -> bool {
        return layout[first].at.kind == role::side;
    }

    class statistics;
    class estimator;
    class tables;
};

/// The state where a loop wants it; without state, what stands for it.
class conditional_scale::tables {
public:
    tables(conditional_scale const &m, fixed_step step) noexcept : model_(m.valid() ? &m : nullptr) {
        if (model_)
            weights_ = triptych::detail::loaded(m.weight), odds_ = triptych::detail::loaded(m.odds);
        else
            usual(usual_odds_.data());
        if (!model_ || step.q8 == 0) return;
        // In units in which neither overflows: the steps of streams have up to 41 bits.
        auto const then = static_cast<std::uint64_t>(std::max<std::int32_t>(m.step[0], 1)), now = step.q8;
        auto const spare = std::max(static_cast<int>(std::bit_width(std::max(then, now))) - 20, 0);
        then_ = std::max<std::uint32_t>(static_cast<std::uint32_t>(then >> spare), 1);
        now_ = std::max<std::uint32_t>(static_cast<std::uint32_t>(now >> spare), 1);
        finer_ = (detail::log2_16th(then_) - detail::log2_16th(now_)) * (classes_per_octave << weight_frac) / 16;
    }
    auto ok() const noexcept -> bool { return bands_.ok() && weights_.ok() && odds_.ok(); }

    /// Turns to the bands of a group, from the first-th on.
    void turn_to(std::size_t first, std::size_t count) noexcept {
        first_ = first;
        bands_ = triptych::detail::buffer<band>(count);
        last_row_ = model_ ? model_->bias.size() - 1 : 0;
        for (std::size_t k = 0; k < bands_.size(); ++k) {
            auto &b = bands_[k];
            b.bias = (std::int32_t{class_of_one - 3} << weight_frac) + (1 << (weight_frac - 1)), b.unit = 256;
            if (!model_) continue;
            auto const row = std::min(first + k, last_row_);
            b.bias = std::clamp(model_->bias[row], -(1 << 24), 1 << 24) + (1 << (weight_frac - 1)) + finer_;
            std::uint64_t const unit = model_->unit[row]; // 16 bits; divisions would take a tenth of a small picture's time
            b.unit = static_cast<std::uint32_t>(now_ == then_ ? unit : std::min<std::uint64_t>(unit * now_ / then_, 1 << 20));
        }
    }
    /// What a magnitude of 1 in band k of the group is, in 256ths of the usual.
    auto unit(std::size_t k) const noexcept -> std::uint32_t { return bands_[k].unit; }
    auto scale_class(std::size_t k, detail::scale_features::features const &f) const noexcept -> std::size_t {
        // A feature has 7 bits, a weight 16, and the bias 25: no sum overflows.
        auto sum = bands_[k].bias;
        if (model_) {
            auto const *const w = weights_.data() + std::min(first_ + k, last_row_) * features;
            [&]<std::size_t... I>(std::index_sequence<I...>) {
                sum += (... + (w[I] * f[I]));
            }
            (std::make_index_sequence<features>{});
        } else {
            for (auto const v : f) sum += 77 * v; // 0.9 octaves for each octave of all windows
        }
        return static_cast<std::size_t>(std::clamp<std::int32_t>(sum >> weight_frac, 0, classes - 1));
    }
    auto more(std::size_t scale, std::size_t m) const noexcept -> std::uint32_t {
        auto const *const table = model_ ? odds_.data() : usual_odds_.data();
        return std::max<std::uint32_t>(table[scale * decisions + m], 1);
    }

private:
    struct band {
        std::int32_t bias;
        std::uint32_t unit;
    };
    static void usual(std::uint16_t *odds) noexcept;

    conditional_scale const *model_;
    std::uint32_t now_ = 1, then_ = 1; ///< steps of the symbols and of the model, in some unit
    std::int32_t finer_ = 0;           ///< classes by which scales in steps are larger than they were to the model
    std::size_t first_ = 0, last_row_ = 0;
    triptych::detail::buffer<band> bands_;
    // Of the model where it lends them: to copy kilobytes would take longer than to decode a small picture.
    triptych::detail::loaded<std::int16_t> weights_;
    triptych::detail::loaded<std::uint16_t> odds_;
    std::array<std::uint16_t, classes * decisions> usual_odds_;
};

/// Nothing adapts; refers to the model.
class conditional_scale::statistics {
public:
    statistics(conditional_scale const &model, fixed_step step) noexcept : tables_(model, step) {}
    auto ok() const noexcept -> bool { return ok_; }

    /// Codes all symbols in buffer order. `E` is an engine for bits; when it decodes, the symbols are written.
    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        using T = typename std::remove_const_t<B>::value_type;
        using V = std::conditional_t<E::decoding, T, T const>;
        for (std::size_t g = 0; g < symbols.layout().groups().size(); ++g) {
            auto const view = detail::view_of<V>(symbols, g);
            if (!view.ok()) continue;
            if (plain(symbols.layout(), view.first)) {
                if (!as_it_is(engine, symbols, view)) return;
                continue;
            }
            detail::scale_features around(view.n, view.w);
            tables_.turn_to(view.first, view.n);
            if (!around.ok() || !tables_.ok()) {
                ok_ = false;
                return;
            }
            auto *at = view.data;
            for (std::size_t row = 0; row < view.batch * view.h; ++row) {
                if constexpr (requires { engine.exhausted(); })
                    if (engine.exhausted()) return;
                for (std::size_t x = 0; x < view.w; ++x) {
                    around.begin(x, x > 0, row % view.h > 0);
                    for (std::size_t k = 0; k < view.n; ++k, ++at) {
                        auto const band = view.first + k;
                        auto const scale = tables_.scale_class(k, around.of(k));
                        auto const v = value(engine, scale, *at, width_of<T>(symbols.info(band)));
                        if constexpr (E::decoding) *at = static_cast<T>(v);
                        around.note(k, detail::magnitude(static_cast<std::int32_t>(v)), tables_.unit(k));
                    }
                    around.end();
                }
            }
        }
    }

private:
    /// Side information. False once the stream is exhausted.
    template <class E, class B, class View>
    static auto as_it_is(E &engine, B &symbols, View const &view) noexcept(E::decoding) -> bool {
        using T = typename std::remove_const_t<B>::value_type;
        auto *at = view.data;
        for (std::size_t sample = 0; sample < view.batch * view.h * view.w; ++sample) {
            if constexpr (requires { engine.exhausted(); })
                if (engine.exhausted()) return false;
            for (std::size_t k = 0; k < view.n; ++k, ++at) {
                auto const width = width_of<T>(symbols.info(view.first + k));
                auto const v = engine.direct(static_cast<std::uint32_t>(*at), width);
                if constexpr (E::decoding) *at = static_cast<T>(sign_extend(v, width));
            }
        }
        return true;
    }
    template <class E>
    auto value(E &engine, std::size_t scale, std::int32_t v, unsigned width) noexcept(E::decoding) -> std::int32_t {
        auto const wanted = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        std::uint32_t m = 0;
        while (m < decisions && engine.bit(tables_.more(scale, m), wanted > m)) ++m;
        if (m == 0) return 0;
        if (m == decisions) {
            auto const rest = wanted - m + 1;
            unsigned const length = E::decoding ? 0 : static_cast<unsigned>(std::bit_width(rest)) - 1;
            unsigned n = 0;
            while (n < 31 && engine.bit(32768, n < length)) ++n;
            m += (1u << n) - 1 + engine.direct(rest & ((1u << n) - 1), n);
        }
        bool const negative = engine.direct(v < 0, 1) != 0;
        return sign_extend(negative ? 0u - m : m, width);
    }

    tables tables_;
    bool ok_ = true;
};

/// Prices, in the context that the symbols before make. Its model outlives it.
class conditional_scale::estimator {
public:
    template <class B>
    estimator(conditional_scale const &model, B const &, fixed_step step) : tables_(model, step) {
        for (std::size_t c = 0; c < classes; ++c)
            for (std::size_t m = 0; m < decisions; ++m) {
                auto const p = static_cast<float>(tables_.more(c, m)) / 65536;
                more_[c][m] = -std::log2(p), stop_[c][m] = -std::log2(1 - p);
            }
    }
    template <class B>
    auto bits(B const &symbols, std::size_t band, std::size_t element, std::int32_t v) const -> float {
        auto const group = group_of(symbols, band);
        if (plain(symbols.layout(), symbols.layout().groups()[group].first))
            return static_cast<float>(width_of<typename B::value_type>(symbols.info(band)));
        auto const scale = class_at(symbols, group, band, element);
        auto const wanted = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        float bits = v != 0 ? 1.0F : 0.0F;
        for (std::uint32_t m = 0; m < decisions; ++m) {
            if (wanted <= m) return bits + stop_[scale][m];
            bits += more_[scale][m];
        }
        return bits + static_cast<float>(2 * std::bit_width(wanted - decisions + 1) - 1);
    }

private:
    template <class B>
    static auto group_of(B const &symbols, std::size_t band) noexcept -> std::size_t {
        auto const &groups = symbols.layout().groups();
        std::size_t g = 0;
        while (band - groups[g].first >= groups[g].count) ++g;
        return g;
    }
    template <class B>
    auto class_at(B const &symbols, std::size_t g, std::size_t band, std::size_t element) const -> std::size_t {
        auto const &groups = symbols.layout().groups();
        auto const view = detail::view_of<typename B::value_type const>(symbols, g);
        auto const k = band - view.first, sample = (element - groups[g].offset) / view.n;
        auto const x = sample % view.w, y = sample / view.w % view.h;
        // A row of two samples: the one to the left or, in its place, none; and this one under the one above.
        detail::scale_features around(view.n, 2);
        tables_.turn_to(view.first, view.n);
        if (!around.ok() || !tables_.ok())
            triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
        auto const note = [&](std::size_t column, std::size_t from, std::size_t last) {
            around.begin(column, x > 0, y > 0);
            for (std::size_t i = 0; i < last; ++i)
                around.note(i, detail::magnitude(static_cast<std::int32_t>(view.data[from * view.n + i])),
                            tables_.unit(i));
        };
        if (y > 0) note(1, sample - view.w, view.n), around.end();
        if (x > 0) note(0, sample - 1, view.n), around.end();
        note(1, sample, k);
        return tables_.scale_class(k, around.of(k));
    }

    // Turned to a group while a rate is asked for: an estimator serves one thread.
    mutable tables tables_;
    std::array<std::array<float, decisions>, classes> more_, stop_;
};

inline void conditional_scale::tables::usual(std::uint16_t *odds) noexcept {
    // Of a Laplace law of scale s steps whose zero is 0.6 steps to either side: more than zero with e^(-0.6 / s), then each time with
    // e^(-1 / s). s falls by 2^(-1/3) a class; e^(-t) in 65536ths by halving t and squaring, in integers.
    constexpr std::array<std::uint32_t, 3> third{65536, 82570, 104032}; // 2^(i / 3)
    constexpr auto exponential = [](std::uint64_t t) {                  // t in 2^-24
        std::uint64_t y = (std::uint64_t{1} << 32) - (t >> 2) + (t >> 2) * (t >> 2) / (std::uint64_t{1} << 33);
        for (int i = 0; i < 10; ++i) y = y * (y >> 8) >> 24;
        return y >> 16;
    };
    for (int c = 0; c < static_cast<int>(classes); ++c) {
        auto const up = class_of_one - c + 3 * 16; // 1 / s = 2^(up / 3 - 16), at most 2^8
        auto const t = static_cast<std::uint64_t>(third[static_cast<std::size_t>(up % 3)]) << (up / 3 - 8); // 2^-24
        for (std::size_t m = 0; m < decisions; ++m)
            odds[static_cast<std::size_t>(c) * decisions + m] =
                static_cast<std::uint16_t>(std::clamp<std::uint64_t>(exponential(m == 0 ? t * 3 / 5 : t), 1, 65535));
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::model
