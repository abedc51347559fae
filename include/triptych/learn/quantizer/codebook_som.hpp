// triptych/learn/quantizer/codebook_som.hpp: entries of code books by a self-organising map: for codebook<K, entries_by::som>.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/learn/vectors/som.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// A chain of K units, so that near indices are alike; thirty batches whose last radius is small, so that units end as means of nearly only
/// their own points.
template <>
struct entries_found<entries_by::som> {
    static constexpr bool ordered = true;
    static auto find(points x, std::size_t k, std::uint64_t) -> std::vector<float> {
        som_options o;
        o.grid = {1, std::min(k, x.count), false}, o.passes = 30, o.last_radius = 0.3;
        return som(x, o).weights;
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
