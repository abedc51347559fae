// triptych/stream/writer.hpp: the counterpart of reader.hpp. Grows as needed; encoding may throw std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

class byte_writer {
public:
    void u8(std::uint8_t v) { bytes_.push_back(static_cast<std::byte>(v)); }
    void u16(std::uint16_t v) { little(v, 2); }
    void u32(std::uint32_t v) { little(v, 4); }
    /// Unsigned LEB128.
    void varint(std::uint64_t v) {
        for (; v >= 0x80; v >>= 7) u8(static_cast<std::uint8_t>(v | 0x80));
        u8(static_cast<std::uint8_t>(v));
    }
    /// Zigzag varint, see byte_reader::signed_varint.
    void signed_varint(std::int64_t v) {
        varint((static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
    }
    void bytes(std::span<std::byte const> v) { bytes_.insert(bytes_.end(), v.begin(), v.end()); }

    auto size() const noexcept -> std::size_t { return bytes_.size(); }
    auto view() const noexcept -> std::span<std::byte const> { return bytes_; }
    auto take() && -> std::vector<std::byte> { return std::move(bytes_); }

private:
    void little(std::uint32_t v, unsigned n) {
        for (unsigned i = 0; i < n; ++i) u8(static_cast<std::uint8_t>(v >> (8 * i)));
    }

    std::vector<std::byte> bytes_;
};

} // namespace triptych::inline TRIPTYCH_ABI
