// alpha.hpp: what takes the place of a lossy codec for pictures with alpha. Included by the files of this folder only.
#pragma once

#include <string_view>

#include <triptych/presets.hpp>
#include <triptych/with_alpha.hpp>

#include "codecs/entry.hpp"

namespace cli {

/// `name` is that of the colour codec with "-alpha" behind it, as its streams say.
template <class Colour>
auto alpha_entry(std::string_view name) -> codec_entry {
    return make_entry<triptych::with_alpha<Colour, triptych::lossless>, carried::pictures>(
        name, "the same for pictures with alpha, which stays exact");
}

/// Tells an entry what takes its place.
inline auto with_partner(codec_entry entry, std::string_view alpha) -> codec_entry {
    entry.with_alpha = alpha;
    return entry;
}

} // namespace cli
