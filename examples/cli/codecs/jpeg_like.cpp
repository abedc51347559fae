#include <triptych/coder/huffman.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include "codecs/entry.hpp"

namespace cli {
auto jpeg_like_codec() -> codec_entry {
    using namespace triptych;
    using ycbcr_dct = transform::chain<transform::colour<transform::ycbcr420>, transform::dct<8>>;
    return picture_entry<"jpeg-like", ycbcr_dct, quantizer::matrix<quantizer::annex_k, quantizer::uniform>,
                         coder::run_length<coder::huffman<>>>(
        "the panels of JPEG: chroma of half size, 8 x 8 cosines, its tables, Huffman over runs");
}
} // namespace cli
