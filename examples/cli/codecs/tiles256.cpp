// The presets with tiles of 256 x 256, for pictures alone: what `encode --tile 256` takes. Another side would compile for as long.
#include <triptych/families.hpp>
#include <triptych/presets.hpp>
#include <triptych/with_alpha.hpp>

#include "codecs/alpha.hpp"
#include "codecs/by_rows.hpp"

namespace cli {
namespace {
using photo = triptych::with_schedule<triptych::photo, triptych::tiles<256>>;
using lossless = triptych::with_schedule<triptych::lossless, triptych::tiles<256>>;
} // namespace

auto photo256_codec() -> codec_entry {
    return with_partner(make_tiled_entry<photo, carried::pictures>("photo-256", "photo with smaller tiles"),
                        "photo-256-alpha");
}
auto photo256_alpha_codec() -> codec_entry {
    return make_entry<triptych::with_alpha<photo, lossless>, carried::pictures>(
        "photo-256-alpha", "the same for pictures with alpha, which stays exact");
}
auto lossless256_codec() -> codec_entry {
    return make_tiled_entry<lossless, carried::pictures>("lossless-256", "lossless with smaller tiles");
}
} // namespace cli
