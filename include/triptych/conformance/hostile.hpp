// triptych/conformance/hostile.hpp: wrong bytes on purpose. Mutations of streams, and a checksum that vouches for them.
//
// A mutated stream is stopped by its checksum long before a decoder sees it. `resign` writes the checksum (and the payload's
// length) anew, so that what is tried is the decoder.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <triptych/stream/framing.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// A small generator (splitmix64) whose sequence is the same everywhere.
class small_random {
public:
    explicit constexpr small_random(std::uint64_t seed) noexcept : state_(seed) {}
    constexpr auto operator()() noexcept -> std::uint64_t {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    /// A number in [0, n); 0 if n is 0.
    constexpr auto below(std::uint64_t n) noexcept -> std::size_t {
        return n == 0 ? 0 : static_cast<std::size_t>((*this)() % n);
    }

private:
    std::uint64_t state_;
};

namespace detail {
inline auto frame_again(stream_info info, std::span<std::byte const> payload) -> std::vector<std::byte> {
    byte_writer w;
    info.payload_size = payload.size();
    write_file_header(w, info);
    w.bytes(payload);
    w.u32(crc32c(w.view()));
    return std::move(w).take();
}

/// The header, without a check of lengths and checksum, and where the payload begins; false if it can't be read.
inline auto read_header(std::span<std::byte const> stream, stream_info &info) -> bool {
    constexpr auto all = std::numeric_limits<std::uint64_t>::max() >> 8;
    info = peek(stream, {all, all}).value;
    return info.payload_offset != 0 && info.payload_offset + 4 <= stream.size();
}
} // namespace detail

/// The stream with the payload's length and the checksum as its bytes now are. Where the header can't be read only the
/// checksum, the last four bytes, is renewed.
inline auto resign(std::span<std::byte const> stream) -> std::vector<std::byte> {
    stream_info info;
    if (detail::read_header(stream, info))
        return detail::frame_again(info, stream.subspan(info.payload_offset, stream.size() - 4 - info.payload_offset));
    byte_writer w;
    w.bytes(stream.first(stream.size() < 4 ? 0 : stream.size() - 4));
    w.u32(crc32c(w.view()));
    return std::move(w).take();
}

/// Some edits at random places: flipped bits, telling values, pieces cut, doubled, moved or made up.
inline void mutate(std::vector<std::byte> &bytes, small_random &random) {
    constexpr std::array<unsigned, 8> telling{0, 1, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x40};
    for (std::size_t edits = 1 + random.below(4); edits > 0; --edits) {
        auto const n = bytes.size();
        auto const at = random.below(n);
        auto const length = std::min(n - at, 1 + random.below(random.below(8) == 0 ? 64 : 4));
        auto const place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        switch (n == 0 ? 6 : random.below(8)) {
        case 0:
        case 1:
            *place ^= static_cast<std::byte>(1u << random.below(8));
            break;
        case 2:
            *place = static_cast<std::byte>(telling[random.below(telling.size())]);
            break;
        case 3:
            for (std::size_t i = 0; i < length; ++i) bytes[at + i] = static_cast<std::byte>(random());
            break;
        case 4:
            bytes.erase(place, place + static_cast<std::ptrdiff_t>(length));
            break;
        case 5: {
            std::vector<std::byte> const piece(place, place + static_cast<std::ptrdiff_t>(length));
            bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(random.below(n + 1)), piece.begin(), piece.end());
            break;
        }
        case 6:
            for (std::size_t i = 0; i < 1 + length; ++i)
                bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::byte>(random()));
            break;
        default:
            if (random.below(4) == 0) bytes.resize(at);
            break;
        }
    }
}

/// A stream of a file framing, mutated in its payload and sometimes in its extents and components, and signed again. Codec,
/// model and sample type stay as they are: what is tried is the codec.
inline auto mutate_stream(std::span<std::byte const> stream, small_random &random) -> std::vector<std::byte> {
    stream_info info;
    if (!detail::read_header(stream, info)) {
        std::vector<std::byte> bytes(stream.begin(), stream.end());
        mutate(bytes, random);
        return resign(bytes);
    }
    auto const payload = stream.subspan(info.payload_offset, stream.size() - 4 - info.payload_offset);
    std::vector<std::byte> bytes(payload.begin(), payload.end());
    if (random.below(4) != 0) mutate(bytes, random);
    if (random.below(3) == 0) {
        auto const extent = [&](std::uint64_t most) -> std::size_t {
            switch (random.below(6)) {
            case 0:
                return static_cast<std::size_t>(most >> random.below(32));
            case 1:
                return random.below(300);
            default:
                return random.below(20);
            }
        };
        if (random.below(3) == 0) info.components = extent(max_components);
        if (random.below(3) != 0) info.shape[random.below(info.rank)] = extent(std::uint64_t{1} << 31);
    }
    return detail::frame_again(info, bytes);
}

} // namespace triptych::inline TRIPTYCH_ABI
