// The entry point of libFuzzer (clang++ -fsanitize=fuzzer,address,undefined). Two bytes pick an instance of the registry and the kind of samples, two more
// the extents, the rest is a payload in a bare framing: no checksum stands between the fuzzer and the decoder.
#include <cstddef>
#include <cstdint>
#include <span>

#include "../golden/streams.hpp"

namespace {
/// Of instances and samples that they take.
auto count() -> std::size_t {
    std::size_t n = 0;
    registry::for_each<registry::instances>([&]<class I>(std::type_identity<I>) {
        registry::for_each<typename I::pictures>(
            [&]<class X>(std::type_identity<X>) { n += golden::takes<typename I::codec, X>; });
    });
    return n;
}
std::size_t const kinds = count();
} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const *data, std::size_t size) {
    if (size < 4) return 0;
    std::size_t const pick = (data[0] | std::size_t{data[1]} << 8) % kinds, components = 1 + data[2] % 4,
                      extent = data[3] % 40;
    auto const payload = std::as_bytes(std::span(data + 4, size - 4));
    std::size_t number = 0;
    registry::for_each<registry::instances>([&]<class I>(std::type_identity<I>) {
        registry::for_each<typename I::pictures>([&]<class X>(std::type_identity<X>) {
            if constexpr (golden::takes<typename I::codec, X>) {
                if (number++ != pick) return;
                triptych::extents<X::rank> shape;
                for (auto &e : shape) e = extent;
                (void)I::make().template try_decode<typename X::value_type, X::rank>(
                    payload, triptych::framing::bare, shape, components, {1 << 16, 1 << 22});
            }
        });
    });
    return 0;
}
