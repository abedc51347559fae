// docs/format/transform.md
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/difference.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/transform/fourier.hpp>
#include <triptych/transform/klt.hpp>
#include <triptych/transform/classified_klt.hpp>
#include <triptych/transform/linear_synthesis.hpp>
#include <triptych/transform/mixture.hpp>
#include <triptych/transform/pca.hpp>
#include <triptych/transform/predicted_klt.hpp>
#include <triptych/transform/wavelet.hpp>

#include "example.hpp"

using namespace worked;

namespace {
template <class T>
using exact_bits = codec<T, quantizer::none, coder::raw>;
template <class T>
using stepped_bits = codec<T, quantizer::uniform, coder::raw>;

[[maybe_unused]] bool const added[] = {
    add(example<exact_bits<transform::difference<>>, std::uint8_t, 2>{
        .shape = {2, 2}, .components = 1, .bytes = "8a 02 01 bc", .samples = {10, 12, 11, 200}, .goal = exact}),
    add(example<exact_bits<transform::colour<transform::subtract_green>>, std::uint8_t, 2>{
        .shape = {1, 1}, .components = 3, .bytes = "e4 64 38 03", .samples = {200, 100, 50}, .goal = exact}),
    add(example<exact_bits<transform::colour<transform::ycocg_r>>, std::uint8_t, 2>{
        .shape = {1, 1}, .components = 3, .bytes = "f0 96 ce 03", .samples = {200, 100, 50}, .goal = exact}),
    add(example<stepped_bits<transform::colour<transform::ycbcr>>, std::uint8_t, 2>{.shape = {1, 1},
                                                                                    .components = 3,
                                                                                    .bytes = "80 08 fe 76 05",
                                                                                    .samples = {198, 100, 49},
                                                                                    .goal = step(4),
                                                                                    .input = {200, 100, 50}}),
    add(example<stepped_bits<transform::colour<transform::ycbcr420>>, std::uint8_t, 2>{
        .shape = {2, 3},
        .components = 3,
        .bytes = "80 20 00 68 00 74 1e 18 3f",
        .samples = {197, 110, 40, 177, 116, 65, 81, 71, 60, 197, 110, 40, 177, 116, 65, 81, 71, 60},
        .goal = step(16),
        .input = {200, 100, 50, 190, 110, 40, 60, 70, 80, 200, 100, 50, 180, 120, 30, 66, 77, 88}}),
    add(example<stepped_bits<transform::klt>, std::uint8_t, 2>{.shape = {1, 1},
                                                               .components = 3,
                                                               .bytes = "80 08 00 fb 1a 05",
                                                               .samples = {199, 100, 51},
                                                               .goal = step(4),
                                                               .input = {200, 100, 50}}),
    add(example<stepped_bits<transform::dct<4>>, std::uint8_t, 2>{
        .shape = {4, 4},
        .components = 1,
        .bytes = "80 40 02 00 00 00 00 00 00 00 00 00 00 00",
        .samples = {144, 144, 144, 144, 144, 144, 144, 144, 144, 144, 144, 144, 144, 144, 144, 144},
        .goal = step(32)}),
    add(example<stepped_bits<transform::dct<8>>, std::int16_t, 1>{.shape = {5},
                                                                  .components = 1,
                                                                  .bytes = "00 64 0b 80 80 01 16 ea f6 fb fa f9 fd 00",
                                                                  .samples = {-868, 315, 440, 510, 979},
                                                                  .goal = step(64),
                                                                  .input = {-900, 300, 410, 500, 1000}}),
    add(example<stepped_bits<transform::fourier<8>>, std::uint8_t, 1>{.shape = {8},
                                                                      .components = 1,
                                                                      .bytes = "80 40 3f 00 00 00 10 d8",
                                                                      .samples = {4, 241, 0, 241, 4, 219, 20, 219},
                                                                      .goal = step(32),
                                                                      .input = {1, 250, 3, 240, 5, 230, 10, 220}}),
    add(example<codec<transform::adaptive_dct, quantizer::uniform, coder::run_length<coder::raw>>, std::uint8_t, 2>{
        .shape = {1, 1},
        .components = 1,
        .bytes = "80 40 07 0b 0f 28 00 00 04 fe 03 00",
        .samples = {136},
        .goal = step(32),
        .input = {136}}),
    add(example<exact_bits<transform::wavelet<transform::haar, 1>>, std::uint8_t, 2>{
        .shape = {2, 2}, .components = 1, .bytes = "02 07 06 44 00", .samples = {130, 128, 125, 140}, .goal = exact}),
    add(example<exact_bits<transform::wavelet<transform::cdf53, 2>>, std::uint8_t, 2>{
        .shape = {3, 4},
        .components = 1,
        .bytes = "de f7 e0 0f 2b 8f 1e 00 ed 6f 80 7c 99 d0 db 1e",
        .samples = {1, 2, 3, 40, 50, 60, 250, 240, 230, 128, 7, 99},
        .goal = exact}),
    add(example<stepped_bits<transform::wavelet<transform::cdf97, 1>>, std::uint8_t, 1>{.shape = {4},
                                                                                        .components = 1,
                                                                                        .bytes = "80 10 fb 84 1f 00",
                                                                                        .samples = {102, 120, 189, 196},
                                                                                        .goal = step(8),
                                                                                        .input = {100, 120, 190, 200}}),
    add(example<stepped_bits<transform::pca<2, 2, 2>>, std::uint8_t, 2>{.shape = {2, 2},
                                                                        .components = 1,
                                                                        .bytes = "80 10 06 fe",
                                                                        .samples = {144, 160, 144, 160},
                                                                        .goal = step(8),
                                                                        .input = {100, 120, 190, 200}}),
    add(example<codec<transform::mixture<transform::eigenpicture, 4>, quantizer::uniform, coder::raw>, std::uint8_t, 2>{
        .shape = {1, 2}, .components = 1, .bytes = "80 10 05 02", .samples = {144, 160}, .goal = step(8)}),
    add(example<codec<transform::predicted_klt<4>, quantizer::uniform, coder::run_length<coder::raw>>, std::uint8_t, 2>{
        .shape = {2, 6},
        .components = 1,
        .bytes = "80 20 0c 05 80 fc 3f fc ff 8b ff 7f 15 00 10 fe ff c5 ff 3f",
        .samples = {7, 7, 7, 7, 10, 10, 18, 18, 18, 18, 21, 21},
        .goal = step(16)}),
    add(example<stepped_bits<transform::classified_klt<4, 2>>, std::uint8_t, 2>{
        .shape = {1, 2},
        .components = 1,
        .bytes = "80 40 14 f8 80 3e 00 e0 07 00 00 00 00 00 00 00 00",
        .samples = {94, 196},
        .goal = step(32),
        .input = {100, 190}}),
    add(example<stepped_bits<transform::linear_synthesis>, std::uint8_t, 2, false>{
        .shape = {1, 2}, .components = 1, .bytes = "80 02 01 00 02 00", .samples = {176, 176}}),
    add(example<stepped_bits<per_image<transform::pca<1, 1, 1>>>, std::uint8_t, 2, false>{
        .shape = {1, 2}, .components = 1, .bytes = "80 10 01 01 05 60 02 01 01 0e 40 01 00", .samples = {134, 126}}),
    add(example<exact_bits<transform::chain<transform::colour<transform::ycocg_r>,
                                            transform::difference<transform::predictor::left>>>,
                std::uint8_t, 2>{.shape = {1, 2},
                                 .components = 3,
                                 .bytes = "ff 00 00 00 fc 13 00",
                                 .samples = {0, 255, 0, 255, 0, 255},
                                 .goal = exact}),
};
} // namespace
