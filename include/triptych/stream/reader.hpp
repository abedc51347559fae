// triptych/stream/reader.hpp: reads bytes that may be hostile.
//
// Little-endian numbers and LEB128 varints. After the first error every read gives zero and the error stays, so callers
// check once, at the end or before they use a count. Reading past the end is such an error, never undefined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/stream/error.hpp>
#include <triptych/stream/limits.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

class byte_reader {
public:
    explicit byte_reader(std::span<std::byte const> bytes, triptych::limits const &limits = {}) noexcept
        : bytes_(bytes), limits_(limits) {}

    auto ok() const noexcept -> bool { return error_.code == errc::none; }
    auto error() const noexcept -> triptych::error { return error_; }
    auto limits() const noexcept -> triptych::limits const & { return limits_; }
    auto position() const noexcept -> std::size_t { return at_; }
    auto remaining() const noexcept -> std::size_t { return bytes_.size() - at_; }

    /// Notes an error at the present offset, unless there is one already.
    void fail(errc code) noexcept {
        fail(triptych::error{code, at_});
    }
    /// The same for an error found elsewhere.
    void fail(triptych::error e) noexcept {
        if (ok()) error_ = e, at_ = bytes_.size();
    }

    auto u8() noexcept -> std::uint8_t { return static_cast<std::uint8_t>(little(1)); }
    auto u16() noexcept -> std::uint16_t { return static_cast<std::uint16_t>(little(2)); }
    auto u32() noexcept -> std::uint32_t { return static_cast<std::uint32_t>(little(4)); }

    /// Unsigned LEB128 of at most 64 bits; a longer one, or one padded with zero bytes, is corrupt.
    auto varint() noexcept -> std::uint64_t {
        std::uint64_t v = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            auto const b = u8();
            if (!ok()) return 0;
            if ((shift == 63 && b > 1) || (shift > 0 && b == 0)) break;
            v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
            if (b < 0x80) return v;
        }
        fail(errc::corrupt);
        return 0;
    }
    /// A varint that must not exceed `most`; a larger one is an error of kind `code`, and zero.
    auto varint(std::uint64_t most, errc code = errc::corrupt) noexcept -> std::uint64_t {
        auto const v = varint();
        if (v <= most) return v;
        fail(code);
        return 0;
    }
    /// A signed number as a zigzag varint: 0, -1, 1, -2, ... become 0, 1, 2, 3, ...
    auto signed_varint() noexcept -> std::int64_t {
        auto const v = varint();
        return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
    }

    /// The next `n` bytes, borrowed; an empty span and an error if there are fewer.
    auto bytes(std::uint64_t n) noexcept -> std::span<std::byte const> {
        if (n > remaining()) {
            fail(errc::truncated);
            return {};
        }
        auto const piece = bytes_.subspan(at_, static_cast<std::size_t>(n));
        at_ += piece.size();
        return piece;
    }
    /// All bytes that are left, without consuming them: what an entropy decoder refills from. Pair with `skip`.
    auto rest() const noexcept -> std::span<std::byte const> { return bytes_.subspan(at_); }
    void skip(std::size_t n) noexcept { (void)bytes(n); }

private:
    auto little(std::size_t n) noexcept -> std::uint32_t {
        if (remaining() < n) {
            fail(errc::truncated);
            return 0;
        }
        std::uint32_t v = 0;
        for (std::size_t i = 0; i < n; ++i) v |= static_cast<std::uint32_t>(bytes_[at_ + i]) << (8 * i);
        at_ += n;
        return v;
    }

    std::span<std::byte const> bytes_;
    std::size_t at_ = 0;
    triptych::error error_{};
    triptych::limits limits_;
};

} // namespace triptych::inline TRIPTYCH_ABI
