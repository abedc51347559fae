// triptych/coder/engine/words.hpp: eight bytes at once, lowest first, on every machine.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

inline auto load_64(std::byte const *from) noexcept -> std::uint64_t {
    std::uint64_t v = 0;
    if constexpr (std::endian::native == std::endian::little)
        std::memcpy(&v, from, 8);
    else
        for (unsigned i = 0; i < 8; ++i) v |= static_cast<std::uint64_t>(from[i]) << (8 * i);
    return v;
}
inline void store_64(std::byte *to, std::uint64_t v) noexcept {
    if constexpr (std::endian::native == std::endian::little)
        std::memcpy(to, &v, 8);
    else
        for (unsigned i = 0; i < 8; ++i) to[i] = static_cast<std::byte>(v >> (8 * i));
}
/// At least 17 bits from bit `at` on; zeros past the end.
inline auto bits_at(std::span<std::byte const> bytes, std::uint64_t at) noexcept -> std::uint32_t {
    std::uint32_t v = 0;
    for (unsigned i = 0; i < 3 && at / 8 + i < bytes.size(); ++i)
        v |= static_cast<std::uint32_t>(bytes[at / 8 + i]) << (8 * i);
    return v >> at % 8;
}

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
