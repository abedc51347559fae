// Prints what rANS makes of many inputs: sizes and checksums of the bytes, and what damaged bytes decode to. Fails where symbols do not come back.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <type_traits>
#include <vector>

#include <triptych/coder/rans.hpp>
#include <triptych/stream/crc32c.hpp>

using namespace triptych;

namespace {
std::uint32_t seed = 1;
auto any() -> std::uint32_t {
    return (seed = seed * 1664525 + 1013904223) >> 8;
}
auto any32() -> std::uint32_t {
    auto const high = any();
    return high << 16 ^ any();
}

template <class B>
auto digest(B const &x) -> std::uint32_t {
    return crc32c(std::as_bytes(std::span(x.data(), x.size())));
}

template <class T, std::size_t R>
void print(char const *name, bands<T, R> const &x) {
    byte_writer w;
    coder::rans<>{}.encode(x, w);
    auto const bytes = std::move(w).take();
    std::printf("%s %zu: %zu %08x", name, x.size(), bytes.size(), static_cast<unsigned>(crc32c(bytes)));
    auto const decode = [&](std::span<std::byte const> from) {
        bands<T, R> y(x.layout(), T{0});
        byte_reader r(from);
        coder::rans<>{}.decode(y, r);
        if (r.ok())
            std::printf(" %08x", static_cast<unsigned>(digest(y)));
        else
            std::printf(" %d@%zu", static_cast<int>(r.error().code), r.error().offset);
        return r.ok() && digest(y) == digest(x);
    };
    if (!decode(bytes)) std::exit((std::printf(" does not come back\n"), 1));
    // Bytes of other streams may follow, and count for nothing.
    auto longer = bytes;
    longer.insert(longer.end(), 100, std::byte{0x5a});
    if (!decode(longer)) std::exit((std::printf(" does not come back\n"), 1));
    for (int i = 0; i < 12; ++i) {
        // In memory of just their size, so that a sanitizer sees any look beyond.
        std::vector<std::byte> damaged(
            bytes.begin(),
            bytes.begin() + static_cast<std::ptrdiff_t>(i < 6 ? bytes.size() : any() % (bytes.size() + 1)));
        for (std::size_t k = 0; i < 8 && k < 1 + any() % 3 && !damaged.empty(); ++k)
            damaged[any() % (k ? damaged.size() : std::min<std::size_t>(damaged.size(), 200))] ^=
                static_cast<std::byte>(1u << any() % 8);
        decode(damaged);
    }
    std::printf("\n");
}

auto info(unsigned bits, std::size_t component, std::size_t index) -> band_info<2> {
    band_info<2> i;
    i.bits = static_cast<std::uint8_t>(bits);
    i.at.component = static_cast<std::uint16_t>(component), i.at.index = static_cast<std::uint32_t>(index);
    return i;
}
/// A few values near zero, larger ones in some places; never outside the bits.
template <class T>
auto picture(layout<2> const &where, unsigned most_bits) -> bands<T, 2> {
    bands<T, 2> x(where);
    for (std::size_t b = 0; b < x.count(); ++b) {
        auto const v = x[b];
        for (std::size_t r = 0; r < v.shape()[0]; ++r)
            for (std::size_t c = 0; c < v.shape()[1]; ++c) {
                auto const bits = std::min<std::size_t>(most_bits - 1, (r / 40 * 3 + c / 60 * 5) % 7 + any() % 3);
                auto const magnitude = static_cast<std::int32_t>(any32() & ((1u << bits) - 1));
                v(r, c) = static_cast<T>(any() & 1 ? magnitude : -magnitude);
            }
    }
    return x;
}
auto planes(std::size_t h, std::size_t w, std::size_t components, unsigned bits) -> layout<2> {
    layout<2> l;
    for (std::size_t c = 0; c < components; ++c) l.add({h, w}, info(bits, c, 0));
    return l;
}

auto can_run() -> bool {
#if defined(__AVX512BW__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
#elif defined(__AVX2__)
    return __builtin_cpu_supports("avx2");
#elif defined(__SSE4_1__)
    return __builtin_cpu_supports("sse4.1");
#else
    return true;
#endif
}
} // namespace

int main() {
    if (!can_run()) return std::printf("this machine lacks the instructions\n"), 0;
    for (std::size_t n = 1; n < 70; n += 3) print("row", picture<std::int16_t>(planes(1, n, 1, 9), 9));
    for (std::size_t n : {1000u, 1023u, 1024u, 1025u, 4099u, 8191u, 8192u, 8193u, 8223u, 8224u, 8225u, 20000u})
        print("row", picture<std::int16_t>(planes(1, n, 1, 9), 9));
    print("planes", picture<std::int16_t>(planes(203, 301, 3, 9), 9));
    print("planes of 12 bits", picture<std::int16_t>(planes(100, 170, 2, 12), 12));
    print("planes of 30 bits", picture<std::int32_t>(planes(100, 170, 2, 30), 30));
    layout<2> blocks;
    for (std::size_t c = 0; c < 3; ++c)
        blocks.add_group({30, 41}, 64, [&](std::size_t k) { return info(k ? 6 : 11, c, k); });
    blocks.add({30, 41}, info(3, 0, 0));
    print("blocks", picture<std::int16_t>(blocks, 3));
    print("constant", bands<std::int16_t, 2>(planes(100, 100, 3, 9), std::int16_t{-7}));
    auto mostly = bands<std::int16_t, 2>(planes(100, 100, 3, 9), std::int16_t{4});
    for (std::size_t i = 0; i < 10000; i += 50) mostly.data()[i + any() % 50] = static_cast<std::int16_t>(any() % 9);
    print("a constant plane among others", mostly);
    bands<std::int32_t, 1> every([] {
        layout<1> l;
        l.add({200000}, {});
        return l;
    }());
    for (std::size_t i = 0; i < every.size(); ++i) every.data()[i] = static_cast<std::int32_t>(i * 40503 % 65536);
    print("65536 values", every);
    for (std::size_t i = 0; i < every.size(); ++i) every.data()[i] = static_cast<std::int32_t>(100000 + any() % 256);
    print("256 values", every);
    for (std::size_t i = 0; i < every.size(); ++i) every.data()[i] = static_cast<std::int32_t>(any32());
    print("all values", every);
}
