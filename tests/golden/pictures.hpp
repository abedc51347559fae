// tests/golden/pictures.hpp: the pictures in golden streams, made of integers alone, so that every machine makes the same.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <triptych/conformance/hostile.hpp>
#include <triptych/rows.hpp>

#include "streams.hpp"

namespace golden {
/// Flat parts, an edge, a slope, a little noise; components that resemble each other. Wide samples use 12 bits more or less.
template <class X>
auto make(std::array<std::size_t, X::rank> const &shape, std::size_t components) -> X {
    using S = typename X::value_type;
    X x(shape, components);
    small_random random(shape[0] * 1000 + components);
    auto const columns = shape[X::rank - 1];
    for (std::size_t i = 0; i < x.size(); ++i) {
        auto const c = i % components, column = i / components % columns, row = i / components / columns;
        auto v = static_cast<int>(60 + 40 * c + 3 * column + random.below(5));
        if (row + column / 2 > 9) v = static_cast<int>(190 - 30 * c + row);
        if (row < 3 && column < 5) v = 128;
        if constexpr (std::is_same_v<S, std::uint8_t>)
            x.data()[i] = static_cast<S>(v > 255 ? 255 : v);
        else if constexpr (std::is_same_v<S, float>)
            x.data()[i] = static_cast<float>(v * 16 + static_cast<int>(random.below(16))) / 64;
        else
            x.data()[i] =
                static_cast<S>(v * 16 + static_cast<int>(random.below(16)) - (std::is_signed_v<S> ? 2000 : 0));
    }
    if constexpr (std::is_same_v<S, float>)
        if (x.size() > 40)
            x.data()[7] = std::bit_cast<float>(0x7fc00000u), x.data()[40] = std::bit_cast<float>(0xff800000u);
    return x;
}

struct stream {
    std::string name;  ///< of the file: codec, sample type and number of the picture; or model and number
    std::string codec; ///< its description
    std::string model; ///< the entry of learned/entries.hpp, or empty
    std::vector<std::byte> bytes;

    /// CRC-32C of all but the checksum at the end: with that, a CRC is the same for every stream.
    auto checksum() const -> std::uint32_t { return crc32c(std::span(bytes).first(bytes.size() - 4)); }
};

/// Does an instance come with a model?
template <class I>
inline constexpr bool learned = requires {
    I::name;
};

/// Is there a stream that is large enough for the regions of static coders and for all their lanes?
template <class C>
inline constexpr bool has_regions = false;
template <>
inline constexpr bool has_regions<codec<registry::fourier<16>, quantizer::uniform, coder::rans<>>> = true;

/// Flat on one side and noisy on the other.
inline auto make_regions() -> picture<std::uint8_t, 2> {
    picture<std::uint8_t, 2> x({128, 144}, 1);
    small_random random(1);
    for (std::size_t i = 0; i < x.size(); ++i)
        x.data()[i] = static_cast<std::uint8_t>(i % 144 < 96 ? 80 + i / 2304 : 60 + random.below(140));
    return x;
}

/// Does the codec work by tiles that are small enough for a golden picture of many?
template <class C>
inline constexpr bool small_tiles = false;
template <class T, class Q, class C, std::size_t N, state_of State>
inline constexpr bool small_tiles<codec<T, Q, C, tiles<N, State>>> = N <= 16;

/// The stream of rows that were sent as they came: its header does not say its size.
template <class C>
auto sent_by_rows(C const &codec, picture<std::uint8_t, 2> const &x) -> std::vector<std::byte> {
    std::vector<std::byte> bytes;
    std::size_t at = 0;
    encode_rows<std::uint8_t, 2>(
        codec, x.shape(), x.components(), exact,
        [&](std::size_t rows, std::uint8_t *to) {
            auto const n = rows * x.shape()[1] * x.components();
            std::copy_n(x.data() + at, n, to), at += n;
        },
        [&](std::span<std::byte const> more) { bytes.insert(bytes.end(), more.begin(), more.end()); });
    return bytes;
}

/// Calls `f(picture, goal)` for the pictures of an instance and of one kind, in the order of their numbers.
template <class I, class X, class F>
void each_picture(F &&f) {
    using C = typename I::codec;
    auto const fine = C::exact_only() ? exact : scale(70), coarse = C::exact_only() ? exact : scale(20);
    if constexpr (learned<I>) { // of no other number of components: some models refuse them
        f(I::draw(1000), fine), f(I::draw(1001), coarse);
        f(make<X>({13, 22}, I::components), fine), f(make<X>({9, 41}, I::components), coarse);
        f(make<X>({0, 5}, I::components), fine), f(make<X>({1, 1}, I::components), fine);
        return;
    }
    if constexpr (X::rank == 1) f(make<X>({150}, 2), fine);
    if constexpr (X::rank == 3) f(make<X>({3, 5, 9}, 1), fine);
    if constexpr (X::rank == 2) f(make<X>({13, 22}, 3), fine);
    if constexpr (std::is_same_v<X, picture<std::uint8_t, 2>>) {
        f(make<X>({9, 41}, 1), coarse);
        f(make<X>({0, 5}, 3), fine), f(make<X>({1, 1}, 4), fine);
    }
    if constexpr (X::rank == 2 && C::can_be_exact()) f(make<X>({12, 11}, 3), exact);
    if constexpr (small_tiles<C>) { // more samples than four tiles have
        if constexpr (X::rank == 1) f(make<X>({1100}, 1), fine);
        if constexpr (X::rank == 2) f(make<X>({40, 50}, std::is_same_v<X, picture<std::uint8_t, 2>> ? 3 : 1), fine);
        if constexpr (X::rank == 3) f(make<X>({9, 10, 12}, 1), fine);
    }
}

/// What today's encoder makes of each picture with an instance of the registry.
template <class I, class F>
void each_stream(F &&f) {
    using C = typename I::codec;
    static constexpr char const *samples[] = {"uint8", "uint16", "int16", "int32", "float32"};
    auto const &codec = I::make();
    std::string model;
    char id[9];
    std::snprintf(id, sizeof id, "%08x", static_cast<unsigned>(C::id));
    if constexpr (learned<I>) model = I::name;
    auto const give = [&](std::string const &name, std::vector<std::byte> bytes) {
        f(stream{name + ".tpc", description<C, std::string>(), model, std::move(bytes)});
    };
    registry::for_each<typename I::pictures>([&]<class X>(std::type_identity<X>) {
        if constexpr (takes<C, X>) {
            auto const kind = detail::sample_type_of<typename X::value_type>::value;
            auto const first = learned<I> ? model : std::string(id) + '-' + samples[static_cast<int>(kind)];
            std::size_t number = 0;
            each_picture<I, X>([&](X const &x, quality const &goal) {
                auto const name = first + '-' + std::to_string(number++);
                if constexpr (requires { I::encode(codec, x, goal); })
                    give(name, I::encode(codec, x, goal));
                else
                    give(name, codec.encode(x, goal));
            });
        }
    });
    if constexpr (has_regions<C>) give(std::string(id) + "-regions", codec.encode(make_regions(), scale(70)));
    if constexpr (std::is_same_v<C, registry::tiled_lossless>)
        give(std::string(id) + "-rows", sent_by_rows(codec, make<picture<std::uint8_t, 2>>({20, 28}, 3)));
}

/// The K-th of four parts of all codecs; each is compiled in a file of its own.
using sink = std::function<void(stream const &)>;
template <int K>
void encode_part(sink const &f);
template <>
void encode_part<0>(sink const &f);
template <>
void encode_part<1>(sink const &f);
template <>
void encode_part<2>(sink const &f);
template <>
void encode_part<3>(sink const &f);

inline void each_stream_of_all(sink const &f) {
    encode_part<0>(f), encode_part<1>(f), encode_part<2>(f), encode_part<3>(f);
}
} // namespace golden
