// triptych/transform/adaptive_dct.hpp: the cosine transform in blocks of 8, 16 and 32 samples, as each place wants, and a filter
// that smooths their borders.
//
// The sizes form a quadtree in superblocks of 32 (as in HEVC, Sullivan et al. 2012), chosen by an estimate of rate and distortion at
// the step that the encoder aims at, and travel as a side band. Coefficients stay in place: that of frequency (u, v) of the block at (y, x)
// is element (y + u, x + v) of a band as large as the padded picture. The inverse ends with a deblocking filter, whose strength
// comes from the step, which therefore travels too. Worth 11 % of the bits beside blocks of 8 alone, and the filter 4 %.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/detail/partition.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/transform/detail/blocks.hpp>
#include <triptych/transform/detail/coefficient_rate.hpp>
#include <triptych/transform/detail/deblock.hpp>
#include <triptych/transform/detail/plane.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {

/// A superblock of T, row by row.
template <class T>
using superblock_samples = std::array<T, superblock * superblock>;

/// One row of blocks of a superblock: 32 columns of N rows, each block in place.
template <std::size_t N, class T>
struct block_row {
    static constexpr std::size_t L = superblock;
    static_assert(lanes<N> == L);
    using kernel = cosine_kernel<N>;
    static constexpr int half = std::countr_zero(N) / 2;

    /// Samples with `from` fractional bits to coefficients with `to`.
    static void forward(T const *in, T *out, int from, int to, int bits) noexcept {
        alignas(64) T a[N * L], b[N * L];
        int const between = to + half - 1;
        kernel::forward(in, a, basis_scale<T> + from - between, static_cast<int>(8 * sizeof(T)) - 1);
        transpose(a, b);
        kernel::forward(b, a, basis_scale<T> + between - to, bits);
        transpose(a, out);
    }
    static void inverse(T const *in, T *out) noexcept {
        alignas(64) T a[N * L], b[N * L];
        kernel::inverse(in, a, basis_scale<T> - half);
        transpose(a, b);
        kernel::inverse(b, a, basis_scale<T> + half);
        transpose(a, out);
    }

private:
    static void transpose(T const *x, T *y) noexcept {
        for (std::size_t block = 0; block < L; block += N)
            for (std::size_t i = 0; i < N; ++i)
                for (std::size_t j = 0; j < N; ++j) y[i * L + block + j] = x[j * L + block + i];
    }
};

} // namespace detail

namespace transform {

/// Adaptive block cosine transform of pictures. Bands that follow each other with one shape (all components of a picture, usually)
/// share their block sizes; rank 2 and above, on the last two axes.
class adaptive_dct {
public:
    static constexpr bool reversible = false;
    static constexpr void describe(auto &d) { d("adaptive_dct"); }

    template <std::size_t R>
    requires(R >= 2) auto arrange(layout<R> const &in) const -> layout<R> {
        if (!in.ok()) return in;
        layout<R> out;
        for (std::size_t b = 0; b < in.count() && out.ok(); ++b) {
            if (in[b].at.kind == role::side) {
                out.add(in[b].shape, in[b]);
                continue;
            }
            auto shape = detail::divided<R>(in[b].shape, detail::superblock);
            if (opens_run(in, b)) {
                band_info<R> sizes;
                sizes.at = in[b].at, sizes.at.kind = role::side, sizes.bits = 4;
                out.add(times(shape, detail::superblock / detail::cell), sizes);
            }
            auto like = in[b];
            int const whole = detail::whole_bits(like) + detail::largest_log2;
            like.frac = static_cast<std::int8_t>(detail::frac_beside(whole, 3));
            like.bits = detail::capped_bits(whole + like.frac);
            out.add(times(shape, detail::superblock), like);
        }
        return out;
    }

    template <class B>
    requires(B::rank >= 2) auto forward(B x, target const &aim) const -> B {
        using T = typename B::value_type;
        B out(arrange(x.layout()), T{});
        if (!x.ok() || !out.ok()) return B(detail::failed_layout<B::rank>());
        for_each_run(x.layout(), [&](std::size_t first, std::size_t end, std::size_t sizes) {
            if (sizes == none)
                detail::copy_band(x, first, out, first_out(x.layout(), first));
            else
                analyse_run(x, first, end, out, sizes, aim);
        });
        return out;
    }

    /// The step is for the deblocking filter; 0 switches it off.
    template <class B>
    requires(B::rank >= 2) auto inverse(B x, layout<B::rank> const &in, fixed_step step) const -> B {
        if (!x.ok() || x.layout().count() != arrange(in).count()) return B(detail::failed_layout<B::rank>());
        layout<B::rank> where = in;
        for_each_run(in, [&](std::size_t first, std::size_t end, std::size_t sizes) {
            for (std::size_t b = first; b < end && sizes != none; ++b)
                where.relabel(b, [&](auto &band) { detail::set_frac(band, x.info(sizes + 1 + b - first).frac); });
        });
        B out(std::move(where));
        if (!out.ok()) return out;
        for_each_run(in, [&](std::size_t first, std::size_t end, std::size_t sizes) {
            if (sizes == none)
                detail::copy_band(x, first_out(in, first), out, first);
            else
                for (std::size_t b = first; b < end; ++b) synthesise(x, sizes, sizes + 1 + b - first, out, b, step);
        });
        return out;
    }

private:
    static constexpr std::size_t none = ~std::size_t{0};

    template <std::size_t R>
    static auto times(extents<R> shape, std::size_t by) -> extents<R> {
        shape[R - 2] *= by, shape[R - 1] *= by;
        return shape;
    }
    /// Does band b need a side band of its own?
    template <std::size_t R>
    static auto opens_run(layout<R> const &in, std::size_t b) -> bool {
        return b == 0 || in[b - 1].at.kind == role::side || in[b - 1].shape != in[b].shape;
    }
    /// The number of bands that those before b of `in` have become.
    template <std::size_t R>
    static auto first_out(layout<R> const &in, std::size_t b) -> std::size_t {
        std::size_t n = b;
        for (std::size_t i = 0; i < b; ++i) n += in[i].at.kind == role::signal && opens_run(in, i);
        return n;
    }
    /// Calls f(first, end, index of the side band) for runs [first, end) of bands of `in`; `none` for a band that was side information before.
    template <std::size_t R, class F>
    static void for_each_run(layout<R> const &in, F &&f) {
        std::size_t at = 0;
        for (std::size_t b = 0; b < in.count();) {
            if (in[b].at.kind == role::side) {
                f(b, b + 1, none), ++b, ++at;
                continue;
            }
            std::size_t end = b + 1;
            while (end < in.count() && in[end].at.kind == role::signal && !opens_run(in, end)) ++end;
            f(b, end, at);
            at += 1 + end - b, b = end;
        }
    }
    template <std::size_t N, class T>
    static void forward_rows(detail::superblock_samples<T> const &in, detail::superblock_samples<T> &out, int from,
                             int to, int bits) {
        for (std::size_t y = 0; y < detail::superblock; y += N)
            detail::block_row<N, T>::forward(in.data() + y * detail::superblock, out.data() + y * detail::superblock,
                                             from, to, bits);
    }

    template <class B>
    void analyse_run(B const &x, std::size_t first, std::size_t end, B &out, std::size_t sizes,
                     target const &aim) const {
        using T = typename B::value_type;
        constexpr auto S = detail::superblock;
        detail::coefficient_rate const rate(0.8F * aim.lambda);
        auto const grid = detail::planes_of(out.info(sizes));
        detail::buffer<detail::superblock_samples<T>> trials(3 * (end - first));
        if (!trials.ok()) return;
        for (std::size_t batch = 0; batch < grid.batch; ++batch)
            for (std::size_t y = 0; y < grid.rows * detail::cell; y += S)
                for (std::size_t x0 = 0; x0 < grid.cols * detail::cell; x0 += S) {
                    std::array<std::array<std::uint64_t, 16>, 3> cost{};
                    for (std::size_t b = first; b < end; ++b) {
                        auto const &from = x.info(b), &to = out.info(sizes + 1 + b - first);
                        detail::superblock_samples<T> in;
                        // One bit is left free for sums of two samples.
                        int const spare = std::max(0, from.bits - (static_cast<int>(8 * sizeof(T)) - 1));
                        load(x.data(), detail::planes_of(from), batch, y, x0, spare, in);
                        auto *const tried = trials.data() + 3 * (b - first);
                        int const frac = from.frac - spare,
                                  bits = std::min<int>(static_cast<int>(8 * sizeof(T)), to.bits);
                        forward_rows<8>(in, tried[0], frac, to.frac, bits);
                        forward_rows<16>(in, tried[1], frac, to.frac, bits);
                        forward_rows<32>(in, tried[2], frac, to.frac, bits);
                        auto const eighths =
                            8 * 256.0F / static_cast<float>(detail::grid<T>(detail::stream_step(aim), to).step);
                        add_prices<8>(rate, tried[0], eighths, cost[0]);
                        add_prices<16>(rate, tried[1], eighths, cost[1]);
                        add_prices<32>(rate, tried[2], eighths, cost[2]);
                    }
                    auto const level = choose(cost);
                    for (std::size_t cell = 0; cell < 16; ++cell) {
                        auto const row = cell / 4, col = cell % 4;
                        out.data()[grid.row(batch, y / detail::cell + row) + x0 / detail::cell + col] =
                            static_cast<T>(detail::smallest_log2 + level[cell]);
                        for (std::size_t b = first; b < end; ++b) {
                            auto const q = detail::planes_of(out.info(sizes + 1 + b - first));
                            auto const *const from =
                                trials[3 * (b - first) + level[cell]].data() + row * 8 * S + col * 8;
                            for (std::size_t r = 0; r < 8; ++r)
                                std::copy_n(from + r * S, 8, out.data() + q.row(batch, y + row * 8 + r) + x0 + col * 8);
                        }
                    }
                }
    }

    template <std::size_t N, class T>
    static void add_prices(detail::coefficient_rate const &rate, detail::superblock_samples<T> const &tried,
                           float eighths, std::array<std::uint64_t, 16> &cost) {
        constexpr std::size_t across = detail::superblock / N;
        for (std::size_t k = 0; k < across * across; ++k)
            for (std::size_t u = 0; u < N; ++u)
                cost[k] +=
                    rate.run<N>(tried.data() + (k / across * N + u) * detail::superblock + k % across * N, eighths);
    }

    /// Log2 of the size less 3, for each of 16 cells, from the costs of all blocks of the three sizes. Large blocks must be a little better.
    static auto choose(std::array<std::array<std::uint64_t, 16>, 3> const &cost) -> std::array<std::uint8_t, 16> {
        std::array<std::uint8_t, 16> level{};
        std::uint64_t total = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            std::size_t const corner = k / 2 * 8 + k % 2 * 2;
            auto const split = cost[0][corner] + cost[0][corner + 1] + cost[0][corner + 4] + cost[0][corner + 5];
            auto const joined = cost[1][k] + cost[1][k] * 3 / 100;
            for (std::size_t const cell : {corner, corner + 1, corner + 4, corner + 5}) level[cell] = joined <= split;
            total += std::min(split, joined);
        }
        if (cost[2][0] + cost[2][0] * 5 / 100 <= total) level.fill(2);
        return level;
    }

    /// A superblock of samples; beyond the borders of the picture the last one is repeated.
    template <class T>
    static void load(T const *data, detail::plane_batch const &p, std::size_t batch, std::size_t y, std::size_t x,
                     int spare, detail::superblock_samples<T> &out) {
        constexpr auto S = detail::superblock;
        auto const there = std::min(S, p.cols - x);
        for (std::size_t r = 0; r < S; ++r) {
            T const *const from = data + p.row(batch, std::min(y + r, p.rows - 1)) + x * p.unit;
            T *const to = out.data() + r * S;
            for (std::size_t c = 0; c < there; ++c) to[c] = from[c * p.unit];
            std::fill(to + there, to + S, to[there - 1]);
        }
        if (spare > 0)
            for (auto &v : out) v = static_cast<T>(v >> spare);
    }

    /// Blocks of band `from` of x, in place, then the filter, then the part of them that is the picture.
    template <class B>
    static void synthesise(B &x, std::size_t sizes, std::size_t from, B &out, std::size_t to, fixed_step step) {
        using T = typename B::value_type;
        constexpr auto S = detail::superblock;
        auto const grid = detail::planes_of(x.info(sizes)), p = detail::planes_of(x.info(from)),
                   q = detail::planes_of(out.info(to));
        detail::deblocking<T> const filter(step.q8, x.info(from));
        for (std::size_t batch = 0; batch < grid.batch; ++batch) {
            auto const cells = [&](std::size_t row, std::size_t col) { return x.data()[grid.row(batch, row) + col]; };
            T *const plane = x.data() + p.row(batch, 0);
            for (std::size_t y = 0; y < p.rows; y += S)
                for (std::size_t x0 = 0; x0 < p.cols; x0 += S) inverse_superblock(cells, y, x0, plane, p.cols);
            filter.apply(plane, p.rows, p.cols, cells);
            for (std::size_t y = 0; y < q.rows; ++y) {
                T *const row = out.data() + q.row(batch, y);
                for (std::size_t c = 0; c < q.cols; ++c) row[c * q.unit] = plane[y * p.cols + c];
            }
        }
    }

    template <class Cells, class T>
    static void inverse_superblock(Cells const &cells, std::size_t y0, std::size_t x0, T *plane, std::size_t stride) {
        constexpr auto S = detail::superblock;
        T *const corner = plane + y0 * stride + x0;
        detail::superblock_samples<T> in, done;
        for (std::size_t r = 0; r < S; ++r) std::copy_n(corner + r * stride, S, in.data() + r * S);
        // A row of blocks of one size takes no longer than one block of it, so each size that occurs in a row is done once.
        std::array<std::uint8_t, 16> log2{};
        auto visit = [&](std::size_t y, std::size_t x, int size) {
            for (std::size_t j = 0; j < (std::size_t{1} << size); j += 8)
                for (std::size_t i = 0; i < (std::size_t{1} << size); i += 8)
                    log2[(y - y0 + j) / 8 * 4 + (x - x0 + i) / 8] = static_cast<std::uint8_t>(size);
        };
        detail::for_each_block_within(cells, y0, x0, detail::largest_log2, visit);
        auto const rows = [&]<std::size_t N>() {
            constexpr std::uint8_t size = std::countr_zero(N);
            for (std::size_t y = 0; y < S; y += N) {
                bool any = false;
                for (std::size_t i = 0; i < 4; ++i)
                    for (std::size_t j = 0; j < N / 8; ++j) any = any || log2[(y / 8 + j) * 4 + i] == size;
                if (!any) continue;
                alignas(64) T out[N * S];
                detail::block_row<N, T>::inverse(in.data() + y * S, out);
                for (std::size_t r = 0; r < N; ++r)
                    for (std::size_t i = 0; i < 4; ++i)
                        if (log2[(y + r) / 8 * 4 + i] == size)
                            std::copy_n(out + r * S + i * 8, 8, done.data() + (y + r) * S + i * 8);
            }
        };
        rows.template operator()<8>(), rows.template operator()<16>(), rows.template operator()<32>();
        for (std::size_t r = 0; r < S; ++r) std::copy_n(done.data() + r * S, S, corner + r * stride);
    }
};

static_assert(transform_for<adaptive_dct, bands<std::int16_t, 2>> &&
              target_aware<adaptive_dct, bands<std::int32_t, 3>>);
static_assert(step_aware<adaptive_dct, bands<std::int16_t, 2>>);

} // namespace transform
} // namespace triptych::inline TRIPTYCH_ABI
