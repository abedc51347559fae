// triptych/transform/detail/linear_basis.hpp: projects a vector of samples on learned basis vectors, and reconstructs
// it.
//
// The kernel of transforms with a learned basis. Reconstruction is exact integer arithmetic, with narrow sums where
// the coefficients cannot overflow them. It touches only the vectors whose coefficients are not zero, and copies
// nothing: otherwise a decoder of tiny pictures would spend most of its time copying a basis.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <triptych/bands.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Fractional bits of the elements of a basis, and of a mean.
inline constexpr int basis_frac = 14, mean_frac = 4;

/// The gain of vector k of `count`, in each of one or more sets, whose elements go through the components in turn: the root of the mean of the
/// components' squared gains, weighed by the squares of the vector's elements. Without state a vector is a cosine of one component.
template <std::size_t R>
auto vector_gain(layout<R> const &in, frozen<std::int16_t> const &basis, std::size_t count, std::size_t dimension,
                 std::size_t k) noexcept -> std::uint16_t {
    auto const alone = in[k % in.count()].gain;
    if (basis.empty()) return alone;
    std::uint64_t sum = 0, weight = 0;
    elements(basis).read([&](auto const *first) {
        for (std::size_t at = k * dimension; at < basis.size(); at += count * dimension)
            for (std::size_t d = 0; d < dimension; ++d) {
                auto const v = std::int64_t{static_cast<std::int16_t>(first[at + d])};
                auto const energy = static_cast<std::uint64_t>(v * v) >> 8; // so that 2^22 of them times 2^32 fit
                std::uint64_t const gain = in[d % in.count()].gain;
                weight += energy, sum += energy * gain * gain;
            }
    });
    if (weight == 0) return alone;
    std::uint64_t root = 0;
    for (std::uint64_t bit = 1 << 15; bit != 0; bit >>= 1)
        if ((root | bit) * (root | bit) <= sum / weight) root |= bit;
    return static_cast<std::uint16_t>(std::max<std::uint64_t>(root, 1));
}

/// Adds the group of `count` coefficients of vectors of `dimension` elements; samples have `wide` integer bits, and a coefficient is at most
/// sqrt(dimension) larger than a sample.
template <std::size_t R>
void add_coefficients(layout<R> &out, extents<R> const &grid, std::size_t count, layout<R> const &in, int wide,
                      std::size_t dimension, frozen<std::int16_t> const &basis) {
    bool const narrow = wide <= 10;
    for (std::size_t d = dimension; d > 1; d = (d + 3) / 4) ++wide;
    band_info<R> like;
    like.frac = static_cast<std::int8_t>(std::clamp(15 - wide, 0, 6));
    like.bits = static_cast<std::uint8_t>(std::min(wide + 1 + like.frac, narrow ? 16 : 32));
    // Gains that are equal, as they mostly are, stay what they are.
    if (in.count() != 0) like.gain = in[0].gain;
    if (std::all_of(in.begin(), in.end(), [&](auto const &b) { return b.gain == like.gain; }))
        out.add_group(grid, count, [&](std::size_t k) { return like.at.index = static_cast<std::uint32_t>(k), like; });
    else
        out.add_group(grid, count, [&](std::size_t k) {
            like.at.index = static_cast<std::uint32_t>(k), like.gain = vector_gain(in, basis, count, dimension, k);
            return like;
        });
}

/// `count` vectors of `dimension` elements in 2^-basis_frac, and a mean in 2^-mean_frac. Refers to the learned arrays, which hold this
/// many vectors and a mean for each of one or more sets, one set after the other (the mean may be empty: zero), or holds what
/// `fill(elements)` makes, with a mean of zero.
class linear_basis {
public:
    linear_basis(std::size_t count, std::size_t dimension, frozen<std::int16_t> const &basis,
                 frozen<std::int32_t> const &mean, std::size_t set = 0) noexcept
        : count_(count), dimension_(dimension), rows_(basis, set * count * dimension),
          mean_(mean.data() ? mean.data() + set * dimension : nullptr) {}
    template <class Fill>
    linear_basis(std::size_t count, std::size_t dimension, Fill &&fill)
        : count_(count), dimension_(dimension), own_(count * dimension, std::int16_t{0}), rows_(own_.data()) {
        if (own_.ok()) fill(own_.data());
    }
    auto ok() const noexcept -> bool { return own_.ok(); }
    auto dimension() const noexcept -> std::size_t { return dimension_; }

    /// What `analyse` takes off each coefficient for the mean, before it is rounded: count() numbers for samples of this scale.
    void project_mean(int sample_frac, std::int64_t *out) const noexcept {
        rows_.read([&](auto const *b) {
            for (std::size_t i = 0; i < count_; ++i, b += dimension_) {
                std::uint64_t sum = 0;
                for (std::size_t d = 0; mean_ && d < dimension_; ++d)
                    sum += (static_cast<std::uint64_t>(std::int64_t{mean_[d]}) << sample_frac) *
                           static_cast<std::uint64_t>(std::int64_t{static_cast<std::int16_t>(b[d])});
                out[i] = static_cast<std::int64_t>(sum);
            }
        });
    }
    /// Calls `each(i, coefficient)` with the coefficients, as integers with `frac` fractional bits, of a vector of samples. Sums wrap
    /// instead of overflowing; only a state that no learner makes comes near. `centred` is scratch of the dimension's size; what `project_mean`
    /// gave, if the mean is not zero, makes it several times faster and changes nothing.
    template <class T, class F>
    void analyse(T const *samples, int sample_frac, int frac, buffer<std::int64_t> &centred, F &&each,
                 std::int64_t const *mean_products = nullptr) const {
        int const scale = mean_ ? mean_frac : 0, shift = basis_frac + scale + sample_frac - frac;
        std::int64_t largest = 0;
        for (std::size_t d = 0; d < dimension_; ++d)
            largest = std::max(largest, samples[d] < 0 ? -std::int64_t{samples[d]} : std::int64_t{samples[d]});
        auto const half = std::int64_t{1} << (shift - 1);
        // Samples of 8 bits fit narrow sums, which are several times faster.
        bool const narrow = (!mean_ || mean_products) &&
                            largest * 32768 * static_cast<std::int64_t>(dimension_) < std::int64_t{1} << 31;
        if (!narrow)
            for (std::size_t d = 0; d < dimension_; ++d)
                centred[d] = mean_ ? (std::int64_t{samples[d]} << mean_frac) - (std::int64_t{mean_[d]} << sample_frac)
                                   : std::int64_t{samples[d]};
        rows_.read([&](auto const *b) {
            for (std::size_t i = 0; i < count_; ++i, b += dimension_) {
                auto sum = static_cast<std::uint64_t>(half);
                if (narrow) {
                    std::int32_t products = 0;
                    for (std::size_t d = 0; d < dimension_; ++d)
                        products += std::int32_t{samples[d]} * static_cast<std::int16_t>(b[d]);
                    sum += static_cast<std::uint64_t>(std::int64_t{products} * (1 << scale));
                    if (mean_) sum -= static_cast<std::uint64_t>(mean_products[i]);
                } else {
                    for (std::size_t d = 0; d < dimension_; ++d)
                        sum += static_cast<std::uint64_t>(centred[d]) *
                               static_cast<std::uint64_t>(std::int64_t{static_cast<std::int16_t>(b[d])});
                }
                each(i, static_cast<std::int64_t>(sum) >> shift);
            }
        });
    }
    /// The samples, of `bits` bits, that coefficients stand for. `used` is scratch for as many numbers as there are vectors.
    template <class T>
    void synthesise(T const *coefficients, int frac, T *samples, int sample_frac, std::uint8_t bits,
                    buffer<std::uint32_t> &used) const noexcept {
        strip_rules rules;
        rules.shift = basis_frac + frac - sample_frac, rules.lift = basis_frac + frac - mean_frac;
        rules.top = std::int64_t{1} << (std::min<int>(bits, std::numeric_limits<T>::digits + 1) - 1);
        std::size_t n = 0;
        std::int64_t magnitude = 0;
        for (std::size_t i = 0; i < count_; ++i) {
            // Which are zero is as good as random, so this is no branch.
            std::int64_t const c = coefficients[i];
            used[n] = static_cast<std::uint32_t>(i), n += c != 0, magnitude += c < 0 ? -c : c;
        }
        // A strip of samples at a time, so that its sums stay near; within it pieces of known length, which become vectors at any -O.
        constexpr std::size_t longest = 512, piece = 16;
        rows_.read([&](auto const *rows) {
            for (std::size_t d = 0; d < dimension_;) {
                auto const left = dimension_ - d, whole = std::min(longest, left / piece * piece);
                auto const into = strip_of<T>{d, whole != 0 ? whole : left, samples + d};
                if (whole != 0)
                    strip<longest, piece>(coefficients, used.data(), n, magnitude, rows + d, rules, into);
                else
                    strip<piece, 1>(coefficients, used.data(), n, magnitude, rows + d, rules, into);
                d += into.length;
            }
        });
    }

private:
    struct strip_rules {
        int shift = 0, lift = 0;
        std::int64_t top = 0;
    };
    template <class T>
    struct strip_of {
        std::size_t first, length;
        T *samples;
    };
    template <std::size_t Longest, std::size_t Piece, class T, class E>
    void strip(T const *coefficients, std::uint32_t const *used, std::size_t n, std::int64_t magnitude, E const *rows,
               strip_rules const &rules, strip_of<T> const &into) const noexcept {
        std::int64_t const half = std::int64_t{1} << (rules.shift - 1), most = std::numeric_limits<std::int32_t>::max();
        auto const *const mean = mean_ ? mean_ + into.first : nullptr;
        std::uint32_t reach = 0; // no element of the mean is larger, nor smaller than this is negative
        for (std::size_t at = 0; mean && at < into.length; at += Piece)
            for (std::size_t j = 0; j < Piece; ++j)
                reach |= static_cast<std::uint32_t>(mean[at + j] ^ (mean[at + j] >> 31));
        auto const sum = [&]<class A>(A) {
            A acc[Longest];
            for (std::size_t at = 0; at < into.length; at += Piece)
                for (std::size_t j = 0; j < Piece; ++j)
                    acc[at + j] = static_cast<A>(half) +
                                  (mean ? static_cast<A>(static_cast<A>(mean[at + j]) * (A{1} << rules.lift)) : A{0});
            // Four vectors for each touch of the sums, and coefficients in their own type: that tells the compiler of products of 16 bits.
            for (std::size_t u = 0; u < n; u += 4) {
                std::array<std::conditional_t<sizeof(A) == 4, T, A>, 4> by{};
                E const *row[4];
                for (std::size_t i = 0; i < 4; ++i) {
                    row[i] = rows + used[std::min(u + i, n - 1)] * dimension_;
                    if (u + i < n) by[i] = coefficients[used[u + i]];
                }
                for (std::size_t at = 0; at < into.length; at += Piece)
                    add_four<Piece>(acc + at, by, std::array{row[0] + at, row[1] + at, row[2] + at, row[3] + at});
            }
            auto const low = static_cast<A>(-rules.top), high = static_cast<A>(rules.top - 1);
            for (std::size_t at = 0; at < into.length; at += Piece)
                for (std::size_t j = 0; j < Piece; ++j)
                    into.samples[at + j] =
                        static_cast<T>(std::min(std::max(static_cast<A>(acc[at + j] >> rules.shift), low), high));
        };
        if (magnitude * 32768 + (std::int64_t{reach} + 1) * (std::int64_t{1} << rules.lift) + half <= most)
            sum(std::int32_t{});
        else
            sum(std::int64_t{});
    }

    /// sums += four multiples of pieces of rows.
    template <std::size_t Piece, class A, class C, class E>
    static void add_four(A *sums, std::array<C, 4> const &by, std::array<E const *, 4> const &row) noexcept {
#if defined(__SSE2__) && !defined(__AVX2__)
        // Pairs of products in one instruction, which compilers do not find; with AVX2 they need not.
        if constexpr (sizeof(A) == 4 && sizeof(C) == 2 && Piece % 8 == 0) {
            auto const pair = [](C a, C b) {
                return _mm_set1_epi32(
                    static_cast<std::int32_t>(static_cast<std::uint16_t>(a) | static_cast<std::uint32_t>(b) << 16));
            };
            auto const ab = pair(by[0], by[1]), cd = pair(by[2], by[3]);
            for (std::size_t j = 0; j < Piece; j += 8) {
                auto const load = [j](void const *p) {
                    return _mm_loadu_si128(static_cast<__m128i const *>(p) + j / 8);
                };
                auto const p = load(row[0]), q = load(row[1]), r = load(row[2]), s = load(row[3]);
                auto const add = [&](std::size_t k, __m128i pq, __m128i rs) {
                    auto *const to = reinterpret_cast<__m128i *>(sums + j + k);
                    auto const more = _mm_add_epi32(_mm_madd_epi16(pq, ab), _mm_madd_epi16(rs, cd));
                    _mm_storeu_si128(to, _mm_add_epi32(_mm_loadu_si128(to), more));
                };
                add(0, _mm_unpacklo_epi16(p, q), _mm_unpacklo_epi16(r, s));
                add(4, _mm_unpackhi_epi16(p, q), _mm_unpackhi_epi16(r, s));
            }
            return;
        }
#endif
        auto const [a, b, c, d] = by;
        auto const [p, q, r, s] = row;
        for (std::size_t j = 0; j < Piece; ++j)
            sums[j] += a * static_cast<std::int16_t>(p[j]) + b * static_cast<std::int16_t>(q[j]) +
                       c * static_cast<std::int16_t>(r[j]) + d * static_cast<std::int16_t>(s[j]);
    }

    std::size_t count_, dimension_;
    buffer<std::int16_t> own_;
    elements<std::int16_t> rows_;
    std::int32_t const *mean_ = nullptr; ///< null where it is zero
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
