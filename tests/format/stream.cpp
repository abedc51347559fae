// Framings, sample maps, verbatim samples and strips: sections 2 to 4 of docs/format.md.
#include <limits>

#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/identity.hpp>

#include "example.hpp"

using namespace worked;

namespace {
using plain = codec<transform::identity, quantizer::none, coder::raw>;

[[maybe_unused]] bool const added[] = {
    add(example<plain, std::uint8_t, 2>{.shape = {2, 2},
                                        .components = 1,
                                        .bytes =
                                            "d7 54 50 43 01 00 51 78 db 76 00 20 02 02 01 04 00 01 ff 80 ef 18 93 01",
                                        .samples = {128, 129, 127, 0},
                                        .goal = exact,
                                        .frame = framing::file}),
    add(example<plain, std::uint8_t, 2>{.shape = {2, 2},
                                        .components = 1,
                                        .bytes = "00 01 ff 80 af d3",
                                        .samples = {128, 129, 127, 0},
                                        .goal = exact,
                                        .frame = framing::record}),
    add(example<plain, std::int16_t, 1>{
        .shape = {3}, .components = 1, .bytes = "00 d2 0f 03 57 01", .samples = {1000, 1003, 998}, .goal = exact}),
    add(example<plain, float, 1>{.shape = {2},
                                 .components = 1,
                                 .bytes = "01 80 80 80 fa 07 17 00 00 60 00 00 10",
                                 .samples = {1, 1.5F},
                                 .goal = exact}),
    // a pressure in 1/512 Pa, finer than floats are there
    add(example<codec<transform::identity, quantizer::uniform, coder::raw>, float, 1>{
        .shape = {2}, .components = 1, .bytes = "02 11 80 e8 bc 31 03 00 00 1a", .samples = {101325, 101325.0078125F}}),
    // 1, not a number, -3
    add(example<codec<transform::identity, quantizer::uniform, coder::raw>, float, 1>{
        .shape = {3},
        .components = 1,
        .bytes = "02 00 00 03 01 01 00 00 c0 7f 00 41 01",
        .samples = {1, std::numeric_limits<float>::quiet_NaN(), -3}}),
    add(example<codec<transform::identity, quantizer::uniform, coder::raw, strips<2>>, std::uint8_t, 2>{
        .shape = {3, 1}, .components = 1, .bytes = "80 80 01 7e 00", .samples = {0, 64, 192}, .goal = step(64)}),
};
} // namespace
