// triptych/stream/framing.hpp: what stands around a payload. docs/format.md is normative.
//
//   file    magic, version, codec, model, sample type, extents, payload, CRC-32C: says all about itself
//   record  payload and CRC-16: for small pictures among many, whose extents and codec are known from elsewhere
//   bare    payload only: the caller has framing and checksum of its own
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <triptych/bands.hpp>
#include <triptych/picture.hpp>
#include <triptych/stream/crc32c.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

enum class framing : std::uint8_t { file, record, bare };

inline constexpr std::uint8_t format_version = 1;
inline constexpr std::size_t max_rank = 4;
inline constexpr std::size_t max_components = 65535;

/// What a file framing says about its stream. `label` borrows from the bytes.
struct stream_info {
    std::uint8_t version = format_version;
    std::uint32_t codec = 0; ///< fingerprint of the codec's description
    std::uint32_t model = 0; ///< fingerprint of the learned state it needs; 0 for none
    std::string_view label;  ///< the codec's short name, may be empty
    sample_type samples = sample_type::uint8;
    std::size_t rank = 2;
    std::array<std::size_t, max_rank> shape{};
    std::size_t components = 1;
    std::size_t payload_offset = 0, payload_size = 0;
    bool sized = true; ///< the header says how long the payload is; it can't where the stream was written before it was known
};

namespace detail {
/// CRC-16 over a number's eight bytes.
inline auto crc16_of(std::uint64_t v, std::uint16_t crc) noexcept -> std::uint16_t {
    std::array<std::byte, 8> b;
    for (unsigned i = 0; i < 8; ++i) b[i] = static_cast<std::byte>(v >> (8 * i));
    return crc16(b, crc);
}

inline constexpr std::array<std::uint8_t, 4> magic{0xd7, 'T', 'P', 'C'};
inline constexpr std::size_t max_label = 31;

constexpr auto plausible_label(std::string_view s) noexcept -> bool {
    for (char const c : s)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
    return s.size() <= max_label;
}

/// The fields that files and packs share, from the magic to the components.
template <class Writer>
void write_identity(Writer &w, std::array<std::uint8_t, 4> const &signature, stream_info const &info,
                    unsigned more_flags = 0) {
    for (auto const b : signature) w.u8(b);
    w.u8(info.version);
    w.u8(static_cast<std::uint8_t>((info.model != 0 ? 1u : 0u) | more_flags));
    w.u32(info.codec);
    w.u8(static_cast<std::uint8_t>(info.label.size()));
    for (char const c : info.label) w.u8(static_cast<std::uint8_t>(c));
    if (info.model != 0) w.u32(info.model);
    w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(info.samples) | info.rank << 4));
    for (std::size_t axis = 0; axis < info.rank; ++axis) w.varint(info.shape[axis]);
    w.varint(info.components);
}
inline constexpr unsigned model_flag = 1, unsized_flag = 2;

template <class Writer>
void write_file_header(Writer &w, stream_info const &info) {
    write_identity(w, magic, info, info.sized ? 0 : unsized_flag);
    if (info.sized) w.varint(info.payload_size);
}

/// What keeps a codec from decoding what opens with `found`, if anything; `own` is what the codec would have written.
inline auto mismatch_of(stream_info const &found, stream_info const &own) noexcept -> error {
    if (found.codec != own.codec) return {errc::codec, 6};
    if (found.model != own.model) return {errc::model, 11 + found.label.size()};
    if (found.samples != own.samples || found.rank != own.rank) return {errc::sample, found.payload_offset};
    return {};
}

/// Extents and number of components; *limit* for more samples than a decoder may be asked for.
inline void read_extents(byte_reader &r, std::size_t rank, std::array<std::size_t, max_rank> &shape,
                         std::size_t &components) noexcept {
    auto const most = r.limits().max_samples;
    std::uint64_t samples = 1;
    for (std::size_t axis = 0; r.ok() && axis < rank; ++axis) {
        auto const e = r.varint(std::uint64_t{1} << 31, errc::limit);
        shape[axis] = static_cast<std::size_t>(e);
        // An extent of zero counts as one: rows of nothing cost something, too, in the line buffers of transforms.
        // Each factor is at most 2^31 and the product so far at most max_samples, so this can't wrap before it is caught.
        if (e != 0 && samples > most / e)
            samples = most + 1;
        else if (e != 0)
            samples *= e;
    }
    components = static_cast<std::size_t>(r.varint(max_components, errc::limit));
    if (r.ok() && components != 0 && samples > most / components) r.fail(errc::limit);
}

/// The counterpart of `write_identity`; gives the flags, of which `known` are allowed.
inline auto read_identity(byte_reader &r, std::array<std::uint8_t, 4> const &signature, unsigned known,
                          stream_info &info) noexcept -> unsigned {
    for (auto const b : signature)
        if (r.u8() != b) {
            // Nothing at all is truncated; a beginning that fits so far is too; any other byte is foreign.
            if (!r.ok()) return 0;
            r.fail(errc::foreign);
        }
    info.version = r.u8();
    if (r.ok() && info.version != format_version) r.fail(errc::version);
    unsigned const flags = r.u8();
    if (flags & ~known) r.fail(errc::corrupt);
    info.codec = r.u32();
    auto const label = r.bytes(r.u8());
    info.label = {reinterpret_cast<char const *>(label.data()), label.size()};
    if (!plausible_label(info.label)) r.fail(errc::corrupt);
    if (flags & 1) info.model = r.u32();
    auto const kind = r.u8();
    info.samples = static_cast<sample_type>(kind & 15);
    info.rank = kind >> 4;
    if (r.ok() && ((kind & 15) > 4 || info.rank == 0 || info.rank > max_rank)) r.fail(errc::corrupt);
    read_extents(r, info.rank, info.shape, info.components);
    return flags;
}

/// The counterpart of `write_file_header`, to the payload's first byte. `payload_size` is what the header says, or 0.
inline void read_file_header(byte_reader &r, stream_info &info) noexcept {
    info.sized = (read_identity(r, magic, model_flag | unsized_flag, info) & unsized_flag) == 0;
    info.payload_size = info.sized ? static_cast<std::size_t>(r.varint()) : 0;
    info.payload_offset = r.position();
}

/// Seed of a checksum that ties bytes to what they do not hold themselves: codec, model and extents of a record.
inline auto record_seed(std::uint32_t codec, std::uint32_t model, std::span<std::size_t const> shape,
                        std::size_t components) noexcept -> std::uint16_t {
    std::uint16_t crc = 0xffff;
    for (auto const v : {std::uint64_t{codec}, std::uint64_t{model}, std::uint64_t{components}}) crc = crc16_of(v, crc);
    for (auto const e : shape) crc = crc16_of(e, crc);
    return crc;
}
inline auto record_seed(stream_info const &info) noexcept -> std::uint16_t {
    return record_seed(info.codec, info.model, std::span(info.shape).first(info.rank), info.components);
}

/// The payload of a record, whose checksum must be that of what `info` says.
inline auto payload_of_record(std::span<std::byte const> bytes, stream_info const &info) noexcept
    -> result<std::span<std::byte const>> {
    if (bytes.size() < 2) return {{}, {errc::truncated, bytes.size()}};
    byte_reader sum(bytes.last(2));
    bytes = bytes.first(bytes.size() - 2);
    if (sum.u16() != crc16(bytes, record_seed(info))) return {{}, {errc::checksum, bytes.size()}};
    return {bytes, {}};
}
} // namespace detail

/// Reads the header of a file framing and checks lengths and checksum, without decoding: what tools and dispatchers need.
inline auto peek(std::span<std::byte const> bytes, limits const &limits = {}) noexcept -> result<stream_info> {
    byte_reader r(bytes, limits);
    stream_info info;
    detail::read_file_header(r, info);
    if (r.ok() && (r.remaining() < 4 || info.payload_size > r.remaining() - 4)) r.fail(errc::truncated);
    if (r.ok() && !info.sized) info.payload_size = r.remaining() - 4;
    if (r.ok() && r.remaining() - info.payload_size > 4) r.fail(errc::corrupt);
    if (r.ok()) {
        r.skip(info.payload_size);
        auto const sum = crc32c(bytes.first(r.position()));
        if (r.u32() != sum) r.fail(errc::checksum);
    }
    return {info, r.error()};
}

} // namespace triptych::inline TRIPTYCH_ABI
