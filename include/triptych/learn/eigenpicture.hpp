// triptych/learn/eigenpicture.hpp: learns transform::eigenpicture, by the covariance of whole pictures.
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
#include <triptych/learn/linear_algebra.hpp>
#include <triptych/quality.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Pictures of different extents or components are std::invalid_argument, and so are too few of them. For 8-bit samples the result
/// does not depend on their order or on how learners were merged: sums are exact.
template <>
struct learner<transform::eigenpicture> {
    using policy = transform::eigenpicture;
    /// Samples of a picture: the covariance has the square of it in numbers.
    static constexpr std::size_t most_samples = 4096;

    /// Vectors are kept while their standard deviation is above a quarter of the step, for what lies below is quantised to zero...
    target aim{8.0F, 0.1F};
    /// ...and at most so many.
    std::size_t most_vectors = 512;

    template <class B>
    void observe(B const &x) {
        if (x.count() == 0 || volume(x.info(0).shape) == 0) return;
        for (std::size_t c = 0; c < x.count(); ++c)
            if (x.info(c).shape != x.info(0).shape || x.info(c).frac != 0)
                throw std::invalid_argument("eigenpicture: the bands of a picture differ in shape or scale");
        reserve(x.info(0).shape, x.count());
        std::size_t i = 0;
        policy::each_sample(x, [&](auto v) { batch_(filled_, i) = v, sum_[i++] += v; });
        ++count_;
        if (++filled_ == batch_.rows) flush();
    }

    void merge(learner const &other) {
        if (other.count_ == 0) return;
        reserve(other.shape_, other.components_);
        auto copy = other;
        copy.flush(), flush();
        for (std::size_t i = 0; i < gram_.values.size(); ++i) gram_.values[i] += copy.gram_.values[i];
        for (std::size_t d = 0; d < sum_.size(); ++d) sum_[d] += copy.sum_[d];
        count_ += copy.count_;
    }

    auto finish() -> policy {
        auto const d = sum_.size();
        if (count_ < 2) throw std::invalid_argument("eigenpicture: fewer than two pictures to learn from");
        flush();
        auto const n = static_cast<double>(count_);
        learn::matrix covariance(d, d);
        for (std::size_t i = 0; i < d; ++i)
            for (std::size_t j = 0; j <= i; ++j) covariance(i, j) = gram_(i, j) / n - (sum_[i] / n) * (sum_[j] / n);
        auto const most = std::min({d, most_vectors, static_cast<std::size_t>(count_ - 1)});
        auto const e = learn::symmetric_eigen(covariance, most);
        variances_ = e.values;
        auto const least = static_cast<double>(aim.step) * static_cast<double>(aim.step) / 16;
        std::size_t kept = 1;
        while (kept < most && e.values[kept] > least) ++kept;

        std::vector<std::int32_t> mean(d);
        std::vector<std::int16_t> basis(kept * d);
        for (std::size_t i = 0; i < d; ++i)
            mean[i] = static_cast<std::int32_t>(std::lround(std::ldexp(sum_[i] / n, detail::mean_frac)));
        for (std::size_t i = 0; i < kept * d; ++i)
            basis[i] = static_cast<std::int16_t>(std::lround(std::ldexp(e.vectors.values[i], detail::basis_frac)));
        auto const extent = [](std::size_t v) { return static_cast<std::uint32_t>(v); };
        policy p;
        p.mean = frozen<std::int32_t>::owned(mean, dims{extent(shape_[0]), extent(shape_[1]), extent(components_)});
        p.basis = frozen<std::int16_t>::owned(basis, dims{extent(kept), extent(d)});
        if (p.mean.empty() || p.basis.empty()) throw std::bad_alloc();
        return p;
    }

    /// Variances along all principal axes, falling; after `finish`.
    auto variances() const noexcept -> std::span<double const> { return variances_; }

private:
    void reserve(extents<2> const &shape, std::size_t components) {
        auto const d = static_cast<std::size_t>(volume(shape)) * components;
        if (d > most_samples)
            throw std::invalid_argument("eigenpicture: pictures have " + std::to_string(d) + " samples; at most " +
                                        std::to_string(most_samples) + " can be learned from");
        if (components_ != 0 && (components_ != components || shape_ != shape))
            throw std::invalid_argument("eigenpicture: pictures of different extents or components");
        if (components_ != 0) return;
        shape_ = shape, components_ = components;
        gram_ = learn::matrix(d, d), batch_ = learn::matrix(256, d), sum_.resize(d);
    }
    void flush() {
        if (filled_ != 0) learn::add_gram(gram_, batch_, filled_);
        filled_ = 0;
    }

    extents<2> shape_{};
    std::size_t components_ = 0, filled_ = 0;
    std::uint64_t count_ = 0;
    learn::matrix gram_, batch_;
    std::vector<double> sum_, variances_;
};

static_assert(learnable<transform::eigenpicture>);

} // namespace triptych::inline TRIPTYCH_ABI
