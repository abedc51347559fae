// triptych/coder/model/transform_blocks/contexts.hpp: the contexts of `model::transform_blocks`, and their tables.
//
// Coder and rate estimator use the same contexts of a coefficient: its frequency, by zones that mean the same at
// every size, and the coded coefficients of higher frequency next to it (the template of H.264's and VVC's
// coefficient coding, in classes that widen).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <type_traits>

#include <triptych/bands.hpp>
#include <triptych/detail/basis.hpp>
#include <triptych/detail/partition.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

using triptych::detail::superblock;

/// A side band of block sizes and the planes that share them: groups [first + 1, first + 1 + planes) of a layout.
struct block_run {
    std::size_t first = 0, planes = 0; ///< no planes: there is no run here
    std::size_t rows = 0, cols = 0;    ///< of the side band, cells of 8 x 8

    auto height() const noexcept -> std::size_t { return rows * triptych::detail::cell; }
    auto width() const noexcept -> std::size_t { return cols * triptych::detail::cell; }
};

/// The run that begins at a group, as `transform::adaptive_dct` lays it out.
template <std::size_t R>
auto run_at(layout<R> const &where, std::size_t group) noexcept -> block_run {
    block_run run;
    if constexpr (R == 2) {
        auto const &groups = where.groups();
        if (groups[group].count != 1) return run;
        auto const &sizes = where[groups[group].first];
        auto const [rows, cols] = sizes.shape;
        if (sizes.at.kind != role::side || sizes.frac != 0 || sizes.bits != 4) return run;
        if (rows == 0 || cols == 0 || rows % 4 != 0 || cols % 4 != 0) return run;
        run.first = group, run.rows = rows, run.cols = cols;
        for (auto g = group + 1; g < groups.size(); ++g, ++run.planes) {
            if (groups[g].count != 1 || where[groups[g].first].at.kind != role::signal) break;
            if (where[groups[g].first].shape != extents<2>{run.height(), run.width()}) break;
        }
    }
    return run;
}

/// Whether every cell says the size of the block that it lies in, which a reader of the quadtree takes for granted.
template <class T>
auto canonical(T const *cells, block_run const &run) noexcept -> bool {
    bool all = true;
    auto const at = [&](std::size_t y, std::size_t x) { return cells[y * run.cols + x]; };
    triptych::detail::for_each_block(at, run.rows, run.cols, [&](std::size_t y, std::size_t x, int log2) {
        std::size_t const n = std::size_t{1} << (log2 - triptych::detail::smallest_log2);
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t i = 0; i < n; ++i) all = all && at(y / 8 + j, x / 8 + i) == log2;
    });
    return all;
}

/// Class of a number by the lower ends of the classes.
template <std::size_t N>
constexpr auto classes(std::initializer_list<std::size_t> ends) noexcept -> std::array<std::uint8_t, N> {
    std::array<std::uint8_t, N> t{};
    for (std::size_t i = 0; i < N; ++i) {
        std::size_t c = 0;
        for (auto const end : ends) c += i >= end;
        t[i] = static_cast<std::uint8_t>(c - 1);
    }
    return t;
}
template <std::size_t N>
constexpr auto class_of(std::array<std::uint8_t, N> const &table, std::size_t v) noexcept -> std::size_t {
    return table[std::min(v, N - 1)];
}

inline constexpr std::size_t templates = 14, zones = 8, kinds_of_energy = 10, kinds_of_border = 8;
inline constexpr auto template_classes = classes<64>({0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 23, 33, 49});
inline constexpr auto energy_classes = classes<64>({0, 1, 2, 3, 5, 7, 10, 15, 23, 41});
inline constexpr auto border_classes = classes<64>({0, 2, 4, 6, 9, 13, 20, 34});
/// Eight bands of frequency, by size (8, 16, 32).
inline constexpr std::array<std::array<std::uint8_t, superblock>, 3> frequency_bands{
    classes<superblock>({0, 1, 2, 3, 4, 5, 6, 7}), classes<superblock>({0, 1, 2, 3, 4, 6, 8, 12}),
    classes<superblock>({0, 1, 2, 3, 4, 6, 8, 16})};

/// Values in contexts end here, so that sums of them stay within 32 bits.
template <class T>
constexpr auto tame(T v) noexcept -> std::int32_t {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(v, -32767, 32767));
}
template <class T>
constexpr auto absolute(T v) noexcept -> std::uint32_t {
    auto const u = static_cast<std::uint32_t>(static_cast<std::int32_t>(v));
    return v < 0 ? 0u - u : u;
}

/// Magnitudes of a block, up to 255, with zeros around the far sides.
struct local_magnitudes {
    static constexpr std::size_t stride = 40;
    std::array<std::uint8_t, (superblock + 2) * stride> m;

    /// Clears what a block whose last non-zero diagonal lies before `used` may look at.
    explicit local_magnitudes(std::size_t used) noexcept { std::memset(m.data(), 0, (used + 2) * stride); }
    auto at(std::size_t u, std::size_t v) noexcept -> std::uint8_t * { return m.data() + u * stride + v; }
    auto at(std::size_t u, std::size_t v) const noexcept -> std::uint8_t const * { return m.data() + u * stride + v; }

    /// Class of the five known neighbours of higher frequency.
    static auto template_class(std::uint8_t const *p) noexcept -> std::size_t {
        return class_of(template_classes,
                        static_cast<std::size_t>(2 * (p[1] + p[stride]) + p[stride + 1] + p[2] + p[2 * stride]));
    }
};

/// The last diagonal u + v with a non-zero coefficient besides the DC; 0 if there is none.
template <class T>
auto last_diagonal(T const *q, std::size_t stride, std::size_t n) noexcept -> std::size_t {
    std::size_t last = 0;
    for (std::size_t u = 0; u < n; ++u) {
        auto const *const row = q + u * stride;
        for (auto v = n; v-- > 0 && u + v > last;)
            if (row[v] != 0) {
                last = u + v;
                break;
            }
    }
    return last;
}

/// Calls `visit(u, v)` along the diagonal u + v = s of a block of n x n, from below to the right.
template <class Visit>
void along_diagonal(std::size_t s, std::size_t n, Visit &&visit) {
    auto const first = std::min(s, n - 1), end = s < n ? 0 : s - n + 1;
    for (auto u = first + 1; u-- > end;) visit(u, s - u);
}

/// Running regression of one component's levels on another's at the same places.
struct regression {
    std::int32_t xy = 0, xx = 0;

    void add(std::int32_t x, std::int32_t y) noexcept {
        x = std::clamp(x, -255, 255), y = std::clamp(y, -255, 255);
        xy += x * y, xx += x * x;
    }
    void add(regression const &o) noexcept { xy += o.xy, xx += o.xx; }
    /// What x makes expect, in eighths. |xy| <= 255 xx, so it stays below 2^20.
    auto expect(std::int32_t x) const noexcept -> std::int32_t {
        return static_cast<std::int32_t>(std::int64_t{std::clamp(x, -255, 255)} * 8 * xy / (xx + 4));
    }
    /// What a neighbouring block may start from. Two neighbours give half, so the sums stay bounded.
    auto quarter() const noexcept -> regression { return {xy / 4, xx / 4}; }
};

// --- the lines along the borders of blocks -------------------------------------------------------------------------------

/// The size's orthonormal cosine basis in Q13.
template <std::size_t N>
inline constexpr auto line_basis = [] {
    constexpr auto wide = triptych::detail::cosine_basis<N>(13);
    std::array<std::array<std::int16_t, N>, N> m{};
    for (std::size_t u = 0; u < N; ++u)
        for (std::size_t i = 0; i < N; ++i) m[u][i] = static_cast<std::int16_t>(wide[u][i]);
    return m;
}();

/// Value of a basis function at the border of its block, Q10: sqrt(2 / n), for frequency 0 sqrt(1 / n), by size.
inline constexpr std::array<std::int32_t, 3> border_weight{512, 362, 256}, border_weight_flat{362, 256, 181};
/// sqrt(n), Q10: the other way round.
inline constexpr std::array<std::int32_t, 3> border_inverse{2896, 4096, 5793};
/// A coefficient of z at the border is z · scale / 2^16 eighths of a level.
inline constexpr std::array<std::int32_t, 3> border_scale{1024, 1448, 2048};

using border_spectrum = std::array<std::int32_t, superblock>; ///< Q10

constexpr auto saturated(std::int32_t v) noexcept -> std::int16_t {
    return static_cast<std::int16_t>(std::clamp(v, -32768, 32767));
}

template <std::size_t N>
void line_forward(std::int16_t const *line, std::size_t count, border_spectrum &out) noexcept {
    for (std::size_t u = 0; u < count; ++u) {
        std::int32_t sum = 0; // at most 2^15 · 2^13 · sqrt(32), since a row of the basis has norm 1
        for (std::size_t i = 0; i < N; ++i) sum += line_basis<N>[u][i] * line[i];
        out[u] = sum >> 9;
    }
}
template <std::size_t N>
void line_inverse(border_spectrum const &in, std::size_t count, std::int16_t *line) noexcept {
    std::array<std::int32_t, N> sum;
    sum.fill(1 << 12);
    for (std::size_t u = 0; u < count; ++u) {
        std::int32_t const e = saturated((in[u] + 8) >> 4);
        for (std::size_t i = 0; i < N; ++i) sum[i] += line_basis<N>[u][i] * e;
    }
    for (std::size_t i = 0; i < N; ++i) line[i] = saturated(sum[i] >> 13);
}

/// Calls `f(integral_constant N)` with the size 8 << size.
template <class F>
void with_size(std::size_t size, F &&f) {
    if (size == 0) return f(std::integral_constant<std::size_t, 8>{});
    if (size == 1) return f(std::integral_constant<std::size_t, 16>{});
    f(std::integral_constant<std::size_t, 32>{});
}

/// 0 to 6, 3 for next to nothing, by sign and magnitude.
constexpr auto signed_class(std::int32_t v, std::uint32_t small, std::uint32_t medium, std::uint32_t large) noexcept
    -> std::size_t {
    auto const a = absolute(v);
    std::size_t const k = (a >= small) + (a >= medium) + (a >= large);
    return v < 0 ? 3 - k : 3 + k;
}
/// Of what a border expects, z in Q10, in eighths of a level.
constexpr auto border_eighths(std::int32_t z, std::int32_t scale) noexcept -> std::int32_t {
    auto const a = std::min<std::uint32_t>(absolute(z), 1 << 20);
    auto const e = static_cast<std::int32_t>(std::uint64_t{a} * static_cast<std::uint32_t>(scale) >> 16);
    return z < 0 ? -e : e;
}

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
