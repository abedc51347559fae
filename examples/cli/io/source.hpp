// source.hpp: the bytes of a file, a pipe or a piece of memory in their order, a window at a time: a reader sees a header before it
// decides how much more it wants.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "descriptor.hpp"
#include "files.hpp"

namespace cli {

class byte_source {
public:
    /// A file, or standard input for "-". Throws file_error.
    explicit byte_source(std::string const &path);
    /// Borrowed bytes.
    explicit byte_source(std::span<std::byte const> content);

    /// The next `n` bytes, fewer only where the source ends. They stay to be read, and valid until the next call.
    auto ahead(std::size_t n) -> std::span<std::byte const> {
        if (window_.size() < n && !ended_) fill(n);
        return window_.first(std::min(n, window_.size()));
    }
    /// The next byte, or -1 at the end.
    auto peek() -> int { return window_.empty() && ahead(1).empty() ? -1 : static_cast<int>(window_[0]); }
    auto next() -> int {
        auto const b = peek();
        if (b >= 0) skip(1);
        return b;
    }
    /// Passes over bytes that `ahead` has shown.
    void skip(std::size_t n) { window_ = window_.subspan(n), taken_ += n; }
    /// Fills `out` as far as there are bytes; gives how many there were.
    auto read(std::span<std::byte> out) -> std::size_t;
    /// All that is left, but at most `most` bytes.
    auto rest(std::uint64_t most) -> bytes;

    /// Bytes that were read so far.
    auto taken() const -> std::uint64_t { return taken_; }
    /// All bytes, if that is known without reading them.
    auto size() const -> std::optional<std::uint64_t> { return size_; }
    /// Bytes that follow, if that is known.
    auto left() const -> std::optional<std::uint64_t> {
        return size_ ? std::optional(*size_ - std::min(*size_, taken_)) : std::nullopt;
    }
    /// The source ends after `n` bytes, whatever follows: for readers that look for an end themselves.
    void end_after(std::uint64_t n) { most_ = n; }

private:
    void fill(std::size_t n);
    auto read_some(std::byte *to, std::size_t n) -> std::size_t;

    std::string name_;
    descriptor file_;
    bytes buffer_;
    std::span<std::byte const> window_; ///< what lies in memory and has not been taken
    std::uint64_t taken_ = 0, most_ = ~std::uint64_t{0};
    std::optional<std::uint64_t> size_;
    bool ended_ = false;
};

} // namespace cli
