// tests/golden/pack.hpp: the golden pack: 150 pictures, of which 20 were appended, some with extents, components or a name of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/pack.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

namespace golden {
using namespace triptych;
using pack_codec = codec<transform::identity, quantizer::none, coder::raw>;

inline auto packed_picture(unsigned i) -> picture<std::uint8_t, 2> {
    picture<std::uint8_t, 2> p({3u + (i % 50 == 9), 4 - i % 3}, i == 77 ? 3 : 1);
    for (std::size_t k = 0; k < p.size(); ++k) p.data()[k] = static_cast<std::uint8_t>(i + k * 7);
    return p;
}
inline auto packed_name(unsigned i) -> std::string {
    return i % 40 == 0 ? std::to_string(i) : "";
}

inline auto pack() -> std::vector<std::byte> {
    static constexpr pack_codec raw{};
    packer<pack_codec> first(raw, {3, 4});
    for (unsigned i = 0; i < 130; ++i) first.add(packed_picture(i), exact, packed_name(i));
    auto bytes = std::move(first).finish();
    packer<pack_codec> more(raw, pack_reader::open(bytes).value);
    for (unsigned i = 130; i < 150; ++i) more.add(packed_picture(i), exact, packed_name(i));
    auto const rest = std::move(more).finish();
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    return bytes;
}
} // namespace golden
