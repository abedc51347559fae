// bench/entropy/data.hpp: symbols to code, made of pictures, and what is known about them.
//
// Every symbol fits in a byte, so that coders of bytes can take the same ones. No triptych types here: units with other instruction sets
// share this header (see widths.cpp), and their `bands` are types of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// `bands` bands of height × width symbols, interleaved. Component and level tell the coders' models which bands are alike.
struct part {
    std::size_t height = 0, width = 0, bands = 1;
    unsigned component = 0, level = 0;

    auto size() const -> std::size_t { return height * width * bands; }
};

/// The symbols of one picture: its parts one after the other.
struct sheet {
    std::vector<part> parts;
    std::vector<std::int16_t> symbols;

    /// The symbols of each band alone, as bytes.
    auto by_band() const -> std::vector<std::vector<std::uint8_t>>;
};

struct data_set {
    std::string name;
    std::vector<sheet> sheets;

    auto size() const -> std::size_t;
    /// Bits a symbol that an ideal coder needs who knows how often each value occurs in each band of each picture, and nothing else.
    auto entropy() const -> double;
};

/// 8-bit pictures of three components in rows, interleaved.
struct rgb {
    std::size_t height = 0, width = 0;
    std::vector<std::uint8_t> samples;
};
auto read_pictures(std::vector<std::string> const &paths) -> std::vector<rgb>;

/// G, R - G and B - G less the median of left, up and left + up - upper left, modulo 256; one band.
auto residuals(std::vector<rgb> const &pictures) -> data_set;
/// The same symbols in 24 bands, by component and by the size of residuals around, in rows and components already known.
auto residuals_in_contexts(std::vector<rgb> const &pictures) -> data_set;
/// YCbCr, DCT of 8 × 8, step 16: 64 interleaved bands a component.
auto coefficients(std::vector<rgb> const &pictures) -> data_set;

} // namespace bench
