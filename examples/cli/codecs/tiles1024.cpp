#include "codecs/tiled.hpp"

namespace cli {
auto photo1024_codec() -> codec_entry {
    return tiled_photo<1024>("photo-1024", "photo-1024-alpha");
}
auto photo1024_alpha_codec() -> codec_entry {
    return tiled_photo_alpha<1024>("photo-1024-alpha");
}
auto lossless1024_codec() -> codec_entry {
    return tiled_lossless<1024>("lossless-1024");
}
} // namespace cli
