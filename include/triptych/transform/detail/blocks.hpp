// triptych/transform/detail/blocks.hpp: separable orthonormal transforms of N x N blocks in integers; `dct` and `fourier` are made of it.
//
// The inverse is specified to the bit. A pass multiplies by the transposed basis (13 fractional bits and 32-bit sums
// in int16, 28 bits and 64-bit sums in int32), adds a half, shifts and saturates to the work type. No sum can overflow,
// whatever the coefficients are: the magnitudes of a column of an orthonormal basis sum to at most sqrt(N), 8 here. Columns
// go first and keep floor(log2(N) / 2) more fractional bits than the coefficients have, rows then drop those again.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/detail/basis.hpp>
#include <triptych/transform/detail/plane.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

template <class T>
constexpr int basis_scale = sizeof(T) == 2 ? 13 : 28;

/// Columns that a pass treats side by side: those of 32 / N blocks, for a vector unit wants long rows.
template <std::size_t N>
constexpr std::size_t lanes = N > 32 ? N : 32;

/// Any basis. Passes transform the columns of x, N rows of `lanes`, into those of y.
template <std::size_t N, auto Entries>
struct dense_kernel {
    static constexpr std::size_t L = lanes<N>;
    template <class T>
    static constexpr matrix<N> m = Entries(basis_scale<T>);

    template <class T>
    static void forward(T const *x, T *y, int shift, int bits) noexcept {
        pass(x, y, shift, bits, [](std::size_t k, std::size_t n) { return m<T>[k][n]; });
    }
    template <class T>
    static void inverse(T const *x, T *y, int shift) noexcept {
        pass(x, y, shift, 8 * sizeof(T), [](std::size_t n, std::size_t k) { return m<T>[k][n]; });
    }

private:
    template <class T, class Entry>
    static void pass(T const *x, T *y, int shift, int bits, Entry &&entry) noexcept {
        wide<T> const limit = wide<T>{1} << (bits - 1);
        for (std::size_t to = 0; to < N; ++to) {
            wide<T> sum[L]{};
            for (std::size_t from = 0; from < N; ++from) {
                wide<T> const factor = entry(to, from);
                for (std::size_t j = 0; j < L; ++j) sum[j] += factor * x[from * L + j];
            }
            for (std::size_t j = 0; j < L; ++j)
                y[to * L + j] = static_cast<T>(std::clamp<wide<T>>(shifted<wide<T>>(sum[j], shift), -limit, limit - 1));
        }
    }
};

/// The cosine transform. Even rows of the basis are symmetric, odd ones antisymmetric, and the even rows are those of the
/// transform of half the length: integers are added in another order than the matrix has, which changes no sum.
template <std::size_t N>
struct cosine_kernel {
    static constexpr std::size_t L = lanes<N>;
    template <class T>
    static constexpr matrix<N> m = cosine_basis<N>(basis_scale<T>);

    template <class T>
    static void forward(T const *x, T *y, int shift, int bits) noexcept {
        wide<T> const limit = wide<T>{1} << (bits - 1);
        auto const narrow = [=](wide<T> v) {
            return static_cast<T>(std::clamp<wide<T>>(shifted<wide<T>>(v, shift), -limit, limit - 1));
        };
        // 16-bit factors are what vector units like; the caller leaves a bit free for the sums.
        using lane = std::conditional_t<sizeof(T) == 2, T, wide<T>>;
        if constexpr (N > 8) {
            lane folded[2][N / 2 * L];
            for (std::size_t n = 0; n < N / 2; ++n)
                for (std::size_t j = 0; j < L; ++j) {
                    wide<T> const a = x[n * L + j], b = x[(N - 1 - n) * L + j];
                    folded[0][n * L + j] = static_cast<lane>(a + b), folded[1][n * L + j] = static_cast<lane>(a - b);
                }
            for (std::size_t k = 0; k < N; ++k) {
                wide<T> sum[L]{};
                for (std::size_t n = 0; n < N / 2; ++n)
                    for (std::size_t j = 0; j < L; ++j) sum[j] += wide<T>{m<T>[k][n]} * folded[k % 2][n * L + j];
                for (std::size_t j = 0; j < L; ++j) y[k * L + j] = narrow(sum[j]);
            }
            return;
        }
        for (std::size_t j = 0; j < L; ++j) {
            lane sum[N / 2], difference[N / 2];
            for (std::size_t n = 0; n < N / 2; ++n) {
                wide<T> const a = x[n * L + j], b = x[(N - 1 - n) * L + j];
                sum[n] = static_cast<lane>(a + b), difference[n] = static_cast<lane>(a - b);
            }
            unrolled<N / 2>([&]<std::size_t K>() {
                wide<T> even = 0, odd = 0;
                unrolled<N / 2>([&]<std::size_t I>() {
                    even += wide<T>{m<T>[2 * K][I]} * sum[I], odd += wide<T>{m<T>[2 * K + 1][I]} * difference[I];
                });
                y[2 * K * L + j] = narrow(even);
                y[(2 * K + 1) * L + j] = narrow(odd);
            });
        }
    }
    template <class T>
    static void inverse(T const *x, T *y, int shift) noexcept {
        if constexpr (N > 8) {
            for (std::size_t n = 0; n < N / 2; ++n) {
                wide<T> even[L]{}, odd[L]{};
                for (std::size_t k = 0; k < N; k += 2)
                    for (std::size_t j = 0; j < L; ++j) {
                        even[j] += wide<T>{m<T>[k][n]} * x[k * L + j];
                        odd[j] += wide<T>{m<T>[k + 1][n]} * x[(k + 1) * L + j];
                    }
                for (std::size_t j = 0; j < L; ++j) {
                    y[n * L + j] = saturate<T>(shifted<wide<T>>(even[j] + odd[j], shift));
                    y[(N - 1 - n) * L + j] = saturate<T>(shifted<wide<T>>(even[j] - odd[j], shift));
                }
            }
            return;
        }
        for (std::size_t j = 0; j < L; ++j) {
            wide<T> sum[N];
            synthesis<N>(x + j, sum);
            unrolled<N>([&]<std::size_t I>() { y[I * L + j] = saturate<T>(shifted<wide<T>>(sum[I], shift)); });
        }
    }

private:
    template <std::size_t Count, class F>
    [[gnu::always_inline]] static void unrolled(F &&f) {
        [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            (f.template operator()<I>(), ...);
        }
        (std::make_index_sequence<Count>{});
    }
    /// The first M samples of what every (N / M)-th row gives.
    template <std::size_t M, class T>
    [[gnu::always_inline]] static void synthesis(T const *x, wide<T> *sum) noexcept {
        if constexpr (M == 1) {
            sum[0] = wide<T>{m<T>[0][0]} * x[0];
        } else {
            wide<T> even[M / 2];
            synthesis<M / 2>(x, even);
            unrolled<M / 2>([&]<std::size_t I>() {
                wide<T> odd = 0;
                unrolled<M / 2>([&]<std::size_t K>() {
                    constexpr auto row = (2 * K + 1) * (N / M);
                    odd += wide<T>{m<T>[row][I]} * x[row * L];
                });
                sum[I] = even[I] + odd, sum[M - 1 - I] = even[I] - odd;
            });
        }
    }
};

/// A transform of all signal bands by blocks of N x N samples (rank 1: N), each band to a group of N * N (N) bands; all but a name.
template <std::size_t N, class Kernel>
struct separable_blocks {
    static constexpr bool reversible = false;
    static constexpr std::size_t tile_height = N, tile_margin = 0;
    static constexpr int log2n = std::countr_zero(N);
    template <std::size_t R>
    static constexpr std::size_t size = R == 1 ? N : N *N;
    /// Bits that a coefficient has more than the samples: the largest is their number's square root times the largest sample.
    template <std::size_t R>
    static constexpr int growth = R == 1 ? (log2n + 1) / 2 : log2n;
    static constexpr int half = log2n / 2;

    template <std::size_t R>
    static auto arrange(layout<R> const &in) -> layout<R> {
        if (!in.ok()) return in;
        layout<R> out;
        for (auto const &band : in) {
            if (band.at.kind == role::side) {
                out.add(band.shape, band);
                continue;
            }
            auto like = band;
            int const whole = whole_bits(band) + growth<R>;
            like.frac = static_cast<std::int8_t>(frac_beside(whole, 3)), like.bits = capped_bits(whole + like.frac);
            out.add_group(divided<R>(band.shape, N), size<R>, [&](std::size_t k) -> band_info<R> const & {
                like.at.index = static_cast<std::uint32_t>(band.at.index * size<R> + k);
                return like;
            });
            if (!out.ok()) return out;
        }
        return out;
    }

    template <class B>
    static auto forward(B x) -> B {
        constexpr auto R = B::rank;
        using T = typename B::value_type;
        constexpr int width = 8 * sizeof(T);
        B out(arrange(x.layout()));
        if (!out.ok()) return out;
        for (std::size_t b = 0; b < x.count(); ++b) {
            auto const &group = out.layout().groups()[b];
            auto const p = planes_of(x.info(b));
            if (x.info(b).at.kind == role::side) {
                for (std::size_t i = 0; i < p.samples(); ++i)
                    out.data()[group.offset + i] = x.data()[p.offset + i * p.unit];
                continue;
            }
            // One bit is left free for sums of two samples.
            int const spare = std::max(0, x.info(b).bits - (width - 1));
            int const bits = std::min<int>(width, out.info(group.first).bits);
            int const from = x.info(b).frac - spare, to = out.info(group.first).frac;
            T *blocks = out.data() + group.offset;
            for_each_tile<R>(p, [&](std::size_t batch, std::size_t row, std::size_t col, std::size_t count) {
                alignas(64) T a[N * L], c[N * L];
                load<R>(x.data(), p, batch, row, col, a);
                if (spare > 0)
                    for (auto &v : a) v = static_cast<T>(v >> spare);
                if constexpr (R == 1) {
                    Kernel::forward(a, c, basis_scale<T> + from - to, bits);
                    for (std::size_t q = 0; q < count; ++q)
                        for (std::size_t k = 0; k < N; ++k) blocks[q * N + k] = c[k * L + q];
                } else {
                    int const between = to + half - 1;
                    Kernel::forward(a, c, basis_scale<T> + from - between, width - 1);
                    transpose(c, L, N, a, L, N, L / N);
                    Kernel::forward(a, c, basis_scale<T> + between - to, bits);
                    transpose(c, L, N, blocks, N, N * N, count);
                }
                blocks += count * size<R>;
            });
        }
        return out;
    }

    /// `x` may have other fractional bits than `arrange(in)` says; they are handed on.
    template <class B>
    static auto inverse(B x, layout<B::rank> const &in) -> B {
        constexpr auto R = B::rank;
        using T = typename B::value_type;
        auto const &groups = x.layout().groups();
        if (!x.ok() || groups.size() != in.count()) return B(failed_layout<R>());
        layout<R> where = in;
        for (std::size_t b = 0; b < in.count(); ++b) {
            bool const side = in[b].at.kind == role::side;
            auto const blocks = volume(side ? in[b].shape : divided<R>(in[b].shape, N));
            if (groups[b].samples != blocks || groups[b].count != (side ? 1 : size<R>)) return B(failed_layout<R>());
            int const frac = common_frac(x, groups[b].first, groups[b].count);
            where.relabel(b, [&](auto &band) { set_frac(band, frac); });
        }
        B out(std::move(where));
        if (!out.ok()) return out;
        for (std::size_t b = 0; b < in.count(); ++b) {
            auto const p = planes_of(out.info(b));
            T const *blocks = x.data() + groups[b].offset;
            if (in[b].at.kind == role::side) {
                for (std::size_t i = 0; i < p.samples(); ++i) out.data()[p.offset + i * p.unit] = blocks[i];
                continue;
            }
            for_each_tile<R>(p, [&](std::size_t batch, std::size_t row, std::size_t col, std::size_t count) {
                alignas(64) T a[N * L]{}, c[N * L];
                if constexpr (R == 1) {
                    for (std::size_t q = 0; q < count; ++q)
                        for (std::size_t k = 0; k < N; ++k) a[k * L + q] = blocks[q * N + k];
                    Kernel::inverse(a, c, basis_scale<T>);
                } else {
                    for (std::size_t q = 0; q < count; ++q)
                        for (std::size_t k = 0; k < N; ++k)
                            std::memcpy(a + k * L + q * N, blocks + q * N * N + k * N, N * sizeof(T));
                    Kernel::inverse(a, c, basis_scale<T> - half);
                    transpose(c, L, N, a, L, N, L / N);
                    Kernel::inverse(a, c, basis_scale<T> + half);
                    transpose(c, L, N, a, L, N, L / N);
                }
                store<R>(a, c, out.data(), p, batch, row, col);
                blocks += count * size<R>;
            });
        }
        return out;
    }

private:
    static constexpr std::size_t L = lanes<N>;

    /// Calls f with the first sample of each tile and the number of its blocks: L / N beside each other (rank 1: L).
    template <std::size_t R, class F>
    static void for_each_tile(plane_batch const &p, F &&f) {
        constexpr std::size_t down = R == 1 ? 1 : N, across = R == 1 ? N * L : L;
        for (std::size_t batch = 0; batch < p.batch; ++batch)
            for (std::size_t row = 0; row < p.rows; row += down)
                for (std::size_t col = 0; col < p.cols; col += across)
                    f(batch, row, col, (std::min(across, p.cols - col) + N - 1) / N);
    }
    /// Transposes `count` blocks, whose rows are `from` and `to` apart, and which start `next` and `beyond` apart.
    template <class T>
    static void transpose(T const *x, std::size_t from, std::size_t next, T *y, std::size_t to, std::size_t beyond,
                          std::size_t count) noexcept {
        for (std::size_t q = 0; q < count; ++q)
            for (std::size_t i = 0; i < N; ++i)
                for (std::size_t j = 0; j < N; ++j) y[q * beyond + i * to + j] = x[q * next + j * from + i];
    }
    /// A tile of samples as columns to transform; beyond the border the last sample is repeated.
    template <std::size_t R, class T>
    static void load(T const *data, plane_batch const &p, std::size_t batch, std::size_t row, std::size_t col,
                     T *tile) {
        auto const there = p.cols - col;
        for (std::size_t n = 0; n < N; ++n)
            if constexpr (R == 1) {
                T const *const from = data + p.row(batch, row) + col * p.unit;
                for (std::size_t q = 0; q < L; ++q) tile[n * L + q] = from[std::min(q * N + n, there - 1) * p.unit];
            } else {
                T const *const from = data + p.row(batch, std::min(row + n, p.rows - 1)) + col * p.unit;
                if (p.unit == 1 && there >= L)
                    std::memcpy(tile + n * L, from, L * sizeof(T));
                else
                    for (std::size_t j = 0; j < L; ++j) tile[n * L + j] = from[std::min(j, there - 1) * p.unit];
            }
    }
    /// Rows of a tile (rank 1: its columns) to samples.
    template <std::size_t R, class T>
    static void store(T const *rows, T const *columns, T *data, plane_batch const &p, std::size_t batch,
                      std::size_t row, std::size_t col) {
        T *to = data + p.row(batch, row) + col * p.unit;
        if constexpr (R == 1) {
            auto const there = std::min(N * L, p.cols - col);
            for (std::size_t i = 0; i < there; ++i) to[i * p.unit] = columns[i % N * L + i / N];
        } else {
            auto const there = std::min(L, p.cols - col);
            for (std::size_t n = 0; n < std::min(N, p.rows - row); ++n, to += p.cols * p.unit)
                if (p.unit == 1 && there == L)
                    std::memcpy(to, rows + n * L, L * sizeof(T));
                else
                    for (std::size_t j = 0; j < there; ++j) to[j * p.unit] = rows[n * L + j];
        }
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
