#include <triptych/families.hpp>

#include "codecs/alpha.hpp"

namespace cli {
auto dct_codec() -> codec_entry {
    return with_partner(make_entry<triptych::families::dct, carried::pictures>(
                            "dct", "YCbCr, 8 x 8 cosine transform, dead zone, adaptive range coder"),
                        "dct-alpha");
}
auto dct_alpha_codec() -> codec_entry {
    return alpha_entry<triptych::families::dct>("dct-alpha");
}
} // namespace cli
