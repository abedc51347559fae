// triptych/coder/model/pretrained/planes.hpp: up to four bands of one shape, seen as a picture, for the contexts of
// model::pretrained.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/pretrained/mixing.hpp>
#include <triptych/coder/parts/recent_rows.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// Bands that are coded together: signal bands of one shape, level and role that follow each other. Leading axes are rows.
template <class V>
struct planes {
    std::size_t n = 0, h = 0, w = 0;
    std::array<V *, 4> data{};
    std::array<std::size_t, 4> stride{}; ///< from sample to sample; the same along all axes
    std::array<unsigned, 4> width{};     ///< signed bits

    /// Values from 0: v + 2^(width - 1).
    auto get(std::size_t c, std::size_t p) const noexcept -> std::uint32_t {
        return (static_cast<std::uint32_t>(data[c][p * stride[c]]) ^ (1u << (width[c] - 1))) & mask(c);
    }
    void set(std::size_t c, std::size_t p, std::uint32_t v) const noexcept requires(!std::is_const_v<V>) {
        data[c][p * stride[c]] = static_cast<V>(sign_extend(v ^ (1u << (width[c] - 1)), width[c]));
    }
    auto mask(std::size_t c) const noexcept -> std::uint32_t { return ~0u >> (32 - width[c]); }
};

/// Calls f(planes) for all bands, in order.
template <class V, class B, class F>
void for_pictures(B &symbols, F &&f) {
    constexpr auto rank = std::remove_const_t<B>::rank;
    for (std::size_t b = 0; b < symbols.count();) {
        auto const &first = symbols.info(b);
        planes<V> p;
        for (; p.n < 4 && b < symbols.count(); ++b, ++p.n) {
            auto const &info = symbols.info(b);
            if (p.n > 0 && (info.shape != first.shape || info.at.kind != first.at.kind ||
                            info.at.level != first.at.level || info.at.component != first.at.component + p.n))
                break;
            p.data[p.n] = symbols.size() ? symbols.data() + info.offset : nullptr; // empty bands may have no buffer
            p.stride[p.n] = info.stride[rank - 1];
            p.width[p.n] = width_of<std::remove_const_t<V>>(info);
        }
        auto const samples = volume(first.shape);
        p.w = first.shape[rank - 1];
        p.h = samples ? static_cast<std::size_t>(samples) / p.w : 0;
        if (samples) f(p);
    }
}

/// A pixel: its values, and a number that is the same for the same values.
struct pixel {
    std::array<std::uint32_t, 4> value{};
    std::uint32_t id = 0;

    friend constexpr bool operator==(pixel const &a, pixel const &b) noexcept { return a.id == b.id; }
};

/// 0 if the bits of q above the next one are not those of `node` (a one, then the bits so far); else 1 + the next one.
/// `left` bits are still to come.
constexpr auto expected(std::uint32_t q, unsigned width, std::uint64_t node, unsigned left) noexcept -> std::uint32_t {
    auto const whole = std::uint64_t{1} << width | q;
    return whole >> left == node ? 1 + static_cast<std::uint32_t>((whole >> (left - 1)) & 1) : 0;
}

/// q as one of 2^k classes: itself if it has no more bits, else 0 for 0 and the rest evenly.
constexpr auto coarse(std::uint32_t q, unsigned width, unsigned k) noexcept -> std::uint32_t {
    if (width <= k || q == 0) return q;
    return 1 + static_cast<std::uint32_t>((static_cast<std::uint64_t>(q) * ((1u << k) - 1)) >> width);
}

/// W + N - NW between 0 and `most`.
constexpr auto gradient(std::uint32_t w, std::uint32_t n, std::uint32_t nw, std::uint32_t most) noexcept
    -> std::uint32_t {
    auto const g = static_cast<std::int64_t>(w) + n - nw;
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(g, 0, most));
}

/// Rows of a rate table for pixels: by component, by width, and by how unlike the neighbours are.
inline constexpr std::size_t unlikeness = 16, widths = 16, pixel_price_rows = 4 * widths * unlikeness;

/// Books what component c of a pixel cost, whose neighbours are W, N, NW and NE, in a coder's rate table.
template <class C, class V>
void book(C &coder, planes<V> const &p, std::size_t c, std::size_t pixel, std::array<std::uint32_t, 4> const &around,
          float bits) {
    auto const [w, n, nw, ne] = around;
    auto const off = [](std::uint32_t a, std::uint32_t b) { return std::uint64_t{a > b ? a - b : b - a}; };
    auto const unlike = static_cast<std::size_t>(std::bit_width(off(w, nw) + off(n, nw) + off(n, ne)));
    auto const wide = std::min<std::size_t>(p.width[c], widths) - 1;
    // Beyond the edges lie least values, of which nothing follows for the first pixel.
    auto const expected =
        pixel == 0 ? 0 : sign_extend(gradient(w, n, nw, p.mask(c)) ^ (1u << (p.width[c] - 1)), p.width[c]);
    auto const *const at = p.data[c] + pixel * p.stride[c];
    coder.book(at, (c * widths + wide) * unlikeness + std::min(unlike, unlikeness - 1), expected,
               sign_extend(static_cast<std::uint32_t>(*at) - static_cast<std::uint32_t>(expected), p.width[c]),
               bits);
}

/// How far pixels equal to *p reach from p in a direction, below `most`; `room` pixels lie there.
template <class P>
auto reach(P const *p, std::ptrdiff_t direction, std::size_t room, std::uint32_t most) noexcept -> std::uint32_t {
    std::uint32_t n = 0;
    while (n < most && n < room && p[direction * static_cast<std::ptrdiff_t>(n + 1)] == *p) ++n;
    return n;
}

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
