// A program that only decodes: no exceptions, no RTTI, nothing to link but the C library. The stream is a 2 × 3 gray picture
// in the bare framing, in which the raw coder writes a sample v of 8 bits as the byte v - 128.
#include "decode_core.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

using plain = triptych::codec<triptych::transform::identity, triptych::quantizer::none, triptych::coder::raw>;

int main() {
    static constexpr unsigned char stream[] = {0, 1, 2, 127, 128, 255};
    static constexpr unsigned char samples[] = {128, 129, 130, 255, 0, 127};
    auto const bytes = std::as_bytes(std::span(stream));
    auto const decoded = plain{}.try_decode<std::uint8_t, 2>(bytes, triptych::framing::bare, {2, 3}, 1);
    if (decoded.error) return 1;
    for (std::size_t k = 0; k < sizeof samples; ++k)
        if (decoded.value.data()[k] != samples[k]) return 2;
    auto const cut = plain{}.try_decode<std::uint8_t, 2>(bytes.first(5), triptych::framing::bare, {2, 3}, 1);
    if (!cut.error) return 3;
    if (!plain{}.try_decode(bytes).error) return 4; // no magic
    return 0;
}
