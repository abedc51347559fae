// What a first user writes: a picture there and back.
#include <array>
#include <cstdint>
#include <cstdio>

#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

int main() {
    using plain = triptych::codec<triptych::transform::identity, triptych::quantizer::none, triptych::coder::raw>;
    std::array<std::uint8_t, 12> const samples{0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 255};
    auto const stream = plain{}.encode(triptych::picture_view<std::uint8_t, 2>{samples.data(), {3, 4}, 1});
    auto const again = plain{}.decode(stream);
    for (std::size_t k = 0; k < samples.size(); ++k)
        if (again.data()[k] != samples[k]) return 1;
    std::printf("%zu samples, %zu bytes\n", samples.size(), stream.size());
}
