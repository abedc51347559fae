#include <triptych/coder/huffman.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include "codecs/alpha.hpp"

namespace cli {
namespace {
using namespace triptych;
using ycbcr_dct = transform::chain<transform::colour<transform::ycbcr420>, transform::dct<8>>;
using the_codec = named_codec<"jpeg-like", ycbcr_dct, quantizer::matrix<quantizer::annex_k, quantizer::uniform>,
                              coder::run_length<coder::huffman<>>>;
} // namespace

auto jpeg_like_codec() -> codec_entry {
    return with_partner(
        make_entry<the_codec, carried::pictures>(
            "jpeg-like", "the panels of JPEG: chroma of half size, 8 x 8 cosines, its tables, Huffman over runs"),
        "jpeg-like-alpha");
}
auto jpeg_like_alpha_codec() -> codec_entry {
    return alpha_entry<the_codec>("jpeg-like-alpha");
}
} // namespace cli
