// Bytes from strangers: what is wrong with them is a value, no exception is thrown, and nothing is allocated on their word.
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <span>
#include <string_view>
#include <vector>

#include <triptych/presets.hpp>

namespace {
void report(std::string_view what, triptych::error const &e) {
    std::cout << what << ": " << triptych::message(e.code) << " (byte " << e.offset << ")\n";
}
} // namespace

int main() {
    std::vector<std::uint8_t> samples(64 * 64);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::uint8_t>(i % 64 + i / 64);
    triptych::lossless const codec;
    auto const bytes = codec.encode(triptych::picture_view<std::uint8_t, 2>{samples.data(), {64, 64}});

    report("as it is", codec.try_decode(bytes).error);
    report("first half", codec.try_decode(std::span(bytes).first(bytes.size() / 2)).error);
    report("nothing", codec.try_decode({}).error);

    auto flipped = bytes;
    flipped[flipped.size() / 2] ^= std::byte{4};
    report("one bit flipped", codec.try_decode(flipped).error);

    std::vector<std::byte> const text(200, std::byte{'x'});
    report("something else", codec.try_decode(text).error);

    report("another codec's", triptych::photo{}.try_decode(bytes).error);
    report("as floats", codec.try_decode<float>(bytes).error);
    report("as a volume", codec.try_decode<std::uint8_t, 3>(bytes).error);

    report("more than we want", codec.try_decode(bytes, {.max_samples = 1000}).error);
    report("more memory than we want", codec.try_decode(bytes, {.max_bytes = 10'000}).error);

    // What a stream is, without decoding it: for a program that has several codecs, or wants to ask first.
    auto const info = triptych::peek(bytes);
    if (info) std::cout << info.value.label << ", " << info.value.shape[0] << " x " << info.value.shape[1] << '\n';

    // The same as exceptions. Wrong bytes are a format_error; sound bytes of another codec a mismatch_error, which is one.
    try {
        triptych::photo{}.decode(bytes);
    } catch (triptych::mismatch_error const &e) {
        std::cout << e.what() << '\n';
    }
    try {
        codec.decode(flipped);
    } catch (triptych::format_error const &e) {
        std::cout << e.what() << '\n';
    }
}
