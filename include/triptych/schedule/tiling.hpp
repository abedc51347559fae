// triptych/schedule/tiling.hpp: how an array is cut into tiles.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Boxes of about side^R samples, in row-major order. The last tile of an axis takes what is left: from a half to one and a half of a side.
template <std::size_t R>
class tiling {
public:
    /// One tile.
    explicit constexpr tiling(extents<R> const &shape) noexcept : shape_(shape), side_(shape) { counts_.fill(1); }
    constexpr tiling(extents<R> const &shape, std::size_t side) noexcept : shape_(shape) {
        side_.fill(side);
        for (std::size_t axis = 0; axis < R; ++axis)
            counts_[axis] = std::max<std::size_t>(shape[axis] / side + (shape[axis] % side >= (side + 1) / 2), 1);
    }

    constexpr auto count() const noexcept -> std::uint64_t { return volume(counts_); }
    /// Tiles that share the rows of the first axis: what lies between two of them can be streamed.
    constexpr auto rows() const noexcept -> std::size_t { return counts_[0]; }
    constexpr auto in_a_row() const noexcept -> std::size_t { return static_cast<std::size_t>(count() / counts_[0]); }
    constexpr auto shape() const noexcept -> extents<R> const & { return shape_; }
    constexpr auto operator[](std::uint64_t i) const noexcept -> box<R> {
        box<R> b;
        for (std::size_t axis = R; axis-- > 0;) {
            auto const at = static_cast<std::size_t>(i % counts_[axis]);
            i /= counts_[axis];
            b.first[axis] = at * side_[axis];
            b.shape[axis] = at + 1 == counts_[axis] ? shape_[axis] - b.first[axis] : side_[axis];
        }
        return b;
    }
    /// First and last row of the k-th row of tiles.
    constexpr auto rows_of(std::size_t k) const noexcept -> box<R> {
        auto b = (*this)[std::uint64_t{k} * in_a_row()];
        for (std::size_t axis = 1; axis < R; ++axis) b.first[axis] = 0, b.shape[axis] = shape_[axis];
        return b;
    }

private:
    extents<R> shape_, side_, counts_;
};

/// The side, for any rank, of tiles that hold about n × n samples; a power of two above rank 2.
constexpr auto tile_side(std::size_t n, std::size_t rank) noexcept -> std::size_t {
    if (rank == 1) return n * n;
    if (rank == 2) return n;
    std::size_t side = 1;
    auto const fits = [&](std::size_t s) {
        std::size_t product = 1;
        for (std::size_t axis = 0; axis < rank; ++axis) product *= s;
        return product <= n * n;
    };
    while (fits(2 * side)) side *= 2;
    return side;
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
