// triptych/schedule/whole.hpp: every panel sees the whole picture, which rate-distortion optimisation and learned settings like best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <triptych/schedule/panelwork.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Schedule: every panel sees the whole picture.
struct whole {
    static constexpr bool settled = false;
    static constexpr void describe(auto &d, auto... panels) { d("codec", panels...); }

    template <std::size_t R>
    static constexpr auto cut(extents<R> const &shape) noexcept -> detail::tiling<R> {
        return detail::tiling<R>(shape);
    }
    /// The samples are those of the box `where`.
    template <class B, class T, class Q, class C, bool Settles>
    static auto encoding(detail::panelwork<B, T, Q, C, Settles> const &work, void const *samples, box<B::rank> const &where)
        -> std::unique_ptr<triptych::encoding> {
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
