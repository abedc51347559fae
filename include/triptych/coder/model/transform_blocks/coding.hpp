// triptych/coder/model/transform_blocks/coding.hpp: one run of planes of transform blocks, symbol by symbol, for both
// directions.
//
// Superblocks follow in raster order. Of each, the quadtree comes first, then its blocks, all components of a block
// together. Of each block, the last diagonal comes first, then the levels from there down to the lowest frequency,
// then the DC. When the DC is coded, all else of the block is known. So only the DC is missing to continue the lines
// along the block's borders.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/transform_blocks/contexts.hpp>
#include <triptych/coder/model/transform_blocks/statistics.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// `E` is an engine for bits; `V` the symbols' type, const for an encoder. An engine that meters has `pay_…`, see the estimator.
template <class E, class V>
class block_coding {
public:
    block_coding(block_statistics &learned, E &engine, block_memory &memory, block_run const &run, V *symbols) noexcept
        : s_(learned), engine_(engine), memory_(memory), cells_(symbols), planes_(symbols + run.rows * run.cols),
          columns_(run.cols), width_(run.width()), area_(run.height() * run.width()) {}

    auto size_at(std::size_t row, std::size_t column) const noexcept -> int {
        return static_cast<int>(cells_[row * columns_ + column]);
    }

    /// The node of the quadtree at (y, x), and those below it.
    void code_sizes(std::size_t y, std::size_t x, int log2) {
        auto const row = y / triptych::detail::cell, column = x / triptych::detail::cell;
        std::size_t const smaller =
            (y > 0 && size_at(row - 1, column) < log2) + (x > 0 && size_at(row, column - 1) < log2);
        bool const split = simple(engine_, s_.split[log2 - 4][smaller], size_at(row, column) < log2);
        if (split && log2 > 4) {
            std::size_t const half = std::size_t{1} << (log2 - 1);
            for (std::size_t k = 0; k < 4; ++k) code_sizes(y + (k >> 1) * half, x + (k & 1) * half, log2 - 1);
        } else if constexpr (E::decoding) {
            std::size_t const n = std::size_t{1} << (log2 - triptych::detail::smallest_log2);
            for (std::size_t j = 0; j < n; ++j)
                for (std::size_t i = 0; i < n; ++i)
                    cells_[(row + j) * columns_ + column + i] = static_cast<V>(log2 - split);
        }
    }

    /// The block of plane p at (y, x).
    void code_block(std::size_t p, std::size_t y, std::size_t x, int log2) {
        block b(memory_[p], p, y, x, log2);
        b.q = planes_ + p * area_ + y * width_ + x;
        b.cell = y / triptych::detail::cell * columns_ + x / triptych::detail::cell;
        b.last = code_last(b, E::decoding ? 0 : last_diagonal(b.q, width_, b.n));
        b.used = std::min(b.last + 1, b.n);
        with_size(b.size, [&](auto n) {
            if (x > 0) line_forward<n>(b.memory.left + y, b.used, b.left);
            if (y > 0) line_forward<n>(b.memory.top + x, b.used, b.top);
        });
        if constexpr (meters) engine_.pay_block(b.c, b.size, false);
        if (b.last > 0) code_levels(b);
        code_dc(b);
        if constexpr (meters) engine_.pay_block(b.c, b.size, true);
        with_size(b.size, [&](auto n) {
            line_inverse<n>(b.right, b.used, b.memory.left + y);
            line_inverse<n>(b.bottom, b.used, b.memory.top + x);
        });
    }

private:
    static constexpr bool meters = requires(E & e) { e.pay_escape(std::uint32_t{}); };

    struct block {
        block_plane &memory;
        std::size_t p, c, size, n, y, x;
        V *q = nullptr;
        std::size_t cell = 0, last = 0, used = 0;
        border_spectrum left{}, top{};     ///< what the lines around it expect and its levels do not give yet
        border_spectrum right{}, bottom{}; ///< its own lines

        block(block_plane &m, std::size_t plane, std::size_t row, std::size_t column, int log2) noexcept
            : memory(m), p(plane), c(std::min<std::size_t>(plane, 2)), size(static_cast<std::size_t>(log2 - 3)),
              n(std::size_t{1} << log2), y(row), x(column) {}
    };

    /// Writes v at all cells of a block.
    template <class T>
    void remember(block const &b, T *cells, T const &v) const noexcept {
        auto const per = std::size_t{1} << b.size;
        for (std::size_t j = 0; j < per; ++j)
            for (std::size_t i = 0; i < per; ++i) cells[b.cell + j * columns_ + i] = v;
    }

    /// 15, 31 or 63 values: a tree of 16 buckets, and which diagonal of the bucket.
    auto code_last(block const &b, std::size_t last) -> std::size_t {
        auto const *const known = b.memory.last;
        int above = b.y > 0 ? known[b.cell - columns_] : -1, before = b.x > 0 ? known[b.cell - 1] : -1;
        if (above < 0) above = before;
        if (before < 0) before = above;
        std::size_t const near =
            above < 0 ? 5 : std::min<std::size_t>(static_cast<std::size_t>(above + before + 1) / 2, 15);
        std::size_t other = 0;
        if (b.c == 0)
            other = std::min<std::size_t>(absolute(above - before), 7);
        else if (b.c == 1)
            other = memory_[0].last[b.cell];
        else
            other = (memory_[0].last[b.cell] + 2u * memory_[1].last[b.cell] + 2) / 3;
        auto const chroma = std::min<std::size_t>(b.c, 1);
        std::size_t const unit = std::size_t{1} << b.size, wanted = std::min<std::size_t>((last + unit - 1) / unit, 15);
        std::size_t node = 1;
        for (unsigned i = 4; i-- > 0;) {
            std::array const contexts{&s_.last_near[b.c][b.size][near][node], &s_.last_other[b.c][b.size][other][node],
                                      &s_.last_both[chroma][near / 2][other / 2][node]};
            node = node * 2 + mixed(engine_, contexts, s_.last_mix[b.c][i], (wanted >> i & 1) != 0);
        }
        auto const bucket = node - 16;
        auto value = bucket * unit;
        if (bucket == 15 && b.size != 1) {
            value = 2 * b.n - 2; // of 32 x 32, the last bucket is not refined
        } else if (bucket > 0) {
            auto const back = value - last;
            node = 1;
            for (auto i = b.size; i-- > 0;) {
                auto &c = s_.last_fine[chroma][b.size][std::min<std::size_t>(bucket, 3)][node];
                node = node * 2 + simple(engine_, c, (back >> i & 1) != 0);
            }
            value -= node - unit;
        }
        remember(b, b.memory.last, static_cast<std::uint8_t>(bucket));
        return value;
    }

    /// The smoothed magnitudes of a neighbouring block at the same frequencies.
    struct neighbour {
        std::uint8_t const *energy = nullptr;
        int finer = 0; ///< log2 of the ratio of sizes
        auto at(std::size_t u, std::size_t v, std::size_t stride) const noexcept -> std::size_t {
            if (!energy) return 0;
            return finer >= 0 ? energy[(u << finer) * stride + (v << finer)]
                              : energy[(u >> -finer) * stride + (v >> -finer)];
        }
    };
    auto neighbour_at(block const &b, std::size_t y, std::size_t x) const noexcept -> neighbour {
        int const log2 = size_at(y / triptych::detail::cell, x / triptych::detail::cell);
        auto const origin = ~((std::size_t{1} << log2) - 1);
        return {b.memory.energy + (y & origin) * width_ + (x & origin), log2 - static_cast<int>(b.size) - 3};
    }

    void code_levels(block &b) {
        local_magnitudes local(b.used);
        neighbour const before = b.x > 0 ? neighbour_at(b, b.y, b.x - 1) : neighbour{};
        neighbour const above = b.y > 0 ? neighbour_at(b, b.y - 1, b.x) : neighbour{};
        auto const &band = frequency_bands[b.size];
        auto const here = b.y * width_ + b.x;
        auto const references = std::min<std::size_t>(b.p, 2);
        std::array<regression, 2> follow{};
        std::array<V const *, 2> reference{};
        for (std::size_t r = 0; r < references; ++r) {
            reference[r] = planes_ + r * area_ + here;
            if (b.x > 0) follow[r].add(b.memory.follow[r][b.cell - 1]);
            if (b.y > 0) follow[r].add(b.memory.follow[r][b.cell - columns_]);
        }
        auto const *const luma = memory_[0].energy + here, *const second =
                                                               b.c == 2 ? memory_[1].energy + here : nullptr;
        for (auto s = b.last; s > 0; --s)
            along_diagonal(s, b.n, [&](std::size_t u, std::size_t v) {
                auto const at = u * width_ + v;
                std::array<std::int32_t, 2> expected{};
                for (std::size_t r = 0; r < references; ++r)
                    if (auto const level = tame(reference[r][at]); level != 0) expected[r] = follow[r].expect(level);
                place w;
                w.t = local_magnitudes::template_class(local.at(u, v));
                w.bu = band[u], w.bv = band[v], w.zone = (w.bu + w.bv) / 2;
                w.around = class_of(energy_classes, before.at(u, v, width_) + above.at(u, v, width_));
                w.other = b.c == 0
                              ? std::min<std::size_t>(b.last - s, 9)
                              : class_of(energy_classes, b.c == 1 ? luma[at] : std::size_t{luma[at]} / 2 + second[at]);
                w.follow = class_of(border_classes, absolute(expected[0]) + absolute(expected[1]));
                std::int32_t level = b.q[at];
                auto const magnitude = code_magnitude(b, w, absolute(level));
                if (magnitude != 0) {
                    bool const negative = code_sign(b, u, v, expected, magnitude, level < 0);
                    level = sign_extend(negative ? 0u - magnitude : magnitude, b.memory.bits);
                    if constexpr (E::decoding) b.q[at] = static_cast<V>(level);
                    *local.at(u, v) = static_cast<std::uint8_t>(std::min<std::uint32_t>(absolute(level), 255));
                    level = tame(level);
                    for (std::size_t r = 0; r < references; ++r) follow[r].add(tame(reference[r][at]), level);
                    auto const side = level * border_weight[b.size], flat = level * border_weight_flat[b.size];
                    b.left[u] -= v ? side : flat;
                    b.top[v] -= u ? side : flat;
                    b.right[u] += v == 0 ? flat : v & 1 ? -side : side;
                    b.bottom[v] += u == 0 ? flat : u & 1 ? -side : side;
                }
                if constexpr (meters) engine_.pay_level(b.c, b.size, w.zone, w.t, magnitude, true);
            });
        keep_energy(b, local);
        for (std::size_t r = 0; r < references; ++r) remember(b, b.memory.follow[r], follow[r].quarter());
    }

    /// Classes of all that is looked at for a magnitude.
    struct place {
        std::size_t t, bu, bv, zone, around, other, follow;
    };
    auto code_magnitude(block const &b, place const &w, std::uint32_t wanted) -> std::uint32_t {
        for (std::uint32_t m = 0; m < 3; ++m) {
            auto &d = s_.decisions[m];
            std::array const contexts{&d.local[b.c][b.size][w.zone][w.t],
                                      &d.position[b.c][b.size][w.bu * 8 + w.bv][std::min<std::size_t>(w.t, 2)],
                                      &d.around[b.c][w.around][w.t], &d.other[b.c][w.other][w.t]};
            auto &mix = d.mix[b.c][b.size];
            bool const more = b.c == 0 ? mixed(engine_, contexts, mix, wanted > m)
                                       : mixed(engine_,
                                               std::array{contexts[0], contexts[1], contexts[2], contexts[3],
                                                          &d.follow[b.c][w.follow][w.t]},
                                               mix, wanted > m);
            if (!more) return m;
        }
        if constexpr (meters) engine_.pay_level(b.c, b.size, w.zone, w.t, 3, false);
        auto const rest = code_escape(w.t, wanted - 3);
        if constexpr (meters) engine_.pay_escape(wanted);
        return 3 + rest;
    }
    /// Exp-Golomb with an adaptive prefix, which is bounded whatever the bytes say, and an adaptive leading bit.
    auto code_escape(std::size_t t, std::uint32_t wanted) -> std::uint32_t {
        unsigned const length = E::decoding ? 0 : static_cast<unsigned>(std::bit_width(wanted + 1)) - 1;
        unsigned k = 0;
        while (k < 31 && simple(engine_, s_.escape[t][std::min(k, 16u)], length > k)) ++k;
        return code_below(k + 1, wanted + 1, s_.escape_mantissa[t][std::min(k, 16u)]) - 1;
    }
    /// A number of `length` bits, the highest of which is 1: the next one adaptive, the rest as they are.
    auto code_below(unsigned length, std::uint32_t wanted, block_counter &second) -> std::uint32_t {
        if (length < 2) return length;
        auto const v = 2u + simple(engine_, second, (wanted >> (length - 2) & 1) != 0);
        auto const mask = (std::uint32_t{1} << (length - 2)) - 1;
        return v << (length - 2) | (engine_.direct(wanted & mask, length - 2) & mask);
    }

    /// Does the coefficient continue the lines around the block? Coded is whether it does not.
    auto code_sign(block const &b, std::size_t u, std::size_t v, std::array<std::int32_t, 2> const &expected,
                   std::uint32_t magnitude, bool negative) -> bool {
        auto const scale = border_scale[b.size];
        auto const z = b.left[u] + b.top[v];
        auto const z_class = class_of(border_classes, absolute(border_eighths(z, scale)));
        bool const flip = z < 0;
        auto const border = [&](std::int32_t e) {
            return signed_class(border_eighths(flip ? -e : e, scale), 2, 6, 14);
        };
        auto const colocated = [&](std::int32_t e) { return signed_class(flip ? -e : e, 1, 3, 8); };
        std::size_t const rim = u == 0 ? 0 : v == 0 ? 1 : 2;
        std::array const contexts{
            &s_.sign_both[std::min<std::size_t>(b.c, 1)][border(b.left[u])][border(b.top[v])],
            &s_.sign_size[b.size][z_class][std::min<std::size_t>(u, 3)][std::min<std::size_t>(v, 3)],
            &s_.sign_level[z_class][std::min(magnitude, 4u)][rim]};
        if (b.c == 0) return mixed(engine_, contexts, s_.sign_mix[0], negative != flip) != flip;
        auto &also = s_.sign_follow[b.c][colocated(expected[0])][colocated(expected[1])][std::min(magnitude, 3u)];
        return mixed(engine_, std::array{contexts[0], contexts[1], contexts[2], &also}, s_.sign_mix[b.c],
                     negative != flip) != flip;
    }

    void keep_energy(block const &b, local_magnitudes const &local) const noexcept {
        auto const end = std::min(b.used + 1, b.n);
        auto *const out = b.memory.energy + b.y * width_ + b.x;
        for (std::size_t u = 0; u < end; ++u)
            for (std::size_t v = 0; v < end; ++v) {
                auto const *const m = local.at(u, v);
                constexpr auto stride = local_magnitudes::stride;
                int const sum = 2 * m[0] + m[1] + m[stride] + (u ? *(m - stride) : 0) + (v ? *(m - 1) : 0);
                out[u * width_ + v] = static_cast<std::uint8_t>(std::min(sum, 255));
            }
    }

    /// The DC as the difference from what continues the lines; modulo the symbols' width, so that every value can be said.
    void code_dc(block &b) {
        auto const ways = (b.x > 0) + (b.y > 0);
        auto const inverse = border_inverse[b.size];
        auto const sum = std::int64_t{b.x > 0 ? b.left[0] : 0} + (b.y > 0 ? b.top[0] : 0);
        auto const expected = (ways == 0 ? 0 : sum * inverse / ways) + (1 << 19); // Q20
        auto const prediction = tame(std::clamp<std::int64_t>(expected >> 20, -32767, 32767));
        auto const quarter = static_cast<std::size_t>(expected >> 18 & 3);
        std::size_t disagree = 8;
        if (ways == 2) {
            auto const apart = std::int64_t{b.left[0]} - b.top[0];
            disagree = static_cast<std::size_t>(std::bit_width(std::min<std::uint64_t>(
                static_cast<std::uint64_t>(apart < 0 ? -apart : apart) * static_cast<std::uint32_t>(inverse) >> 20,
                255)));
        }
        auto const *const known = b.memory.residual;
        unsigned const above = known[b.y > 0 ? b.cell - columns_ : b.x > 0 ? b.cell - 1 : b.cell];
        unsigned const before = known[b.x > 0 ? b.cell - 1 : b.y > 0 ? b.cell - columns_ : b.cell];
        auto const near = std::min(above + before, 11u);
        auto const other = std::min<std::size_t>(
            b.c == 0 ? b.last : memory_[0].residual[b.cell] + (b.c == 2 ? std::size_t{memory_[1].residual[b.cell]} : 0),
            12);

        std::int32_t level = b.q[0];
        auto const residual = sign_extend(
            static_cast<std::uint32_t>(level) - static_cast<std::uint32_t>(prediction), b.memory.bits);
        auto const wanted = absolute(residual);
        auto const length = static_cast<unsigned>(std::bit_width(wanted));
        unsigned k = 0;
        for (; k < 32; ++k) {
            auto const i = std::min(k, 17u);
            std::array const contexts{&s_.dc_near[b.c][b.size][near][i], &s_.dc_other[b.c][other][i],
                                      &s_.dc_disagree[b.c][disagree][i]};
            if (!mixed(engine_, contexts, s_.dc_mix[b.c][std::min(k, 3u)], length > k)) break;
        }
        if (k > 0) {
            auto const magnitude = code_below(k, wanted, s_.dc_mantissa[b.c][std::min(k, 17u)]);
            bool const negative = simple(engine_, s_.dc_sign[std::min(k, 2u)][quarter], residual < 0);
            level = sign_extend(static_cast<std::uint32_t>(prediction) + (negative ? 0u - magnitude : magnitude),
                                       b.memory.bits);
        } else {
            level = sign_extend(static_cast<std::uint32_t>(prediction), b.memory.bits);
        }
        if constexpr (E::decoding) b.q[0] = static_cast<V>(level);
        b.right[0] += tame(level) * border_weight_flat[b.size];
        b.bottom[0] += tame(level) * border_weight_flat[b.size];
        remember(b, b.memory.residual, static_cast<std::uint8_t>(k));
    }

    block_statistics &s_;
    E &engine_;
    block_memory &memory_;
    V *cells_, *planes_;
    std::size_t columns_, width_, area_;
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
