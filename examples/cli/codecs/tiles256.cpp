#include "codecs/tiled.hpp"

namespace cli {
auto photo256_codec() -> codec_entry {
    return tiled_photo<256>("photo-256", "photo-256-alpha");
}
auto photo256_alpha_codec() -> codec_entry {
    return tiled_photo_alpha<256>("photo-256-alpha");
}
auto lossless256_codec() -> codec_entry {
    return tiled_lossless<256>("lossless-256");
}
} // namespace cli
