// triptych/learn/product.hpp: code books too large to be stored or searched, as products and sums of small ones.
//
// Product quantization (Jégou, Douze and Schmid 2011): a vector is cut into m pieces, each with a code book of its own, so m books of k stand
// for kᵐ centroids. Residual quantization (Juang and Gray 1982): each stage has a code book for what the stages before left over, so
// every stage sees all elements. Both are trained by k-means.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include <triptych/learn/kmeans.hpp>
#include <triptych/learn/nearest.hpp>
#include <triptych/learn/parallel.hpp>
#include <triptych/learn/points.hpp>
#include <triptych/learn/simd.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

namespace detail {

/// Elements first to first + n - 1 of all points.
inline auto slice(points x, std::size_t first, std::size_t n) -> std::vector<float> {
    std::vector<float> out;
    out.reserve(x.count * n);
    for (std::size_t i = 0; i < x.count; ++i) out.insert(out.end(), x.row(i) + first, x.row(i) + first + n);
    return out;
}

/// k-means without a word on progress but the number of the book.
inline auto book(points x, kmeans_options o, std::size_t number, std::size_t books) -> clustering {
    report(o.progress, {"quantizer", number, books});
    o.progress = {}, o.centroids = {}, o.seed += number;
    return kmeans(x, o);
}

inline auto mean_error(points x, std::vector<float> const &other) -> double {
    double s = 0;
    for (std::size_t i = 0; i < x.count; ++i)
        s += double{squared_distance(x.row(i), other.data() + i * x.dimension, x.dimension)};
    return s / static_cast<double>(x.count);
}

} // namespace detail

/// m books of k centroids for pieces of equal length.
struct product_quantizer {
    std::size_t pieces = 0, dimension = 0, clusters = 0;
    std::vector<std::vector<float>> books; // of each piece k × dimension / pieces

    auto length() const noexcept -> std::size_t { return dimension / pieces; }
    /// m indices a point.
    auto encode(points x, unsigned threads = 1) const -> std::vector<std::uint32_t> {
        if (x.dimension != dimension) detail::refuse("product_quantizer", "points of another dimension");
        detail::check_finite("product_quantizer", x);
        std::vector<std::uint32_t> codes(x.count * pieces), labels(x.count);
        for (std::size_t m = 0; m < pieces; ++m) {
            auto const part = detail::slice(x, m * length(), length());
            assign({part, length()}, {books[m], length()}, labels.data(), nullptr, threads);
            for (std::size_t i = 0; i < x.count; ++i) codes[i * pieces + m] = labels[i];
        }
        return codes;
    }
    /// Throws std::invalid_argument for indices that are none.
    auto decode(std::vector<std::uint32_t> const &codes) const -> std::vector<float> {
        std::vector<float> x;
        x.reserve(codes.size() * length());
        for (std::size_t i = 0; i < codes.size(); ++i) {
            if (codes[i] >= clusters) detail::refuse("product_quantizer", "no such index");
            auto const *const c = books[i % pieces].data() + codes[i] * length();
            x.insert(x.end(), c, c + length());
        }
        return x;
    }
    /// Mean squared distance of points from what their codes stand for.
    auto error(points x, unsigned threads = 1) const -> double {
        return detail::mean_error(x, decode(encode(x, threads)));
    }
};

/// `options.clusters` are those of a piece. Throws as `kmeans` does, and if the pieces are not of equal length.
inline auto product_quantization(points x, std::size_t pieces, kmeans_options const &options) -> product_quantizer {
    detail::check("product_quantizer", x);
    if (pieces == 0 || x.dimension % pieces != 0)
        detail::refuse("product_quantizer", "the vectors can't be cut into pieces of equal length");
    product_quantizer q{pieces, x.dimension, options.clusters, {}};
    for (std::size_t m = 0; m < pieces; ++m) {
        auto const part = detail::slice(x, m * q.length(), q.length());
        q.books.push_back(detail::book({part, q.length()}, options, m, pieces).centroids);
    }
    return q;
}

/// Stages of k centroids whose sum stands for a vector.
struct residual_quantizer {
    std::size_t dimension = 0, clusters = 0;
    std::vector<std::vector<float>> books; // of each stage k × dimension

    auto stages() const noexcept -> std::size_t { return books.size(); }
    /// An index a stage and point. Keeps the `beam` best sums after each stage: 1 takes the nearest at once, more come closer.
    auto encode(points x, std::size_t beam = 1, unsigned threads = 1) const -> std::vector<std::uint32_t>;
    /// Throws std::invalid_argument for indices that are none.
    auto decode(std::vector<std::uint32_t> const &codes) const -> std::vector<float> {
        std::vector<float> x(codes.size() / stages() * dimension);
        for (std::size_t i = 0; i < codes.size() / stages() * stages(); ++i) {
            if (codes[i] >= clusters) detail::refuse("residual_quantizer", "no such index");
            auto const *const c = books[i % stages()].data() + codes[i] * dimension;
            for (std::size_t t = 0; t < dimension; ++t) x[i / stages() * dimension + t] += c[t];
        }
        return x;
    }
    auto error(points x, std::size_t beam = 1, unsigned threads = 1) const -> double {
        return detail::mean_error(x, decode(encode(x, beam, threads)));
    }
};

inline auto residual_quantizer::encode(points x, std::size_t beam, unsigned threads) const
    -> std::vector<std::uint32_t> {
    if (x.dimension != dimension) detail::refuse("residual_quantizer", "points of another dimension");
    if (beam == 0) detail::refuse("residual_quantizer", "a beam of nothing");
    detail::check_finite("residual_quantizer", x);
    struct path {
        float square;
        std::size_t parent;
        std::uint32_t index;
    };
    std::vector<std::uint32_t> codes(x.count * stages());
    auto const parts = part_count(x.count, 64);
    for_parts(parts, threads, [&](std::size_t p) {
        std::vector<std::vector<float>> rest(1), next;
        std::vector<std::vector<std::uint32_t>> taken(1), extended;
        std::vector<path> paths;
        for (auto i = part_begin(x.count, parts, p); i < part_begin(x.count, parts, p + 1); ++i) {
            rest.assign(1, std::vector<float>(x.row(i), x.row(i) + dimension)), taken.assign(1, {});
            for (auto const &b : books) {
                paths.clear();
                for (std::size_t r = 0; r < rest.size(); ++r)
                    for (std::uint32_t c = 0; c < clusters; ++c)
                        paths.push_back(
                            {detail::squared_distance(rest[r].data(), b.data() + c * dimension, dimension), r, c});
                auto const kept = std::min(beam, paths.size());
                std::partial_sort(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(kept), paths.end(),
                                  [](path const &u, path const &v) {
                                      return std::tuple(u.square, u.parent, u.index) <
                                             std::tuple(v.square, v.parent, v.index);
                                  });
                next.clear(), extended.clear();
                for (std::size_t k = 0; k < kept; ++k) {
                    auto left = rest[paths[k].parent];
                    for (std::size_t t = 0; t < dimension; ++t) left[t] -= b[paths[k].index * dimension + t];
                    next.push_back(std::move(left));
                    extended.push_back(taken[paths[k].parent]), extended.back().push_back(paths[k].index);
                }
                rest.swap(next), taken.swap(extended);
            }
            std::copy(taken[0].begin(), taken[0].end(), codes.begin() + static_cast<std::ptrdiff_t>(i * stages()));
        }
    });
    return codes;
}

/// Stage after stage on what is left over. `options.clusters` are those of a stage. Throws as `kmeans` does; stages after one
/// that left nothing over are left out.
inline auto residual_quantization(points x, std::size_t stages, kmeans_options const &options) -> residual_quantizer {
    detail::check("residual_quantizer", x);
    if (stages == 0) detail::refuse("residual_quantizer", "no stages are wanted");
    residual_quantizer q{x.dimension, options.clusters, {}};
    std::vector<float> rest(x.data, x.data + x.count * x.dimension);
    for (std::size_t s = 0; s < stages; ++s) {
        bool const spent = std::all_of(rest.begin(), rest.end(), [](float v) { return v == 0; });
        if (s > 0 && spent) break;
        auto c = detail::book({rest, x.dimension}, options, s, stages);
        for (std::size_t i = 0; i < x.count; ++i)
            for (std::size_t t = 0; t < x.dimension; ++t)
                rest[i * x.dimension + t] -= c.centroids[c.labels[i] * x.dimension + t];
        q.books.push_back(std::move(c.centroids));
    }
    return q;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
