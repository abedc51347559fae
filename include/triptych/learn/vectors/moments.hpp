// triptych/learn/vectors/moments.hpp: mean and covariance of vectors that come in batches.
//
// Products of floats are summed as floats over a thousand vectors and as doubles from there on; the mean of the first vectors is taken
// off all, so that a large mean costs no digits. The sum of outer products is a matrix product of the data with themselves: a panel is packed
// once, and tiles of its product are kept in registers. Batches are merged as Chan, Golub and LeVeque (1979) do.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

class moments {
    static constexpr std::size_t width = 3 * detail::lanes, tile = detail::lanes == 16 ? 8 : 4; // elements of a tile
    static constexpr std::size_t panel = 128,
                                 chunk = 8 * panel; // vectors: in the first cache with a tile; summed as floats

public:
    /// Adds vectors. Threads don't change the result, nor does how a sequence is cut into calls of multiples of 1024.
    void observe(points x, unsigned threads = 1) {
        if (x.count == 0) return;
        detail::check("moments", x);
        if (count_ == 0) begin(x);
        if (x.dimension != d_) detail::refuse("moments", "vectors of different dimensions");
        for (std::size_t i = 0; i < x.count; i += chunk) add(x.part(i, std::min(i + chunk, x.count)), threads);
    }
    void merge(moments const &other) {
        if (other.count_ == 0) return;
        if (count_ == 0) {
            *this = other;
            return;
        }
        if (other.d_ != d_) detail::refuse("moments", "vectors of different dimensions");
        // Both about the shift of this one: Σ (y + δ)(y + δ)ᵀ = Σ yyᵀ + δ Σyᵀ + Σy δᵀ + n δδᵀ.
        std::vector<double> delta(d_);
        for (std::size_t i = 0; i < d_; ++i) delta[i] = double{other.shift_[i]} - double{shift_[i]};
        auto const n = static_cast<double>(other.count_);
        for (std::size_t i = 0; i < d_; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                gram_(i, j) +=
                    other.gram_(i, j) + delta[i] * other.sum_[j] + other.sum_[i] * delta[j] + n * delta[i] * delta[j];
        for (std::size_t i = 0; i < d_; ++i) sum_[i] += other.sum_[i] + n * delta[i];
        count_ += other.count_;
    }
    auto count() const noexcept -> std::uint64_t { return count_; }
    auto dimension() const noexcept -> std::size_t { return d_; }
    /// Of at least one vector.
    auto mean() const -> std::vector<double> {
        std::vector<double> m(d_);
        for (std::size_t i = 0; i < d_; ++i) m[i] = double{shift_[i]} + sum_[i] / static_cast<double>(count_);
        return m;
    }
    /// The whole symmetric matrix, of sums divided by count - `lost`: 0 for the variance of what was seen, 1 for an unbiased guess
    /// of the variance of where it came from.
    auto covariance(unsigned lost = 0) const -> matrix {
        if (count_ <= lost) detail::refuse("moments", "too few vectors for a covariance");
        auto const n = static_cast<double>(count_);
        matrix c(d_, d_);
        for (std::size_t i = 0; i < d_; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                c(j, i) = c(i, j) = (gram_(i, j) - sum_[i] * (sum_[j] / n)) / (n - lost);
        return c;
    }

private:
    void begin(points x) {
        d_ = x.dimension, gram_ = matrix(d_, d_), sum_.assign(d_, 0), shift_.resize(d_);
        auto const n = std::min<std::size_t>(x.count, 256);
        std::vector<double> s(d_);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t t = 0; t < d_; ++t) s[t] += double{x.row(i)[t]};
        for (std::size_t t = 0; t < d_; ++t) shift_[t] = static_cast<float>(s[t] / static_cast<double>(n));
    }

    /// Up to `chunk` vectors.
    void add(points x, unsigned threads) {
        auto const groups = (d_ + width - 1) / width, panels = (x.count + panel - 1) / panel;
        // Panel after panel, group of elements after group, vector after vector: `width` elements.
        packed_.assign(panels * panel * groups * width, 0);
        std::vector<float> sums(panels * d_);
        for_parts(panels, threads, [&](std::size_t p) {
            for (auto i = p * panel; i < std::min(x.count, (p + 1) * panel); ++i)
                for (std::size_t g = 0; g < groups; ++g) {
                    auto *const to = at(p, g, groups) + (i - p * panel) * width;
                    auto const first = g * width, n = std::min(width, d_ - first);
                    auto const *const row = x.row(i) + first, *const shift = shift_.data() + first;
                    auto *const s = sums.data() + p * d_ + first;
                    for (std::size_t t = 0; t < n; ++t) to[t] = row[t] - shift[t], s[t] += to[t];
                }
        });
        for (std::size_t p = 0; p < panels; ++p)
            for (std::size_t t = 0; t < d_; ++t) sum_[t] += double{sums[p * d_ + t]};
        // A part is a group of columns of the lower triangle.
        for_parts(groups, threads, [&](std::size_t g) {
            auto const first = g * width;
            std::vector<float> stripe((groups * width - first) * width);
            for (std::size_t p = 0; p < panels; ++p)
                for (auto i = first; i < d_; i += tile)
                    multiply(at(p, i / width, groups) + i % width, at(p, g, groups),
                             std::min(panel, x.count - p * panel), stripe.data() + (i - first) * width);
            for (auto i = first; i < d_; ++i)
                for (auto j = first; j < std::min(first + width, i + 1); ++j)
                    gram_(i, j) += double{stripe[(i - first) * width + j - first]};
        });
        count_ += x.count;
    }
    auto at(std::size_t p, std::size_t g, std::size_t groups) -> float * {
        return packed_.data() + (p * groups + g) * panel * width;
    }

    /// out[r][c] += Σ rows[i][r] · columns[i][c] over n vectors, `tile` × `width` of them.
    static void multiply(float const *rows, float const *columns, std::size_t n, float *out) {
        using detail::floats, detail::lanes;
        floats sums[tile][3];
#pragma GCC unroll 8
        for (std::size_t r = 0; r < tile; ++r)
#pragma GCC unroll 4
            for (std::size_t v = 0; v < 3; ++v) detail::load(sums[r][v], out + r * width + v * lanes);
        for (std::size_t i = 0; i < n; ++i, rows += width, columns += width) {
            floats c[3];
#pragma GCC unroll 4
            for (std::size_t v = 0; v < 3; ++v) detail::load(c[v], columns + v * lanes);
#pragma GCC unroll 8
            for (std::size_t r = 0; r < tile; ++r) {
                float const x = rows[r];
#pragma GCC unroll 4
                for (std::size_t v = 0; v < 3; ++v) sums[r][v] += x * c[v];
            }
        }
#pragma GCC unroll 8
        for (std::size_t r = 0; r < tile; ++r)
#pragma GCC unroll 4
            for (std::size_t v = 0; v < 3; ++v) detail::store(out + r * width + v * lanes, sums[r][v]);
    }

    std::size_t d_ = 0;
    std::uint64_t count_ = 0;
    std::vector<float> shift_, packed_;
    std::vector<double> sum_; // of vectors less the shift
    matrix gram_;             // of the same, lower triangle
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
