#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include "codecs/entry.hpp"

namespace cli {
namespace {
using transform =
    triptych::transform::chain<triptych::transform::colour<triptych::transform::ycbcr>, triptych::transform::dct<8>>;
struct dct : triptych::basic_codec<dct, transform, triptych::quantizer::dead_zone, triptych::coder::range<>> {
    static constexpr std::string_view label = "dct";
};
} // namespace

auto dct_codec() -> codec_entry {
    return make_entry<dct, carried::pictures>("dct", "YCbCr, 8 x 8 cosine transform, dead zone, adaptive range coder");
}
} // namespace cli
