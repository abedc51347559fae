// npy.cpp: NumPy's array files, versions 1 to 3. Both byte orders and both orders of axes are read; the machine-independent form
// that NumPy itself writes (little-endian, C order) is written.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
//
// A header is a Python dictionary of three keys. What NumPy would not read, or could read otherwise, is refused.
#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <string_view>

#include "errors.hpp"
#include "io/rows.hpp"

namespace cli {
namespace {

[[noreturn]] void damaged(std::string const &why) {
    throw data_error("is a damaged NPY file (" + why + ")");
}

struct npy_header {
    std::string type;
    bool fortran = false;
    std::vector<std::uint64_t> shape;
};

class header_parser {
public:
    explicit header_parser(std::string_view text) : text_(text) {}

    auto header() -> npy_header {
        npy_header h;
        std::array<bool, 3> seen{};
        constexpr std::array<std::string_view, 3> keys{"descr", "fortran_order", "shape"};
        expect('{');
        while (!accept('}')) {
            auto const key = word();
            auto const which = static_cast<std::size_t>(std::ranges::find(keys, key) - keys.begin());
            if (which == keys.size()) damaged("the header has a key that is none of NumPy's");
            if (std::exchange(seen[which], true)) damaged("the header has \"" + key + "\" twice");
            expect(':');
            if (which == 0)
                h.type = type();
            else if (which == 1)
                h.fortran = truth();
            else
                h.shape = extents();
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        if (space(), !text_.empty()) nonsense();
        for (std::size_t k = 0; k < keys.size(); ++k)
            if (!seen[k]) damaged("the header lacks \"" + std::string(keys[k]) + "\"");
        return h;
    }

private:
    [[noreturn]] static void nonsense() { damaged("the header makes no sense"); }
    void space() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n\f"), text_.size())); }
    auto accept(char c) -> bool {
        space();
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!accept(c)) nonsense();
    }
    /// Between quotes; without escapes, which no writer needs.
    auto word() -> std::string {
        space();
        if (text_.empty() || (text_[0] != '\'' && text_[0] != '"')) nonsense();
        auto const end = text_.find(text_[0], 1);
        if (end == std::string_view::npos) nonsense();
        std::string inside(text_.substr(1, end - 1));
        if (inside.find('\\') != std::string::npos) nonsense();
        text_.remove_prefix(end + 1);
        return inside;
    }
    auto type() -> std::string {
        space();
        if (text_.starts_with('[') || text_.starts_with('('))
            throw data_error("is an NPY file of records, which are not supported");
        return word();
    }
    auto truth() -> bool {
        space();
        for (bool const v : {true, false})
            if (std::string_view const name = v ? "True" : "False"; text_.starts_with(name))
                return text_.remove_prefix(name.size()), v;
        nonsense();
    }
    /// A tuple: (), (2,), (2, 3), (2, 3,). Of one number it needs the comma, as in Python.
    auto extents() -> std::vector<std::uint64_t> {
        std::vector<std::uint64_t> shape;
        expect('(');
        for (bool comma = true; !accept(')');) {
            if (!comma) nonsense();
            space();
            auto const digits = std::min(text_.find_first_not_of("0123456789"), text_.size());
            if (digits == 0 || digits > 18 || (digits > 1 && text_[0] == '0')) nonsense();
            std::uint64_t e = 0;
            for (char const c : text_.substr(0, digits)) e = e * 10 + static_cast<std::uint64_t>(c - '0');
            shape.push_back(e);
            text_.remove_prefix(digits);
            comma = accept(',');
            if (!comma && shape.size() == 1) nonsense();
        }
        return shape;
    }

    std::string_view text_;
};

/// The header, which stays to be read, and how many bytes it takes.
auto read_header(byte_source &source) -> std::pair<npy_header, std::size_t> {
    auto const start = source.ahead(12);
    auto const byte = [&](std::size_t i) { return static_cast<std::size_t>(start[i]); };
    if (start.size() < 10) throw data_error("is truncated");
    bool const early = byte(6) == 1;
    if (byte(6) < 1 || byte(6) > 3) damaged("its version is unknown");
    if (!early && start.size() < 12) throw data_error("is truncated");
    auto const length = byte(8) | byte(9) << 8 | (early ? 0 : byte(10) << 16 | byte(11) << 24);
    // NumPy reads 10,000 characters unless it is asked for more.
    if (length > 65536) damaged("its header is too long");
    auto const first = early ? std::size_t{10} : std::size_t{12};
    auto const all = source.ahead(first + length);
    if (all.size() < first + length) throw data_error("is truncated");
    header_parser parser({reinterpret_cast<char const *>(all.data()) + first, length});
    return {parser.header(), first + length};
}

constexpr std::array<char const *, 5> type_codes{"u1", "u2", "i2", "i4", "f4"};

/// What the header promises, without samples.
auto kind_of(npy_header const &h, reading const &how) -> any_picture {
    auto const code = h.type.size() == 3 ? h.type.substr(1) : "";
    auto const known = std::ranges::find(type_codes, code);
    if (known == type_codes.end() || std::string_view("<>|=").find(h.type[0]) == std::string_view::npos)
        throw data_error("is an array of type " + h.type.substr(0, 80) +
                         "; uint8, uint16, int16, int32 and float32 are supported");
    if (h.shape.empty() || h.shape.size() > 4)
        throw data_error("is an array of " + std::to_string(h.shape.size()) + " axes; 1 to 4 are supported");
    for (auto const e : h.shape)
        if (e > 0x7fffffff) throw data_error("has an axis that is too long");
    check_extents(h.shape, how);
    std::vector<std::size_t> shape(h.shape.begin(), h.shape.end());
    return kind_of_picture(static_cast<triptych::sample_type>(known - type_codes.begin()), std::move(shape), 1);
}

/// An array of h x w x 2..4 of uint8 or uint16 is a picture.
void see_components(any_picture &p, reading const &how) {
    bool const small = p.type() == triptych::sample_type::uint8 || p.type() == triptych::sample_type::uint16;
    if (!how.as_array && small && p.rank() == 3 && p.shape[2] >= 2 && p.shape[2] <= 4)
        p.components = p.shape[2], p.shape.pop_back();
}

/// From the file's byte order to this machine's, or back.
void reverse_bytes(std::span<std::byte> samples, std::size_t size) {
    for (std::size_t i = 0; i + size <= samples.size(); i += size) std::ranges::reverse(samples.subspan(i, size));
}

auto foreign_order(char order) -> bool {
    return order == (std::endian::native == std::endian::big ? '<' : '>');
}

class npy_source : public row_source {
public:
    npy_source(any_picture kind, bool swap, byte_source &source)
        : row_source(std::move(kind)), source_(source), swap_(swap) {
        auto const needed = row_bytes() * rows();
        if (source.left() && *source.left() < needed) throw data_error("is truncated");
        if (source.left() && *source.left() > needed) too_much();
    }
    void read_rows(std::size_t n, std::span<std::byte> out) override {
        out = out.first(n * row_bytes());
        if (source_.read(out) < out.size()) throw data_error("is truncated");
        if (swap_) reverse_bytes(out, kind().sample_size());
    }
    void finish() override {
        if (source_.peek() >= 0) too_much();
    }

private:
    [[noreturn]] static void too_much() { throw data_error("has bytes after the end of the array"); }

    byte_source &source_;
    bool swap_;
};

/// From the first axis fastest to the last axis fastest.
template <class S>
auto transposed(std::vector<S> const &in, std::vector<std::size_t> const &shape) -> std::vector<S> {
    std::vector<S> out(in.size());
    std::vector<std::size_t> at(shape.size());
    for (auto &v : out) {
        std::size_t p = 0;
        for (std::size_t axis = shape.size(); axis-- > 0;) p = p * shape[axis] + at[axis];
        v = in[p];
        for (std::size_t axis = shape.size(); axis-- > 0 && ++at[axis] == shape[axis];) at[axis] = 0;
    }
    return out;
}

class npy_writer : public row_sink {
public:
    npy_writer(any_picture const &kind, byte_sink put) : size_(kind.sample_size()), put_(std::move(put)) {
        auto shape = kind.shape;
        if (kind.components != 1) shape.push_back(kind.components);
        std::string text = "{'descr': '" + std::string(kind.type() == triptych::sample_type::uint8 ? "|" : "<") +
                           type_codes[kind.samples.index()] + "', 'fortran_order': False, 'shape': (";
        for (std::size_t i = 0; i < shape.size(); ++i)
            text += std::to_string(shape[i]) + (i + 1 < shape.size() ? ", " : "");
        text += shape.size() == 1 ? ",), }" : "), }";
        while ((10 + text.size() + 1) % 64 != 0) text += ' ';
        text += '\n';
        std::string head("\x93NUMPY\x01\x00", 8);
        head += static_cast<char>(text.size() & 255), head += static_cast<char>(text.size() >> 8);
        put_(std::as_bytes(std::span(head += text)));
    }
    void write_rows(std::span<std::byte const> rows) override {
        if (size_ == 1 || std::endian::native == std::endian::little) return put_(rows);
        swapped_.assign(rows.begin(), rows.end());
        reverse_bytes(swapped_, size_);
        put_(swapped_);
    }

private:
    std::size_t size_;
    byte_sink put_;
    bytes swapped_;
};

} // namespace

auto npy_rows(byte_source &source, reading const &how) -> std::unique_ptr<row_source> {
    auto const [h, size] = read_header(source);
    auto kind = kind_of(h, how);
    if (h.fortran && kind.rank() > 1) return nullptr;
    see_components(kind, how);
    source.skip(size);
    return std::make_unique<npy_source>(std::move(kind), foreign_order(h.type[0]), source);
}

auto read_npy(byte_source &source, reading const &how) -> any_picture {
    if (auto const rows = npy_rows(source, how)) return read_rows(*rows);
    auto const [h, size] = read_header(source);
    auto const kind = kind_of(h, how);
    source.skip(size);
    npy_source rows(kind, foreign_order(h.type[0]), source);
    auto p = read_rows(rows);
    std::visit([&](auto &samples) { samples = transposed(samples, p.shape); }, p.samples);
    see_components(p, how);
    return p;
}

auto npy_sink(any_picture const &kind, byte_sink put) -> std::unique_ptr<row_sink> {
    return std::make_unique<npy_writer>(kind, std::move(put));
}

} // namespace cli
