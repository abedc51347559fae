// tests/golden/streams.hpp: what golden streams hold, and how any stream of the registry is decoded to a number. Decode core only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <tuple>
#include <type_traits>

#include <triptych/stream/crc32c.hpp>

#include "../learned/instances.hpp"

namespace golden {
using namespace triptych;

/// Does the codec take such pictures?
template <class C, class X, class B = bands<detail::work_type<typename X::value_type>, X::rank>>
inline constexpr bool takes = synthesis_for<typename C::transform_type, B>
    &&quantizer_for<typename C::quantizer_type, B> &&coder_for<typename C::coder_type, B>;

/// CRC-32C over the bits of all samples, lowest byte first, and the extents: the same on every machine.
template <class S, std::size_t R>
auto digest(picture<S, R> const &x) -> std::uint32_t {
    std::uint32_t crc = 0;
    auto const add = [&](std::uint64_t v, unsigned bytes) {
        for (unsigned i = 0; i < bytes; ++i) {
            std::array<std::byte, 1> const b{static_cast<std::byte>(v >> (8 * i))};
            crc = crc32c(b, crc);
        }
    };
    for (auto const e : x.shape()) add(e, 4);
    add(x.components(), 4);
    for (auto const v : x.samples()) {
        if constexpr (std::is_same_v<S, float>)
            add(std::bit_cast<std::uint32_t>(v), 4);
        else
            add(static_cast<std::make_unsigned_t<S>>(v), sizeof(S));
    }
    return crc;
}

/// What came of a stream.
struct outcome {
    bool known = false; ///< the registry has a codec of that fingerprint; `code` says whether with another model
    errc code = errc::none;
    std::uint32_t digest = 0; ///< of the picture, if there is no error
};

/// Decodes with the codec of a list that the stream names, if there is one.
template <class List>
void decode_with(std::span<std::byte const> stream, stream_info const &info, limits const &most, outcome &out) {
    registry::for_each<List>([&]<class I>(std::type_identity<I>) {
        using C = typename I::codec;
        if (info.codec != C::id || (out.known && out.code != errc::model)) return;
        out.known = true, out.code = errc::model;
        auto const &codec = I::make();
        if (info.model != codec.model()) return;
        out.code = errc::sample;
        registry::for_each<typename I::pictures>([&]<class X>(std::type_identity<X>) {
            using S = typename X::value_type;
            if constexpr (takes<C, X>)
                if (info.samples == detail::sample_type_of<S>::value && info.rank == X::rank) {
                    auto const y = codec.template try_decode<S, X::rank>(stream, most);
                    out.code = y.error.code;
                    if (!y.error) out.digest = digest(y.value);
                }
        });
    });
}

/// The K-th of four parts of the registry; each is compiled in a file of its own, decode_K.cpp.
template <int K>
void decode_part(std::span<std::byte const> stream, stream_info const &info, limits const &most, outcome &out);
template <>
void decode_part<0>(std::span<std::byte const>, stream_info const &, limits const &, outcome &);
template <>
void decode_part<1>(std::span<std::byte const>, stream_info const &, limits const &, outcome &);
template <>
void decode_part<2>(std::span<std::byte const>, stream_info const &, limits const &, outcome &);
template <>
void decode_part<3>(std::span<std::byte const>, stream_info const &, limits const &, outcome &);

/// Decodes any stream of the registry.
inline auto decode(std::span<std::byte const> stream, limits const &most = {}) -> outcome {
    outcome out;
    auto const info = peek(stream, most);
    if (info.error) return {true, info.error.code, 0};
    decode_part<0>(stream, info.value, most, out), decode_part<1>(stream, info.value, most, out);
    decode_part<2>(stream, info.value, most, out), decode_part<3>(stream, info.value, most, out);
    return out;
}
} // namespace golden
