// triptych/learn/codebook.hpp: learns quantizer::codebook by k-means.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <triptych/learn/kmeans.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/quantizer/codebook.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// From the signal bands that the quantizer will be given, which must have one shape. Where there are no more than K distinct vectors, each is
/// an entry, and nothing will be lost that 24 bits can tell apart. Entries are sorted by the sum of their elements, so that near indices are alike.
///
/// Up to `most` vectors are kept; of more, every second one, and so on, which depends on their order, not on threads.
template <std::size_t K>
struct learner<quantizer::codebook<K>> {
    using policy = quantizer::codebook<K>;
    static constexpr std::size_t most = std::size_t{1} << 20;

    /// True: nothing to learn from is no error, `finish` then gives the policy without entries.
    bool lenient = false;
    std::uint64_t seed = 0;

    static auto for_one_picture() -> learner {
        learner l;
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
    void merge(learner const &other) {
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
    /// Throws std::invalid_argument if nothing was seen.
    auto finish() -> policy {
        if (vectors_.empty()) {
            if (lenient) return {};
            throw std::invalid_argument("codebook: nothing was seen to learn from");
        }
        auto const m = elements_;
        // Distinct vectors of what was seen, as far as that may matter.
        auto rows = sorted(vectors_, K + 1);
        if (rows.size() > K * m) {
            learn::kmeans_options o;
            o.clusters = K, o.seed = seed;
            rows = learn::kmeans(learn::points(vectors_, m), o).centroids;
        }
        for (auto &v : rows) v = std::round(v);
        rows = sorted(rows, rows.size());
        std::vector<std::size_t> order(rows.size() / m);
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        auto const sum = [&](std::size_t i) {
            double s = 0;
            for (std::size_t t = 0; t < m; ++t) s += double{rows[i * m + t]};
            return s;
        };
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return sum(a) < sum(b); });
        std::vector<std::int32_t> entries;
        for (auto const i : order)
            for (std::size_t t = 0; t < m; ++t)
                entries.push_back(
                    static_cast<std::int32_t>(std::clamp(double{rows[i * m + t]}, -2147483648.0, 2147483647.0)));
        policy p;
        p.entries = frozen<std::int32_t>::owned(
            entries, dims{static_cast<std::uint32_t>(order.size()), static_cast<std::uint32_t>(m)});
        if (p.entries.empty()) throw std::bad_alloc();
        return p;
    }

private:
    /// The distinct rows in lexicographic order; the search for more than `enough` is not finished.
    auto sorted(std::vector<float> const &from, std::size_t enough) const -> std::vector<float> {
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

static_assert(learnable<quantizer::codebook<>>);

} // namespace triptych::inline TRIPTYCH_ABI
