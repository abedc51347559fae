// docs/format/quantizer.md
#include <triptych/coder/raw.hpp>
#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/quantizer/lloyd_max.hpp>
#include <triptych/learn/quantizer/product.hpp>
#include <triptych/learn/quantizer/residual.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/codebook.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/escape_codebook.hpp>
#include <triptych/quantizer/levels.hpp>
#include <triptych/quantizer/lloyd_max.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/quantizer/palette.hpp>
#include <triptych/quantizer/product.hpp>
#include <triptych/quantizer/residual.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/identity.hpp>

#include "example.hpp"

using namespace worked;

namespace {
[[maybe_unused]] bool const added[] = {
    add(example<codec<transform::identity, quantizer::levels<3>, coder::raw>, std::uint8_t, 2>{
        .shape = {1, 4},
        .components = 1,
        .bytes = "ce",
        .samples = {0, 127, 255, 127},
        .goal = step(1),
        .input = {0, 120, 250, 130}}),
    add(example<codec<transform::identity, quantizer::palette, coder::raw>, std::uint8_t, 2>{
        .shape = {1, 4},
        .components = 1,
        .bytes = "e5 e5 e5 0c",
        .samples = {101, 101, 101, 140},
        .goal = step(8),
        .input = {100, 101, 101, 140}}),
    add(example<codec<transform::identity, quantizer::uniform, coder::raw>, std::uint8_t, 2>{
        .shape = {2, 2}, .components = 1, .bytes = "80 80 01 7e 04", .samples = {0, 64, 192, 255}, .goal = step(64)}),
    add(example<codec<transform::identity, per_image<quantizer::lloyd_max<4>>, coder::raw>, std::uint8_t, 2>{
        .shape = {1, 6},
        .components = 1,
        .bytes = "02 01 04 00 00 1b 02 00 4b 6f 81 20 00 82 4e 70 08",
        .samples = {90, 90, 20, 200, 90, 203},
        .goal = step(1),
        .input = {90, 91, 20, 200, 90, 203}}),
    // Points of class 3: 8, 0 and -8 of 64; the symbols are 1, -1, 2 and 0.
    add(example<codec<transform::identity, quantizer::dead_zone, coder::raw>, std::uint8_t, 2>{
        .shape = {2, 2}, .components = 1, .bytes = "81 80 01 08 08 00 f8 f1 02", .samples = {156, 100, 192, 128}}),
    add(example<codec<transform::dct<4>, quantizer::matrix<>, coder::raw>, std::uint8_t, 1>{
        .shape = {4},
        .components = 1,
        .bytes = "80 40 3f 1b 02",
        .samples = {15, 20, 196, 249},
        .goal = step(16),
        .input = {10, 30, 200, 250}}),
    add(example<codec<transform::identity, per_image<quantizer::codebook<4>>, coder::raw>, std::uint8_t, 2>{
        .shape = {1, 4},
        .components = 3,
        .bytes = "02 02 03 01 02 40 16 40 b3 28 8c 4b 14",
        .samples = {200, 40, 40, 130, 170, 230, 130, 170, 230, 200, 40, 40},
        .goal = step(8)}),
    add(example<codec<transform::identity, per_image<quantizer::escape_codebook<2>>, coder::raw>, std::uint8_t, 2>{
        .shape = {1, 6},
        .components = 1,
        .bytes = "02 02 01 00 03 78 09 00 80 0a 04 00 04 e1 b9 8a 03",
        .samples = {88, 93, 18, 200, 88, 200},
        .goal = max_error(2),
        .input = {90, 91, 20, 200, 90, 200}}),
    add(example<codec<transform::identity, per_image<quantizer::product<2, 2>>, coder::raw>, std::uint8_t, 2>{
        .shape = {1, 4},
        .components = 3,
        .bytes = "02 02 03 01 02 40 16 40 9e 99 8a a9 0a 44 14",
        .samples = {200, 40, 50, 100, 170, 230, 200, 170, 50, 100, 40, 230},
        .goal = step(8)}),
    add(example<codec<transform::identity, per_image<quantizer::residual<2, 2>>, coder::raw>, std::uint8_t, 2>{
        .shape = {1, 4},
        .components = 2,
        .bytes = "03 02 02 02 00 01 26 07 50 13 45 18 43 ba 16 2d 50 44",
        .samples = {50, 60, 60, 80, 200, 180, 210, 200},
        .goal = step(8)}),
};
} // namespace
