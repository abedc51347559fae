// triptych/learn/vectors/books.hpp: what the learners of several code books share.
#pragma once

#include <cstddef>
#include <vector>

#include <triptych/learn/numeric/simd.hpp>
#include <triptych/learn/progress.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

namespace detail {

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

} // namespace triptych::inline TRIPTYCH_ABI::learn
