#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/wavelet.hpp>

#include "codecs/entry.hpp"

namespace cli {
auto wavelet_codec() -> codec_entry {
    using namespace triptych;
    using ycbcr_wavelet =
        transform::chain<transform::colour<transform::ycbcr>, transform::wavelet<transform::cdf97, 5>>;
    return picture_entry<"wavelet", ycbcr_wavelet, quantizer::dead_zone, coder::range<>>(
        "YCbCr, 9/7 wavelet, dead zone, adaptive range coder");
}
} // namespace cli
