// triptych/learn/vectors/minibatch.hpp: k-means that sees each point once or less (Sculley 2010).
//
// A batch moves each of its centroids towards the batch's mean by the batch's share of all points that the centroid ever had. So
// memory is one batch, and time does not depend on how much data there is. The result is a few per cent worse than `kmeans`'s.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/progress.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/kmeans_seeds.hpp>
#include <triptych/learn/vectors/nearest.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

struct minibatch_options {
    std::size_t clusters = 8;
    /// Points of a batch.
    std::size_t batch = 1024;
    /// Points that are gathered for k-means++ before the first batch; 0: 3 batches or 20 a cluster, what is more.
    std::size_t seed_points = 0;
    /// For `minibatch_kmeans`: batches at most, and how many of them may pass without the smoothed error falling.
    std::size_t batches = 10000, patience = 10;
    std::uint64_t seed = 0;
    unsigned threads = 1;
    progress_callback progress = {};
};

/// Learns from a sequence of points that need not be kept: `observe` any number of any size, then `finish`. How the sequence is cut does not
/// matter, its order does: it should be well mixed.
class minibatch {
public:
    explicit minibatch(std::size_t dimension, minibatch_options options = {})
        : o_(std::move(options)), d_(dimension), random_(o_.seed) {
        if (o_.clusters == 0 || o_.batch == 0 || d_ == 0) detail::refuse("k-means", "no clusters, batch or dimension");
        if (o_.seed_points == 0) o_.seed_points = std::max(3 * o_.batch, 20 * o_.clusters);
        o_.seed_points = std::max(o_.seed_points, o_.clusters);
    }

    void observe(points x) {
        if (x.dimension != d_) detail::refuse("k-means", "points of different dimensions");
        detail::check_finite("k-means", x);
        for (std::size_t i = 0; i < x.count;) {
            auto const wanted = centroids_.empty() ? o_.seed_points : o_.batch;
            auto const n = std::min(x.count - i, wanted - pending_.size() / d_);
            pending_.insert(pending_.end(), x.row(i), x.row(i) + n * d_), i += n;
            if (pending_.size() == wanted * d_) flush();
        }
    }
    /// The centroids, as rows. Throws std::invalid_argument if fewer distinct points were seen than clusters.
    auto finish() -> std::vector<float> {
        if (!pending_.empty() || centroids_.empty()) flush();
        return centroids_;
    }
    /// Mean squared distance of the last batch to the centroids before it.
    auto last_error() const noexcept -> double { return error_; }
    auto batches() const noexcept -> std::size_t { return batches_; }

private:
    void flush() {
        points const x(pending_.data(), pending_.size() / d_, d_);
        if (centroids_.empty()) {
            kmeans_options seeding_options;
            seeding_options.clusters = o_.clusters, seeding_options.seed_points = x.count;
            seeding_options.threads = o_.threads;
            if (x.count == 0) detail::refuse("k-means", "no data");
            centroids_ = kmeans_seeds(x, seeding_options, random_);
            counts_.resize(o_.clusters);
        }
        for (std::size_t i = 0; i < x.count; i += o_.batch) step(x.part(i, std::min(i + o_.batch, x.count)));
        pending_.clear();
    }

    void step(points x) {
        auto const k = o_.clusters;
        std::vector<std::uint32_t> labels(x.count);
        std::vector<float> squares(x.count);
        assign(x, points(centroids_, d_), labels.data(), squares.data(), o_.threads);
        std::vector<double> sums(k * d_), n(k);
        double total = 0;
        for (std::size_t i = 0; i < x.count; ++i) {
            auto *const s = sums.data() + labels[i] * d_;
            for (std::size_t t = 0; t < d_; ++t) s[t] += double{x.row(i)[t]};
            n[labels[i]] += 1, total += double{squares[i]};
        }
        for (std::size_t j = 0; j < k; ++j) {
            if (n[j] == 0) continue;
            counts_[j] += n[j];
            for (std::size_t t = 0; t < d_; ++t) {
                auto &c = centroids_[j * d_ + t];
                c += static_cast<float>((sums[j * d_ + t] - n[j] * double{c}) / counts_[j]);
            }
        }
        error_ = total / static_cast<double>(x.count), ++batches_;
        if (batches_ % (10 * k / o_.batch + 10) == 0) revive(x, squares, total);
    }

    /// Centroids that hardly any point comes to go where points are far from theirs.
    void revive(points x, std::vector<float> const &squares, double total) {
        double const most = *std::max_element(counts_.begin(), counts_.end());
        double least = most;
        for (auto const c : counts_)
            if (c >= 0.01 * most) least = std::min(least, c);
        std::size_t left = x.count / 2;
        for (std::size_t j = 0; j < counts_.size() && left > 0; ++j) {
            if (counts_[j] >= 0.01 * most) continue;
            double at = random_.uniform() * total;
            std::size_t i = 0;
            while (i + 1 < x.count && (at -= double{squares[i]}) >= 0) ++i;
            std::copy_n(x.row(i), d_, centroids_.begin() + static_cast<std::ptrdiff_t>(j * d_));
            counts_[j] = least, --left;
        }
    }

    minibatch_options o_;
    std::size_t d_, batches_ = 0;
    generator random_;
    std::vector<float> centroids_, pending_;
    std::vector<double> counts_;
    double error_ = 0;
};

/// The same on data in memory: batches drawn at random until the error, smoothed over as many points as there are, falls no more.
/// Throws as `kmeans` does.
inline auto minibatch_kmeans(points x, minibatch_options const &o) -> clustering {
    detail::check("k-means", x);
    if (o.clusters > x.count)
        detail::refuse("k-means", std::to_string(o.clusters) + " clusters of " + std::to_string(x.count) + " points");
    minibatch learner(x.dimension, o);
    generator random(o.seed ^ 0x5EED);
    std::vector<float> batch;
    auto const draw = [&](std::size_t n) {
        batch.clear();
        for (std::size_t i = 0; i < n; ++i) {
            auto const *const row = x.row(random.below(x.count));
            batch.insert(batch.end(), row, row + x.dimension);
        }
        learner.observe(points(batch, x.dimension));
    };
    clustering r;
    auto const share = std::min(1.0, 2 * static_cast<double>(o.batch) / static_cast<double>(x.count + 1));
    double smooth = 0, least = 0;
    std::size_t since = 0;
    while (learner.batches() < o.batches && !r.converged) {
        report(o.progress, {"mini-batch k-means", learner.batches(), o.batches});
        auto const before = learner.batches();
        draw(o.batch);
        if (learner.batches() == before) continue; // still gathering points to begin with
        if (before == 0) smooth = least = learner.last_error();
        smooth += share * (learner.last_error() - smooth);
        since = smooth < least ? 0 : since + 1, least = std::min(least, smooth);
        r.converged = since >= o.patience;
    }
    r.centroids = learner.finish(), r.iterations = static_cast<unsigned>(learner.batches());
    r.labels.resize(x.count);
    std::vector<float> squares(x.count);
    assign(x, points(r.centroids, x.dimension), r.labels.data(), squares.data(), o.threads);
    for (auto const s : squares) r.inertia += double{s};
    return r;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
