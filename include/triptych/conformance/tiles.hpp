// triptych/conformance/tiles.hpp: checksums that vouch for wrong tiles.
//
// Each of many tiles has a checksum of its own, which stops a mutated one before a panel sees it. So a fuzzer signs tiles again, as `resign`
// signs files.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/conformance/hostile.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/schedule/stages.hpp>
#include <triptych/schedule/verbatim.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Does this codec cut large pictures?
template <class Codec, std::size_t R>
constexpr bool has_tiles = [] {
    extents<R> large;
    large.fill(1 << 12);
    return Codec::schedule_type::template cut<R>(large).count() > 1;
}();

/// The stream with the checksums of its tiles as their bytes now are, and signed again. As it is if it has no tiles, or their sizes can't be read.
template <sample S, std::size_t R, class Codec>
auto resign_tiles(Codec const &codec, std::span<std::byte const> stream) -> std::vector<std::byte> {
    using T = typename Codec::transform_type;
    std::vector<std::byte> bytes(stream.begin(), stream.end());
    auto const [info, error] = peek(stream);
    if (error) return bytes;
    extents<R> shape;
    std::copy_n(info.shape.begin(), R, shape.begin());
    constexpr auto no_limit = ~std::uint64_t{0} >> 8;
    byte_reader r(stream.first(stream.size() - 4), {no_limit, no_limit});
    r.skip(info.payload_offset);
    auto const map = detail::read_map(info.samples, r);
    auto const work = codec.template panelwork<S>(shape, info.components, map, {});
    if (work.tiles.count() < 2 || work.tiles.count() > r.remaining()) return bytes;
    if (map.how == detail::mapping::scaled && info.samples == sample_type::float32)
        (void)detail::verbatim_list(r, volume(shape) * info.components);
    if (work.settled()) (void)detail::fit_from_stream<bands<detail::work_type<S>, R>, T>(codec.transform(), r);
    std::vector<std::uint64_t> sizes(work.tiles.in_a_row());
    for (std::uint64_t i = 0; r.ok() && i < work.tiles.count();) {
        for (auto &s : sizes) s = r.varint();
        for (auto const s : sizes) {
            auto const at = r.position();
            auto const tile = r.bytes(s);
            if (!r.ok()) break;
            if (s >= 2) {
                auto const sum = crc16(tile.first(tile.size() - 2), work.seed(i));
                bytes[at + tile.size() - 2] = static_cast<std::byte>(sum & 255);
                bytes[at + tile.size() - 1] = static_cast<std::byte>(sum >> 8);
            }
            ++i;
        }
    }
    return resign(bytes);
}

} // namespace triptych::inline TRIPTYCH_ABI
