// triptych/learn/transform/eigenpicture.hpp: learns transform::eigenpicture, by the covariance of whole pictures.
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
#include <triptych/learn/numeric/gram.hpp>
#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/quality.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace learn {

/// Extents and components of the pictures that a learner of whole pictures takes: all have those of the first one.
class whole_pictures {
public:
    /// Samples of a picture: the covariance has the square of it in numbers.
    static constexpr std::size_t most_samples = 4096;

    /// Samples of the picture, none for an empty one. Throws std::invalid_argument for what differs from the pictures before, or is too large.
    template <class B>
    auto take(B const &x) -> std::size_t {
        if (x.count() == 0 || volume(x.info(0).shape) == 0) return 0;
        for (std::size_t c = 0; c < x.count(); ++c)
            if (x.info(c).shape != x.info(0).shape || x.info(c).frac != 0)
                throw std::invalid_argument("eigenpicture: the bands of a picture differ in shape or scale");
        take(x.info(0).shape, x.count());
        return samples();
    }
    void take(whole_pictures const &other) {
        if (other.components_ != 0) take(other.shape_, other.components_);
    }
    auto samples() const noexcept -> std::size_t { return static_cast<std::size_t>(volume(shape_)) * components_; }
    /// Extents of the learned mean.
    auto mean_dims() const -> dims {
        auto const extent = [](std::size_t v) { return static_cast<std::uint32_t>(v); };
        return {extent(shape_[0]), extent(shape_[1]), extent(components_)};
    }

private:
    void take(extents<2> const &shape, std::size_t components) {
        auto const d = static_cast<std::size_t>(volume(shape)) * components;
        if (d > most_samples)
            throw std::invalid_argument("eigenpicture: pictures have " + std::to_string(d) + " samples; at most " +
                                        std::to_string(most_samples) + " can be learned from");
        if (components_ != 0 && (components_ != components || shape_ != shape))
            throw std::invalid_argument("eigenpicture: pictures of different extents or components");
        shape_ = shape, components_ = components;
    }

    extents<2> shape_{};
    std::size_t components_ = 0;
};

/// Vectors that are worth keeping: those whose standard deviation is above a quarter of the step, for what lies below is quantised to zero.
inline auto worth_keeping(std::vector<double> const &variances, std::size_t most, target const &aim) -> std::size_t {
    auto const least = static_cast<double>(aim.step) * static_cast<double>(aim.step) / 16;
    std::size_t kept = 1;
    while (kept < most && variances[kept] > least) ++kept;
    return kept;
}

/// The policy, of a mean(i) of each sample and the first vectors as rows, in integers.
template <class Mean>
auto eigenpicture_of(whole_pictures const &like, Mean &&mean, matrix const &vectors, std::size_t kept)
    -> transform::eigenpicture {
    auto const d = like.samples();
    std::vector<std::int32_t> means(d);
    std::vector<std::int16_t> basis(kept * d);
    for (std::size_t i = 0; i < d; ++i)
        means[i] = static_cast<std::int32_t>(std::lround(std::ldexp(mean(i), triptych::detail::mean_frac)));
    for (std::size_t i = 0; i < kept * d; ++i)
        basis[i] = static_cast<std::int16_t>(std::lround(std::ldexp(vectors.values[i], triptych::detail::basis_frac)));
    transform::eigenpicture p;
    p.mean = frozen<std::int32_t>::owned(means, like.mean_dims());
    p.basis = frozen<std::int16_t>::owned(basis, dims{static_cast<std::uint32_t>(kept), static_cast<std::uint32_t>(d)});
    if (p.mean.empty() || p.basis.empty()) throw std::bad_alloc();
    return p;
}

} // namespace learn

/// Pictures of different extents or components are std::invalid_argument, and so are too few of them. For 8-bit samples the result
/// does not depend on their order or on how learners were merged: sums are exact.
template <>
struct learner<transform::eigenpicture> {
    using policy = transform::eigenpicture;
    target aim{8.0F, 0.1F};         ///< the step says how many vectors are worth keeping,
    std::size_t most_vectors = 512; ///< but no more than these are kept

    template <class B>
    void observe(B const &x) {
        if (auto const d = kind_.take(x)) {
            if (pictures_.dimension() == 0) pictures_ = learn::gram_sum(d);
            policy::each_sample(x, [to = pictures_.next()](auto v) mutable { *to++ = v; });
        }
    }

    void merge(learner const &other) {
        if (other.pictures_.dimension() == 0) return;
        kind_.take(other.kind_);
        if (pictures_.dimension() == 0) pictures_ = learn::gram_sum(kind_.samples());
        pictures_.merge(other.pictures_);
    }

    auto finish() -> policy {
        auto const d = pictures_.dimension();
        if (pictures_.count() < 2) throw std::invalid_argument("eigenpicture: fewer than two pictures to learn from");
        pictures_.settle();
        auto const most = std::min({d, most_vectors, static_cast<std::size_t>(pictures_.count() - 1)});
        auto const e = learn::symmetric_eigen(pictures_.covariance(), most);
        variances_ = e.values;
        return learn::eigenpicture_of(
            kind_, [&](std::size_t i) { return pictures_.mean(i); }, e.vectors,
            learn::worth_keeping(e.values, most, aim));
    }

    /// Variances along all principal axes, falling; after `finish`.
    auto variances() const noexcept -> std::span<double const> { return variances_; }

private:
    learn::whole_pictures kind_;
    learn::gram_sum pictures_;
    std::vector<double> variances_;
};

static_assert(learnable<transform::eigenpicture>);

} // namespace triptych::inline TRIPTYCH_ABI
