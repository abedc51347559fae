// triptych/detail/partition.hpp: blocks of 8, 16 and 32 samples as a quadtree in superblocks of 32.
//
// The side band of an adaptive transform holds log2 of the block size for each cell of 8 x 8 samples. Only the first cell of each
// node of the quadtree is looked at, so any values whatever, hostile ones too, stand for a valid partition.
#pragma once

#include <cstddef>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

inline constexpr std::size_t superblock = 32; ///< samples a side
inline constexpr std::size_t cell = 8;        ///< samples a side
inline constexpr int smallest_log2 = 3, largest_log2 = 5;

/// Visits the blocks of the superblock or node at (y, x), in samples, in coding order: `visit(y, x, log2 of the size)`.
template <class Cells, class Visit>
void for_each_block_within(Cells const &cells, std::size_t y, std::size_t x, int log2, Visit &visit) {
    if (log2 == smallest_log2 || cells(y / cell, x / cell) >= log2) return visit(y, x, log2);
    std::size_t const half = std::size_t{1} << (log2 - 1);
    for_each_block_within(cells, y, x, log2 - 1, visit);
    for_each_block_within(cells, y, x + half, log2 - 1, visit);
    for_each_block_within(cells, y + half, x, log2 - 1, visit);
    for_each_block_within(cells, y + half, x + half, log2 - 1, visit);
}

/// Visits all blocks of a plane of `rows` x `cols` cells (multiples of 4), superblocks in raster order. `cells(row, col)` is a side value.
template <class Cells, class Visit>
void for_each_block(Cells const &cells, std::size_t rows, std::size_t cols, Visit &&visit) {
    for (std::size_t y = 0; y < rows * cell; y += superblock)
        for (std::size_t x = 0; x < cols * cell; x += superblock)
            for_each_block_within(cells, y, x, largest_log2, visit);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
