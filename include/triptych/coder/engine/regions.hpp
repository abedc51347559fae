// triptych/coder/engine/regions.hpp: where in a picture a symbol lies, for tables that follow its content.
//
// Statistics of pictures change from place to place. A table that follows the place gains more than one that is exact
// for the whole: on residuals of photographs 9 %, and 2 % if tables change every 64 KB only. So the samples of a
// group fall into *regions* of about 256 symbols, rectangles of neighbouring rows and columns. The encoder may give
// each region one of 16 *levels*, by how large its symbols are. Class of band and level together choose the table.
// Levels are smooth, so they cost 1.5 bits a region.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <triptych/bands.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

inline constexpr std::size_t level_count = 16;

/// How the samples of a group fall into regions. All axes but the last make rows.
struct region_grid {
    std::size_t columns = 0, rows = 0; ///< samples
    unsigned width_log2 = 0, height_log2 = 0;

    template <std::size_t R>
    static auto of(layout<R> const &where, band_group const &g) noexcept -> region_grid {
        region_grid r;
        if (g.count == 0 || g.samples == 0) return r;
        r.columns = where[g.first].shape[R - 1], r.rows = g.samples / r.columns;
        auto const many = static_cast<unsigned>(std::bit_width(g.count - 1));
        auto const area = many < 8 ? 8 - many : 0;
        auto const least = [](unsigned wanted, std::size_t n) {
            return std::min(wanted, static_cast<unsigned>(std::bit_width(n - 1)));
        };
        r.width_log2 = least((area + 1) / 2, r.columns);
        r.height_log2 = least(area - r.width_log2, r.rows);
        r.width_log2 = least(area - r.height_log2, r.columns);
        return r;
    }
    auto across() const noexcept -> std::size_t { return (columns + (std::size_t{1} << width_log2) - 1) >> width_log2; }
    auto down() const noexcept -> std::size_t { return (rows + (std::size_t{1} << height_log2) - 1) >> height_log2; }
    auto count() const noexcept -> std::size_t { return across() * down(); }

    /// Cuts samples [first, first + n) where a region or a row ends: `f(region, samples)`.
    template <class F>
    void each_piece(std::size_t first, std::size_t n, F &&f) const {
        if (n == 0) return;
        auto row = first / columns, column = first % columns;
        auto const wide = across();
        while (n > 0) {
            auto const edge = std::min(((column >> width_log2) + 1) << width_log2, columns);
            auto const piece = std::min(edge - column, n);
            f((row >> height_log2) * wide + (column >> width_log2), piece);
            n -= piece, column += piece;
            if (column == columns) column = 0, ++row;
        }
    }
};

/// Levels of the regions of a group as bits; both directions. Each is expected where its left and upper neighbours are; false if one
/// would lie outside the 16.
class level_coder {
public:
    template <class E>
    auto code(E &engine, region_grid const &grid, std::uint8_t *levels) -> bool {
        auto const wide = grid.across(), high = grid.down();
        for (std::size_t y = 0; y < high; ++y)
            for (std::size_t x = 0; x < wide; ++x, ++levels) {
                int const left = x ? levels[-1] : y ? levels[-static_cast<std::ptrdiff_t>(wide)] : 0;
                int const up = y ? levels[-static_cast<std::ptrdiff_t>(wide)] : left;
                int const expected = (left + up + 1) >> 1;
                auto &in = contexts_[static_cast<std::size_t>(std::min(left > up ? left - up : up - left, 3))];
                int const miss = one(engine, in, *levels - expected), level = expected + miss;
                if (level < 0 || level >= static_cast<int>(level_count)) return false;
                *levels = static_cast<std::uint8_t>(level);
            }
        return true;
    }

private:
    using counter = model::detail::counter<4, 6>;
    struct context {
        counter zero, negative, more[3];
    };
    template <class E>
    static auto bit(E &engine, counter &c, bool b) -> bool {
        b = engine.bit(std::clamp<std::uint32_t>(c.p(), 64, 65472), b);
        c.learn(b);
        return b;
    }
    template <class E>
    static auto one(E &engine, context &in, int miss) -> int {
        if (bit(engine, in.zero, miss == 0)) return 0;
        bool const negative = bit(engine, in.negative, miss < 0);
        int const wanted = miss < 0 ? -miss : miss;
        int m = 1;
        while (m < static_cast<int>(level_count) - 1 && bit(engine, in.more[std::min(m - 1, 2)], wanted > m)) ++m;
        return negative ? -m : m;
    }

    context contexts_[4];
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
