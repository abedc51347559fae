// triptych/stream/wrap.hpp: puts a framing around a payload: the counterpart of `peek` and `payload_of_record`.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <triptych/stream/crc32c.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// `info` is all that a header says but for the size of the payload.
inline auto head_of(stream_info info, std::size_t payload_size, framing frame) -> byte_writer {
    byte_writer w;
    info.payload_size = payload_size;
    if (frame == framing::file) write_file_header(w, info);
    return w;
}
/// Bytes that the framing adds to a payload.
inline auto bytes_around(stream_info const &info, std::size_t payload_size, framing frame) -> std::size_t {
    return head_of(info, payload_size, frame).size() + (frame == framing::file ? 4 : frame == framing::record ? 2 : 0);
}
inline auto wrapped(stream_info const &info, std::span<std::byte const> payload, framing frame) -> std::vector<std::byte> {
    auto w = head_of(info, payload.size(), frame);
    w.bytes(payload);
    if (frame == framing::file) w.u32(crc32c(w.view()));
    if (frame == framing::record) w.u16(crc16(w.view(), record_seed(info)));
    return std::move(w).take();
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
