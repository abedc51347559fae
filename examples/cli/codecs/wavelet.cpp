#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/wavelet.hpp>

#include "codecs/alpha.hpp"

namespace cli {
namespace {
using namespace triptych;
using ycbcr_wavelet = transform::chain<transform::colour<transform::ycbcr>, transform::wavelet<transform::cdf97, 5>>;
using the_codec = named_codec<"wavelet", ycbcr_wavelet, quantizer::dead_zone, coder::range<>>;
} // namespace

auto wavelet_codec() -> codec_entry {
    return with_partner(
        make_entry<the_codec, carried::pictures>("wavelet", "YCbCr, 9/7 wavelet, dead zone, adaptive range coder"),
        "wavelet-alpha");
}
auto wavelet_alpha_codec() -> codec_entry {
    return alpha_entry<the_codec>("wavelet-alpha");
}
} // namespace cli
