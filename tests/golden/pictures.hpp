// tests/golden/pictures.hpp: the pictures in golden streams, made of integers alone, so that every machine makes the same.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <triptych/conformance/hostile.hpp>

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

/// What today's encoder makes of each picture with an instance of the registry.
template <class I, class F>
void each_stream(F &&f) {
    using C = typename I::codec;
    auto const &codec = I::make();
    auto const goal = C::exact_only() ? exact : scale(70), coarse = C::exact_only() ? exact : scale(20);
    auto const add = [&](auto const &x, quality const &wanted, std::string const &name) {
        std::vector<std::byte> bytes;
        if constexpr (requires { I::encode(codec, x, wanted); })
            bytes = I::encode(codec, x, wanted);
        else
            bytes = codec.encode(x, wanted);
        std::string model;
        if constexpr (requires { I::name; }) model = I::name;
        f(stream{name + ".tpc", description<C, std::string>(), model, std::move(bytes)});
    };
    char id[9];
    std::snprintf(id, sizeof id, "%08x", static_cast<unsigned>(C::id));
    registry::for_each<typename I::pictures>([&]<class X>(std::type_identity<X>) {
        if constexpr (takes<C, X>) {
            static constexpr char const *samples[] = {"uint8", "uint16", "int16", "int32", "float32"};
            std::size_t number = 0;
            std::string const kind = samples[static_cast<int>(detail::sample_type_of<typename X::value_type>::value)];
            auto const next = [&, first = std::string(id)] {
                if constexpr (requires { I::name; }) return I::name + ("-" + std::to_string(number++));
                return first + "-" + kind + "-" + std::to_string(number++);
            };
            if constexpr (requires {
                              I::draw(0);
                          }) { // pictures of other numbers of components may be none for the model
                add(I::draw(1000), goal, next());
                add(I::draw(1001), coarse, next());
                add(make<X>({13, 22}, I::components), goal, next());
                add(make<X>({9, 41}, I::components), coarse, next());
                add(make<X>({0, 5}, I::components), goal, next());
                add(make<X>({1, 1}, I::components), goal, next());
            } else {
                if constexpr (X::rank == 1) add(make<X>({150}, 2), goal, next());
                if constexpr (X::rank == 3) add(make<X>({3, 5, 9}, 1), goal, next());
                if constexpr (X::rank == 2) add(make<X>({13, 22}, 3), goal, next());
                if constexpr (std::is_same_v<X, picture<std::uint8_t, 2>>) {
                    add(make<X>({9, 41}, 1), coarse, next());
                    add(make<X>({0, 5}, 3), goal, next());
                    add(make<X>({1, 1}, 4), goal, next());
                }
                if constexpr (X::rank == 2 && C::can_be_exact()) add(make<X>({12, 11}, 3), exact, next());
            }
        }
    });
    if constexpr (has_regions<C>) add(make_regions(), goal, std::string(id) + "-regions");
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
