// tiled.hpp: the presets with tiles of another side, for pictures alone. Included by the files of this folder only.
#pragma once

#include <string_view>

#include <triptych/families.hpp>
#include <triptych/presets.hpp>
#include <triptych/with_alpha.hpp>

#include "codecs/by_rows.hpp"

namespace cli {

template <std::size_t N>
using photo_in = triptych::with_schedule<triptych::photo, triptych::tiles<N>>;
template <std::size_t N>
using lossless_in = triptych::with_schedule<triptych::lossless, triptych::tiles<N>>;

template <std::size_t N>
auto tiled_photo(std::string_view name, std::string_view alpha) -> codec_entry {
    auto e = make_tiled_entry<photo_in<N>, carried::pictures>(name, "photo with tiles of another side");
    e.with_alpha = alpha;
    return e;
}
template <std::size_t N>
auto tiled_photo_alpha(std::string_view name) -> codec_entry {
    return make_entry<triptych::with_alpha<photo_in<N>, lossless_in<N>>, carried::pictures>(
        name, "the same for pictures with alpha, which stays exact");
}
template <std::size_t N>
auto tiled_lossless(std::string_view name) -> codec_entry {
    return make_tiled_entry<lossless_in<N>, carried::pictures>(name, "lossless with tiles of another side");
}

} // namespace cli
