// triptych/learn/codebook.hpp: learns quantizer::codebook and quantizer::escape_codebook, by k-means.
//
// Other ways to find entries stand in headers of their own, codebook_som.hpp and codebook_dbscan.hpp: what observes, merges and finishes is this.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/learn/kmeans.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/points.hpp>
#include <triptych/quantizer/codebook.hpp>
#include <triptych/quantizer/escape_codebook.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace learn {
using quantizer::entries_by;

/// `find(points, k, seed)`: at most k entries as rows, none if there are none to be found. `ordered`: their order means something, and is kept.
/// Specialised for each way of learning in the header of that way.
template <entries_by By>
struct entries_found;

template <>
struct entries_found<entries_by::k_means> {
    static constexpr bool ordered = false;
    static auto find(points x, std::size_t k, std::uint64_t seed) -> std::vector<float> {
        kmeans_options o;
        o.clusters = k, o.seed = seed;
        return kmeans(x, o).centroids;
    }
};

/// From the signal bands that the quantizer will be given, which must have one shape. Where there are no more than K distinct vectors, each is
/// an entry, and nothing will be lost that 24 bits can tell apart. Entries are sorted along the axis of their greatest variance, so that near
/// indices are alike; those that have an order begin at the lesser sum.
///
/// Up to `most` vectors are kept; of more, every second one, and so on, which depends on their order, not on threads.
template <class Policy, std::size_t K, entries_by By>
class book_learner {
public:
    using policy = Policy;
    static constexpr std::size_t most = std::size_t{1} << 20;

    /// True: nothing to learn from is no error, `finish` then gives the policy without entries.
    bool lenient = false;
    std::uint64_t seed = 0;

    static auto for_one_picture() -> learner<Policy> {
        learner<Policy> l;
        l.lenient = true;
        return l;
    }

    template <class B>
    void observe(B const &x) {
        std::vector<std::size_t> signal;
        for (std::size_t b = 0; b < x.count(); ++b)
            if (x.info(b).at.kind == role::signal) signal.push_back(b);
        bool same = !signal.empty() && signal.size() <= policy::max_elements;
        for (auto const b : signal) same = same && x.info(b).shape == x.info(signal[0]).shape;
        if (!same || (elements_ != 0 && elements_ != signal.size())) {
            if (lenient) return;
            throw std::invalid_argument("codebook: bands of unequal shapes, or of another number than before");
        }
        elements_ = signal.size();
        for (std::size_t p = 0; p < volume(x.info(signal[0]).shape); ++p, ++seen_) {
            if (seen_ % every_ != 0) continue;
            for (auto const b : signal) {
                auto const &info = x.info(b);
                vectors_.push_back(static_cast<float>(
                    std::ldexp(static_cast<double>(x.data()[info.offset + p * info.stride.back()]), -info.frac)));
            }
            thin();
        }
    }
    void merge(book_learner const &other) {
        if (other.elements_ == 0) return;
        if (elements_ != 0 && elements_ != other.elements_)
            throw std::invalid_argument("codebook: bands of another number than before");
        elements_ = other.elements_;
        auto rest = other;
        while (every_ < rest.every_) halve();
        while (rest.every_ < every_) rest.halve();
        vectors_.insert(vectors_.end(), rest.vectors_.begin(), rest.vectors_.end());
        seen_ += rest.seen_;
        thin();
    }
    /// Throws std::invalid_argument if nothing was seen, or no entry found in it.
    auto finish() -> policy {
        auto rows = vectors_.empty() ? std::vector<float>() : found();
        if (rows.empty()) {
            if (lenient) return {};
            throw std::invalid_argument("codebook: nothing was seen to learn from");
        }
        auto const m = elements_;
        std::vector<std::int32_t> entries;
        for (auto const v : rows)
            entries.push_back(
                static_cast<std::int32_t>(std::clamp(std::round(static_cast<double>(v)), -2147483648.0, 2147483647.0)));
        policy p;
        p.entries = frozen<std::int32_t>::owned(
            entries, dims{static_cast<std::uint32_t>(entries.size() / m), static_cast<std::uint32_t>(m)});
        if (p.entries.empty()) throw std::bad_alloc();
        return p;
    }

private:
    /// The entries, in their order.
    auto found() const -> std::vector<float> {
        static_assert(
            requires { sizeof(entries_found<By>); },
            "codebook: include the header of this way to learn, <triptych/learn/codebook_....hpp>");
        // Distinct vectors of what was seen, as far as that may matter.
        auto rows = distinct(vectors_, K + 1);
        bool const all = rows.size() <= K * elements_;
        if (!all) rows = entries_found<By>::find(points(vectors_, elements_), K, seed);
        if (all || !entries_found<By>::ordered) return along_axis(std::move(rows));
        if (!rows.empty() && sum(rows, 0) > sum(rows, rows.size() / elements_ - 1)) {
            auto const n = rows.size() / elements_;
            for (std::size_t i = 0; i < n / 2; ++i)
                std::swap_ranges(rows.begin() + offset(i), rows.begin() + offset(i + 1),
                                 rows.begin() + offset(n - 1 - i));
        }
        return rows;
    }
    auto offset(std::size_t row) const -> std::ptrdiff_t { return static_cast<std::ptrdiff_t>(row * elements_); }
    auto sum(std::vector<float> const &rows, std::size_t i) const -> double {
        return std::accumulate(rows.begin() + offset(i), rows.begin() + offset(i + 1), 0.0);
    }
    /// Rounded, without repetition, as they lie along the axis of their greatest variance, which power iteration finds.
    auto along_axis(std::vector<float> rows) const -> std::vector<float> {
        for (auto &v : rows) v = std::round(v);
        rows = distinct(rows, rows.size());
        auto const m = elements_, n = rows.size() / m;
        std::vector<double> mean(m), axis(m), next(m), at(n);
        for (std::size_t i = 0; i < n * m; ++i) mean[i % m] += static_cast<double>(rows[i]) / static_cast<double>(n);
        auto const off = [&](std::size_t i, std::size_t t) { return static_cast<double>(rows[i * m + t]) - mean[t]; };
        std::size_t farthest = 0; // a start that has a part in the axis
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t t = 0; t < m; ++t) at[i] += off(i, t) * off(i, t);
            if (at[i] > at[farthest]) farthest = i;
        }
        for (std::size_t t = 0; t < m; ++t) axis[t] = off(farthest, t);
        for (int pass = 0; pass < 40; ++pass) {
            std::fill(next.begin(), next.end(), 0.0);
            double norm = 0;
            for (std::size_t i = 0; i < n; ++i) {
                at[i] = 0;
                for (std::size_t t = 0; t < m; ++t) at[i] += off(i, t) * axis[t];
                for (std::size_t t = 0; t < m; ++t) next[t] += off(i, t) * at[i];
            }
            for (auto const v : next) norm += v * v;
            if (!(norm > 0)) break;
            for (std::size_t t = 0; t < m; ++t) axis[t] = next[t] / std::sqrt(norm);
        }
        bool const down = std::accumulate(axis.begin(), axis.end(), 0.0) < 0;
        std::vector<std::size_t> order(n);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](auto a, auto b) { return down ? at[b] < at[a] : at[a] < at[b]; });
        std::vector<float> out;
        for (auto const i : order) out.insert(out.end(), rows.begin() + offset(i), rows.begin() + offset(i + 1));
        return out;
    }
    /// The distinct rows in lexicographic order; the search for more than `enough` is not finished.
    auto distinct(std::vector<float> const &from, std::size_t enough) const -> std::vector<float> {
        auto const m = elements_;
        std::vector<float const *> kept;
        auto const before = [m](float const *a, float const *b) {
            return std::lexicographical_compare(a, a + m, b, b + m);
        };
        for (std::size_t i = 0; i < from.size(); i += m) {
            auto const at = std::lower_bound(kept.begin(), kept.end(), from.data() + i, before);
            if (at != kept.end() && !before(from.data() + i, *at)) continue;
            kept.insert(at, from.data() + i);
            if (kept.size() > enough) break;
        }
        std::vector<float> out;
        for (auto const *const row : kept) out.insert(out.end(), row, row + m);
        return out;
    }
    void thin() {
        while (vectors_.size() > most * elements_) halve();
    }
    void halve() {
        std::size_t to = 0;
        for (std::size_t i = 0; i < vectors_.size(); i += 2 * elements_)
            for (std::size_t t = 0; t < elements_; ++t) vectors_[to++] = vectors_[i + t];
        vectors_.resize(to), every_ *= 2;
    }

    std::size_t elements_ = 0, seen_ = 0, every_ = 1;
    std::vector<float> vectors_;
};
} // namespace learn

template <std::size_t K, quantizer::entries_by By>
struct learner<quantizer::codebook<K, By>> : learn::book_learner<quantizer::codebook<K, By>, K, By> {};
template <std::size_t K, quantizer::entries_by By>
struct learner<quantizer::escape_codebook<K, By>> : learn::book_learner<quantizer::escape_codebook<K, By>, K, By> {};

static_assert(learnable<quantizer::codebook<>> && learnable<quantizer::escape_codebook<>>);

} // namespace triptych::inline TRIPTYCH_ABI
