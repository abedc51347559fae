// triptych/stream/pack_writer.hpp: the counterpart of pack_reader.hpp.
//
// It never looks back: bytes that it has handed out are final. So a pack may be written to a pipe, and an existing
// pack grows at its end.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <triptych/stream/crc32c.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/pack_reader.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

class pack_writer {
public:
    /// Records in a group: enough that its head weighs little, few enough that finding one of them is quick.
    static constexpr std::size_t group_size = 64;

    /// A new pack. `usual` has codec, model, label, sample type and rank, and the extents and components that cost nothing. `model_file` may
    /// hold the learned state as a safetensors file, so that the pack suffices by itself.
    explicit pack_writer(stream_info const &usual, std::span<std::byte const> model_file = {})
        : rank_(usual.rank), shape_(usual.shape), components_(usual.components) {
        detail::write_identity(out_, detail::pack_magic, usual, model_file.empty() ? 0 : 2);
        if (!model_file.empty()) out_.varint(model_file.size()), out_.bytes(model_file);
        out_.u32(crc32c(out_.view()));
        groups_start_ = position();
    }
    /// Goes on behind `pack`, whose bytes stay as they are: what this writer gives belongs at their end.
    explicit pack_writer(pack_reader const &pack)
        : rank_(pack.info().rank), shape_(pack.info().shape), components_(pack.info().components),
          handed_out_(pack.bytes().size()), groups_start_(pack.header_size()),
          groups_(pack.groups().begin(), pack.groups().end()),
          directories_(pack.directories().begin(), pack.directories().end()), written_(groups_.size()) {}

    /// Adds a picture in record framing. Throws std::invalid_argument for a record or a name of 4 GiB.
    void add(std::span<std::byte const> record, std::array<std::size_t, max_rank> const &shape, std::size_t components,
             std::string_view name = {}) {
        constexpr auto most = std::numeric_limits<std::uint32_t>::max();
        if (record.size() > most || name.size() > most)
            detail::raise<std::invalid_argument>("pack_writer: a record or name has at most 4 GiB");
        records_.bytes(record);
        lengths_.push_back(static_cast<std::uint32_t>(record.size()));
        for (std::size_t axis = 0; axis < rank_; ++axis) extents_.varint(shape[axis]);
        extents_.varint(components);
        unusual_ = unusual_ || components != components_ ||
                   !std::equal(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(rank_), shape_.begin());
        names_.varint(name.size());
        names_.bytes(std::as_bytes(std::span(name.data(), name.size())));
        named_ = named_ || !name.empty();
        if (lengths_.size() == group_size) flush();
    }
    /// A picture of the usual extents.
    void add(std::span<std::byte const> record, std::string_view name = {}) { add(record, shape_, components_, name); }

    /// What is complete so far, to be written before the rest.
    auto take() -> std::vector<std::byte> {
        handed_out_ += out_.size();
        return std::move(std::exchange(out_, {})).take();
    }
    /// The rest. Without a directory at its end a pack can't be read.
    auto finish() && -> std::vector<std::byte> {
        if (!lengths_.empty()) flush();
        // Takes over the directories before it that have no more groups than it has by then: so there are never more than log2 of the groups,
        // and an entry is written again at most as often, however little is appended at a time.
        auto first = written_;
        while (!directories_.empty()) {
            auto const before = directories_.size() < 2 ? 0 : directories_[directories_.size() - 2].groups;
            if (directories_.back().groups - before > groups_.size() - first) break;
            first = before, directories_.pop_back();
        }
        byte_writer directory;
        directory.varint(directories_.empty() ? 0 : directories_.back().end);
        directory.varint(groups_.size() - first);
        auto at = groups_start_;
        if (first != 0) at = groups_[first - 1].position + groups_[first - 1].size;
        for (; first < groups_.size(); ++first) {
            auto const &g = groups_[first];
            directory.varint(g.position - at), directory.varint(g.count), directory.varint(g.size);
            at = g.position + g.size;
        }
        if (directory.size() > std::numeric_limits<std::uint32_t>::max())
            detail::raise<std::length_error>("pack_writer: too many pictures for one directory");
        out_.bytes(directory.view());
        out_.u32(static_cast<std::uint32_t>(directory.size()));
        out_.u32(crc32c(directory.view()));
        for (auto const b : detail::trailer_magic) out_.u8(b);
        return take();
    }

private:
    auto position() const -> std::uint64_t { return handed_out_ + out_.size(); }

    void flush() {
        auto const [least, most] = std::minmax_element(lengths_.begin(), lengths_.end());
        auto const width = static_cast<unsigned>(std::bit_width(*most - *least));
        byte_writer head;
        head.u8(static_cast<std::uint8_t>((unusual_ ? 1 : 0) | (named_ ? 2 : 0)));
        head.u8(static_cast<std::uint8_t>(width));
        head.varint(*least);
        std::uint64_t pending = 0;
        unsigned bits = 0;
        for (auto const length : lengths_) {
            pending |= static_cast<std::uint64_t>(length - *least) << bits;
            for (bits += width; bits >= 8; bits -= 8, pending >>= 8) head.u8(static_cast<std::uint8_t>(pending));
        }
        if (bits != 0) head.u8(static_cast<std::uint8_t>(pending));
        if (unusual_) head.bytes(extents_.view());
        if (named_) head.bytes(names_.view());
        detail::pack_group group;
        group.position = position();
        out_.bytes(head.view());
        out_.u32(crc32c(head.view()));
        out_.bytes(records_.view());
        group.size = position() - group.position;
        group.count = static_cast<std::uint32_t>(lengths_.size());
        groups_.push_back(group);
        records_ = {}, extents_ = {}, names_ = {}, lengths_.clear();
        unusual_ = named_ = false;
    }
    std::size_t rank_;
    std::array<std::size_t, max_rank> shape_;
    std::size_t components_;
    std::uint64_t handed_out_ = 0, groups_start_ = 0;
    std::vector<detail::pack_group> groups_;
    std::vector<detail::pack_directory> directories_; ///< those that are there already, oldest first
    std::size_t written_ = 0;                         ///< groups that a directory which is there already knows
    byte_writer out_, records_, extents_, names_;     ///< finished bytes; the group that is being filled
    std::vector<std::uint32_t> lengths_;
    bool unusual_ = false, named_ = false;
};

} // namespace triptych::inline TRIPTYCH_ABI
