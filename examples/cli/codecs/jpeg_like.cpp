#include <triptych/coder/huffman.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include "codecs/entry.hpp"

namespace cli {
namespace {
using transform =
    triptych::transform::chain<triptych::transform::colour<triptych::transform::ycbcr420>, triptych::transform::dct<8>>;
using quantizer = triptych::quantizer::matrix<triptych::quantizer::annex_k, triptych::quantizer::uniform>;
struct jpeg_like
    : triptych::basic_codec<jpeg_like, transform, quantizer, triptych::coder::run_length<triptych::coder::huffman<>>> {
    static constexpr std::string_view label = "jpeg-like";
};
} // namespace

auto jpeg_like_codec() -> codec_entry {
    return make_entry<jpeg_like, carried::pictures>(
        "jpeg-like", "the panels of JPEG: chroma of half size, 8 x 8 cosines, its tables, Huffman over runs");
}
} // namespace cli
