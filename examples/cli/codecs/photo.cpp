#include <triptych/presets.hpp>

#include "codecs/entry.hpp"

namespace cli {
auto photo_codec() -> codec_entry {
    return make_entry<triptych::photo, carried::pictures>("photo", "photographs and other pictures; the default");
}
} // namespace cli
