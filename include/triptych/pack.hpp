// triptych/pack.hpp: many small pictures through one codec into one file, where each is found and decoded by its number.
//
//     triptych::packer pack(codec, triptych::extents<2>{28, 28});
//     for (auto const &p : pictures) pack.add(p, triptych::step(8));
//     auto const bytes = std::move(pack).finish();
//
//     auto const opened = triptych::pack_reader::open(bytes);
//     auto const p = triptych::try_unpack(codec, opened.value, 4711);
//
// A picture of 45 bytes costs some 3 bytes more: the record's checksum, and less than a byte of index.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/picture.hpp>
#include <triptych/quality.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/pack_reader.hpp>
#include <triptych/stream/pack_writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Encodes pictures into a pack. Borrows the codec, which must outlive it.
template <class Codec, sample S = std::uint8_t, std::size_t R = 2>
class packer {
public:
    /// A new pack. Pictures of these extents and components cost no byte for them; others may be added too.
    explicit packer(Codec const &codec, extents<R> const &usual, std::size_t components = 1,
                    std::span<std::byte const> model_file = {})
        : codec_(&codec), writer_(usual_of(codec, usual, components), model_file) {}
    packer(Codec const &&, extents<R> const &, std::size_t = 1, std::span<std::byte const> = {}) = delete;
    packer(Codec const &&, pack_reader const &) = delete;
    /// Goes on behind a pack, whose bytes stay. Throws std::invalid_argument if another codec, model or sample type made it.
    packer(Codec const &codec, pack_reader const &pack) : codec_(&codec), writer_(pack) {
        if (detail::mismatch_of(pack.info(), codec.template identity<S, R>()))
            detail::raise<std::invalid_argument>("packer: the pack was made by another codec, model or sample type");
    }

    /// Encodes and adds a picture. Throws as the codec does.
    template <class X>
    void add(X const &x, quality const &goal, std::string_view name = {}) {
        picture_source<X> const source{x};
        picture_view<S, R> const view = source.view();
        std::array<std::size_t, max_rank> shape{};
        std::copy(view.shape.begin(), view.shape.end(), shape.begin());
        writer_.add(codec_->encode(view, goal, framing::record), shape, view.components, name);
    }
    /// Bytes that are complete; see pack_writer.
    auto take() -> std::vector<std::byte> { return writer_.take(); }
    auto finish() && -> std::vector<std::byte> { return std::move(writer_).finish(); }

private:
    static auto usual_of(Codec const &codec, extents<R> const &usual, std::size_t components) -> stream_info {
        auto info = codec.template identity<S, R>();
        info.components = components;
        std::copy(usual.begin(), usual.end(), info.shape.begin());
        return info;
    }

    Codec const *codec_;
    pack_writer writer_;
};

/// Decodes the i-th picture of a pack, i < pack.size(). Never throws.
template <sample S = std::uint8_t, std::size_t R = 2, class Codec>
auto try_unpack(Codec const &codec, pack_reader const &pack, std::uint64_t i, limits const &most = {}) noexcept
    -> result<picture<S, R>> {
    if (auto const e = detail::mismatch_of(pack.info(), codec.template identity<S, R>())) return {{}, e};
    auto const found = pack.at(i);
    if (!found) return {{}, found.error};
    extents<R> shape;
    std::copy_n(found.value.shape.begin(), R, shape.begin());
    return codec.template try_decode<S, R>(found.value.bytes, framing::record, shape, found.value.components, most);
}

#if TRIPTYCH_EXCEPTIONS
/// As `try_unpack`, but throws format_error.
template <sample S = std::uint8_t, std::size_t R = 2, class Codec>
auto unpack(Codec const &codec, pack_reader const &pack, std::uint64_t i, limits const &most = {}) -> picture<S, R> {
    auto decoded = try_unpack<S, R>(codec, pack, i, most);
    if (decoded.error) throw format_error(decoded.error);
    return std::move(decoded.value);
}
#endif

} // namespace triptych::inline TRIPTYCH_ABI
