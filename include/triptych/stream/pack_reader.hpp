// triptych/stream/pack_reader.hpp: many small pictures under one model in one file, each of them found without reading the others.
//
//   header | groups of up to 1,024 records | directory | trailer      and again, for what was appended later: groups | directory | trailer
//
// A *record* is a picture in record framing. A *group* opens with the lengths of its records, packed to as few bits as they need, and a
// *directory* with the sizes of its groups: so the index costs about a byte a picture, opening a pack reads directories alone (some four bytes a
// group of 64), and finding a picture is a binary search and one group's lengths. Bytes that were written stay as they are: an
// appended directory points to the one before it, as in log-structured files. docs/format/pack.md is normative.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <triptych/detail/memory.hpp>
#include <triptych/stream/crc32c.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/limits.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
inline constexpr std::array<std::uint8_t, 4> pack_magic{0xd7, 'T', 'P', 'K'};
inline constexpr std::array<std::uint8_t, 4> trailer_magic{'K', 'P', 'T', 0xd7};
inline constexpr std::size_t trailer_size = 12;
inline constexpr std::size_t max_group = 1024; ///< records of a group: what finding one of them may cost

/// Where a group lies, and the number of its first picture.
struct pack_group {
    std::uint64_t position = 0, size = 0, first = 0;
    std::uint32_t count = 0;
};
/// A directory: what ends it, and the groups of all directories up to it.
struct pack_directory {
    std::uint64_t end = 0;
    std::size_t groups = 0;
};
} // namespace detail

/// A picture of a pack, not yet decoded. Borrows from the pack.
struct packed_record {
    std::span<std::byte const> bytes; ///< in record framing
    std::string_view name; ///< may be empty; bytes that a stranger chose: not to be used as a path as they are
    std::array<std::size_t, max_rank> shape{};
    std::size_t components = 1;
};

/// Finds the pictures of a pack. Borrows its bytes, which may be a mapped file of any size.
class pack_reader {
public:
    pack_reader() = default;

    /// Reads header and directories. Never throws, never reads outside `bytes`; takes time in proportion to the directories and memory
    /// within `most.max_bytes`. What is wrong with a group is told by `at`.
    static auto open(std::span<std::byte const> bytes, limits const &most = {}) noexcept -> result<pack_reader> {
        pack_reader pack;
        pack.bytes_ = bytes, pack.limits_ = most;
        byte_reader r(bytes, most);
        auto const flags = detail::read_identity(r, detail::pack_magic, 3, pack.info_);
        if (flags & 2) pack.model_file_ = r.bytes(r.varint());
        auto const sum = crc32c(bytes.first(r.ok() ? r.position() : 0));
        if (r.u32() != sum) r.fail(errc::checksum);
        pack.header_size_ = r.position();
        if (r.ok()) pack.read_directories(r);
        if (!r.ok()) return {{}, r.error()};
        return {std::move(pack), {}};
    }

    /// The end of the last sound directory, for a file whose last appending was cut short: `open(bytes.first(end))` has what was there
    /// before. 0 if there is none.
    static auto sound_end(std::span<std::byte const> bytes) noexcept -> std::size_t {
        auto work = 8 * static_cast<std::uint64_t>(bytes.size()); // hostile bytes may be full of trailers
        for (auto end = bytes.size(); end >= detail::trailer_size; --end) {
            std::span<std::byte const> directory;
            byte_reader r(bytes.first(end));
            if (std::to_integer<std::uint8_t>(bytes[end - 1]) != detail::trailer_magic[3]) continue;
            if (!trailer_of(bytes.first(end), 0, directory, r)) continue;
            if (directory.size() > work) continue;
            work -= directory.size();
            if (directory_sum(bytes.first(end), directory)) return end;
        }
        return 0;
    }

    /// Codec, model, label, sample type, rank; the extents and components that pictures have unless they say otherwise.
    auto info() const noexcept -> stream_info const & { return info_; }
    /// The learned state as a safetensors file, if it travels in the pack; empty otherwise.
    auto model_file() const noexcept -> std::span<std::byte const> { return model_file_; }
    /// How many pictures there are.
    auto size() const noexcept -> std::uint64_t {
        return groups_.empty() ? 0 : groups_[groups_.size() - 1].first + groups_[groups_.size() - 1].count;
    }
    auto bytes() const noexcept -> std::span<std::byte const> { return bytes_; }

    /// The i-th picture, i < size() (else errc::limit). O(log n) and the lengths of one group, whose checksum is checked.
    auto at(std::uint64_t i) const noexcept -> result<packed_record> {
        if (i >= size()) return {{}, {errc::limit, bytes_.size()}};
        packed_record found;
        auto const e = walk(group_of(i), [&](std::uint64_t n, packed_record const &p) {
            if (n == i) found = p;
            return n < i;
        });
        return {found, e};
    }
    /// The number of the first picture of that name; size() if there is none. Looks at every group.
    auto find(std::string_view name) const noexcept -> result<std::uint64_t> {
        auto found = size();
        for (auto const &group : groups_) {
            auto const e = walk(group, [&](std::uint64_t n, packed_record const &p) {
                if (p.name == name && found == size()) found = n;
                return found == size();
            });
            if (e) return {size(), e};
            if (found != size()) break;
        }
        return {found, {}};
    }
    /// Calls f(number, record) for all pictures in their order until it returns false: dearer than `at` for one, cheaper for many.
    template <class F>
    auto for_each(F &&f) const -> error {
        bool more = true;
        for (auto const &group : groups_) {
            auto const e = walk(group, [&](std::uint64_t n, packed_record const &p) { return more = f(n, p); });
            if (e || !more) return e;
        }
        return {};
    }

    /// Calls f(record) for the i-th picture, i < size(), and for those behind it in its group: for whoever wants many, each group once.
    template <class F>
    auto for_each_from(std::uint64_t i, F &&f) const -> error {
        if (i >= size()) return {errc::limit, bytes_.size()};
        return walk(group_of(i), [&](std::uint64_t n, packed_record const &p) {
            if (n >= i) f(p);
            return true;
        });
    }

    // For pack_writer.
    auto groups() const noexcept -> std::span<detail::pack_group const> { return {groups_.data(), groups_.size()}; }
    auto directories() const noexcept -> std::span<detail::pack_directory const> {
        return {directories_.data(), directories_.size()};
    }
    auto header_size() const noexcept -> std::uint64_t { return header_size_; }

private:
    auto group_of(std::uint64_t i) const noexcept -> detail::pack_group const & {
        return std::upper_bound(groups_.begin(), groups_.end(), i,
                                [](std::uint64_t n, auto const &g) { return n < g.first; })[-1];
    }
    /// The directory that the trailer at the end of `bytes` tells of; nothing before `least` belongs to it.
    static auto trailer_of(std::span<std::byte const> bytes, std::size_t least, std::span<std::byte const> &directory,
                           byte_reader &r) noexcept -> bool {
        if (bytes.size() < least || bytes.size() - least < detail::trailer_size) return r.fail(errc::truncated), false;
        byte_reader t(bytes.last(detail::trailer_size), r.limits());
        std::uint64_t const size = t.u32();
        t.skip(4);
        for (auto const b : detail::trailer_magic)
            // An append that was cut short looks like this.
            if (t.u8() != b) return r.fail(errc::truncated), false;
        auto const room = bytes.size() - least - detail::trailer_size;
        if (size > room) return r.fail(errc::corrupt), false;
        directory = bytes.subspan(least + room - static_cast<std::size_t>(size), static_cast<std::size_t>(size));
        return true;
    }
    static auto directory_sum(std::span<std::byte const> bytes, std::span<std::byte const> directory) noexcept -> bool {
        byte_reader t(bytes.last(detail::trailer_size - 4));
        return t.u32() == crc32c(directory);
    }

    void read_directories(byte_reader &r) noexcept {
        // From the last to the first: each ends before the next begins, so all of them together are no longer than the file.
        auto const budget = limits_.max_bytes / sizeof(detail::pack_group);
        detail::list<std::span<std::byte const>> newest_first;
        auto end = static_cast<std::uint64_t>(bytes_.size());
        while (r.ok() && end != 0) {
            std::span<std::byte const> directory;
            auto const part = bytes_.first(static_cast<std::size_t>(end));
            if (!trailer_of(part, header_size_, directory, r)) return;
            if (!directory_sum(part, directory)) return r.fail(errc::checksum);
            newest_first.push_back(directory);
            if (newest_first.size() > budget) return r.fail(errc::limit);
            byte_reader d(directory);
            auto const start = static_cast<std::uint64_t>(directory.data() - bytes_.data());
            end = d.varint(start);
            if (!d.ok()) return r.fail(d.error().code);
        }
        std::uint64_t at = header_size_;
        for (auto i = newest_first.size(); r.ok() && i-- > 0;) {
            auto const directory = newest_first[i];
            auto const start = static_cast<std::uint64_t>(directory.data() - bytes_.data());
            byte_reader d(directory);
            d.varint(); // the directory before, already followed
            auto const n = d.varint(directory.size() / 3);
            if (n > budget - std::min<std::uint64_t>(budget, groups_.size())) return r.fail(errc::limit);
            for (std::uint64_t g = 0; d.ok() && g < n; ++g) {
                detail::pack_group group;
                group.position = at + d.varint(start - at);
                group.count = static_cast<std::uint32_t>(d.varint(detail::max_group));
                group.size = d.varint(start - group.position);
                group.first = size();
                if (group.count == 0) d.fail(errc::corrupt);
                groups_.push_back(group);
                at = group.position + group.size;
            }
            if (d.ok() && d.remaining() != 0) d.fail(errc::corrupt);
            directories_.push_back({start + directory.size() + detail::trailer_size, groups_.size()});
            if (!d.ok()) r.fail(d.error().code);
        }
        if (!groups_.ok() || !directories_.ok() || !newest_first.ok()) r.fail(errc::memory);
    }

    /// Reads a group's head and calls f(number, record) until it returns false.
    template <class F>
    auto walk(detail::pack_group const &group, F &&f) const -> error {
        auto const body =
            bytes_.subspan(static_cast<std::size_t>(group.position), static_cast<std::size_t>(group.size));
        byte_reader r(body, limits_);
        unsigned const flags = r.u8(), width = r.u8();
        if (flags > 3 || width > 32) r.fail(errc::corrupt);
        auto const least = r.varint(0xffffffff);
        auto const lengths = r.bytes((static_cast<std::uint64_t>(group.count) * width + 7) / 8);
        auto const extents_at = r.position();
        packed_record p;
        p.shape = info_.shape, p.components = info_.components;
        for (std::uint32_t k = 0; flags & 1 && r.ok() && k < group.count; ++k)
            detail::read_extents(r, info_.rank, p.shape, p.components);
        auto const names_at = r.position();
        for (std::uint32_t k = 0; flags & 2 && r.ok() && k < group.count; ++k) (void)r.bytes(r.varint(body.size()));
        auto const sum = r.ok() ? crc32c(body.first(r.position())) : 0;
        if (r.u32() != sum) r.fail(errc::checksum);
        auto at = static_cast<std::uint64_t>(r.position());
        if (r.ok()) {
            auto total = at + least * group.count;
            for (std::uint32_t k = 0; k < group.count; ++k) total += length_of(lengths, k, width);
            if (total != body.size()) r.fail(errc::corrupt);
        }
        if (!r.ok()) return {r.error().code, r.error().offset + static_cast<std::size_t>(group.position)};
        byte_reader extents(body.subspan(extents_at), limits_), names(body.subspan(names_at), limits_);
        for (std::uint32_t k = 0; k < group.count; ++k) {
            p.bytes = body.subspan(static_cast<std::size_t>(at),
                                   static_cast<std::size_t>(least + length_of(lengths, k, width)));
            at += p.bytes.size();
            if (flags & 1) detail::read_extents(extents, info_.rank, p.shape, p.components);
            if (flags & 2) {
                auto const name = names.bytes(names.varint());
                p.name = {reinterpret_cast<char const *>(name.data()), name.size()};
            }
            if (!f(group.first + k, p)) return {};
        }
        return {};
    }
    /// The k-th number of `width` bits, least significant bit first.
    static auto length_of(std::span<std::byte const> packed, std::uint32_t k, unsigned width) noexcept
        -> std::uint64_t {
        auto const first = static_cast<std::uint64_t>(k) * width;
        std::uint64_t v = 0;
        for (auto byte = first / 8; byte * 8 < first + width; ++byte)
            v |= std::to_integer<std::uint64_t>(packed[static_cast<std::size_t>(byte)]) << (8 * (byte - first / 8));
        return v >> (first % 8) & ((std::uint64_t{1} << width) - 1);
    }

    std::span<std::byte const> bytes_, model_file_;
    limits limits_{};
    stream_info info_;
    std::size_t header_size_ = 0;
    detail::list<detail::pack_group> groups_;
    detail::list<detail::pack_directory> directories_;
};

} // namespace triptych::inline TRIPTYCH_ABI
