#include <triptych/presets.hpp>

#include "codecs/entry.hpp"

namespace cli {
auto lossless_codec() -> codec_entry {
    return make_entry<triptych::lossless, carried::arrays>("lossless", "not a bit is lost; pictures and arrays");
}
} // namespace cli
