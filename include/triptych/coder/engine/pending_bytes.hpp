// triptych/coder/engine/pending_bytes.hpp: the bytes of an arithmetic coder that a carry may still change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include <triptych/detail/memory.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// Bytes, most significant first, as one number that is added to.
class pending_bytes {
public:
    /// Appends the lowest n <= 8 bytes of v.
    void push(std::uint64_t v, unsigned n) {
        for (unsigned i = n; i-- > 0;) bytes_.push_back(static_cast<std::byte>(v >> (8 * i)));
    }
    /// Adds one to the number.
    void carry() noexcept {
        for (auto i = bytes_.size(); i-- > 0;) {
            bytes_[i] = static_cast<std::byte>(static_cast<unsigned>(bytes_[i]) + 1);
            if (bytes_[i] != std::byte{0}) break;
        }
    }
    /// Hands on what no carry can reach any more.
    template <class W>
    void flush(W &w) {
        auto settled = bytes_.size();
        while (settled > 0 && bytes_[settled - 1] == std::byte{0xff}) --settled;
        if (settled > 0) --settled; // the byte that a carry would end in
        give(w, settled);
    }
    /// Hands on everything.
    template <class W>
    void finish(W &w) {
        give(w, bytes_.size());
    }

private:
    template <class W>
    void give(W &w, std::size_t n) {
        if (!bytes_.ok()) triptych::detail::raise<std::length_error>("there is no memory for the coded bytes");
        w.bytes(std::span<std::byte const>(bytes_.data(), n));
        triptych::detail::list<std::byte> left;
        for (auto i = n; i < bytes_.size(); ++i) left.push_back(bytes_[i]);
        bytes_ = std::move(left);
    }

    triptych::detail::list<std::byte> bytes_;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
