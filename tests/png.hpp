// tests/png.hpp: reads the photographs of examples/pictures, so that tests need no library for it: PNG of 8-bit RGB, not interlaced.
//
// Inflate by RFC 1951 (canonical codes decoded bit by bit, as in Mark Adler's puff), filters by the PNG specification, section 9.
// Throws on anything else; checksums are not looked at.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <triptych/picture.hpp>

namespace triptych::test {
namespace png {

class inflate {
public:
    explicit inflate(std::vector<std::uint8_t> const &deflated) : in_(deflated) {}
    auto all() -> std::vector<std::uint8_t> {
        for (bool last = false; !last;) {
            last = bits(1);
            switch (bits(2)) {
            case 0:
                stored();
                break;
            case 1:
                fixed();
                break;
            case 2:
                dynamic();
                break;
            default:
                throw std::runtime_error("png: unknown block");
            }
        }
        return std::move(out_);
    }

private:
    struct code {
        std::array<std::uint16_t, 16> count{};
        std::vector<std::uint16_t> symbols;
        explicit code(std::vector<unsigned> const &lengths) {
            for (unsigned n = 1; n < 16; ++n)
                for (std::size_t s = 0; s < lengths.size(); ++s)
                    if (lengths[s] == n) ++count[n], symbols.push_back(static_cast<std::uint16_t>(s));
        }
    };

    auto bits(unsigned n) -> unsigned {
        unsigned v = 0;
        for (unsigned i = 0; i < n; ++i, ++at_) v |= ((in_.at(at_ / 8) >> (at_ % 8)) & 1u) << i;
        return v;
    }
    auto symbol(code const &c) -> unsigned {
        unsigned value = 0, first = 0, index = 0;
        for (unsigned n = 1; n < 16; ++n) {
            value |= bits(1);
            if (value - first < c.count[n]) return c.symbols.at(index + value - first);
            index += c.count[n], first = (first + c.count[n]) << 1, value <<= 1;
        }
        throw std::runtime_error("png: no such code");
    }
    void stored() {
        at_ = (at_ + 7) / 8 * 8;
        auto n = bits(16);
        for (bits(16); n > 0; --n) out_.push_back(static_cast<std::uint8_t>(bits(8)));
    }
    void fixed() {
        std::vector<unsigned> lengths(288, 8);
        for (std::size_t i = 144; i < 280; ++i) lengths[i] = i < 256 ? 9 : 7;
        copy(code(lengths), code(std::vector<unsigned>(30, 5)));
    }
    void dynamic() {
        auto const literals = bits(5) + 257, distances = bits(5) + 1, given = bits(4) + 4;
        std::vector<unsigned> lengths(19, 0);
        for (unsigned i = 0; i < given; ++i)
            lengths[std::array<std::size_t, 19>{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}[i]] =
                bits(3);
        code const of_lengths(lengths);
        lengths.clear();
        while (lengths.size() < literals + distances) {
            auto const s = symbol(of_lengths);
            if (s < 16)
                lengths.push_back(s);
            else
                lengths.insert(lengths.end(),
                               s == 16   ? 3 + bits(2)
                               : s == 17 ? 3 + bits(3)
                                         : 11 + bits(7),
                               s == 16 ? lengths.back() : 0);
        }
        auto const middle = lengths.begin() + literals;
        copy(code({lengths.begin(), middle}), code({middle, lengths.end()}));
    }
    void copy(code const &literals, code const &distances) {
        for (unsigned s; (s = symbol(literals)) != 256;) {
            if (s < 256) {
                out_.push_back(static_cast<std::uint8_t>(s));
                continue;
            }
            // Lengths and distances: a base and extra bits that grow by one every four, or every two, codes.
            s -= 257;
            auto const more = s < 8 || s == 28 ? 0 : s / 4 - 1;
            auto length = s == 28 ? 258 : s < 8 ? s + 3 : ((4 + s % 4) << more) + 3;
            length += bits(more);
            auto const d = symbol(distances), further = d < 4 ? 0 : d / 2 - 1;
            auto const distance = (d < 4 ? d : (2 + d % 2) << further) + 1 + bits(further);
            if (distance > out_.size()) throw std::runtime_error("png: a copy from before the beginning");
            for (; length > 0; --length) out_.push_back(out_[out_.size() - distance]);
        }
    }

    std::vector<std::uint8_t> const &in_;
    std::vector<std::uint8_t> out_;
    std::size_t at_ = 16; // behind the two bytes of zlib
};

} // namespace png

inline auto read_png(std::string const &path) -> picture<std::uint8_t, 2> {
    std::ifstream file(path, std::ios::binary);
    std::vector<std::uint8_t> const bytes{std::istreambuf_iterator<char>(file), {}};
    auto const number = [&](std::size_t at) {
        return static_cast<std::size_t>(bytes.at(at)) << 24 | static_cast<std::size_t>(bytes.at(at + 1)) << 16 |
               static_cast<std::size_t>(bytes.at(at + 2)) << 8 | bytes.at(at + 3);
    };
    if (bytes.size() < 33 || number(0) != 0x89504e47 || number(24) >> 16 != 0x0802 || bytes[28] != 0)
        throw std::runtime_error(path + " is no PNG of 8-bit RGB");
    auto const w = number(16), h = number(20);
    std::vector<std::uint8_t> data;
    for (std::size_t at = 8; at + 12 <= bytes.size(); at += number(at) + 12)
        if (number(at + 4) == 0x49444154)
            data.insert(data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at + 8),
                        bytes.begin() + static_cast<std::ptrdiff_t>(at + 8 + number(at)));
    auto const lines = png::inflate(data).all();
    if (lines.size() != h * (3 * w + 1)) throw std::runtime_error(path + " holds another number of samples");
    picture<std::uint8_t, 2> x({h, w}, 3);
    for (std::size_t y = 0; y < h; ++y)
        for (std::size_t i = 0; i < 3 * w; ++i) {
            auto *const to = x.data() + y * 3 * w + i;
            int const a = i >= 3 ? to[-3] : 0, b = y > 0 ? to[-static_cast<std::ptrdiff_t>(3 * w)] : 0,
                      c = i >= 3 && y > 0 ? to[-static_cast<std::ptrdiff_t>(3 * w) - 3] : 0;
            int const pa = std::abs(b - c), pb = std::abs(a - c), pc = std::abs(a + b - 2 * c);
            int const guess[] = {0, a, b, (a + b) / 2, pa <= pb && pa <= pc ? a : pb <= pc ? b : c};
            auto const filter = lines[y * (3 * w + 1)];
            if (filter > 4) throw std::runtime_error(path + " has an unknown filter");
            *to = static_cast<std::uint8_t>(lines[y * (3 * w + 1) + 1 + i] + guess[filter]);
        }
    return x;
}

} // namespace triptych::test
