// triptych/schedule/whole.hpp: every panel sees the whole picture, which rate-distortion optimisation and learned settings like best.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/schedule/pieces.hpp>
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
    template <sample S, std::size_t R, class T, class Q, class C>
    using encoder = detail::piece_encoder<S, R, T, Q, C>;

    template <sample S, std::size_t R, class T, class Q, class C>
    static void decode(detail::piecework<S, R, T, Q, C> const &work, byte_reader &r, function_ref<S *()> room,
                       box<R> const &where) {
        detail::decode_pieces(work, r, room, where);
    }
};

} // namespace triptych::inline TRIPTYCH_ABI
