#include <triptych/presets.hpp>

#include "codecs/by_rows.hpp"

namespace cli {
auto lossless_codec() -> codec_entry {
    return make_tiled_entry<triptych::lossless, carried::arrays>("lossless", "not a bit is lost; pictures and arrays");
}
} // namespace cli
