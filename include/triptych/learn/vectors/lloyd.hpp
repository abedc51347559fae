// triptych/learn/vectors/lloyd.hpp: one step of Lloyd's iteration, for data that come in batches, from anywhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/vectors/nearest.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

namespace detail {

/// What a step must know of the points of each cluster, and the points that lie farthest from their centroid: empty clusters will
/// begin anew there.
class cluster_sums {
public:
    cluster_sums() = default;
    cluster_sums(std::size_t k, std::size_t d) : d_(d), most_(std::min<std::size_t>(k, 32)), sums_(k * d), counts_(k) {}

    void add(float const *x, std::uint32_t label, float square) {
        auto *const s = sums_.data() + label * d_;
        for (std::size_t t = 0; t < d_; ++t) s[t] += double{x[t]};
        ++counts_[label], inertia_ += double{square};
        if (square > enough_) far_one({square, label, std::vector<float>(x, x + d_)});
    }
    void merge(cluster_sums const &other) {
        for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += other.sums_[i];
        for (std::size_t j = 0; j < counts_.size(); ++j) counts_[j] += other.counts_[j];
        inertia_ += other.inertia_;
        for (auto const &f : other.farthest_)
            if (f.square > enough_) far_one(f);
    }
    auto inertia() const noexcept -> double { return inertia_; }
    auto counts() const noexcept -> std::vector<std::uint64_t> const & { return counts_; }
    auto sum(std::size_t cluster) const noexcept -> double const * { return sums_.data() + cluster * d_; }

    /// The means of the clusters. Empty ones take the farthest points, each another, away from their clusters; what finds none
    /// stays where it was for this time.
    auto centroids(points old) const -> std::vector<float> {
        auto sums = sums_;
        auto counts = counts_;
        std::size_t next = 0;
        for (std::size_t j = 0; j < counts.size(); ++j) {
            if (counts[j] != 0) continue;
            auto const taken = [&](std::size_t f) {
                for (std::size_t e = 0; e < f; ++e)
                    if (farthest_[e].row == farthest_[f].row) return true;
                return counts[farthest_[f].label] < 2;
            };
            while (next < farthest_.size() && taken(next)) ++next;
            if (next == farthest_.size()) {
                if (inertia_ > 0) continue;
                refuse("k-means", "more clusters than distinct points");
            }
            auto const &f = farthest_[next++];
            for (std::size_t t = 0; t < d_; ++t)
                sums[f.label * d_ + t] -= double{f.row[t]}, sums[j * d_ + t] = double{f.row[t]};
            --counts[f.label], counts[j] = 1;
        }
        std::vector<float> means(old.data, old.data + sums.size());
        for (std::size_t j = 0; j < counts.size(); ++j)
            for (std::size_t t = 0; counts[j] != 0 && t < d_; ++t)
                means[j * d_ + t] = static_cast<float>(sums[j * d_ + t] / static_cast<double>(counts[j]));
        return means;
    }

private:
    struct far_point {
        float square;
        std::uint32_t label;
        std::vector<float> row;
    };
    /// Keeps the farthest in falling order; of equals, those that came first.
    void far_one(far_point f) {
        auto const at =
            std::find_if(farthest_.begin(), farthest_.end(), [&](auto const &o) { return o.square < f.square; });
        farthest_.insert(at, std::move(f));
        if (farthest_.size() > most_) farthest_.pop_back();
        if (farthest_.size() == most_) enough_ = farthest_.back().square;
    }

    std::size_t d_ = 0, most_ = 0;
    std::vector<double> sums_;
    std::vector<std::uint64_t> counts_;
    double inertia_ = 0;
    float enough_ = 0;
    std::vector<far_point> farthest_;
};

} // namespace detail

/// One step over data of any size: `observe` batches, perhaps in several steps that are merged, then `finish`. The centroids that
/// come out begin the next step. The result depends on the order of batches by the rounding of double sums only; merge in a fixed order to
/// have it bit by bit.
class lloyd_step {
public:
    /// From k × dimension centroids.
    lloyd_step(std::vector<float> centroids, std::size_t dimension)
        : centroids_(std::move(centroids)), d_(dimension), search_(points(centroids_, d_)),
          sums_(centroids_.size() / d_, d_) {
        if (centroids_.empty()) detail::refuse("k-means", "no centroids");
    }
    void observe(points x) {
        if (x.dimension != d_) detail::refuse("k-means", "points and centroids differ in dimension");
        detail::check_finite("k-means", x);
        points const centroids(centroids_, d_);
        nearest::workspace w(search_);
        for (std::size_t i = 0; i < x.count; i += nearest::block) {
            auto const n = std::min(nearest::block, x.count - i);
            for (std::size_t s = 0; s < n; ++s) search_.put(w, s, x.row(i + s));
            search_.search(w, n);
            for (std::size_t s = 0; s < n; ++s) {
                auto const *const row = x.row(i + s);
                sums_.add(row, w.label[s], detail::squared_distance(row, centroids.row(w.label[s]), d_));
            }
        }
    }
    /// Of the same centroids.
    void merge(lloyd_step const &other) {
        if (other.centroids_ != centroids_) detail::refuse("k-means", "steps from different centroids");
        sums_.merge(other.sums_);
    }
    auto finish() const -> std::vector<float> { return sums_.centroids(points(centroids_, d_)); }
    /// Sums and counts of the points of each centroid.
    auto sums() const noexcept -> detail::cluster_sums const & { return sums_; }
    /// Sum of squared distances of what was observed to the centroids that the step began with.
    auto inertia() const noexcept -> double { return sums_.inertia(); }

private:
    std::vector<float> centroids_;
    std::size_t d_;
    nearest search_;
    detail::cluster_sums sums_;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
