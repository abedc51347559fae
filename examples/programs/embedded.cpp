// A decoder for small places: no exceptions, no RTTI, no floating point, no xtensor; the stream is part of the program.
// Only what is needed to decode is included; this file is compiled with -fno-exceptions -fno-rtti.
#include <cstdint>
#include <cstdio>
#include <span>

#include <triptych/codec.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/difference.hpp>

using icon = triptych::codec<triptych::transform::difference<>, triptych::quantizer::none,
                             triptych::coder::range<triptych::model::adaptive>>;

constexpr std::uint8_t stream[] = {
    215, 84,  80,  67,  1,   0,   41,  185, 58,  213, 0,   32,  6,   27,  1,   69,  211, 31,  241, 46,  251, 69,  148,
    11,  159, 110, 188, 47,  171, 208, 150, 59,  21,  22,  235, 108, 113, 2,   131, 194, 23,  2,   136, 249, 228, 62,
    228, 2,   128, 215, 195, 251, 85,  7,   133, 153, 100, 242, 12,  102, 130, 185, 142, 206, 56,  198, 25,  118, 83,
    94,  87,  151, 3,   43,  146, 2,   54,  197, 181, 246, 143, 6,   65,  37,  28,  116, 6,   211, 182};

int main() {
    constexpr icon codec;
    constexpr triptych::limits most{.max_samples = 1 << 16, .max_bytes = 1 << 18}; // what this device can spare
    auto const decoded = codec.try_decode(std::as_bytes(std::span(stream)), most);
    if (!decoded) {
        std::printf("%s\n", triptych::message(decoded.error.code));
        return 1;
    }
    auto const &picture = decoded.value; // 6 × 27 samples, which happen to be letters
    for (std::size_t y = 0; y < picture.shape()[0]; ++y)
        std::printf("%.*s\n", static_cast<int>(picture.shape()[1]),
                    reinterpret_cast<char const *>(picture.data() + y * picture.shape()[1]));
}
