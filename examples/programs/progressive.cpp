// One stream, decoded from ever longer beginnings: each is a finer picture.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <span>

#include <triptych/coder/bit_plane.hpp>
#include <triptych/coder/prefix.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/triptych.hpp>

using namespace triptych;

template <class Coder>
using progressive = codec<transform::chain<transform::colour<transform::ycbcr>, transform::wavelet<transform::cdf97>>,
                          quantizer::dead_zone, Coder>;

int main() {
    // Rings in two colours.
    picture<std::uint8_t, 2> original({256, 384}, 3);
    for (std::size_t i = 0; i < original.size(); ++i) {
        auto const c = static_cast<double>(i % 3), x = static_cast<double>(i / 3 % 384),
                   y = static_cast<double>(i / 3 / 384);
        auto const r = std::hypot(x - 190 - 20 * c, y - 120);
        original.data()[i] = static_cast<std::uint8_t>(128 + 90 * std::sin(r * r / 900) * std::exp(-r / 200));
    }

    // The whole stream is an ordinary one, and a decoder of whole streams takes nothing less.
    auto const bytes = progressive<coder::bit_plane<>>{}.encode(original, step(4), framing::bare);

    // `prefix` is the same codec, which takes the beginning of a stream for one.
    progressive<coder::prefix<coder::bit_plane<>>> const decoder;
    for (std::size_t const part : {64u, 16u, 4u, 1u}) {
        std::span const beginning(bytes.data(), bytes.size() / part);
        auto const decoded = decoder.decode(beginning, framing::bare, original.shape(), 3);
        std::cout << "1/" << part << " of the bytes: " << std::round(metric::psnr(original, decoded)) << " dB\n";
    }
}
