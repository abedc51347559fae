// pnm.cpp: the Netpbm family: P1 to P6 (bitmaps, gray, RGB; plain and raw) and P7 (PAM, any number of components).
// Samples stay as they are, whatever the maxval; bitmaps become 0 and 255. Where PAM says _ALPHA, the last component is alpha.
#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "errors.hpp"
#include "io/rows.hpp"

namespace cli {
namespace {

class scanner {
public:
    explicit scanner(byte_source &source) : source_(source) {}

    auto next() -> int { return source_.next(); }

    /// A decimal number after white space and comments.
    auto number(std::uint64_t most, char const *what) -> std::uint64_t {
        skip_space();
        std::uint64_t v = 0;
        std::size_t digits = 0;
        for (; is_digit(source_.peek()); ++digits) {
            if (digits > 100) throw data_error(std::string("is a damaged PNM file (") + what + " is too long)");
            v = v * 10 + static_cast<std::uint64_t>(next() - '0');
            if (v > most) throw data_error(std::string("is a damaged PNM file (") + what + " is too large)");
        }
        if (digits == 0) fail(what);
        return v;
    }
    /// One digit of a plain bitmap, which needs no space around it.
    auto bit() -> std::uint8_t {
        skip_space();
        auto const c = source_.peek();
        if (c != '0' && c != '1') fail("a sample");
        return static_cast<std::uint8_t>(next() - '0');
    }
    auto word() -> std::string {
        skip_space();
        std::string text;
        while (source_.peek() >= 0 && !is_space(source_.peek()) && text.size() < 64)
            text.push_back(static_cast<char>(next()));
        return text;
    }
    void skip_line() {
        for (int c = 0; c >= 0 && c != '\n'; c = next()) idle();
    }
    void skip_space() {
        for (;; idle())
            if (is_space(source_.peek()))
                next();
            else if (source_.peek() == '#')
                skip_line();
            else
                break;
        idle_ = 0;
    }
    [[noreturn]] void fail(char const *what) {
        if (source_.peek() < 0) throw data_error("is truncated");
        throw data_error(std::string("is a damaged PNM file (") + what + " is not a number)");
    }

private:
    static auto is_space(int c) -> bool { return c == ' ' || (c >= '\t' && c <= '\r'); }
    static auto is_digit(int c) -> bool { return c >= '0' && c <= '9'; }
    /// Counts what says nothing, of which a pipe may bring any amount.
    void idle() {
        if (++idle_ > 1 << 20) throw data_error("is a damaged PNM file (there is no end of spaces and comments)");
    }

    byte_source &source_;
    std::size_t idle_ = 0;
};

struct pnm_header {
    char kind = '5';
    std::uint64_t width = 0, height = 0, depth = 1, most = 1;
    bool alpha = false;
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
                h.alpha = s.word().ends_with("_ALPHA"), s.skip_line();
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

class pnm_source : public row_source {
public:
    pnm_source(any_picture kind, pnm_header const &h, byte_source &source)
        : row_source(std::move(kind)), h_(h), source_(source), text_(source) {
        auto const needed = h.kind == '4' ? packed_row() * rows() : row_bytes() * rows();
        if (!source.left()) return;
        // Plain samples take two bytes each, but the last one and bits.
        bool const bits = h.kind == '1';
        auto const least = !plain() || bits ? needed : needed / (wide() ? 2 : 1) * 2 - 1;
        if (*source.left() < least) throw data_error("is truncated");
        if (!plain() && *source.left() > needed) too_much();
    }

    void read_rows(std::size_t n, std::span<std::byte> out) override {
        out = out.first(n * row_bytes());
        if (h_.kind == '4')
            for (std::size_t y = 0; y < n; ++y) unpack(out.subspan(y * row_bytes(), row_bytes()));
        else if (!plain())
            fill(out);
        for (std::size_t i = 0; h_.kind != '4' && i < out.size(); i += wide() ? 2 : 1) {
            std::uint32_t v = 0;
            if (h_.kind == '1')
                v = text_.bit() ? 0 : 255;
            else if (plain())
                v = static_cast<std::uint32_t>(text_.number(65535, "a sample"));
            else
                v = wide() ? static_cast<unsigned>(out[i]) << 8 | static_cast<unsigned>(out[i + 1])
                           : static_cast<unsigned>(out[i]);
            if (v > kind().white) throw data_error("is a damaged PNM file (a sample is above the maxval)");
            if (wide())
                std::ranges::copy(std::bit_cast<std::array<std::byte, 2>>(static_cast<std::uint16_t>(v)),
                                  out.begin() + static_cast<std::ptrdiff_t>(i));
            else
                out[i] = static_cast<std::byte>(v);
        }
    }
    void finish() override {
        if (plain()) text_.skip_space();
        if (source_.peek() >= 0) too_much();
    }

private:
    [[noreturn]] static void too_much() { throw data_error("has bytes after the end of the picture"); }
    auto plain() const -> bool { return h_.kind <= '3'; }
    auto wide() const -> bool { return kind().sample_size() == 2; }
    auto packed_row() const -> std::size_t { return (kind().shape[1] + 7) / 8; }
    void fill(std::span<std::byte> out) {
        if (source_.read(out) < out.size()) throw data_error("is truncated");
    }
    /// A row of a raw bitmap: eight pixels a byte, 1 is black.
    void unpack(std::span<std::byte> row) {
        packed_.resize(packed_row());
        fill(packed_);
        for (std::size_t x = 0; x < row.size(); ++x)
            row[x] = (packed_[x / 8] >> (7 - x % 8) & std::byte{1}) == std::byte{} ? std::byte{255} : std::byte{};
    }

    pnm_header h_;
    byte_source &source_;
    scanner text_;
    bytes packed_;
};

class pnm_writer : public row_sink {
public:
    pnm_writer(any_picture const &kind, std::string const &format, std::uint32_t white, byte_sink put)
        : wide_(kind.sample_size() == 2), white_(white), put_(std::move(put)) {
        auto const width = std::to_string(kind.shape[1]), height = std::to_string(kind.shape[0]);
        std::string header;
        if (format == "pam") {
            constexpr char const *types[] = {"GRAYSCALE", "GRAYSCALE_ALPHA", "RGB", "RGB_ALPHA"};
            header = "P7\nWIDTH " + width + "\nHEIGHT " + height + "\nDEPTH " + std::to_string(kind.components) +
                     "\nMAXVAL " + std::to_string(white) + "\n";
            if (kind.components <= 4) header += std::string("TUPLTYPE ") + types[kind.components - 1] + "\n";
            header += "ENDHDR\n";
        } else {
            header =
                (kind.components == 1 ? "P5 " : "P6 ") + width + " " + height + "\n" + std::to_string(white) + "\n";
        }
        put_(std::as_bytes(std::span(header)));
    }
    void write_rows(std::span<std::byte const> rows) override {
        big_endian_.assign(rows.begin(), rows.end());
        for (std::size_t i = 0; i < rows.size(); i += wide_ ? 2 : 1) {
            std::uint32_t v = static_cast<std::uint8_t>(rows[i]);
            if (wide_) {
                v = std::bit_cast<std::uint16_t>(std::array{rows[i], rows[i + 1]});
                big_endian_[i] = static_cast<std::byte>(v >> 8), big_endian_[i + 1] = static_cast<std::byte>(v & 255);
            }
            if (v > white_)
                throw usage_error("a sample is " + std::to_string(v) + ", above the maxval " + std::to_string(white_));
        }
        put_(big_endian_);
    }

private:
    bool wide_;
    std::uint32_t white_;
    byte_sink put_;
    bytes big_endian_;
};

} // namespace

auto pnm_rows(byte_source &source, reading const &how) -> std::unique_ptr<row_source> {
    scanner s(source);
    auto const h = read_header(s);
    std::uint64_t const extents[] = {h.height, h.width, h.depth};
    check_extents(extents, how);
    auto kind = kind_of_picture(h.most > 255 ? triptych::sample_type::uint16 : triptych::sample_type::uint8,
                                {static_cast<std::size_t>(h.height), static_cast<std::size_t>(h.width)},
                                static_cast<std::size_t>(h.depth));
    kind.white = h.kind == '1' || h.kind == '4' ? 255 : static_cast<std::uint32_t>(h.most);
    kind.alpha = h.alpha && (h.depth == 2 || h.depth == 4);
    return std::make_unique<pnm_source>(std::move(kind), h, source);
}

auto pnm_sink(any_picture const &kind, std::string const &format, std::uint32_t white, byte_sink put)
    -> std::unique_ptr<row_sink> {
    auto const type = kind.type();
    bool const wide = type == triptych::sample_type::uint16;
    if (kind.rank() != 2 || (!wide && type != triptych::sample_type::uint8) ||
        kind.shape[0] * kind.shape[1] * kind.components == 0)
        throw usage_error("a PNM file holds pictures of uint8 or uint16; this is " + kind_name(kind) + ": write .npy");
    if ((format == "pgm" && kind.components != 1) || (format == "ppm" && kind.components != 3) ||
        (format == "pnm" && kind.components != 1 && kind.components != 3))
        throw usage_error("a ." + format + " file can't hold " + std::to_string(kind.components) +
                          " components: write .pam or .png");
    if (white == 0) white = wide ? 65535 : 255;
    if (white > (wide ? 65535u : 255u) || (wide && white < 256))
        throw usage_error("samples of " + type_name(type) + " take a maxval from " +
                          (wide ? "256 to 65535" : "1 to 255"));
    return std::make_unique<pnm_writer>(kind, format, white, std::move(put));
}

} // namespace cli
