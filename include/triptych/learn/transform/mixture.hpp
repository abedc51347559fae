// triptych/learn/transform/mixture.hpp: learns a mixture of eigenpictures: clusters of pictures, and the principal components of each.
//
// k-means on the first principal components finds clusters to begin with; then pictures go to the member that would code them in the
// fewest bits, and members are learned anew, twice. Few pictures say little about the last axes of a member, so its covariance leans on that
// of all pictures about the means of their members.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/learnable.hpp>
#include <triptych/learn/numeric/gram.hpp>
#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/learn/transform/eigenpicture.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/principal.hpp>
#include <triptych/learn/vectors/thinned.hpp>
#include <triptych/quality.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/transform/mixture.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// From pictures of one size; others are std::invalid_argument, and so are fewer than two. Learns as many members as `limit` has room for
/// and as have 100 pictures each, at most M. Keeps at most `most_values` samples: of larger corpora every second picture, every fourth, and so on.
template <std::size_t M>
struct learner<transform::mixture<transform::eigenpicture, M>> {
    using policy = transform::mixture<transform::eigenpicture, M>;

    target aim{8.0F, 0.1F};         ///< the step says how many vectors are worth keeping,
    std::size_t most_vectors = 512; ///< but no more than these are kept
    std::size_t most_values = std::size_t{1} << 25;
    double pooled = 300; ///< pictures that the covariance of all counts for
    std::uint64_t seed = 0;

    /// How large the model may become.
    void limit(std::uint64_t bytes) { most_bytes_ = bytes; }

    template <class B>
    void observe(B const &x) {
        if (kind_.take(x) == 0) return;
        begin();
        kept_.add([&](float *to) {
            transform::eigenpicture::each_sample(x, [&](auto v) { *to++ = static_cast<float>(v); });
        });
    }
    void merge(learner const &other) {
        if (other.kept_.dimension() == 0) return;
        kind_.take(other.kind_);
        begin();
        kept_.merge(other.kept_);
    }

    auto finish() -> policy {
        auto const n = kept_.count(), d = kind_.samples();
        if (n < 2) throw std::invalid_argument("mixture: fewer than two pictures to learn from");
        auto const all = sums_of({}, 0);
        std::vector<std::size_t> labels(n, 0);
        auto members = fitted(all, labels, 1);
        auto const bytes = std::uint64_t{2} * d;
        auto const count = static_cast<std::size_t>(
            std::clamp<std::uint64_t>(std::min<std::uint64_t>(most_bytes_ / (members[0].kept * bytes), n / 100), 1, M));
        if (count > 1) {
            labels = clusters(count);
            members = fitted(all, labels, count);
            for (int round = 0; round < 2; ++round) members = fitted(all, assigned(members), count);
        }
        std::size_t kept = 1;
        for (auto const &m : members) kept = std::max(kept, m.kept);
        kept = static_cast<std::size_t>(
            std::clamp<std::uint64_t>(kept, 1, std::max<std::uint64_t>(most_bytes_ / (count * bytes), 1)));
        policy p;
        for (std::size_t m = 0; m < count; ++m)
            p.members[m] = learn::eigenpicture_of(
                kind_, [&](std::size_t i) { return members[m].mean[i]; }, members[m].axes, kept);
        return p;
    }

private:
    struct member {
        std::vector<double> mean;
        learn::matrix axes;   // as rows
        std::size_t kept = 0; // of them worth keeping
        double share = 0;     // of the pictures
    };

    void begin() {
        if (kept_.dimension() == 0)
            kept_ = learn::thinned(kind_.samples(), std::max<std::size_t>(most_values / kind_.samples(), 2));
    }
    auto pictures() const -> learn::points { return {kept_.values().data(), kept_.count(), kept_.dimension()}; }

    /// Of the pictures with this label, or of all if there are no labels.
    auto sums_of(std::vector<std::size_t> const &labels, std::size_t label) const -> learn::gram_sum {
        auto const x = pictures();
        learn::gram_sum s(x.dimension);
        for (std::size_t i = 0; i < x.count; ++i)
            if (labels.empty() || labels[i] == label) std::copy_n(x.row(i), x.dimension, s.next());
        s.settle();
        return s;
    }
    auto clusters(std::size_t count) const -> std::vector<std::size_t> {
        learn::principal_options o;
        o.axes = std::min({std::size_t{40}, kind_.samples(), kept_.count() - 1});
        auto const coordinates = learn::principal_components(pictures(), o).project(pictures());
        learn::kmeans_options k;
        k.clusters = count, k.seed = seed;
        auto const found = learn::kmeans({coordinates, o.axes}, k);
        return {found.labels.begin(), found.labels.end()};
    }
    auto fitted(learn::gram_sum const &all, std::vector<std::size_t> const &labels, std::size_t count) const
        -> std::vector<member> {
        auto const x = pictures();
        auto const n = x.count, d = x.dimension;
        std::vector<member> members(count);
        std::vector<std::size_t> pictures_of(count);
        for (auto &m : members) m.mean.assign(d, 0.0);
        for (std::size_t i = 0; i < n; ++i) {
            ++pictures_of[labels[i]];
            for (std::size_t t = 0; t < d; ++t) members[labels[i]].mean[t] += double{x.row(i)[t]};
        }
        // The covariance of all about the means of their members is what is left of the covariance of all without those means.
        auto within = all.covariance();
        for (std::size_t m = 0; m < count; ++m) {
            auto const in = static_cast<double>(pictures_of[m]);
            auto &mean = members[m].mean;
            members[m].share = (in + 1) / static_cast<double>(n + count);
            for (std::size_t i = 0; i < d; ++i) mean[i] = in > 0 ? mean[i] / in : all.mean(i);
            for (std::size_t i = 0; i < d; ++i)
                for (std::size_t j = 0; j <= i; ++j)
                    within(i, j) -= in / static_cast<double>(n) * (mean[i] - all.mean(i)) * (mean[j] - all.mean(j));
        }
        auto const most = std::min({d, most_vectors, n - 1});
        for (std::size_t m = 0; m < count; ++m) {
            auto const own = count == 1 ? all : sums_of(labels, m);
            auto const lean = count == 1 ? 0 : pooled / (pooled + static_cast<double>(own.count()));
            auto covariance = within;
            for (std::size_t i = 0; own.count() != 0 && i < d; ++i)
                for (std::size_t j = 0; j <= i; ++j)
                    covariance(i, j) = (1 - lean) * own.covariance(i, j) + lean * within(i, j);
            auto e = learn::symmetric_eigen(covariance, most);
            members[m].kept = learn::worth_keeping(e.values, most, aim);
            e.vectors.rows = most, e.vectors.values.resize(most * d);
            members[m].axes = std::move(e.vectors);
        }
        return members;
    }
    /// The member that takes the fewest bits for each picture, by the encoder's proxy and the member's share.
    auto assigned(std::vector<member> const &members) const -> std::vector<std::size_t> {
        constexpr std::size_t chunk = 512;
        auto const x = pictures();
        auto const d = x.dimension;
        std::size_t kept = 1;
        for (auto const &m : members) kept = std::max(kept, m.kept);
        auto const step = static_cast<double>(std::max(aim.step, 1e-3F));
        std::vector<std::size_t> best(x.count, 0);
        std::vector<double> least(x.count, std::numeric_limits<double>::max());
        for (std::size_t m = 0; m < members.size(); ++m) {
            learn::matrix axes(d, kept);
            for (std::size_t k = 0; k < kept; ++k)
                for (std::size_t i = 0; i < d; ++i) axes(i, k) = members[m].axes(k, i);
            for (std::size_t first = 0; first < x.count; first += chunk) {
                learn::matrix centred(std::min(chunk, x.count - first), d);
                for (std::size_t r = 0; r < centred.rows; ++r)
                    for (std::size_t i = 0; i < d; ++i)
                        centred(r, i) = double{x.row(first + r)[i]} - members[m].mean[i];
                auto const y = learn::product(centred, axes);
                for (std::size_t r = 0; r < centred.rows; ++r) {
                    double bits = -std::log2(members[m].share), rest = 0;
                    for (std::size_t i = 0; i < d; ++i) rest += centred(r, i) * centred(r, i);
                    for (std::size_t k = 0; k < kept; ++k)
                        bits += 2 * std::log2(1 + std::abs(y(r, k)) / step), rest -= y(r, k) * y(r, k);
                    bits += policy::lost_bits(rest, step);
                    if (bits < least[first + r]) least[first + r] = bits, best[first + r] = m;
                }
            }
        }
        return best;
    }

    learn::whole_pictures kind_;
    std::uint64_t most_bytes_ = 1'000'000;
    learn::thinned kept_;
};

static_assert(learnable<transform::mixture<transform::eigenpicture, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI
