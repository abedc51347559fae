// A table by its scale alone: what small records save when they need not send counted ones.
#include <cstdint>
#include <iostream>

#include <triptych/coder/model/family.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/triptych.hpp>

template <class Model>
using records =
    triptych::codec<triptych::transform::difference<>, triptych::quantizer::none, triptych::coder::rans<Model>>;

int main() {
    // Tiles of a height map, each a record of its own.
    std::size_t counted = 0, by_scale = 0, errors = 0;
    std::uint32_t seed = 1;
    auto const random = [&] { return (seed = seed * 1664525 + 1013904223) >> 29; };
    for (std::size_t tile = 0; tile < 50; ++tile) {
        triptych::picture<std::uint16_t, 2> heights({16, 16}, 1);
        for (std::size_t i = 0; i < heights.size(); ++i)
            heights.data()[i] = static_cast<std::uint16_t>(900 + 7 * (i % 16) + tile * (i / 16) + random() + random());
        auto const shape = heights.shape();
        auto const with_table =
            records<triptych::model::table>{}.encode(heights, triptych::exact, triptych::framing::record);
        counted += with_table.size();
        auto const bytes =
            records<triptych::model::laplace>{}.encode(heights, triptych::exact, triptych::framing::record);
        by_scale += bytes.size();
        auto const again =
            records<triptych::model::laplace>{}.decode<std::uint16_t>(bytes, triptych::framing::record, shape, 1);
        errors += triptych::metric::max_error(heights, again) != 0;
    }
    std::cout << errors << " errors, " << (counted - by_scale) / 50 << " bytes a record saved\n";
}
