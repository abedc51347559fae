// triptych/learn/vectors/product_quantization.hpp: a code book too large to be stored or searched, as a product of small ones.
//
// A vector is cut into m pieces, each with a code book of its own, learned by k-means, so m books of k stand for kᵐ centroids (Jégou, Douze
// and Schmid 2011). As a quantizer of codecs it is quantizer::product, <triptych/learn/quantizer/product.hpp>.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <triptych/learn/vectors/books.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/nearest.hpp>
#include <triptych/learn/vectors/points.hpp>
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

} // namespace triptych::inline TRIPTYCH_ABI::learn
