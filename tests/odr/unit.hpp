// What both units do; static, so that each has its own. Only bytes and spans pass between units.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace {
using plain = triptych::codec<triptych::transform::identity, triptych::quantizer::none, triptych::coder::raw>;

auto encode(std::span<std::uint8_t const> samples) -> std::vector<std::byte> {
    return plain{}.encode(triptych::picture_view<std::uint8_t, 2>{samples.data(), {1, samples.size()}, 1},
                          triptych::exact);
}
auto decode(std::span<std::byte const> stream) -> std::vector<std::uint8_t> {
    auto const decoded = plain{}.decode<std::uint8_t, 2>(stream);
    return {decoded.samples().begin(), decoded.samples().end()};
}
} // namespace
