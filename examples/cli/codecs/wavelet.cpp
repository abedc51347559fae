#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/wavelet.hpp>

#include "codecs/entry.hpp"

namespace cli {
namespace {
using transform = triptych::transform::chain<triptych::transform::colour<triptych::transform::ycbcr>,
                                             triptych::transform::wavelet<triptych::transform::cdf97, 5>>;
struct wavelet : triptych::basic_codec<wavelet, transform, triptych::quantizer::dead_zone, triptych::coder::range<>> {
    static constexpr std::string_view label = "wavelet";
};
} // namespace

auto wavelet_codec() -> codec_entry {
    return make_entry<wavelet, carried::pictures>("wavelet", "YCbCr, 9/7 wavelet, dead zone, adaptive range coder");
}
} // namespace cli
