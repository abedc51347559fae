// npy.cpp: NumPy's array files, versions 1 to 3. Both byte orders and both orders of axes are read; the machine-independent form
// that NumPy itself writes (little-endian, C order) is written.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <optional>

#include "errors.hpp"
#include "io/pictures.hpp"

namespace cli {
namespace {

[[noreturn]] void damaged(std::string const &why) {
    throw data_error("is a damaged NPY file (" + why + ")");
}

struct npy_header {
    std::string type;
    bool fortran = false;
    std::vector<std::uint64_t> shape;
    std::size_t data = 0;
};

/// The text after `'key':`, or nothing.
auto value_of(std::string_view text, std::string_view key) -> std::string_view {
    for (char const quote : {'\'', '"'}) {
        auto const quoted = quote + std::string(key) + quote;
        auto at = text.find(quoted);
        if (at == std::string_view::npos) continue;
        at = text.find_first_not_of(" :", at + quoted.size());
        if (at != std::string_view::npos) return text.substr(at);
    }
    damaged("the header lacks \"" + std::string(key) + "\"");
}

auto read_header(std::span<std::byte const> content) -> npy_header {
    auto const byte = [&](std::size_t i) { return static_cast<std::size_t>(content[i]); };
    if (content.size() < 10) throw data_error("is truncated");
    bool const early = byte(6) == 1;
    if (byte(6) < 1 || byte(6) > 3) damaged("its version is unknown");
    if (!early && content.size() < 12) throw data_error("is truncated");
    auto const length = byte(8) | byte(9) << 8 | (early ? 0 : byte(10) << 16 | byte(11) << 24);
    npy_header h;
    h.data = (early ? 10 : 12) + length;
    if (h.data > content.size()) throw data_error("is truncated");
    std::string_view const text(reinterpret_cast<char const *>(content.data()) + (early ? 10 : 12), length);

    auto const type = value_of(text, "descr");
    if (type.empty() || (type[0] != '\'' && type[0] != '"'))
        throw data_error("is an NPY file of records, which are not supported");
    h.type = type.substr(1, type.find(type[0], 1) - 1);
    auto const order = value_of(text, "fortran_order");
    h.fortran = order.starts_with("True");
    if (!h.fortran && !order.starts_with("False")) damaged("the header makes no sense");
    auto shape = value_of(text, "shape");
    if (!shape.starts_with('(')) damaged("the header makes no sense");
    for (shape.remove_prefix(1); !shape.empty() && shape[0] != ')'; shape.remove_prefix(1)) {
        if (shape[0] == ' ' || shape[0] == ',') continue;
        std::uint64_t e = 0;
        auto const digits = std::min(shape.find_first_not_of("0123456789"), shape.size());
        if (digits == 0 || digits > 18) damaged("the header makes no sense");
        for (char const c : shape.substr(0, digits)) e = e * 10 + static_cast<std::uint64_t>(c - '0');
        h.shape.push_back(e);
        shape.remove_prefix(digits - 1);
    }
    if (shape.empty()) damaged("the header makes no sense");
    return h;
}

template <class S>
auto load(std::span<std::byte const> data, std::size_t n, bool swap) -> std::vector<S> {
    using word = std::conditional_t<sizeof(S) == 1, std::uint8_t,
                                    std::conditional_t<sizeof(S) == 2, std::uint16_t, std::uint32_t>>;
    std::vector<S> samples(n);
    for (std::size_t i = 0; i < n; ++i) {
        std::uint32_t v = 0;
        for (std::size_t b = 0; b < sizeof(S); ++b)
            v |= static_cast<std::uint32_t>(data[i * sizeof(S) + (swap ? sizeof(S) - 1 - b : b)]) << (8 * b);
        samples[i] = std::bit_cast<S>(static_cast<word>(v));
    }
    return samples;
}

/// From the first axis fastest to the last axis fastest.
template <class S>
auto transposed(std::vector<S> const &in, std::vector<std::uint64_t> const &shape) -> std::vector<S> {
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

constexpr std::array<char const *, 5> type_codes{"u1", "u2", "i2", "i4", "f4"};

} // namespace

auto read_npy(std::span<std::byte const> content, reading const &how) -> any_picture {
    auto const h = read_header(content);
    auto const code = h.type.size() == 3 ? h.type.substr(1) : "";
    auto const known = std::ranges::find(type_codes, code);
    if (known == type_codes.end() || std::string_view("<>|=").find(h.type[0]) == std::string_view::npos)
        throw data_error("is an array of type " + h.type + "; uint8, uint16, int16, int32 and float32 are supported");
    if (h.shape.empty() || h.shape.size() > 4)
        throw data_error("is an array of " + std::to_string(h.shape.size()) + " axes; 1 to 4 are supported");
    for (auto const e : h.shape)
        if (e > 0x7fffffff) throw data_error("has an axis that is too long");
    check_extents(h.shape, how);

    any_picture p;
    std::uint64_t n = 1;
    for (auto const e : h.shape) p.shape.push_back(static_cast<std::size_t>(e)), n *= e;
    auto const size = static_cast<std::uint64_t>(code[1] - '0');
    if (content.size() - h.data < n * size) throw data_error("is truncated");
    if (content.size() - h.data > n * size)
        throw data_error("has " + std::to_string(content.size() - h.data - n * size) +
                         " bytes after the end of the array");
    bool const native_big = std::endian::native == std::endian::big;
    auto const store = [&]<class S>(S) {
        auto samples = load<S>(content.subspan(h.data), static_cast<std::size_t>(n),
                               h.type[0] == '>' || (h.type[0] == '=' && native_big));
        if (h.fortran && h.shape.size() > 1) samples = transposed(samples, h.shape);
        p.samples = std::move(samples);
    };
    switch (known - type_codes.begin()) {
    case 0:
        store(std::uint8_t{});
        break;
    case 1:
        store(std::uint16_t{});
        break;
    case 2:
        store(std::int16_t{});
        break;
    case 3:
        store(std::int32_t{});
        break;
    default:
        store(float{});
    }
    bool const small = p.type() == triptych::sample_type::uint8 || p.type() == triptych::sample_type::uint16;
    if (!how.as_array && small && p.rank() == 3 && p.shape[2] >= 2 && p.shape[2] <= 4)
        p.components = p.shape[2], p.shape.pop_back();
    return p;
}

auto write_npy(any_picture const &p) -> bytes {
    auto shape = p.shape;
    if (p.components != 1) shape.push_back(p.components);
    std::string text = "{'descr': '" + std::string(p.type() == triptych::sample_type::uint8 ? "|" : "<") +
                       type_codes[p.samples.index()] + "', 'fortran_order': False, 'shape': (";
    for (std::size_t i = 0; i < shape.size(); ++i)
        text += std::to_string(shape[i]) + (i + 1 < shape.size() ? ", " : "");
    text += shape.size() == 1 ? ",), }" : "), }";
    while ((10 + text.size() + 1) % 64 != 0) text += ' ';
    text += '\n';
    bytes out;
    out.reserve(10 + text.size() + p.bytes());
    for (char const c : std::string_view("\x93NUMPY\x01\x00", 8)) out.push_back(static_cast<std::byte>(c));
    out.push_back(static_cast<std::byte>(text.size() & 255)), out.push_back(static_cast<std::byte>(text.size() >> 8));
    for (char const c : text) out.push_back(static_cast<std::byte>(c));
    std::visit(
        [&](auto const &samples) {
            for (auto const v : samples) {
                std::uint32_t word = 0;
                if constexpr (std::is_same_v<std::decay_t<decltype(v)>, float>)
                    word = std::bit_cast<std::uint32_t>(v);
                else
                    word = static_cast<std::uint32_t>(v);
                for (std::size_t b = 0; b < sizeof v; ++b) out.push_back(static_cast<std::byte>(word >> (8 * b) & 255));
            }
        },
        p.samples);
    return out;
}

} // namespace cli
