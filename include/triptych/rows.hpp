// triptych/rows.hpp: pictures that are never in memory as a whole: rows from a source, bytes to a sink, and back.
//
// For codecs whose schedule is `tiles`. One row of tiles is held at a time: its samples, and the work of as many tiles as the crew does at
// a time. The stream is that of `encode` but for the sample map, which can't be fitted to samples that nobody has seen, and for the header, which does not
// say how long the payload is. Nothing is sought in, either way; what was handed out is known to be whole at the end, where the checksum is.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/detail/function_ref.hpp>
#include <triptych/goal/meet.hpp>
#include <triptych/picture.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/panelwork.hpp>
#include <triptych/schedule/pieces.hpp>
#include <triptych/schedule/workers.hpp>
#include <triptych/stream/crc32c.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// `read(n, samples)` fills the next n rows (n indices of the first axis, all of the others, components side by side).
template <sample S>
using row_source = function_ref<void(std::size_t, S *)>;
/// `write(n, samples)` takes the next n rows.
template <sample S>
using row_sink = function_ref<void(std::size_t, S const *)>;
using byte_sink = function_ref<void(std::span<std::byte const>)>;
/// Fills as much of the span as there is, and says how much; less than asked for only at the end.
using byte_source = function_ref<std::size_t(std::span<std::byte>)>;

namespace detail {

/// The map of samples that nobody has seen: all that the type can hold.
template <sample S>
constexpr auto map_of_type() noexcept -> sample_map {
    if constexpr (std::is_same_v<S, std::uint8_t>)
        return byte_map();
    else if constexpr (std::is_same_v<S, float>)
        return {mapping::ordered, 0, 0, 32};
    else
        return {mapping::plain, 0, std::is_unsigned_v<S> ? 1 << (8 * sizeof(S) - 1) : 0, 8 * sizeof(S)};
}

/// Bytes on their way out, summed.
class summed_sink {
public:
    explicit summed_sink(byte_sink to) : to_(to) {}
    void operator()(std::span<std::byte const> bytes) { crc_ = crc32c(bytes, crc_), to_(bytes); }
    auto crc() const noexcept -> std::uint32_t { return crc_; }

private:
    byte_sink to_;
    std::uint32_t crc_ = 0;
};

/// Bytes on their way in, summed as they are taken.
class summed_source {
public:
    explicit summed_source(byte_source from) : from_(from) {}

    /// At least n bytes ahead, if there are so many; all that is ahead.
    auto ahead(std::size_t n) -> std::span<std::byte const> {
        if (held_.size() - at_ < n) {
            held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(at_)), at_ = 0;
            // In pieces, so that a length that lies asks for no more memory than there are bytes.
            while (held_.size() < n && !ended_) {
                auto const before = held_.size(), piece = std::min<std::size_t>(n - before, 1 << 20);
                held_.resize(before + piece);
                auto const got = from_(std::span(held_).subspan(before));
                held_.resize(before + got), ended_ = got < piece;
            }
        }
        return std::span(held_).subspan(at_);
    }
    void take(std::size_t n) {
        crc_ = crc32c(std::span<std::byte const>(held_).subspan(at_, n), crc_);
        at_ += n, position_ += n;
    }
    auto crc() const noexcept -> std::uint32_t { return crc_; }
    auto position() const noexcept -> std::size_t { return position_; }

private:
    byte_source from_;
    std::vector<std::byte> held_;
    std::size_t at_ = 0, position_ = 0;
    std::uint32_t crc_ = 0;
    bool ended_ = false;
};

} // namespace detail

/// Encodes rows as they come. The goal is `exact`, `step` or, for samples of 8 and 16 bits, `scale`: those that need no second look. Floats can
/// only be exact. Throws std::invalid_argument for any other goal; what `read` and `write` throw passes through.
template <sample S, std::size_t R, class Codec>
void encode_rows(Codec const &codec, extents<R> const &shape, std::size_t components, quality const &goal,
                 row_source<S> read, byte_sink write, workers const &crew = {}) {
    using schedule = typename Codec::schedule_type;
    using kind = quality::kind;
    auto const cut = schedule::template cut<R>(shape);
    auto const row = shape[0] == 0 ? 0 : static_cast<std::size_t>(volume(shape) / shape[0]) * components;
    if (schedule::settled || cut.count() == 1) {
        picture<S, R> all(shape, components);
        if (!all.ok()) detail::raise<std::length_error>("the picture is too large for memory");
        read(shape[0], all.data());
        return write(codec.encode(all, goal, framing::file, crew));
    }
    bool const exactly = goal.what == kind::exact;
    bool const by_scale = goal.what == kind::scale && sizeof(S) <= 2 && goal.value >= 0 && goal.value <= 100;
    bool const by_step = goal.what == kind::step && !std::is_same_v<S, float> && goal.value >= 0;
    if (!(exactly ? Codec::can_be_exact() : !Codec::exact_only() && (by_scale || by_step)))
        detail::raise<std::invalid_argument>(
            "rows can be encoded exactly, at a step, or at a scale if they have 8 or 16 bits, "
            "as far as the codec can; all else needs the whole picture");
    if (components > max_components) detail::raise<std::invalid_argument>("a picture has at most 65535 components");
    auto const steps = sizeof(S) == 1 ? 1.0 : 257.0;
    target const aim{static_cast<float>(exactly    ? 0
                                        : by_scale ? 3 * steps * std::exp2(7.5 * (100 - goal.value) / 100)
                                                   : goal.value),
                     exactly ? 0 : target{}.lambda, goal.effort};
    auto const map = detail::map_of_type<S>();
    auto const work = codec.template panelwork<S>(shape, components, map, crew);
    detail::summed_sink out(write);
    auto const send = [&out](byte_writer &&w) { out(w.view()); };
    {
        auto info = codec.template info_of<S>(shape, components);
        info.sized = false;
        byte_writer w;
        detail::write_file_header(w, info);
        detail::write_map(info.samples, map, w);
        send(std::move(w));
    }
    std::vector<S> samples;
    for (std::size_t k = 0; k < cut.rows(); ++k) {
        auto const rows = cut.rows_of(k);
        samples.resize(rows.shape[0] * row);
        read(rows.shape[0], samples.data());
        byte_writer w;
        detail::write_row(detail::panel_encoder(work, samples.data(), rows), k, aim, w);
        send(std::move(w));
    }
    byte_writer end;
    end.u32(out.crc());
    send(std::move(end));
}

/// Decodes a stream of any codec of three panels to rows. Streams that are not in tiles, and lossy floats, are read as a whole first. `begin(info)` is
/// called once, before the first row. Gives the first error; rows that were handed out before it are as they were encoded, unless the
/// error is the checksum at the end.
template <sample S, std::size_t R, class Codec>
auto decode_rows(Codec const &codec, byte_source read, function_ref<void(stream_info const &)> begin, row_sink<S> write,
                 limits const &most = {}, workers const &crew = {}) -> error {
    using schedule = typename Codec::schedule_type;
    constexpr auto no_limit = ~std::uint64_t{0} >> 8;
    constexpr std::size_t longest_head = 160; // header and map
    detail::summed_source in(read);
    byte_reader head(in.ahead(longest_head), {no_limit, most.max_bytes});
    stream_info info;
    detail::read_file_header(head, info);
    if (!head.ok()) return head.error();
    if (auto const e = detail::mismatch_of(info, codec.template identity<S, R>())) return e;
    extents<R> shape;
    std::copy_n(info.shape.begin(), R, shape.begin());
    auto const cut = schedule::template cut<R>(shape);
    auto const map = detail::read_map(detail::sample_type_of<S>::value, head);
    if (!head.ok()) return head.error();
    if (schedule::settled || cut.count() == 1 || (std::is_same_v<S, float> && map.how == detail::mapping::scaled)) {
        // As many bytes as the header promises, and one more to see that there are none; a source may have no end.
        auto const longest = info.sized ? std::uint64_t{info.payload_offset} + info.payload_size + 4 : most.max_bytes;
        if (longest > most.max_bytes) return {errc::limit, info.payload_offset};
        (void)in.ahead(static_cast<std::size_t>(longest) + 1);
        auto decoded = codec.template try_decode<S, R>(in.ahead(0), most, crew);
        if (decoded.error) return decoded.error;
        begin(info);
        write(shape[0], decoded.value.data());
        return {};
    }
    in.take(head.position());
    // Held at a time: a row of tiles, and what its tiles need.
    auto const row = static_cast<std::size_t>(volume(shape) / shape[0]) * info.components;
    auto const n = cut.in_a_row();
    auto const tallest = cut.rows_of(cut.rows() - 1).shape[0] > cut.rows_of(0).shape[0] ? cut.rows() - 1 : 0;
    auto const held = std::uint64_t{cut.rows_of(tallest).shape[0]} * row * sizeof(S) + n * sizeof(std::uint64_t);
    if (held > most.max_bytes || info.components > max_components) return {errc::limit, in.position()};
    begin(info);
    auto const work = codec.template panelwork<S>(shape, info.components, map, crew);
    std::vector<S> samples;
    std::vector<std::uint64_t> sizes(n);
    for (std::size_t k = 0; k < cut.rows(); ++k) {
        std::uint64_t sum = 0;
        for (auto &s : sizes) {
            byte_reader r(in.ahead(10));
            s = r.varint();
            if (!r.ok()) return {r.error().code, in.position() + r.error().offset};
            in.take(r.position()), sum += s;
            if (s > most.max_bytes || sum > most.max_bytes - held) return {errc::limit, in.position()};
        }
        auto const bytes = in.ahead(static_cast<std::size_t>(sum));
        if (bytes.size() < sum) return {errc::truncated, in.position() + bytes.size()};
        auto const rows = cut.rows_of(k);
        samples.resize(rows.shape[0] * row);
        auto left = most;
        left.max_bytes = (most.max_bytes - held - sum) / std::clamp<std::uint64_t>(crew.count(), 1, n);
        auto const e = detail::with_decoder(work, {}, rows, [&](detail::piece_decoder const &d) {
            return detail::decode_row(d, k, bytes, sizes, left, samples.data());
        });
        if (e) return {e.code, in.position() + e.offset};
        in.take(static_cast<std::size_t>(sum));
        write(rows.shape[0], samples.data());
    }
    auto const end = in.ahead(5);
    if (end.size() < 4) return {errc::truncated, in.position() + end.size()};
    if (end.size() > 4) return {errc::corrupt, in.position()};
    byte_reader r(end);
    return r.u32() == in.crc() ? error{} : error{errc::checksum, in.position()};
}

} // namespace triptych::inline TRIPTYCH_ABI
