// triptych/coder/parts/neighbours.hpp: where the causal neighbourhood of a symbol lies, in any layout.
//
// A group of bands is traversed in buffer order. At band k of sample p these are known: in its own band the samples
// to the left and above (blocks, for a block transform); the bands before k of the same sample; and, in groups that
// lie before it, the co-located symbol of another component (`co-located sample`) and of the coarser level (`parent`). Links
// between groups come from `place` alone. They are looked for among the last few groups only, so that a layout of
// many bands takes linear time.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/bands.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// Magnitudes in contexts end here.
inline constexpr std::uint32_t most_magnitude = 4095;

template <class T>
constexpr auto magnitude(T v) noexcept -> std::uint32_t {
    auto const u = static_cast<std::uint32_t>(v);
    return std::min(v < 0 ? 0u - u : u, most_magnitude);
}

/// 0, 1, 2, 3, 4 (4..5), 5 (6..7), 6 (8..11), 7 (12..15), ...: two classes an octave.
constexpr auto log_class(std::uint32_t x, std::uint32_t most) noexcept -> std::uint32_t {
    if (x < 4) return std::min(x, most);
    auto const e = static_cast<std::uint32_t>(std::bit_width(x));
    return std::min(2 * e - 2 + ((x >> (e - 2)) & 1), most);
}

/// A group seen as h × w samples of n bands, `batch` times.
template <class T>
struct group_view {
    T *data = nullptr;
    std::size_t first = 0, n = 0, batch = 0, h = 0, w = 0;
    std::size_t side = 0; ///< n = side², the order of a block's bands is row by row; 0 for any other n

    auto ok() const noexcept -> bool { return data != nullptr; }
};

template <class T, class B>
auto view_of(B &symbols, std::size_t group) noexcept -> group_view<T> {
    auto const &g = symbols.layout().groups()[group];
    group_view<T> v;
    v.n = g.count, v.first = g.first;
    if (g.count == 0 || g.samples == 0) return v;
    constexpr auto rank = std::remove_const_t<B>::rank;
    auto const &shape = symbols.info(g.first).shape;
    v.data = symbols.data() + g.offset;
    v.w = shape[rank - 1];
    if constexpr (rank > 1)
        v.h = shape[rank - 2];
    else
        v.h = 1;
    v.batch = g.samples / (v.w * v.h);
    std::size_t s = 1;
    while (s * s < g.count && s < 64) ++s;
    v.side = rank > 1 && s > 1 && s * s == g.count ? s : 0;
    return v;
}

/// A group whose samples tell something about those of another.
template <class T>
struct linked {
    group_view<T> group;
    unsigned up = 0, down = 0; ///< coordinates here are those of the other one << up >> down

    auto ok() const noexcept -> bool { return group.ok(); }
    /// First band at the sample that covers (b, y, x) of the other group.
    auto at(std::size_t b, std::size_t y, std::size_t x) const noexcept -> T * {
        y = std::min((y << up) >> down, group.h - 1), x = std::min((x << up) >> down, group.w - 1);
        return group.data + ((b * group.h + y) * group.w + x) * group.n;
    }
};

template <class T>
struct links {
    linked<T> colocated, parent;
};

/// Extents that are equal (0), or half (1) rounded up or down.
constexpr auto halved(std::size_t small, std::size_t large) noexcept -> int {
    if (small == large) return 0;
    return small == large / 2 || small == large - large / 2 ? 1 : -1;
}

template <class T, class B>
auto links_of(B &symbols, std::size_t group) noexcept -> links<T> {
    links<T> found;
    auto const &groups = symbols.layout().groups();
    auto const here = view_of<T>(symbols, group);
    if (!here.ok()) return found;
    auto const &me = symbols.info(here.first).at;
    constexpr std::size_t reach = 64;
    for (std::size_t back = 1; back <= reach && back <= group; ++back) {
        auto const &g = groups[group - back];
        if (g.count != here.n || g.samples == 0) continue;
        auto const &it = symbols.info(g.first).at;
        if (it.kind != me.kind || it.index != me.index) continue;
        auto const there = view_of<T>(symbols, group - back);
        if (there.batch != here.batch) continue;
        auto const finer = halved(here.h, there.h), finer_x = halved(here.w, there.w);
        if (!found.colocated.ok() && it.component < me.component && it.level == me.level && finer >= 0 && finer_x == finer)
            found.colocated = {there, static_cast<unsigned>(finer), 0};
        auto const coarser = halved(there.h, here.h), coarser_x = halved(there.w, here.w);
        if (!found.parent.ok() && it.component == me.component && it.level == me.level + 1 && coarser >= 0 &&
            coarser_x >= 0)
            found.parent = {there, 0, 1};
    }
    return found;
}

/// One symbol and what lies around it.
template <class T>
struct site {
    T const *at = nullptr;          ///< the symbol itself; its value may be unknown yet
    T const *colocated = nullptr;      ///< same place, component before; null where there is none
    T const *parent = nullptr;      ///< same place, next coarser level
    std::size_t n = 1, k = 0;       ///< bands of the group, and which of them
    std::size_t side = 0;           ///< see group_view
    std::size_t row = 0, slice = 0; ///< distance of the sample above, and of the one in the slice before
    std::size_t x = 0, y = 0;
    bool east = false, before = false; ///< there is a sample to the right; a slice before

    auto w() const noexcept -> std::uint32_t { return x > 0 ? magnitude(*(at - n)) : 0; }
    auto ww() const noexcept -> std::uint32_t { return x > 1 ? magnitude(*(at - 2 * n)) : 0; }
    auto north() const noexcept -> std::uint32_t { return y > 0 ? magnitude(*(at - row)) : 0; }
    auto nn() const noexcept -> std::uint32_t { return y > 1 ? magnitude(*(at - 2 * row)) : 0; }
    auto nw() const noexcept -> std::uint32_t { return y > 0 && x > 0 ? magnitude(*(at - row - n)) : 0; }
    auto ne() const noexcept -> std::uint32_t { return y > 0 && east ? magnitude(*(at - row + n)) : 0; }
    auto past() const noexcept -> std::uint32_t { return before ? magnitude(*(at - slice)) : 0; }
    /// The bands before this one at the same sample: weighted magnitudes of those next to it.
    auto inside() const noexcept -> std::uint32_t {
        if (k == 0) return 0;
        if (side == 0) return 2 * magnitude(*(at - 1)) + (k > 1 ? magnitude(*(at - 2)) : 0);
        auto const v = k / side, u = k % side;
        std::uint32_t sum = 0;
        if (u > 0) sum += 2 * magnitude(*(at - 1));
        if (u > 1) sum += magnitude(*(at - 2));
        if (v > 0) sum += 2 * magnitude(*(at - side));
        if (v > 1) sum += magnitude(*(at - 2 * side));
        if (v > 0 && u > 0) sum += magnitude(*(at - side - 1));
        if (v > 0 && u + 1 < side) sum += magnitude(*(at - side + 1));
        return sum;
    }
};

/// Magnitudes around band k at the samples to the left and above, whose later bands are known too: what a block's neighbours say
/// about its frequencies nearby.
template <class T>
auto beside(site<T> const &s) noexcept -> std::uint32_t {
    if (s.n == 1) return 0;
    auto const v = s.side ? s.k / s.side : 0, u = s.side ? s.k % s.side : s.k, width = s.side ? s.side : s.n;
    std::uint32_t sum = 0;
    auto const add = [&](T const *c) __attribute__((always_inline)) {
        if (u > 0) sum += magnitude(*(c - 1));
        if (u + 1 < width) sum += magnitude(*(c + 1));
        if (v > 0) sum += magnitude(*(c - width));
        if (s.side && v + 1 < width) sum += magnitude(*(c + width));
    };
    if (s.x > 0) add(s.at - s.n);
    if (s.y > 0) add(s.at - s.row);
    return sum;
}

/// Which of 64 kinds of band: the place in the block for a block transform, level and orientation otherwise.
template <class T>
auto zone_of(site<T> const &s, place const &at) noexcept -> std::size_t {
    if (s.n == 1) return std::min<std::size_t>(at.level, 15) * 4 + (at.index & 3);
    if (s.n <= 64) return s.k;
    constexpr auto fold = [](std::size_t i) -> std::size_t {
        return i < 4 ? i : i < 6 ? 4 : i < 9 ? 5 : i < 15 ? 6 : 7;
    };
    if (s.side) return 8 * fold(s.k / s.side) + fold(s.k % s.side);
    return s.k < 32 ? s.k : 32 + std::min<std::size_t>(log_class(static_cast<std::uint32_t>(s.k), 63) - 8, 31);
}

/// The site of band k of sample (b, y, x).
template <class T>
auto site_at(group_view<T> const &g, links<T> const &l, std::size_t b, std::size_t y, std::size_t x) noexcept
    -> site<T> {
    site<T> s;
    s.at = g.data + ((b * g.h + y) * g.w + x) * g.n;
    s.n = g.n, s.side = g.side, s.row = g.w * g.n, s.slice = g.h * s.row;
    s.x = x, s.y = y, s.east = x + 1 < g.w, s.before = b > 0;
    if (l.colocated.ok()) s.colocated = l.colocated.at(b, y, x);
    if (l.parent.ok()) s.parent = l.parent.at(b, y, x);
    return s;
}

/// The site of an element of a band.
template <class B>
auto site_of(B const &symbols, std::size_t group, std::size_t band, std::size_t element) noexcept
    -> site<typename B::value_type const> {
    using T = typename B::value_type const;
    auto const view = view_of<T>(symbols, group);
    auto const p = (element - symbols.info(band).offset) / view.n;
    auto s = site_at(view, links_of<T>(symbols, group), p / (view.h * view.w), p / view.w % view.h, p % view.w);
    s.k = band - view.first, s.at += s.k;
    if (s.colocated) s.colocated += s.k;
    if (s.parent) s.parent += s.k;
    return s;
}

/// Codes the symbols of a group in buffer order: `value(site, info, symbol, width) -> symbol`. False if the stream ended early.
template <class E, class B, class F>
auto code_sites(E const &engine, B &symbols, std::size_t group, F &&value) noexcept(E::decoding) -> bool {
    using T = typename std::remove_const_t<B>::value_type;
    using V = std::conditional_t<E::decoding, T, T const>;
    auto const view = view_of<V>(symbols, group);
    if (!view.ok()) return true;
    auto const near = links_of<V>(symbols, group);
    for (std::size_t b = 0; b < view.batch; ++b)
        for (std::size_t y = 0; y < view.h; ++y) {
            if constexpr (requires { engine.exhausted(); })
                if (engine.exhausted()) return false;
            for (std::size_t x = 0; x < view.w; ++x) {
                auto s = site_at(view, near, b, y, x);
                for (s.k = 0; s.k < view.n; ++s.k) {
                    auto const &info = symbols.info(view.first + s.k);
                    auto const v = value(s, info, static_cast<std::int32_t>(*s.at), width_of<T>(info));
                    if constexpr (E::decoding) *const_cast<T *>(s.at) = static_cast<T>(v);
                    ++s.at;
                    if (s.colocated) ++s.colocated;
                    if (s.parent) ++s.parent;
                }
            }
        }
    return true;
}
/// What a decoder leaves where the stream ended early: zeros from a group on.
template <class B>
void zero_rest(B &symbols, std::size_t from) noexcept {
    for (auto i = symbols.layout().groups()[from].offset; i < symbols.size(); ++i)
        if constexpr (!std::is_const_v<B>) symbols.data()[i] = 0;
}

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
