// triptych/schedule/tiles.hpp: independent tiles behind an index: threads, regions, rows that stream, memory that does not grow.
//
// Each tile runs through all stages by itself, with states and statistics of its own, which costs bytes: what a coder learned of one tile
// the next does not know. So a picture of up to four tiles' size stays whole, to the same bytes as under `whole`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <triptych/schedule/panelwork.hpp>
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
    /// The samples are those of the box `where`.
    template <class B, class T, class Q, class C, bool Settles>
    static auto encoding(detail::panelwork<B, T, Q, C, Settles> const &work, void const *samples, box<B::rank> const &where)
        -> std::unique_ptr<triptych::encoding> {
        static_assert(!settled || !per_picture<Q, B>,
                      "tiles: with `of_picture` the quantizer's state would have to be the picture's, too");
        return std::make_unique<detail::pieces_encoding>(
            std::make_unique<detail::panel_encoder<B, T, Q, C, Settles>>(work, samples, where));
    }
    template <class B, class T, class Q, class C, bool Settles>
    static void decode(detail::panelwork<B, T, Q, C, Settles> const &work, byte_reader &r, detail::sample_room room,
                       box<B::rank> const &where) noexcept {
        detail::decode_by_pieces(work, r, room, where);
    }
};

} // namespace triptych::inline TRIPTYCH_ABI
