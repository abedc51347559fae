#include "printable.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace cli {
namespace {
/// Bytes of the character that `text` begins with, and its number; no bytes for what is no UTF-8.
auto character(std::string_view text, std::uint32_t &code) -> std::size_t {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const first = byte(0);
    std::size_t const size = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
    if (size > text.size()) return 0;
    code = size < 2 ? first : first & (0x7f >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        code = code << 6 | (byte(i) & 0x3f);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : size;
}
} // namespace

auto printable(std::string_view text) -> std::string {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (std::uint32_t code = 0; !text.empty();) {
        auto const size = character(text, code);
        bool const turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        auto const part = text.substr(0, std::max<std::size_t>(size, 1));
        if (size == 0 || code < 32 || (code >= 127 && code < 160) || turns)
            for (char const c : part)
                out += "\\x", out += digits[static_cast<unsigned char>(c) >> 4], out += digits[c & 15];
        else
            out += part;
        text.remove_prefix(part.size());
    }
    return out;
}

void note(std::string_view text) {
    std::fprintf(stderr, "triptych: %s\n", printable(text).c_str());
}

} // namespace cli
