// triptych/transform/identity.hpp: no transform. For lossless codecs, whose prediction lives in the coder's model, and for
// palettes and arrays.
#pragma once

#include <cstddef>

#include <triptych/concepts.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// Gives each band as it came. Any rank, any number of components.
struct identity {
    static constexpr bool reversible = true, keeps_errors = true;
    static constexpr std::size_t tile_height = 1, tile_margin = 0;
    static constexpr void describe(auto &d) { d("identity"); }

    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        return in;
    }
    template <class B>
    auto forward(B x) const -> B {
        return x;
    }
    template <class B>
    auto inverse(B x, layout<B::rank> const &) const -> B {
        return x;
    }
};

static_assert(transform_for<identity, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
