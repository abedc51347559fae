// triptych/learn/vectors/residual_quantization.hpp: a code book too large to be stored or searched, as sums of the entries of small ones.
//
// Each stage has a code book for what the stages before left over, learned by k-means, so m stages of k stand for kᵐ centroids and every stage sees
// all elements (Juang and Gray 1982). As a quantizer of codecs it is quantizer::residual, <triptych/learn/quantizer/residual.hpp>.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/vectors/books.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/quantizer/detail/residual_search.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

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
    std::vector<std::uint32_t> codes(x.count * stages());
    auto const parts = part_count(x.count, 64);
    for_parts(parts, threads, [&](std::size_t p) {
        triptych::detail::residual_search<float> search(stages(), clusters, dimension, beam);
        auto const distances = [&](std::size_t stage, float const *rest, float *to) {
            for (std::size_t c = 0; c < clusters; ++c)
                to[c] = detail::squared_distance(rest, books[stage].data() + c * dimension, dimension);
        };
        auto const subtract = [&](std::size_t stage, std::size_t c, float *rest) {
            for (std::size_t t = 0; t < dimension; ++t) rest[t] -= books[stage][c * dimension + t];
        };
        for (auto i = part_begin(x.count, parts, p); i < part_begin(x.count, parts, p + 1); ++i)
            search(x.row(i), distances, subtract, codes.data() + i * stages());
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
