// Each unit decodes what the other encoded.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

auto encode_first(std::span<std::uint8_t const>) -> std::vector<std::byte>;
auto decode_first(std::span<std::byte const>) -> std::vector<std::uint8_t>;
auto encode_second(std::span<std::uint8_t const>) -> std::vector<std::byte>;
auto decode_second(std::span<std::byte const>) -> std::vector<std::uint8_t>;

int main() {
#if defined(SECOND_NEEDS_AVX2)
    if (!__builtin_cpu_supports("avx2")) {
        std::puts("linked; this processor has no AVX2 to run it");
        return 0;
    }
#endif
    std::vector<std::uint8_t> samples(1000);
    for (std::size_t k = 0; k < samples.size(); ++k) samples[k] = static_cast<std::uint8_t>(k * k / 7);
    bool const same = decode_second(encode_first(samples)) == samples && decode_first(encode_second(samples)) == samples;
    std::puts(same ? "both units agree" : "the units differ");
    return same ? 0 : 1;
}
