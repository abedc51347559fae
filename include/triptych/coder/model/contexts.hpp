// triptych/coder/model/contexts.hpp: small numbers that summarise the causal neighbourhood of a symbol;
// `model::mixing` is composed of them.
//
// A context is a type with a `size` and a function. The function maps the `causal_neighbours` of a symbol, which is its causal
// neighbourhood, to a number below `size`. Which contexts help depends on what the transform left: `order` and
// `activity` for residuals of a predictor, `position` for blocks and wavelets, `co-located sample` and `components` for colours.
// (A co-located sample is the co-located symbol of the component before.) Orders are those of Markov models (Shannon, 1948),
// quantised as in CALIC (Wu and Memon, 1997).
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/coder/parts/neighbours.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

/// A symbol's site, its band's place, and the planes of other components that are known already. What is not there counts as 0.
template <class T>
struct causal_neighbours {
    detail::site<T> here;
    place at;
    detail::linked<T> colocated, elder; ///< the component before, and the one before that
    detail::linked<T> parent;        ///< the coarser level
    std::size_t slice = 0;           ///< number of the slice (leading axes)

    /// Symbols of the same band: W, N, NW, NE, WW, NN for i = 0 ... 5.
    auto near(std::size_t i) const noexcept -> T {
        auto const &s = here;
        switch (i) {
        case 0:
            return s.x > 0 ? *(s.at - s.n) : T{0};
        case 1:
            return s.y > 0 ? *(s.at - s.row) : T{0};
        case 2:
            return s.y > 0 && s.x > 0 ? *(s.at - s.row - s.n) : T{0};
        case 3:
            return s.y > 0 && s.east ? *(s.at - s.row + s.n) : T{0};
        case 4:
            return s.x > 1 ? *(s.at - 2 * s.n) : T{0};
        default:
            return s.y > 1 ? *(s.at - 2 * s.row) : T{0};
        }
    }
    /// The symbol at the same place of another component.
    auto same(detail::linked<T> const &l) const noexcept -> T {
        return l.ok() ? *(l.at(slice, here.y, here.x) + here.k) : T{0};
    }
    /// Its magnitude and those of its four neighbours, of which two lie ahead: the whole plane is known.
    auto around(detail::linked<T> const &l) const noexcept -> std::uint32_t {
        if (!l.ok()) return 0;
        auto const &g = l.group;
        auto const y = std::min((here.y << l.up) >> l.down, g.h - 1), x = std::min((here.x << l.up) >> l.down, g.w - 1);
        auto const *const p = l.at(slice, here.y, here.x) + here.k;
        auto const row = g.w * g.n;
        return detail::magnitude(*p) +
               ((x > 0 ? detail::magnitude(*(p - g.n)) : 0) + (x + 1 < g.w ? detail::magnitude(*(p + g.n)) : 0) +
                (y > 0 ? detail::magnitude(*(p - row)) : 0) + (y + 1 < g.h ? detail::magnitude(*(p + row)) : 0)) /
                   2;
    }
    /// Weighted magnitudes of the same band around, of the slice before, and of other bands in this block and the two next to it.
    auto energy() const noexcept -> std::uint32_t {
        auto const &s = here;
        return 2 * s.w() + 2 * s.north() + s.nw() + s.ne() + s.ww() + s.nn() + 2 * s.past() +
               (s.n > 1 ? 2 * s.inside() + beside(s) : 0);
    }
};

namespace detail {
/// Codes all symbols in buffer order, each with what lies around it: `value(causal_neighbours, symbol, width, element) -> symbol`. Ends early
/// where the engine is exhausted.
template <class E, class B, class F>
void code_vicinities(E const &engine, B &symbols, F &&value) noexcept(E::decoding) {
    using T = typename std::remove_const_t<B>::value_type;
    using V = std::conditional_t<E::decoding, T, T const>;
    auto const group_of = [&](std::size_t first, std::size_t end) {
        while (end-- > 0 && symbols.layout().groups()[end].first != first) {
        }
        return end;
    };
    for (std::size_t g = 0; g < symbols.layout().groups().size(); ++g) {
        auto const view = view_of<V>(symbols, g);
        if (!view.ok()) continue;
        auto const near = links_of<V>(symbols, g);
        causal_neighbours<V> v;
        v.colocated = near.colocated, v.parent = near.parent;
        if (near.colocated.ok()) {
            v.elder = links_of<V>(symbols, group_of(near.colocated.group.first, g)).colocated;
            v.elder.up += near.colocated.up;
        }
        for (v.slice = 0; v.slice < view.batch; ++v.slice)
            for (std::size_t y = 0; y < view.h; ++y) {
                if constexpr (requires { engine.exhausted(); })
                    if (engine.exhausted()) return;
                for (std::size_t x = 0; x < view.w; ++x) {
                    v.here = site_at(view, near, v.slice, y, x);
                    for (v.here.k = 0; v.here.k < view.n; ++v.here.k) {
                        auto const &info = symbols.info(view.first + v.here.k);
                        v.at = info.at;
                        auto const element = static_cast<std::size_t>(v.here.at - symbols.data());
                        auto *const at = symbols.data() + element;
                        auto const got = value(v, static_cast<std::int32_t>(*at), width_of<T>(info), element);
                        if constexpr (E::decoding) *at = static_cast<T>(got);
                        ++v.here.at;
                        if (v.here.colocated) ++v.here.colocated;
                        if (v.here.parent) ++v.here.parent;
                    }
                }
            }
    }
}

/// Something `mixing` can be composed of.
template <class C>
concept context = requires(causal_neighbours<std::int16_t const> const &v) {
    { C::size } -> std::convertible_to<std::size_t>;
    { C::of(v) } -> std::convertible_to<std::size_t>;
};
} // namespace detail

namespace contexts {

/// 0 for 0; twice a logarithmic class of the magnitude, two an octave and at most `most`, for negative symbols; one less for positive ones.
template <class T>
constexpr auto signed_class(T v, std::uint32_t most) noexcept -> std::size_t {
    auto const c = detail::log_class(detail::magnitude(v), most);
    return c == 0 ? 0 : 2 * c - (v > 0);
}

/// The N nearest symbols of the same band with their signs, in the order W, N, NW, NE, WW, NN. More of them in fewer classes each.
template <std::size_t N>
requires(N <= 6) struct order {
    /// The largest class of neighbour i.
    static constexpr auto most(std::size_t i) noexcept -> std::uint32_t {
        return N <= 1 ? 15 : N == 2 ? 9 : N == 3 ? 5 : N == 4 ? 3 : i < 2 ? 2 : 1;
    }
    static constexpr std::size_t size = [] {
        std::size_t n = 1;
        for (std::size_t i = 0; i < N; ++i) n *= 2 * most(i) + 1;
        return n;
    }();
    static constexpr void describe(auto &d) { d("order", N); }
    template <class T>
    static auto of([[maybe_unused]] causal_neighbours<T> const &v) noexcept -> std::size_t {
        std::size_t c = 0;
        for (std::size_t i = 0; i < N; ++i) c = c * (2 * most(i) + 1) + signed_class(v.near(i), most(i));
        return c;
    }
};

/// How large the symbols around are.
struct activity {
    static constexpr std::size_t size = 24;
    static constexpr void describe(auto &d) { d("activity"); }
    template <class T>
    static auto of(causal_neighbours<T> const &v) noexcept -> std::size_t {
        return detail::log_class(v.energy(), size - 1);
    }
};

/// What kind of band: level and orientation of a wavelet, frequency in a block. Not a place in the picture.
struct position {
    static constexpr std::size_t size = 64;
    static constexpr void describe(auto &d) { d("position"); }
    template <class T>
    static auto of(causal_neighbours<T> const &v) noexcept -> std::size_t {
        if (v.here.n > 1) return std::min<std::size_t>(v.here.k, size - 1);
        return std::min<std::size_t>(v.at.level, 15) * 4 + (v.at.index & 3);
    }
};

/// The same place of the component before: its symbol, and how large those around it are.
struct colocated {
    static constexpr std::size_t size = 13 * 12;
    static constexpr void describe(auto &d) { d("colocated"); }
    template <class T>
    static auto of(causal_neighbours<T> const &v) noexcept -> std::size_t {
        return signed_class(v.same(v.colocated), 6) * 12 + detail::log_class(v.around(v.colocated), 11);
    }
};

/// How large the symbols at the same place of the two components before are.
struct components {
    static constexpr std::size_t size = 12 * 12;
    static constexpr void describe(auto &d) { d("components"); }
    template <class T>
    static auto of(causal_neighbours<T> const &v) noexcept -> std::size_t {
        return detail::log_class(v.around(v.elder), 11) * 12 + detail::log_class(v.around(v.colocated), 11);
    }
};

/// The same place of the next coarser level, for wavelets, and how large the symbols around are.
struct parent {
    static constexpr std::size_t size = 8 * 24;
    static constexpr void describe(auto &d) { d("parent"); }
    template <class T>
    static auto of(causal_neighbours<T> const &v) noexcept -> std::size_t {
        return (v.here.parent ? detail::log_class(detail::magnitude(*v.here.parent), 7) : 0) * 24 + activity::of(v);
    }
};

/// Two contexts as one.
template <detail::context A, detail::context B>
struct both {
    static constexpr std::size_t size = A::size * B::size;
    static constexpr void describe(auto &d) { d("both", part<A>{}, part<B>{}); }
    template <class T>
    static auto of(causal_neighbours<T> const &v) noexcept -> std::size_t {
        return A::of(v) * B::size + B::of(v);
    }
};

} // namespace contexts

} // namespace triptych::inline TRIPTYCH_ABI::model
