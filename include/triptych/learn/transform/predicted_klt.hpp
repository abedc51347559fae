// triptych/learn/transform/predicted_klt.hpp: learns transform::predicted_klt from one covariance: of blocks together with the pixels around them.
//
// The predictor is the ridge regression of the block on what surrounds it, and the covariance of what it leaves follows from the same
// sums, so the corpus is read once. What surrounds a block will be decoded pixels, with the error of quantisation: it is counted as noise of
// a third of the step, to either side. Sums of 8-bit samples are exact, so neither order nor threads change the result.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <triptych/learn/learnable.hpp>
#include <triptych/learn/numeric/gram.hpp>
#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/quality.hpp>
#include <triptych/transform/predicted_klt.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Bands of unlike shapes and pictures of different numbers of components are std::invalid_argument, and so are fewer than two blocks. Kinds
/// of blocks that the corpus has not enough of are predicted as those that know less.
template <std::size_t N>
struct learner<transform::predicted_klt<N>> {
    using policy = transform::predicted_klt<N>;
    static constexpr std::size_t most_components = 4; ///< the covariance has (6 N² · components)² numbers and more

    /// Noise, ridge and the number of vectors follow from the step: vectors are kept while the standard deviation along them is above a quarter
    /// of it...
    target aim{8.0F, 0.1F};
    /// ...and at most so many.
    std::size_t most_vectors = 256;

    template <class B>
    void observe(B const &x) {
        if (x.count() == 0 || volume(x.info(0).shape) == 0) return;
        for (auto const &b : x.layout())
            if (b.shape != x.info(0).shape || b.frac != 0)
                throw std::invalid_argument("predicted_klt: the bands of a picture differ in shape or have fractions");
        reserve(x.count());
        policy::each_block(x.layout(), [&](std::size_t top, std::size_t left) {
            auto *const to = sums_[policy::kind_of(top, left)].next();
            policy::around(x, top, left, [&](std::size_t i, auto v) { to[i] = v; });
            policy::inside(x, top, left, [&](std::size_t i, auto v) { to[ring() + i] = v; });
        });
    }
    void merge(learner const &other) {
        if (other.components_ == 0) return;
        reserve(other.components_);
        for (std::size_t kind = 0; kind < policy::kinds; ++kind) sums_[kind].merge(other.sums_[kind]);
    }

    auto finish() -> policy {
        std::uint64_t blocks = 0;
        for (auto &s : sums_) s.settle(), blocks += s.count();
        if (blocks < 2) throw std::invalid_argument("predicted_klt: fewer than two blocks to learn from");
        std::array<kind_state, policy::kinds> learned;
        std::size_t vectors = 1;
        for (std::size_t kind = 0; kind < policy::kinds; ++kind) {
            learned[kind] = learn_kind(gathered(kind));
            vectors = std::max(vectors, learned[kind].vectors);
        }
        auto const d = block(), p = ring();
        std::vector<std::int32_t> mean;
        std::vector<std::int16_t> predictor, basis;
        for (auto const &k : learned) {
            for (auto const v : k.mean)
                mean.push_back(static_cast<std::int32_t>(std::lround(std::ldexp(v, detail::mean_frac))));
            for (std::size_t i = 0; i < d; ++i)
                for (std::size_t j = 0; j < p; ++j) predictor.push_back(element(k.predictor(j, i)));
            for (std::size_t i = 0; i < vectors * d; ++i) basis.push_back(element(k.basis.values[i]));
        }
        auto const u = [](std::size_t v) { return static_cast<std::uint32_t>(v); };
        policy out;
        out.mean = frozen<std::int32_t>::owned(mean, dims{u(policy::kinds), u(d)});
        out.predictor = frozen<std::int16_t>::owned(predictor, dims{u(policy::kinds), u(d), u(p)});
        out.basis = frozen<std::int16_t>::owned(basis, dims{u(policy::kinds), u(vectors), u(d)});
        if (out.components() == 0) throw std::bad_alloc();
        return out;
    }

private:
    struct kind_state {
        std::vector<double> mean;
        learn::matrix predictor, basis; ///< ring × block; rows of vectors
        std::size_t vectors = 0;
    };

    auto ring() const noexcept -> std::size_t { return policy::ring * components_; }
    auto block() const noexcept -> std::size_t { return N * N * components_; }
    static auto element(double v) -> std::int16_t {
        return static_cast<std::int16_t>(std::clamp(std::lround(std::ldexp(v, detail::basis_frac)), -32767L, 32767L));
    }
    void reserve(std::size_t components) {
        if (components > most_components)
            throw std::invalid_argument("predicted_klt: pictures have " + std::to_string(components) +
                                        " components; at most 4 can be learned from");
        if (components_ != 0 && components_ != components)
            throw std::invalid_argument("predicted_klt: pictures with different numbers of components");
        if (components_ != 0) return;
        components_ = components;
        for (auto &s : sums_) s = learn::gram_sum(ring() + block());
    }

    /// The sums of a kind; where it has too few blocks, all kinds together, without what is not around this one.
    auto gathered(std::size_t kind) const -> learn::gram_sum {
        auto all = sums_[kind];
        if (all.count() >= 4 * block()) return all;
        for (std::size_t other = 0; other < policy::kinds; ++other)
            if (other != kind) all.merge(sums_[other]);
        return all;
    }
    auto learn_kind(learn::gram_sum const &s) const -> kind_state {
        auto const p = ring(), d = block();
        double const step = aim.step, noise = step * step / 27, ridge = 0.1 * step * step + 1e-3;
        learn::matrix a(p, p), b(p, d), rest(d, d);
        for (std::size_t i = 0; i < p; ++i) {
            for (std::size_t j = 0; j < p; ++j) a(i, j) = s.covariance(i, j);
            a(i, i) += noise + ridge;
            for (std::size_t j = 0; j < d; ++j) b(i, j) = s.covariance(i, p + j);
        }
        kind_state k;
        k.predictor = learn::solve_positive(a, b);
        // What is left: C - WB - (WB)' + W (A - ridge) W', and WA = B'.
        for (std::size_t i = 0; i < p; ++i) a(i, i) -= ridge;
        auto const left = learn::transposed_product(k.predictor, b);
        auto const spread = learn::transposed_product(k.predictor, learn::product(a, k.predictor));
        for (std::size_t i = 0; i < d; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                rest(i, j) = s.covariance(p + i, p + j) - left(i, j) - left(j, i) + spread(i, j);
        auto const most = std::min(d, most_vectors);
        auto e = learn::symmetric_eigen(rest, most);
        for (std::size_t j = 0; j < d; ++j) {
            double v = s.mean(p + j);
            for (std::size_t i = 0; i < p; ++i) v -= k.predictor(i, j) * s.mean(i);
            k.mean.push_back(v);
        }
        while (k.vectors < most && e.values[k.vectors] > step * step / 16) ++k.vectors;
        k.basis = std::move(e.vectors);
        return k;
    }

    std::size_t components_ = 0;
    std::array<learn::gram_sum, policy::kinds> sums_;
};

static_assert(learnable<transform::predicted_klt<16>>);

} // namespace triptych::inline TRIPTYCH_ABI
