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

#include <triptych/learn/gram.hpp>
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
        policy::each_sample(x, [to = pictures_.next()](auto v) mutable { *to++ = v; });
    }

    void merge(learner const &other) {
        if (other.components_ == 0) return;
        reserve(other.shape_, other.components_);
        pictures_.merge(other.pictures_);
    }

    auto finish() -> policy {
        auto const d = pictures_.dimension();
        if (pictures_.count() < 2) throw std::invalid_argument("eigenpicture: fewer than two pictures to learn from");
        pictures_.settle();
        learn::matrix covariance(d, d);
        for (std::size_t i = 0; i < d; ++i)
            for (std::size_t j = 0; j <= i; ++j) covariance(i, j) = pictures_.covariance(i, j);
        auto const most = std::min({d, most_vectors, static_cast<std::size_t>(pictures_.count() - 1)});
        auto const e = learn::symmetric_eigen(covariance, most);
        variances_ = e.values;
        auto const least = static_cast<double>(aim.step) * static_cast<double>(aim.step) / 16;
        std::size_t kept = 1;
        while (kept < most && e.values[kept] > least) ++kept;

        std::vector<std::int32_t> mean(d);
        std::vector<std::int16_t> basis(kept * d);
        for (std::size_t i = 0; i < d; ++i)
            mean[i] = static_cast<std::int32_t>(std::lround(std::ldexp(pictures_.mean(i), detail::mean_frac)));
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
        shape_ = shape, components_ = components, pictures_ = learn::gram_sum(d);
    }

    extents<2> shape_{};
    std::size_t components_ = 0;
    learn::gram_sum pictures_;
    std::vector<double> variances_;
};

static_assert(learnable<transform::eigenpicture>);

} // namespace triptych::inline TRIPTYCH_ABI
