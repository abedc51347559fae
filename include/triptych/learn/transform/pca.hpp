// triptych/learn/transform/pca.hpp: learns transform::pca: mean and covariance in one pass, then a symmetric eigenproblem.
//
// Sums are of products of integers, held in doubles, which are exact up to 2^53. So for samples of 8 bits (and of 16 bits, up to
// some million patches) the result does not depend at all on the order of pictures, on threads or on how learners were merged; above that
// it is reproducible for the same order.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <triptych/learn/learnable.hpp>
#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/transform/detail/patches.hpp>
#include <triptych/transform/pca.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Learns from the bands that the transform will be given. Bands of another number of components than the first batch, or of
/// unequal shapes, are std::invalid_argument.
template <std::size_t H, std::size_t W, std::size_t K>
struct learner<transform::pca<H, W, K>> {
    using policy = transform::pca<H, W, K>;

    /// Elements of the basis are rounded to this many fractional bits, 4 to 14: fewer make a state that costs less in a stream.
    int precision = policy::basis_frac;
    /// True: too few patches are no error, `finish` then gives the policy without state. For states that are fitted to one picture.
    bool lenient = false;

    /// Settings for a state that travels with each picture.
    static auto for_one_picture() -> learner {
        learner l;
        l.precision = 7, l.lenient = true;
        return l;
    }

    template <class B>
    void observe(B const &x) {
        if (x.count() == 0 || volume(x.info(0).shape) == 0) return;
        auto const &first = x.info(0);
        for (std::size_t c = 0; c < x.count(); ++c)
            if (x.info(c).shape != first.shape || x.info(c).frac != first.frac)
                throw std::invalid_argument("pca: the bands of a picture differ in shape or scale");
        reserve(H * W * x.count());
        learn::matrix batch(
            std::min<std::size_t>(1024, static_cast<std::size_t>(volume(detail::patch_grid<H, W>(first.shape)))),
            dimension_);
        std::size_t filled = 0;
        double const scale = std::ldexp(1.0, -first.frac);
        std::vector<typename B::value_type> patch(dimension_);
        auto const flush = [&] {
            if (filled == 0) return;
            for (std::size_t r = 0; r < filled; ++r)
                for (std::size_t d = 0; d < dimension_; ++d) sum_[d] += batch(r, d);
            learn::add_gram(gram_, batch, filled);
            count_ += filled, filled = 0;
        };
        detail::for_each_patch<H, W>(x, patch, [&] {
            for (std::size_t d = 0; d < dimension_; ++d) batch(filled, d) = scale * static_cast<double>(patch[d]);
            if (++filled == batch.rows) flush();
        });
        flush();
    }

    void merge(learner const &other) {
        if (other.dimension_ == 0) return;
        reserve(other.dimension_);
        for (std::size_t i = 0; i < gram_.values.size(); ++i) gram_.values[i] += other.gram_.values[i];
        for (std::size_t d = 0; d < dimension_; ++d) sum_[d] += other.sum_[d];
        count_ += other.count_;
    }

    /// Throws std::invalid_argument if fewer patches were seen than vectors are to be learned.
    auto finish() -> policy {
        auto const vectors = std::min(K, dimension_);
        if (count_ <= vectors) {
            if (lenient) return {};
            throw std::invalid_argument("pca: " + std::to_string(count_) + " patches are too few to learn " +
                                        std::to_string(K) + " basis vectors; more than that are needed");
        }
        auto const n = static_cast<double>(count_);
        learn::matrix covariance(dimension_, dimension_);
        for (std::size_t i = 0; i < dimension_; ++i)
            for (std::size_t j = 0; j <= i; ++j) covariance(i, j) = gram_(i, j) / n - (sum_[i] / n) * (sum_[j] / n);
        auto const e = learn::symmetric_eigen(covariance, vectors);
        variances_ = e.values;
        for (auto &v : variances_) v = std::max(v, 0.0);

        std::vector<std::int32_t> mean(dimension_);
        for (std::size_t d = 0; d < dimension_; ++d)
            mean[d] = static_cast<std::int32_t>(std::lround(std::ldexp(sum_[d] / n, policy::mean_frac)));
        std::vector<std::int16_t> basis(K * dimension_, 0);
        int const kept = std::clamp(precision, 4, policy::basis_frac);
        for (std::size_t i = 0; i < vectors * dimension_; ++i)
            basis[i] = static_cast<std::int16_t>(std::lround(std::ldexp(e.vectors.values[i], kept)) *
                                                 (1L << (policy::basis_frac - kept)));
        auto const d = static_cast<std::uint32_t>(dimension_);
        policy p;
        p.mean = frozen<std::int32_t>::owned(mean, dims{d});
        p.basis = frozen<std::int16_t>::owned(basis, dims{static_cast<std::uint32_t>(K), d});
        if (p.mean.empty() || p.basis.empty()) throw std::bad_alloc();
        return p;
    }

    /// Patches seen so far.
    auto count() const noexcept -> std::uint64_t { return count_; }
    /// Variances along all principal axes, falling; after `finish`.
    auto variances() const noexcept -> std::span<double const> { return variances_; }
    /// Share of the variance that the K vectors hold, 0 to 1; 1 for constant data. After `finish`.
    auto explained_variance() const noexcept -> double {
        double kept = 0, all = 0;
        for (std::size_t i = 0; i < variances_.size(); ++i) all += variances_[i], kept += i < K ? variances_[i] : 0;
        return all > 0 ? kept / all : 1;
    }

private:
    void reserve(std::size_t dimension) {
        if (dimension > policy::max_dimension) throw std::invalid_argument("pca: a patch has more than 65536 samples");
        if (dimension_ != 0 && dimension_ != dimension)
            throw std::invalid_argument("pca: pictures with different numbers of components");
        if (dimension_ == 0)
            dimension_ = dimension, gram_ = learn::matrix(dimension, dimension), sum_.resize(dimension);
    }

    std::size_t dimension_ = 0;
    std::uint64_t count_ = 0;
    learn::matrix gram_;
    std::vector<double> sum_, variances_;
};

static_assert(learnable<transform::pca<8, 8, 16>>);

} // namespace triptych::inline TRIPTYCH_ABI
