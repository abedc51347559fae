// books.hpp: code books that a self-organising map and DBSCAN find, beside the library's, which k-means finds.
//
// Only how entries are learned is new: a policy that derives from quantizer::codebook under a name of its own, and its learner.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <triptych/learn/codebook.hpp>
#include <triptych/learn/dbscan.hpp>
#include <triptych/learn/som.hpp>

namespace experiments {

namespace learn = triptych::learn;

template <std::size_t K>
struct som_book : triptych::quantizer::codebook<K> {
    static constexpr void describe(auto &d) { d("som_book", K); }
};
template <std::size_t K>
struct dbscan_book : triptych::quantizer::codebook<K> {
    static constexpr void describe(auto &d) { d("dbscan_book", K); }
};

/// A chain of K units: indices that are near are alike, which helps whoever codes them.
inline auto som_entries(learn::points x, std::size_t k) -> std::vector<float> {
    learn::som_options o;
    o.grid = {1, std::min(k, x.count), false}, o.passes = 30, o.last_radius = 0.3;
    return learn::som(x, o).weights;
}

/// The means of at most k clusters, the largest, of the radius that gives the smallest error: half the distance that a point's fourth
/// neighbour has in the median, and up to eight times that. DBSCAN minimises no error, and noise belongs to no cluster, so this is its best case.
inline auto dbscan_entries(learn::points x, std::size_t k) -> std::vector<float> {
    constexpr std::size_t neighbours = 5; // the point itself among them
    auto const d = x.dimension;
    auto const squared = [d](float const *a, float const *b) {
        double s = 0;
        for (std::size_t t = 0; t < d; ++t) s += (double{a[t]} - double{b[t]}) * (double{a[t]} - double{b[t]});
        return s;
    };
    learn::generator random(1);
    std::vector<double> reach;
    for (auto const i : learn::sample(x.count, 200, random)) {
        std::vector<double> all;
        for (std::size_t j = 0; j < x.count; ++j) all.push_back(squared(x.row(i), x.row(j)));
        auto const at = std::min(neighbours - 1, all.size() - 1);
        std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at), all.end());
        reach.push_back(std::sqrt(all[at]));
    }
    std::nth_element(reach.begin(), reach.begin() + static_cast<std::ptrdiff_t>(reach.size() / 2), reach.end());
    double const base = std::max(reach[reach.size() / 2], 1.0);

    std::vector<float> best;
    double least = std::numeric_limits<double>::max();
    for (double radius = base / 2; radius < 4.5 * base; radius *= 1.1892) {
        auto const found = learn::dbscan(x, {.radius = static_cast<float>(radius), .neighbours = neighbours});
        std::vector<double> sums(found.clusters * d);
        std::vector<std::size_t> counts(found.clusters), order(found.clusters);
        for (std::size_t i = 0; i < x.count; ++i) {
            if (found.labels[i] < 0) continue;
            auto const c = static_cast<std::size_t>(found.labels[i]);
            ++counts[c];
            for (std::size_t t = 0; t < d; ++t) sums[c * d + t] += x.row(i)[t];
        }
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
        if (order.size() > k) order.resize(k);
        if (order.empty()) continue;
        std::vector<float> entries;
        for (auto const c : order)
            for (std::size_t t = 0; t < d; ++t)
                entries.push_back(static_cast<float>(sums[c * d + t] / static_cast<double>(counts[c])));
        std::vector<std::uint32_t> labels(x.count);
        std::vector<float> squares(x.count);
        learn::assign(x, {entries, d}, labels.data(), squares.data(), 1);
        double const error = std::accumulate(squares.begin(), squares.end(), 0.0);
        if (error < least) least = error, best = std::move(entries);
    }
    if (best.empty()) throw std::invalid_argument("dbscan found no cluster");
    return best;
}

/// Keeps at most `most` vectors of a picture, evenly spread, and learns from these.
template <class Policy, std::size_t K, auto Entries, std::size_t Most>
class book_learner {
public:
    using policy = Policy;

    template <class B>
    void observe(B const &x) {
        auto const m = x.count();
        auto const n = static_cast<std::size_t>(triptych::volume(x.info(0).shape));
        if ((elements_ != 0 && elements_ != m) || m > policy::max_elements)
            throw std::invalid_argument("book: another number of bands than before, or too many");
        elements_ = m;
        auto const step = std::max<std::size_t>(1, n / Most);
        for (std::size_t p = 0; p < n; p += step)
            for (std::size_t b = 0; b < m; ++b) {
                auto const &info = x.info(b);
                if (info.shape != x.info(0).shape) throw std::invalid_argument("book: bands of unequal shapes");
                vectors_.push_back(
                    std::ldexp(static_cast<float>(x.data()[info.offset + p * info.stride.back()]), -info.frac));
            }
    }
    void merge(book_learner const &other) {
        if (elements_ == 0) elements_ = other.elements_;
        if (other.elements_ != 0 && elements_ != other.elements_)
            throw std::invalid_argument("book: another number of bands than before");
        vectors_.insert(vectors_.end(), other.vectors_.begin(), other.vectors_.end());
    }
    auto finish() -> policy {
        auto const rows = Entries(learn::points(vectors_, elements_), K);
        std::vector<std::int32_t> entries;
        for (auto const v : rows) entries.push_back(static_cast<std::int32_t>(std::lround(v)));
        auto const m = static_cast<std::uint32_t>(elements_);
        policy p;
        p.entries = triptych::frozen<std::int32_t>::owned(
            entries, triptych::dims{static_cast<std::uint32_t>(entries.size()) / m, m});
        if (p.entries.empty()) throw std::bad_alloc();
        return p;
    }

private:
    std::size_t elements_ = 0;
    std::vector<float> vectors_;
};

} // namespace experiments

template <std::size_t K>
struct triptych::learner<experiments::som_book<K>>
    : experiments::book_learner<experiments::som_book<K>, K, experiments::som_entries, 65536> {};
template <std::size_t K>
struct triptych::learner<experiments::dbscan_book<K>>
    : experiments::book_learner<experiments::dbscan_book<K>, K, experiments::dbscan_entries, 20000> {};
