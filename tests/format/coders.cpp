// docs/format/coder.md and docs/format/model.md
#include <triptych/coder/bit_plane.hpp>
#include <triptych/coder/golomb.hpp>
#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/model/autoregressive.hpp>
#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/model/family.hpp>
#include <triptych/coder/model/geometric.hpp>
#include <triptych/coder/model/mixing.hpp>
#include <triptych/coder/model/neighbourhood.hpp>
#include <triptych/coder/model/network.hpp>
#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/model/transform_blocks.hpp>
#include <triptych/coder/multisymbol.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/coder/tans.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/learned_dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/wavelet.hpp>

#include "example.hpp"

using namespace worked;

namespace {
template <class C>
using plain = codec<transform::identity, quantizer::none, C>;

using pyramid = model::mixing<model::contexts::order<1>, model::contexts::parent, model::contexts::position>;
using blocks = model::mixing<model::contexts::order<0>, model::contexts::order<3>,
                             model::contexts::both<model::contexts::activity, model::contexts::position>>;

/// Two components that resemble each other, with an edge.
auto slope() -> std::vector<std::uint8_t> {
    std::vector<std::uint8_t> samples;
    for (int i = 0; i < 40; ++i)
        for (int c = 0; c < 2; ++c)
            samples.push_back(
                static_cast<std::uint8_t>(i % 10 > 6 ? 220 - 90 * c : 40 + 30 * c + 9 * (i % 10) + 6 * (i / 10)));
    return samples;
}

/// The state that the page lists: of a picture of 2 x 3, with three taps.
auto listed_state() -> plain<coder::range<model::autoregressive>> {
    auto const owned = []<class T>(std::vector<T> const &v, dims shape) { return frozen<T>::owned(v, shape); };
    std::vector<std::int16_t> weight;
    std::vector<std::int8_t> response;
    for (std::int16_t i = 0; i < 6; ++i)
        for (auto const w : {4000 + 700 * i, 6000 - 900 * i, -1500 - 200 * i})
            weight.push_back(static_cast<std::int16_t>(w));
    for (int i = 0; i < 32; ++i) response.push_back(static_cast<std::int8_t>(3 * i - 40));
    coder::range<model::autoregressive> c;
    c.model.bias = owned(std::vector<std::int32_t>{-81920, 4096, -20000, 0, 300000, 8192}, {2u, 3u});
    c.model.weight = owned(weight, {2u, 3u, 3u});
    c.model.spread = owned(std::vector<std::uint8_t>{100, 60, 70, 90, 40, 20}, {2u, 3u});
    c.model.response = owned(response, {32u});
    return {{}, {}, std::move(c)};
}

[[maybe_unused]] bool const added[] = {
    // Three zeros and a 5; the rest is zero.
    add(example<plain<coder::run_length<coder::raw>>, std::uint8_t, 2>{.shape = {2, 3},
                                                                       .components = 1,
                                                                       .bytes = "02 03 2b 00",
                                                                       .samples = {128, 128, 128, 133, 128, 128},
                                                                       .goal = exact}),
    add(example<plain<coder::golomb<>>, std::uint8_t, 2>{
        .shape = {1, 4}, .components = 1, .bytes = "46 44 01 04", .samples = {128, 128, 129, 160}, .goal = exact}),
    add(example<plain<coder::golomb<coder::golomb_kind::general>>, std::uint8_t, 2>{
        .shape = {1, 4}, .components = 1, .bytes = "c4 cc 39", .samples = {128, 130, 125, 132}, .goal = exact}),
    add(example<plain<coder::golomb<coder::golomb_kind::exponential>>, std::uint8_t, 2>{
        .shape = {1, 4}, .components = 1, .bytes = "46 e4 42 28", .samples = {128, 130, 125, 228}, .goal = exact}),
    add(example<plain<coder::golomb<>>, std::uint8_t, 2>{
        .shape = {1, 4}, .components = 1, .bytes = "ff ff ff ff 01", .samples = {127, 127, 127, 127}, .goal = exact}),
    add(example<plain<coder::huffman<>>, std::uint8_t, 2>{.shape = {1, 4},
                                                          .components = 1,
                                                          .bytes = "81 1d bf ff dc 39 34",
                                                          .samples = {128, 128, 129, 160},
                                                          .goal = exact}),
    add(example<plain<coder::huffman<>>, std::uint8_t, 2>{
        .shape = {1, 20},
        .components = 1,
        .bytes = "47 66 25 fe 8e 50 32 80 90 01 01 01 02 01 01 01 14 0d 0a 99 07 05 0e 0b 02",
        .samples = {128, 129, 128, 127, 129, 128, 130, 128, 128, 127,
                    129, 126, 128, 131, 128, 127, 129, 128, 128, 255}}),
    add(example<plain<coder::rans<>>, std::uint8_t, 2>{.shape = {1, 4},
                                                       .components = 1,
                                                       .bytes = "81 06 00 10 00 ff 7f d9 df 95 00 e0 40 00",
                                                       .samples = {128, 128, 129, 160},
                                                       .goal = exact}),
    // One bit.
    add(example<plain<coder::tans<>>, std::uint8_t, 2>{.shape = {1, 4},
                                                       .components = 1,
                                                       .bytes = "81 06 00 10 00 ff 7f d9 df 95 20 01 20",
                                                       .samples = {128, 128, 129, 160},
                                                       .goal = exact}),
    add(example<plain<coder::range<model::geometric>>, std::uint8_t, 2>{
        .shape = {1, 1}, .components = 1, .bytes = "00", .samples = {128}, .goal = exact}),
    add(example<plain<coder::range<model::geometric>>, std::uint8_t, 2>{
        .shape = {1, 2}, .components = 1, .bytes = "d8 00 00 00 f9 c0", .samples = {126, 255}, .goal = exact}),
    add(example<codec<transform::eigenpicture, quantizer::learned_dead_zone, coder::range<model::conditional_scale>>,
                std::uint8_t, 2>{.shape = {1, 4},
                                 .components = 1,
                                 .bytes = "80 4d 1a 1c 3b 44 a6 ca 6f",
                                 .samples = {128, 160, 120, 255},
                                 .goal = step(8)}),
    add(example<plain<coder::range<model::autoregressive>>, std::uint8_t, 2>{
        .shape = {3, 4},
        .components = 1,
        .bytes = "34 ec 82 2b fb 1c 3c 1b 5e 2b a8 5a b2 ac",
        .samples = {128, 129, 131, 140, 127, 130, 255, 140, 126, 0, 128, 141},
        .goal = exact}),
    add(example<plain<coder::range<model::autoregressive>>, std::uint8_t, 2>{.shape = {2, 3},
                                                                             .components = 1,
                                                                             .bytes = "e8 40 55 7a 8a 92 9c a7 de 1c",
                                                                             .samples = {110, 125, 131, 140, 200, 120},
                                                                             .goal = exact,
                                                                             .codec = listed_state()}),
    add(example<plain<coder::rans<model::laplace>>, std::uint8_t, 2>{
        .shape = {2, 4},
        .components = 1,
        .bytes = "43 90 00 82 85 9f 40 6b 25",
        .samples = {128, 129, 127, 130, 128, 125, 128, 160},
        .goal = exact}),
    add(example<plain<coder::rans<model::gaussian>>, std::uint8_t, 2>{
        .shape = {2, 4},
        .components = 1,
        .bytes = "81 3c 07 00 fa 10 01 01 00 c6",
        .samples = {128, 129, 130, 131, 132, 133, 134, 135},
        .goal = exact}),
    add(example<plain<coder::range<model::adaptive>>, std::uint8_t, 2>{
        .shape = {1, 3}, .components = 1, .bytes = "fe ca 93 c4", .samples = {128, 100, 255}, .goal = exact}),
    add(example<plain<coder::range<model::neighbourhood>>, std::uint8_t, 2>{
        .shape = {2, 3},
        .components = 2,
        .bytes = "85 db 9a 3c 86 b9 81 a9 d9 8a cf d4 d3",
        .samples = {128, 129, 130, 127, 255, 0, 128, 140, 128, 128, 120, 128},
        .goal = exact}),
    add(example<codec<transform::dct<4>, quantizer::uniform, coder::range<model::neighbourhood>>, std::uint8_t, 2>{
        .shape = {5, 5},
        .components = 1,
        .bytes = "80 10 00 00 14 d5 cc bd 26 57 d3 91 86 c6 9b 73 05 4f dc 11 a1 3e a1 ec 52 63 55 f9 aa 6f d2 88",
        .samples = {0, 19, 30, 39, 251, 0, 4, 7, 8, 100, 101, 107, 122, 133, 4, 199, 0, 192, 2, 181, 0, 1, 3, 5, 4},
        .goal = step(8),
        .input = {0, 20, 30, 40, 250, 5, 6, 7, 8, 99, 100, 110, 120, 130, 4, 200, 3, 190, 5, 180, 1, 2, 3, 4, 5}}),
    add(example<plain<coder::range<model::network>>, std::uint8_t, 2>{
        .shape = {3, 3},
        .components = 3,
        .bytes = "00 94 01 2b e9 46 17 35 23 d3 3a bb f0 f8 82 f2 75 4e aa 34 34 92 cf 74 13 93 7a 39 99 1b b4 16 3c "
                 "0d 3a 6c 81 96 91 bb e1 57 49",
        .samples = {10, 20,  30,  12, 22,  31, 200, 100, 50,  11,  21, 33, 13, 20,
                    30, 199, 103, 48, 255, 0,  7,   128, 129, 130, 60, 61, 62},
        .goal = exact}),
    add(example<codec<transform::wavelet<transform::wavelet_filter::cdf53, 2>, quantizer::uniform,
                      coder::range<model::network>>,
                std::uint8_t, 2>{
        .shape = {4, 10},
        .components = 2,
        .bytes = "80 10 02 60 7b 92 2c 81 ae 74 d8 d4 4c 5c 18 63 d3 5b a6 ad 62 44 b9 e4 ee da b8",
        .samples = {39, 68, 48, 77, 58, 87,  67, 96,  77, 106, 84,  115, 92,  124, 219, 127, 223, 131, 223, 131,
                    45, 74, 54, 83, 64, 93,  73, 102, 82, 111, 90,  121, 98,  130, 217, 125, 221, 129, 221, 129,
                    52, 81, 61, 90, 70, 99,  79, 108, 88, 117, 96,  127, 105, 137, 216, 124, 220, 128, 220, 128,
                    60, 89, 69, 98, 78, 107, 87, 116, 96, 125, 104, 135, 113, 145, 220, 128, 220, 128, 220, 128},
        .goal = step(8),
        .input = slope()}),
    add(example<codec<transform::dct<4>, quantizer::uniform, coder::range<model::network>>, std::uint8_t, 2>{
        .shape = {4, 10},
        .components = 2,
        .bytes = "80 20 03 e2 f5 53 c8 86 5e 58 5a 9f 9b 6e 83 8e ba 68 13 4a 18 47 c8",
        .samples = {38, 66, 47, 75, 60, 88,  69, 97,  74, 98,  85,  116, 97,  130, 220, 132, 220, 132, 220, 132,
                    44, 72, 53, 81, 66, 94,  75, 103, 81, 105, 90,  120, 98,  131, 219, 131, 220, 132, 220, 132,
                    53, 81, 62, 90, 75, 103, 84, 112, 91, 115, 96,  127, 100, 133, 218, 130, 220, 132, 220, 132,
                    59, 87, 68, 96, 81, 109, 90, 118, 98, 122, 101, 132, 101, 135, 217, 129, 220, 132, 220, 132},
        .goal = step(16),
        .input = slope()}),
    add(example<plain<coder::range<model::mixing<>>>, std::uint8_t, 2>{
        .shape = {3, 3},
        .components = 3,
        .bytes =
            "00 96 8a 32 a6 95 eb 9a f8 85 4f 89 a1 70 50 9e 0c 2f ce 71 ee 05 37 0c 43 78 ba 0a 2c c3 18 3f 40 b3",
        .samples = {10, 20,  30,  12, 22,  31, 200, 100, 50,  11,  21, 33, 13, 20,
                    30, 199, 103, 48, 255, 0,  7,   128, 129, 130, 60, 61, 62},
        .goal = exact}),
    add(example<
        codec<transform::wavelet<transform::wavelet_filter::cdf53, 2>, quantizer::uniform, coder::range<pyramid>>,
        std::uint8_t, 2>{.shape = {4, 10},
                         .components = 2,
                         .bytes = "80 10 02 6a 5e 72 87 a1 af cb 1a dc f1 7d d1 00 1c a8 ef d2 63 57 60 6c bd",
                         .samples = {39,  68,  48,  77,  58,  87,  67,  96,  77,  106, 84,  115, 92,  124, 219, 127,
                                     223, 131, 223, 131, 45,  74,  54,  83,  64,  93,  73,  102, 82,  111, 90,  121,
                                     98,  130, 217, 125, 221, 129, 221, 129, 52,  81,  61,  90,  70,  99,  79,  108,
                                     88,  117, 96,  127, 105, 137, 216, 124, 220, 128, 220, 128, 60,  89,  69,  98,
                                     78,  107, 87,  116, 96,  125, 104, 135, 113, 145, 220, 128, 220, 128, 220, 128},
                         .goal = step(8),
                         .input = slope()}),
    add(example<codec<transform::dct<4>, quantizer::uniform, coder::range<blocks>>, std::uint8_t, 2>{
        .shape = {4, 10},
        .components = 2,
        .bytes = "80 20 03 f9 5c 82 16 32 70 f4 49 93 03 86 cd d7 26 ea 95 7c e8 a1 ca",
        .samples = {38, 66, 47, 75, 60, 88,  69, 97,  74, 98,  85,  116, 97,  130, 220, 132, 220, 132, 220, 132,
                    44, 72, 53, 81, 66, 94,  75, 103, 81, 105, 90,  120, 98,  131, 219, 131, 220, 132, 220, 132,
                    53, 81, 62, 90, 75, 103, 84, 112, 91, 115, 96,  127, 100, 133, 218, 130, 220, 132, 220, 132,
                    59, 87, 68, 96, 81, 109, 90, 118, 98, 122, 101, 132, 101, 135, 217, 129, 220, 132, 220, 132},
        .goal = step(16),
        .input = slope()}),
    add(example<plain<coder::bit_plane<>>, std::uint8_t, 2>{
        .shape = {1, 3}, .components = 1, .bytes = "e1 3b c3 d5 31", .samples = {128, 100, 255}, .goal = exact}),
    add(example<codec<transform::wavelet<transform::wavelet_filter::cdf53, 2>, quantizer::none,
                      coder::bit_plane<coder::plane_weight::by_gain>>,
                std::uint8_t, 2>{.shape = {4, 5},
                                 .components = 2,
                                 .bytes = "da bd 56 e3 4c 47 0d 3a 98 4c 65 cd 95 e2 19 d8 f6 57 4f a8 d2 b6 6b 55 e8 "
                                          "63 ef 1b 82 09 ab d7 7f 26 30 7e",
                                 .samples = {40,  70,  49,  79,  58,  88,  67,  97,  76,  106, 85,  115, 94, 124,
                                             220, 130, 220, 130, 220, 130, 46,  76,  55,  85,  64,  94,  73, 103,
                                             82,  112, 91,  121, 100, 130, 220, 130, 220, 130, 220, 130},
                                 .goal = exact}),
    add(example<codec<transform::dct<4>, quantizer::uniform, coder::bit_plane<>>, std::uint8_t, 2>{
        .shape = {5, 5},
        .components = 1,
        .bytes = "80 10 e4 7f d3 e5 b9 34 4b d7 2c 2a 53 80 17 a7 29 79 0f 6f 30 f5 09 6a 50 60 a9 7c 1b a7 26 b9",
        .samples = {0, 19, 30, 39, 251, 0, 4, 7, 8, 100, 101, 107, 122, 133, 4, 199, 0, 192, 2, 181, 0, 1, 3, 5, 4},
        .goal = step(8),
        .input = {0, 20, 30, 40, 250, 5, 6, 7, 8, 99, 100, 110, 120, 130, 4, 200, 3, 190, 5, 180, 1, 2, 3, 4, 5}}),
    add(example<plain<coder::multisymbol<model::adaptive>>, std::uint8_t, 2>{
        .shape = {1, 3}, .components = 1, .bytes = "80 01 7f f0 0d fb", .samples = {128, 100, 255}, .goal = exact}),
    add(example<plain<coder::multisymbol<model::neighbourhood>>, std::uint8_t, 2>{
        .shape = {2, 3},
        .components = 2,
        .bytes = "08 80 7f cd fe 14 9a 11 00 5f f4 00 cf f9",
        .samples = {128, 129, 130, 127, 255, 0, 128, 140, 128, 128, 120, 128},
        .goal = exact}),
    add(example<codec<transform::dct<4>, quantizer::uniform, coder::multisymbol<>>, std::uint8_t, 2>{
        .shape = {5, 5},
        .components = 1,
        .bytes = "80 10 00 06 dd 32 6e d1 a7 35 9c 9d ff 3b 1a be 88 10 28 9f 1e cb 79 4c 67 d9 c7 f8 d9 d2 4f ea",
        .samples = {0, 19, 30, 39, 251, 0, 4, 7, 8, 100, 101, 107, 122, 133, 4, 199, 0, 192, 2, 181, 0, 1, 3, 5, 4},
        .goal = step(8),
        .input = {0, 20, 30, 40, 250, 5, 6, 7, 8, 99, 100, 110, 120, 130, 4, 200, 3, 190, 5, 180, 1, 2, 3, 4, 5}}),
    add(example<plain<coder::range<model::predictive>>, std::uint8_t, 2>{
        .shape = {3, 3},
        .components = 3,
        .bytes = "00 9f 45 57 fb d7 11 11 50 f6 1c 03 f8 be 28 48 82 bd 70 0a e4 0a b5 54 43 73 b8 7f 52 9d 20 7f f9 "
                 "3f d1 3a db c9",
        .samples = {10, 20,  30,  12, 22,  31, 200, 100, 50,  11,  21, 33, 13, 20,
                    30, 199, 103, 48, 255, 0,  7,   128, 129, 130, 60, 61, 62},
        .goal = exact}),
    add(example<plain<coder::range<model::pretrained>>, std::uint8_t, 2>{.shape = {3, 3},
                                                                         .components = 1,
                                                                         .bytes = "ff 7a 5e bc 00 ed",
                                                                         .samples = {0, 0, 9, 0, 9, 9, 0, 0, 9},
                                                                         .goal = exact}),
    // Red in the middle, softer edges below; the right half mirrors the left.
    add(example<plain<coder::range<model::pretrained>>, std::uint8_t, 2>{
        .shape = {2, 4},
        .components = 4,
        .bytes = "6d 45 7d 48 bb 8e 2d 46 80 b0",
        .samples = {0,   0,  0,  0,   200, 30, 40, 255, 200, 30, 40, 255, 0,   0,  0,  0,
                    200, 30, 41, 128, 200, 30, 40, 255, 200, 30, 40, 255, 200, 30, 41, 128},
        .goal = exact}),
    add(example<codec<transform::adaptive_dct, quantizer::uniform, coder::range<model::transform_blocks>>, std::uint8_t,
                2>{.shape = {4, 10},
                   .components = 2,
                   .bytes = "80 20 1e fd aa 0d 51 22 02 50 de 8d f6 3d 6d 6d c7 93 5c a7 79 06 71 f1 f0 60 97 d0 "
                            "ac 2d 9e 33 ad 2d de 0d f9 95 1b bb 38 00 78 a9 fe c1 fc 81 02 74 de 31 77 2d c3 6e 28 cb",
                   .samples = {42,  71,  51,  84,  65,  88,  72,  98,  77,  108, 90,  116, 96,  125, 208, 122,
                               220, 128, 220, 129, 47,  76,  56,  89,  70,  93,  77,  104, 82,  113, 95,  121,
                               102, 131, 213, 128, 220, 128, 220, 129, 53,  82,  62,  95,  76,  99,  83,  109,
                               88,  119, 101, 127, 108, 137, 219, 132, 220, 130, 220, 130, 56,  85,  65,  97,
                               79,  101, 85,  112, 90,  122, 103, 130, 110, 139, 221, 134, 220, 131, 220, 130},
                   .goal = step(16),
                   .input = slope()}),
};
} // namespace
