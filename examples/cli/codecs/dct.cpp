#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include "codecs/alpha.hpp"

namespace cli {
namespace {
using namespace triptych;
using ycbcr_dct = transform::chain<transform::colour<transform::ycbcr>, transform::dct<8>>;
using the_codec = named_codec<"dct", ycbcr_dct, quantizer::dead_zone, coder::range<>>;
} // namespace

auto dct_codec() -> codec_entry {
    return with_partner(make_entry<the_codec, carried::pictures>(
                            "dct", "YCbCr, 8 x 8 cosine transform, dead zone, adaptive range coder"),
                        "dct-alpha");
}
auto dct_alpha_codec() -> codec_entry {
    return alpha_entry<the_codec>("dct-alpha");
}
} // namespace cli
