// Decodes a picture that is part of the program, with a model that is part of the program: no file, no library, no training
// code. It is built without exceptions and RTTI and linked to the C library alone, as on a small device.
//
// model.hpp and stream.hpp were written by train.cpp.
#include <cstdint>
#include <cstdio>
#include <span>

#include "model.hpp"
#include "stream.hpp"
#include "tiles.hpp"

constexpr tiles codec{tiles_model};

int main() {
    auto const decoded = codec.try_decode(std::as_bytes(std::span(tiles_stream)));
    if (!decoded) {
        std::fprintf(stderr, "%s\n", triptych::message(decoded.error.code));
        return 1;
    }
    auto const &picture = decoded.value;
    auto const sum = triptych::crc32c(std::as_bytes(picture.samples()));
    std::printf("%zu x %zu, %zu components, CRC-32C %08x\n", picture.shape()[0], picture.shape()[1],
                picture.components(), static_cast<unsigned>(sum));
    return sum == tiles_checksum ? 0 : 1;
}
