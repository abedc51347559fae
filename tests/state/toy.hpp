// A policy with a learned array of each element type, for the tests of state; no panel of it does anything.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/identity.hpp>

struct toy : triptych::transform::identity {
    triptych::frozen<std::int8_t> a;
    triptych::frozen<std::uint8_t> b;
    triptych::frozen<std::int16_t> c;
    triptych::frozen<std::uint16_t> d;
    triptych::frozen<std::int32_t> e;
    static constexpr void describe(auto &out) { out("toy"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("a", self.a), v("b", self.b), v("c", self.c), v("d", self.d), v("e", self.e);
    }
    constexpr auto valid() const noexcept -> bool { return a.empty() || a.shape().rank == 2; }
};

/// Values at all the edges of their types; `d` has surrogates, noncharacters, and units that look like what follows them.
inline auto make_toy() -> toy {
    using triptych::dims;
    using triptych::frozen;
    toy t;
    t.a = frozen<std::int8_t>::owned(std::array<std::int8_t, 4>{-128, 127, 0, -1}, dims{2u, 2u});
    t.b = frozen<std::uint8_t>::owned(std::array<std::uint8_t, 3>{0, 255, 7}, dims{3u});
    std::vector<std::int16_t> c;
    std::vector<std::uint16_t> d;
    for (int i = 0; i < 120; ++i)
        c.push_back(static_cast<std::int16_t>(-32768 + i * 550)),
            d.push_back(static_cast<std::uint16_t>(0xd780 + 19 * i));
    c.back() = 32767, d[0] = 0, d[1] = 0xffff, d[2] = 0xfffe, d[3] = 0xd800, d[4] = 0xdc00, d[5] = 0xdc00,
    d[6] = 0xd800, d[7] = 0xa, d[8] = 0x22, d[9] = 0x5c;
    t.c = frozen<std::int16_t>::owned(c, dims{5u, 4u, 3u, 2u});
    t.d = frozen<std::uint16_t>::owned(d, dims{120u});
    t.e = frozen<std::int32_t>::owned(
        std::array<std::int32_t, 2>{std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()},
        dims{1u, 2u});
    return t;
}

using toy_codec = triptych::codec<triptych::transform::chain<triptych::transform::identity, toy>,
                                  triptych::quantizer::none, triptych::coder::raw>;
inline auto make_toy_codec() -> toy_codec {
    return {triptych::transform::chain<triptych::transform::identity, toy>({}, make_toy()), {}, {}};
}
