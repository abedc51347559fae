#include <triptych/families.hpp>

#include "codecs/alpha.hpp"

namespace cli {
auto jpeg_like_codec() -> codec_entry {
    return with_partner(
        make_entry<triptych::families::jpeg_like, carried::pictures>(
            "jpeg-like", "the panels of JPEG: chroma of half size, 8 x 8 cosines, its tables, Huffman over runs"),
        "jpeg-like-alpha");
}
auto jpeg_like_alpha_codec() -> codec_entry {
    return alpha_entry<triptych::families::jpeg_like>("jpeg-like-alpha");
}
} // namespace cli
