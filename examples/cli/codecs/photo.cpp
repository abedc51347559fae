#include <triptych/presets.hpp>

#include "codecs/alpha.hpp"
#include "codecs/by_rows.hpp"

namespace cli {
auto photo_codec() -> codec_entry {
    return with_partner(
        make_tiled_entry<triptych::photo, carried::pictures>("photo", "photographs and other pictures; the default"),
        "photo-alpha");
}
auto photo_alpha_codec() -> codec_entry {
    return alpha_entry<triptych::photo>("photo-alpha");
}
} // namespace cli
