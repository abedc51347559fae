// triptych/coder/model/pretrained.hpp: context mixing with learned contexts, for small pictures with few colours or
// values: icons, glyphs, digits, sprites, maps of levels. Such pictures are too short to adapt to.
//
// Every decision asks sixteen contexts (pretrained/colours.hpp for two to four components, pretrained/values.hpp for
// one). Each context gives two predictions: from the corpus and from this picture (pretrained/mixing.hpp). Without
// learned state it starts empty, like any other adaptive model. The mixing is that of the PAQ family (M. Mahoney).
// The surprise is what makes the model small enough to ship: its slots do not change, and rare ones are left out,
// where PAQ lets hashes collide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/bands.hpp>
#include <triptych/coder/model/pretrained/colours.hpp>
#include <triptych/coder/model/pretrained/mixing.hpp>
#include <triptych/coder/model/pretrained/planes.hpp>
#include <triptych/coder/model/pretrained/values.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {
/// All decisions of the symbols, in order. `C` is what the walks code by.
template <class C, class B>
auto walk(C &coder, B &symbols) -> bool {
    using T = typename std::remove_const_t<B>::value_type;
    using V = std::conditional_t<C::decoding, T, T const>;
    bool ok = true;
    for_pictures<V>(symbols, [&](planes<V> const &p) {
        auto const with = [&](auto &&w) { w.ok() ? w.code(coder) : void(ok = false); };
        if (!ok || coder.stop()) return;
        p.n > 1 ? with(colour_walk<V>(p)) : with(value_walk<V>(p));
    });
    return ok;
}
} // namespace detail

/// Learned context mixing, for `coder::range`. Two to four signal bands of one shape are the components of a picture (alpha last).
struct pretrained {
    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("pretrained"); }

    /// What contexts meant in the corpus: buckets of four, summary | check << 7, summary 0 for none.
    frozen<std::uint16_t> slots;
    /// For flags, colours and values: what a summary and a history are worth (16 × 128, 16 × 225; 256 · ln(p / (1 - p))), and the mixer's weights
    /// (× 33; 4096 for one). An array that is empty is at its default.
    struct arrays {
        frozen<std::int16_t> corpus, picture, weights;
        template <class V>
        static constexpr void state(auto &self, V &&v) {
            v("corpus", self.corpus), v("picture", self.picture), v("weights", self.weights);
        }
        constexpr auto valid(std::size_t mixers) const noexcept -> bool {
            auto const fits = [](auto const &a, std::size_t rows, std::size_t columns) {
                return a.empty() ||
                       a.shape() == dims{static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(columns)};
            };
            return fits(corpus, detail::context_count, detail::summary::count) &&
                   fits(picture, detail::context_count, detail::history::count) &&
                   fits(weights, mixers, detail::mixer_inputs);
        }
    } flags, colours, values;

    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("slots", self.slots);
        nested("flags", self.flags, v), nested("colours", self.colours, v), nested("values", self.values, v);
    }
    constexpr auto valid() const noexcept -> bool {
        return (slots.empty() ||
                (slots.shape().rank == 1 && slots.size() % 4 == 0 && slots.size() <= std::size_t{1} << 25)) &&
               flags.valid(detail::mixers[0]) && colours.valid(detail::mixers[1]) && values.valid(detail::mixers[2]);
    }

    class statistics {
    public:
        static constexpr std::size_t rate_rows = detail::pixel_price_rows; ///< see rate table.hpp

        explicit statistics(pretrained const &m) noexcept : model_(m), slots_(&m.slots), ok_(m.valid()) {}
        auto ok() const noexcept -> bool { return ok_; }

        template <class E, class B>
        void code(E &engine, B &symbols) noexcept(E::decoding) {
            if (!ok_) return;
            if (!mixture_.started()) mixture_.start(model_.mixing(), symbols.size());
            adapter<E, typename std::remove_const_t<B>::value_type> a{engine, mixture_, slots_, symbols.data()};
            ok_ = mixture_.ok() && detail::walk(a, symbols);
        }

    private:
        template <class E, class T>
        struct adapter {
            static constexpr bool decoding = E::decoding;
            E &engine;
            detail::mixture &mix;
            detail::slot_table const &slots;
            T const *symbols;

            auto bit(detail::decision const &d, bool b) -> bool {
                return mix.bit(d, slots, [&](std::uint32_t p) { return engine.bit(p, b); });
            }
            auto likely(bool b) -> bool { return engine.bit(61440, b); }
            auto direct(std::uint32_t v, unsigned n) -> std::uint32_t { return engine.direct(v, n); }
            auto settle() noexcept -> float requires requires(E &e) { e.settle(); }
            { return engine.settle(); }
            void book(T const *at, std::size_t row, std::int32_t expected, std::int32_t residual, float bits) noexcept {
                engine.book(static_cast<std::size_t>(at - symbols), row, expected, residual, bits);
            }
            auto stop() const noexcept -> bool {
                if constexpr (requires { engine.exhausted(); }) return engine.exhausted();
                return false;
            }
        };

        pretrained const &model_;
        detail::slot_table slots_;
        detail::mixture mixture_;
        bool ok_;
    };

    auto mixing() const noexcept -> detail::mixing_model {
        return {{&flags.corpus, &colours.corpus, &values.corpus},
                {&flags.picture, &colours.picture, &values.picture},
                {&flags.weights, &colours.weights, &values.weights}};
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::model
