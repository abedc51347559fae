#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include "codecs/entry.hpp"

namespace cli {
auto dct_codec() -> codec_entry {
    using namespace triptych;
    using ycbcr_dct = transform::chain<transform::colour<transform::ycbcr>, transform::dct<8>>;
    return picture_entry<"dct", ycbcr_dct, quantizer::dead_zone, coder::range<>>(
        "YCbCr, 8 x 8 cosine transform, dead zone, adaptive range coder");
}
} // namespace cli
