// pnm.cpp: the Netpbm family: P1 to P6 (bitmaps, gray, RGB; plain and raw) and P7 (PAM, any number of components).
// Samples stay as they are, whatever the maxval; bitmaps become 0 and 255.
#include <charconv>
#include <string>

#include "errors.hpp"
#include "io/pictures.hpp"

namespace cli {
namespace {

class scanner {
public:
    explicit scanner(std::span<std::byte const> content) : content_(content) {}

    auto left() const -> std::size_t { return content_.size() - at_; }
    auto rest() const -> std::span<std::byte const> { return content_.subspan(at_); }
    auto next() -> int { return at_ < content_.size() ? static_cast<int>(content_[at_++]) : -1; }

    /// A decimal number after white space and comments.
    auto number(std::uint64_t most, char const *what) -> std::uint64_t {
        skip_space();
        std::uint64_t v = 0;
        std::size_t digits = 0;
        for (; at_ < content_.size() && is_digit(peek()); ++at_, ++digits) {
            v = v * 10 + static_cast<std::uint64_t>(peek() - '0');
            if (v > most) throw data_error(std::string("is a damaged PNM file (") + what + " is too large)");
        }
        if (digits == 0) fail(what);
        return v;
    }
    /// One digit of a plain bitmap, which needs no space around it.
    auto bit() -> std::uint8_t {
        skip_space();
        auto const c = next();
        if (c != '0' && c != '1') --at_, fail("a sample");
        return c == '1';
    }
    auto word() -> std::string {
        skip_space();
        std::string text;
        while (at_ < content_.size() && !is_space(peek()) && text.size() < 64)
            text.push_back(static_cast<char>(next()));
        return text;
    }
    void skip_line() {
        while (at_ < content_.size() && next() != '\n') {
        }
    }
    void skip_space() {
        while (at_ < content_.size() && (is_space(peek()) || peek() == '#'))
            if (peek() == '#')
                skip_line();
            else
                ++at_;
    }
    [[noreturn]] void fail(char const *what) const {
        if (at_ >= content_.size()) throw data_error("is truncated");
        throw data_error(std::string("is a damaged PNM file (") + what + " is not a number)");
    }

private:
    static auto is_space(int c) -> bool { return c == ' ' || (c >= '\t' && c <= '\r'); }
    static auto is_digit(int c) -> bool { return c >= '0' && c <= '9'; }
    auto peek() const -> int { return static_cast<int>(content_[at_]); }

    std::span<std::byte const> content_;
    std::size_t at_ = 0;
};

struct pnm_header {
    char kind = '5';
    std::uint64_t width = 0, height = 0, depth = 1, most = 1;
};

auto read_header(scanner &s) -> pnm_header {
    constexpr std::uint64_t largest = 0x7fffffff;
    pnm_header h;
    s.next();
    h.kind = static_cast<char>(s.next());
    if (h.kind != '7') {
        h.width = s.number(largest, "the width"), h.height = s.number(largest, "the height");
        if (h.kind != '1' && h.kind != '4') h.most = s.number(65535, "the maxval");
        h.depth = h.kind == '3' || h.kind == '6' ? 3 : 1;
        if (h.kind >= '4' && s.next() < 0) s.fail("the header");
    } else {
        unsigned seen = 0;
        for (;;) {
            auto const key = s.word();
            if (key.empty()) throw data_error("is truncated");
            if (key == "ENDHDR") break;
            if (key == "WIDTH")
                h.width = s.number(largest, "the width"), seen |= 1;
            else if (key == "HEIGHT")
                h.height = s.number(largest, "the height"), seen |= 2;
            else if (key == "DEPTH")
                h.depth = s.number(65535, "the depth"), seen |= 4;
            else if (key == "MAXVAL")
                h.most = s.number(65535, "the maxval"), seen |= 8;
            else if (key == "TUPLTYPE")
                s.skip_line();
            else
                throw data_error("is a damaged PAM file (the header has a line that is none of PAM's)");
        }
        if (seen != 15) throw data_error("is a damaged PAM file (the header lacks a line)");
        s.skip_line();
    }
    if (h.most == 0) throw data_error("is a damaged PNM file (the maxval is zero)");
    if (h.width == 0 || h.height == 0 || h.depth == 0) throw data_error("is a damaged PNM file (an extent is zero)");
    return h;
}

} // namespace

auto read_pnm(std::span<std::byte const> content, reading const &how) -> any_picture {
    scanner s(content);
    auto const h = read_header(s);
    std::uint64_t const extents[] = {h.height, h.width, h.depth};
    check_extents(extents, how);
    bool const bitmap = h.kind == '1' || h.kind == '4', plain = h.kind <= '3', wide = h.most > 255;
    auto const row = h.width * h.depth;
    auto const needed = h.kind == '4' ? (h.width + 7) / 8 * h.height : row * h.height * (wide ? 2 : 1);
    // Plain samples take two bytes each, but the last one and bits.
    if (plain ? s.left() < (bitmap ? needed : needed * 2 / (wide ? 2 : 1) - 1) : s.left() < needed)
        throw data_error("is truncated");
    if (!plain && s.left() > needed)
        throw data_error("has " + std::to_string(s.left() - needed) + " bytes after the end of the picture");

    any_picture p;
    p.shape = {static_cast<std::size_t>(h.height), static_cast<std::size_t>(h.width)};
    p.components = static_cast<std::size_t>(h.depth);
    p.white = bitmap ? 255 : static_cast<std::uint32_t>(h.most);
    auto const size = static_cast<std::size_t>(row * h.height);
    auto const raw = s.rest();
    auto const fill = [&]<class S>(std::vector<S> samples) {
        for (std::size_t i = 0; i < size; ++i) {
            std::uint32_t v = 0;
            if (h.kind == '1')
                v = s.bit() ? 0 : 255;
            else if (h.kind == '4')
                v = static_cast<unsigned>(raw[i / h.width * ((h.width + 7) / 8) + i % h.width / 8]) >>
                                (7 - i % h.width % 8) &
                            1
                        ? 0
                        : 255;
            else if (plain)
                v = static_cast<std::uint32_t>(s.number(65535, "a sample"));
            else
                v = wide ? static_cast<unsigned>(raw[2 * i]) << 8 | static_cast<unsigned>(raw[2 * i + 1])
                         : static_cast<unsigned>(raw[i]);
            if (v > p.white) throw data_error("is a damaged PNM file (a sample is above the maxval)");
            samples[i] = static_cast<S>(v);
        }
        p.samples = std::move(samples);
    };
    if (wide)
        fill(std::vector<std::uint16_t>(size));
    else
        fill(std::vector<std::uint8_t>(size));
    if (plain) {
        s.skip_space();
        if (s.left() != 0) throw data_error("has " + std::to_string(s.left()) + " bytes after the end of the picture");
    }
    return p;
}

auto write_pnm(any_picture const &p, std::string const &kind, std::uint32_t white) -> bytes {
    auto const type = p.type();
    bool const wide = type == triptych::sample_type::uint16;
    if (p.rank() != 2 || (!wide && type != triptych::sample_type::uint8) || p.size() == 0)
        throw usage_error("a PNM file holds pictures of uint8 or uint16; this is " + kind_name(p) + ": write .npy");
    if ((kind == "pgm" && p.components != 1) || (kind == "ppm" && p.components != 3) ||
        (kind == "pnm" && p.components != 1 && p.components != 3))
        throw usage_error("a ." + kind + " file can't hold " + std::to_string(p.components) +
                          " components: write .pam or .png");
    if (white == 0) white = wide ? 65535 : 255;
    if (white > (wide ? 65535u : 255u) || (wide && white < 256))
        throw usage_error("samples of " + type_name(type) + " take a maxval from " +
                          (wide ? "256 to 65535" : "1 to 255"));
    auto const sizes =
        " " + std::to_string(p.shape[1]) + " " + std::to_string(p.shape[0]) + "\n" + std::to_string(white) + "\n";
    std::string header;
    if (kind == "pam") {
        constexpr char const *types[] = {"GRAYSCALE", "GRAYSCALE_ALPHA", "RGB", "RGB_ALPHA"};
        header = "P7\nWIDTH " + std::to_string(p.shape[1]) + "\nHEIGHT " + std::to_string(p.shape[0]) + "\nDEPTH " +
                 std::to_string(p.components) + "\nMAXVAL " + std::to_string(white) + "\n";
        if (p.components <= 4) header += std::string("TUPLTYPE ") + types[p.components - 1] + "\n";
        header += "ENDHDR\n";
    } else {
        header = (p.components == 1 ? "P5" : "P6") + sizes;
    }
    bytes out;
    out.reserve(header.size() + p.bytes());
    for (char const c : header) out.push_back(static_cast<std::byte>(c));
    auto const put = [&](auto const &samples) {
        for (auto const v : samples) {
            if (v > white)
                throw usage_error("a sample is " + std::to_string(v) + ", above the maxval " + std::to_string(white));
            if (wide) out.push_back(static_cast<std::byte>(v >> 8));
            out.push_back(static_cast<std::byte>(v & 255));
        }
    };
    if (wide)
        put(std::get<std::vector<std::uint16_t>>(p.samples));
    else
        put(std::get<std::vector<std::uint8_t>>(p.samples));
    return out;
}

} // namespace cli
