// triptych/stream/crc32c.hpp: two checksums. CRC-32C (Castagnoli) is that of iSCSI (RFC 3720, B.4) and of our
// streams; CRC-16/CCITT-FALSE is that of short records.
//
// Each reports every single flipped bit, and every burst no longer than the checksum.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
constexpr auto crc32c_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t n = 0; n < 256; ++n) {
        std::uint32_t c = n;
        for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ (c & 1 ? 0x82f63b78u : 0u);
        table[n] = c;
    }
    return table;
}();
constexpr auto crc16_table = [] {
    std::array<std::uint16_t, 256> table{};
    for (std::uint32_t n = 0; n < 256; ++n) {
        std::uint32_t c = n << 8;
        for (int bit = 0; bit < 8; ++bit) c = (c << 1) ^ (c & 0x8000 ? 0x1021u : 0u);
        table[n] = static_cast<std::uint16_t>(c);
    }
    return table;
}();
} // namespace detail

/// CRC-32C of `bytes`, going on from `seed` (the result for the bytes before).
constexpr auto crc32c(std::span<std::byte const> bytes, std::uint32_t seed = 0) noexcept -> std::uint32_t {
    std::uint32_t c = ~seed;
    for (auto const b : bytes) c = detail::crc32c_table[(c ^ static_cast<std::uint32_t>(b)) & 0xff] ^ (c >> 8);
    return ~c;
}

/// CRC-16 with polynomial 0x1021 and start value 0xffff, most significant bit first.
constexpr auto crc16(std::span<std::byte const> bytes, std::uint16_t seed = 0xffff) noexcept -> std::uint16_t {
    std::uint32_t c = seed;
    for (auto const b : bytes)
        c = (c << 8 ^ detail::crc16_table[(c >> 8 ^ static_cast<std::uint32_t>(b)) & 0xff]) & 0xffff;
    return static_cast<std::uint16_t>(c);
}

} // namespace triptych::inline TRIPTYCH_ABI
