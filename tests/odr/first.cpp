#include "all_headers.hpp"
#include "unit.hpp"

auto encode_first(std::span<std::uint8_t const> samples) -> std::vector<std::byte> {
    return encode(samples);
}
auto decode_first(std::span<std::byte const> stream) -> std::vector<std::uint8_t> {
    return decode(stream);
}
