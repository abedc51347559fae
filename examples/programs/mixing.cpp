// A model composed of contexts, one of them its author's: the raw samples of a camera's sensor.
#include <cstddef>
#include <cstdint>
#include <iostream>

#include <triptych/coder/model/mixing.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/triptych.hpp>

namespace contexts = triptych::model::contexts;

/// In a sensor's mosaic of colours the neighbours of the same colour lie two away, and which colour a sample has says a lot, too.
struct mosaic {
    static constexpr std::size_t size = 4 * 13 * 13;
    static constexpr void describe(auto &d) { d("mosaic"); }

    template <class T>
    static auto of(triptych::model::causal_neighbours<T> const &v) noexcept -> std::size_t {
        auto const class_of = [](T s) { return contexts::signed_class(s, 6); };
        auto const colour = 2 * (v.here.y % 2) + v.here.x % 2;
        return (colour * 13 + class_of(v.near(4))) * 13 + class_of(v.near(5));
    }
};

template <class... Contexts>
using residual_codec = triptych::codec<triptych::transform::difference<>, triptych::quantizer::none,
                                       triptych::coder::range<triptych::model::mixing<Contexts...>>>;

int main() {
    triptych::picture<std::uint16_t, 2> sensor({120, 160}, 1);
    std::uint32_t seed = 1;
    for (std::size_t i = 0; i < sensor.size(); ++i) {
        auto const y = i / 160, x = i % 160, light = 400 + 3 * y + (x / 40 % 2 ? 500 : 5 * x);
        auto const grain = (seed = seed * 1664525 + 1013904223) >> 27;
        std::size_t const gain[] = {9, 16, 16, 6};
        sensor.data()[i] = static_cast<std::uint16_t>(light * gain[2 * (y % 2) + x % 2] / 16 + grain);
    }
    using plain = residual_codec<contexts::order<1>, contexts::order<2>>;
    using mine = residual_codec<contexts::order<1>, contexts::order<2>, mosaic>;
    auto const a = plain{}.encode(sensor), b = mine{}.encode(sensor);
    std::cout << triptych::description<mine, std::string>() << '\n'
              << "largest error " << triptych::metric::max_error(sensor, mine{}.decode<std::uint16_t>(b)) << ", "
              << 100 - (100 * b.size() + a.size() / 2) / a.size() << " % smaller than without the context\n";
}
