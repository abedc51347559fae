// triptych/learn/numeric/gemm.hpp: products of matrices of floats for networks, whose matrices are small and of any strides.
//
// A tile of the result stays in registers while one row of each factor after the other is read (Goto and van de Geijn, "Anatomy of
// high-performance matrix multiplication", 2008). Networks multiply a few hundred rows at a time, for which packing both factors costs as
// much as the product. The surprise: one factor need never be packed, for its elements are broadcast, and the other only where it is read
// often or lies across. Sums are taken in the order of the inner index, so a row of the result does not depend on the other rows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <triptych/learn/numeric/simd.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Floats of a matrix: element (i, j) is values[i · row + j · column].
struct strided {
    float const *values = nullptr;
    std::size_t row = 0, column = 1;
};

namespace detail {
/// Rows of a register tile: 12 × 2 vectors where there are 32 registers, 6 × 2 where there are 16.
inline constexpr std::size_t tile_rows = lanes == 16 ? 12 : 6, tile_columns = 2 * lanes, most_inner = 384;

/// c (R rows by V vectors) of `inner` products; added to what is there unless `fresh`.
template <std::size_t V, std::size_t R>
[[gnu::noinline]] void tiles(std::size_t rows, std::size_t inner, strided const &a, float const *b, std::size_t b_row,
                             float *c, std::size_t c_row, bool fresh) {
    auto const tile = [&]<std::size_t... I>(std::index_sequence<I...>, float const *from, float *to) {
        std::array<floats, R * V> sum{};
        if (!fresh) (load(sum[I], to + I / V * c_row + I % V * lanes), ...);
        for (std::size_t k = 0; k < inner; ++k) {
            std::array<floats, V> by;
            for (std::size_t v = 0; v < V; ++v) load(by[v], b + k * b_row + v * lanes);
            auto const *const at = from + k * a.column;
            ((sum[I] += at[I / V * a.row] * by[I % V]), ...);
        }
        (store(to + I / V * c_row + I % V * lanes, sum[I]), ...);
    };
    for (std::size_t i = 0; i + R <= rows; i += R)
        tile(std::make_index_sequence<R * V>{}, a.values + i * a.row, c + i * c_row);
}
/// All rows, by tiles as tall as there are rows for.
template <std::size_t V>
void column_panel(std::size_t rows, std::size_t inner, strided a, float const *b, std::size_t b_row, float *c,
                  std::size_t c_row, bool fresh) {
    auto const by = [&]<std::size_t R>(std::integral_constant<std::size_t, R>) {
        tiles<V, R>(rows, inner, a, b, b_row, c, c_row, fresh);
        auto const done = rows / R * R;
        a.values += done * a.row, c += done * c_row, rows -= done;
    };
    by(std::integral_constant<std::size_t, tile_rows>{});
    by(std::integral_constant<std::size_t, tile_rows * 2 / 3>{});
    by(std::integral_constant<std::size_t, tile_rows / 3>{});
    by(std::integral_constant<std::size_t, 1>{});
}
} // namespace detail

/// c = a · b, or c += a · b unless `fresh`: a has `rows` × `inner` elements, b `inner` × `columns`, and c lies in rows of `c_row` floats.
inline void gemm(std::size_t rows, std::size_t columns, std::size_t inner, strided const &a, strided const &b, float *c,
                 std::size_t c_row, bool fresh) {
    using namespace detail;
    if (rows == 0 || columns == 0) return;
    if (inner == 0) {
        for (std::size_t i = 0; fresh && i < rows; ++i) std::fill_n(c + i * c_row, columns, 0.0F);
        return;
    }
    alignas(64) static thread_local std::array<float, most_inner * tile_columns> packed;
    alignas(64) static thread_local std::array<float, 4 * tile_rows * tile_columns> border;
    for (std::size_t k = 0; k < inner; k += most_inner) {
        auto const depth = std::min(most_inner, inner - k);
        bool const first = fresh && k == 0;
        strided const left{a.values + k * a.column, a.row, a.column};
        for (std::size_t j = 0; j < columns; j += tile_columns) {
            auto const width = std::min(tile_columns, columns - j);
            auto const *from = b.values + k * b.row + j * b.column;
            auto pitch = b.row;
            if (width < tile_columns || b.column != 1 || rows > 4 * tile_rows) {
                for (std::size_t p = 0; p < depth; ++p) {
                    auto *const to = packed.data() + p * tile_columns;
                    if (b.column == 1 && width == tile_columns)
                        std::copy_n(from + p * b.row, tile_columns, to);
                    else
                        for (std::size_t i = 0; i < width; ++i) to[i] = from[p * b.row + i * b.column];
                    std::fill(to + width, to + tile_columns, 0.0F);
                }
                from = packed.data(), pitch = tile_columns;
            }
            if (width == tile_columns) {
                column_panel<2>(rows, depth, left, from, pitch, c + j, c_row, first);
                continue;
            }
            for (std::size_t i = 0; i < rows; i += 4 * tile_rows) {
                auto const height = std::min(4 * tile_rows, rows - i);
                for (std::size_t r = 0; !first && r < height; ++r)
                    std::copy_n(c + (i + r) * c_row + j, width, border.data() + r * tile_columns);
                strided const some{left.values + i * a.row, a.row, a.column};
                if (width <= lanes)
                    column_panel<1>(height, depth, some, from, pitch, border.data(), tile_columns, first);
                else
                    column_panel<2>(height, depth, some, from, pitch, border.data(), tile_columns, first);
                for (std::size_t r = 0; r < height; ++r)
                    std::copy_n(border.data() + r * tile_columns, width, c + (i + r) * c_row + j);
            }
        }
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
