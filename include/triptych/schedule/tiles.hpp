// triptych/schedule/tiles.hpp: independent tiles behind an index: threads, regions, rows that stream, memory that does not grow.
//
// Each tile runs through all stages by itself, with states and statistics of its own, which costs bytes: what a coder learned of one tile
// the next does not know. So a picture of up to four tiles' size stays whole, to the same bytes as under `whole`.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/schedule/pieces.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Whose is the state that a transform fits to a picture: each tile's, or that of the whole, sent once. The state of quantizers and coders is
/// always a tile's. With `of_picture` the planes of the whole picture are held while the transform is fitted, and rows can't be streamed.
enum class state_of { tile, picture };

/// Schedule: tiles of N × N samples; for other ranks boxes of about as many, see docs/format.md.
template <std::size_t N, state_of State = state_of::tile>
struct tiles {
    static_assert(N >= 8 && N <= 4096, "tiles: a side of 8 to 4096");
    static constexpr bool settled = State == state_of::picture;
    static constexpr void describe(auto &d, auto... panels) {
        if constexpr (settled)
            d("codec", panels..., "tiles", N, "of_picture");
        else
            d("codec", panels..., "tiles", N);
    }

    template <std::size_t R>
    static constexpr auto cut(extents<R> const &shape) noexcept -> detail::tiling<R> {
        auto const samples = volume(shape);
        return samples <= 4 * N * N ? detail::tiling<R>(shape) : detail::tiling<R>(shape, detail::tile_side(N, R));
    }
    template <sample S, std::size_t R, class T, class Q, class C>
    using encoder = detail::piece_encoder<S, R, T, Q, C>;

    template <sample S, std::size_t R, class T, class Q, class C>
    static void decode(detail::piecework<S, R, T, Q, C> const &work, byte_reader &r, function_ref<S *()> room,
                       box<R> const &where) {
        static_assert(!settled || !per_picture<Q, typename detail::piecework<S, R, T, Q, C>::planes>,
                      "tiles: with `of_picture` the quantizer's state would have to be the picture's, too");
        detail::decode_pieces(work, r, room, where);
    }
};

} // namespace triptych::inline TRIPTYCH_ABI
