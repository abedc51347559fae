// triptych/learn/storage/safetensors.hpp: learned state whose home is a file, in the safetensors format that Python tools read and write.
//
// A file is the length of a JSON header, the header, and the arrays one after the other, little-endian. Writing needs no library;
// reading parses a stranger's JSON, which is left to nlohmann/json. All sizes are checked against the file before anything
// is allocated. Surprise: JSON is parsed into memory, so its header is limited to 1 MiB and 4,096 arrays, less than other readers take.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <new>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <triptych/codec.hpp>
#include <triptych/describe.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Texts of a safetensors file besides its arrays, by name.
using model_metadata = std::map<std::string, std::string, std::less<>>;

namespace detail {
inline constexpr std::size_t max_json = std::size_t{1} << 20;
/// Arrays that a file may hold.
inline constexpr std::size_t max_arrays = 4096;

template <class T>
constexpr auto dtype() -> char const * {
    constexpr char const *names[] = {"I8", "U8", "I16", "U16", "I32"};
    return names[static_cast<std::size_t>(element_of<T>::value)];
}

/// A whole file; std::runtime_error if it can't be read.
inline auto read_file(std::string const &path) -> std::vector<std::byte> {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in) throw std::runtime_error("cannot open " + path);
    auto const size = static_cast<std::streamoff>(in.tellg());
    if (size < 0) throw std::runtime_error("cannot read " + path);
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    in.seekg(0);
    in.read(reinterpret_cast<char *>(bytes.data()), size);
    if (!in) throw std::runtime_error("cannot read " + path);
    return bytes;
}

/// Arrays and metadata of a safetensors file, borrowed from its bytes.
struct tensor_file {
    struct tensor {
        std::string type;
        dims shape;
        std::span<std::byte const> values;
    };
    std::map<std::string, tensor, std::less<>> tensors;
    model_metadata metadata;
};

/// Does JSON nest deeper than the format's own, which is three deep? What does is foreign and not worth the memory. Asked ahead, for a
/// parser that is asked at each bracket takes quadratic time.
inline auto nests_too_deep(std::string_view json) -> bool {
    int depth = 0;
    bool text = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        char const c = json[i];
        if (text && c == '\\')
            ++i;
        else if (c == '"')
            text = !text;
        else if (!text)
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (depth > 4) return true;
    }
    return false;
}

inline auto parse_tensors(std::span<std::byte const> bytes) -> tensor_file {
    using nlohmann::json;
    auto const corrupt = [](std::size_t at) { return format_error(error{errc::corrupt, at}); };
    if (bytes.size() < 8) throw format_error(error{errc::truncated, bytes.size()});
    std::uint64_t length = 0;
    for (unsigned i = 0; i < 8; ++i) length |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    if (length > bytes.size() - 8) throw format_error(error{errc::truncated, bytes.size()});
    if (length > max_json) throw format_error(error{errc::limit, 0});
    auto const *const text = reinterpret_cast<char const *>(bytes.data()) + 8;
    auto const values = bytes.subspan(8 + static_cast<std::size_t>(length));

    tensor_file file;
    try {
        if (nests_too_deep({text, static_cast<std::size_t>(length)})) throw corrupt(8);
        auto const header = json::parse(text, text + length);
        if (header.size() > max_arrays) throw format_error(error{errc::limit, 8});
        for (auto const &[name, entry] : header.items()) {
            if (name == "__metadata__") {
                for (auto const &[key, value] : entry.items()) file.metadata[key] = value.get<std::string>();
                continue;
            }
            tensor_file::tensor t;
            t.type = entry.at("dtype").get<std::string>();
            auto const &shape = entry.at("shape");
            if (!shape.is_array() || shape.size() > t.shape.extent.size()) throw corrupt(8);
            for (auto const &e : shape) {
                if (!e.is_number_unsigned()) throw corrupt(8);
                auto const extent = e.get<std::uint64_t>();
                if (extent > std::numeric_limits<std::uint32_t>::max()) throw corrupt(8);
                t.shape.extent[t.shape.rank++] = static_cast<std::uint32_t>(extent);
            }
            auto const &offsets = entry.at("data_offsets");
            if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
                !offsets[1].is_number_unsigned())
                throw corrupt(8);
            auto const first = offsets[0].get<std::uint64_t>(), last = offsets[1].get<std::uint64_t>();
            if (first > last) throw corrupt(8);
            if (last > values.size()) throw format_error(error{errc::truncated, bytes.size()});
            t.values = values.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
            file.tensors.emplace(name, std::move(t));
        }
    } catch (json::exception const &) {
        throw corrupt(8);
    }
    return file;
}

/// Copies one array out of a file. `std::invalid_argument` names what is wrong with its type or size.
template <class T>
auto tensor_values(std::string_view name, tensor_file const &file) -> frozen<T> {
    auto const found = file.tensors.find(name);
    if (found == file.tensors.end())
        throw mismatch_error({errc::model, 0}, "no array " + std::string(name), "an array of that name");
    auto const &t = found->second;
    if (t.type != dtype<T>())
        throw mismatch_error({errc::model, 0}, std::string(name) + " of type " + t.type,
                             std::string("type ") + dtype<T>());
    std::uint64_t n = 1;
    for (std::uint32_t i = 0; i < t.shape.rank; ++i) {
        // Each extent is below 2^32 and the product so far at most the file's size, so this can't wrap.
        if (t.shape.extent[i] != 0 && n > t.values.size() / t.shape.extent[i]) throw format_error({errc::corrupt, 8});
        n *= t.shape.extent[i];
    }
    if (n * sizeof(T) != t.values.size()) throw format_error({errc::corrupt, 8});
    if (n == 0) return {};
    if (t.shape.rank == 0)
        throw mismatch_error({errc::model, 0}, std::string(name) + " without axes, one number", "1 to 4 axes");
    std::vector<T> values(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::uint32_t v = 0;
        for (std::size_t b = 0; b < sizeof(T); ++b)
            v |= static_cast<std::uint32_t>(t.values[i * sizeof(T) + b]) << (8 * b);
        values[i] = static_cast<T>(v);
    }
    auto f = frozen<T>::owned(values, t.shape);
    if (f.empty()) throw std::bad_alloc();
    return f;
}

} // namespace detail

/// Writes the learned arrays of a codec as safetensors. Names are those of the state (`transform.basis`); the metadata hold the
/// codec's description, the model's fingerprint and what is in `more` (UTF-8). Throws std::runtime_error if the stream fails.
template <class Codec>
void save(Codec const &codec, std::ostream &out, model_metadata const &more = {}) {
    std::string json = R"({"__metadata__":{"triptych.codec":")" + description<Codec, std::string>() +
                       R"(","triptych.model":")" + detail::hexadecimal(model_fingerprint(codec)) + "\"";
    for (auto const &[key, value] : more) json += "," + nlohmann::json(key).dump() + ":" + nlohmann::json(value).dump();
    json += "}";
    std::uint64_t offset = 0;
    if constexpr (stateful<Codec>)
        Codec::state(codec, [&](std::string_view name, auto const &array) {
            using value = typename std::remove_cvref_t<decltype(array)>::value_type;
            std::string shape;
            if (array.shape().rank == 0) shape = "0";
            for (std::uint32_t i = 0; i < array.shape().rank; ++i)
                shape += (i ? "," : "") + std::to_string(array.shape().extent[i]);
            auto const end = offset + array.size() * sizeof(value);
            json += ",\"" + std::string(name) + R"(":{"dtype":")" + detail::dtype<value>() + R"(","shape":[)" + shape +
                    R"(],"data_offsets":[)" + std::to_string(offset) + "," + std::to_string(end) + "]}";
            offset = end;
        });
    json += "}";
    json.resize((json.size() + 7) / 8 * 8, ' ');
    byte_writer w;
    w.u32(static_cast<std::uint32_t>(json.size())), w.u32(0);
    for (char const c : json) w.u8(static_cast<std::uint8_t>(c));
    if constexpr (stateful<Codec>)
        Codec::state(codec, [&](std::string_view, auto const &array) {
            using value = typename std::remove_cvref_t<decltype(array)>::value_type;
            for (std::size_t i = 0; i < array.size(); ++i)
                for (std::size_t b = 0; b < sizeof(value); ++b)
                    w.u8(static_cast<std::uint8_t>(static_cast<std::uint32_t>(array[i]) >> (8 * b)));
        });
    out.write(reinterpret_cast<char const *>(w.view().data()), static_cast<std::streamsize>(w.size()));
    if (!out) throw std::runtime_error("save: the model could not be written");
}
template <class Codec>
void save(Codec const &codec, std::string const &path, model_metadata const &more = {}) {
    std::ofstream out(path, std::ios::binary);
    if (!out) throw std::runtime_error("save: cannot create " + path);
    save(codec, out, more);
    out.close();
    if (!out) throw std::runtime_error("save: cannot write " + path);
}

/// The metadata of a safetensors file, those of others too: `triptych.codec` says whose model it is. Throws format_error if it is damaged.
inline auto metadata_of(std::span<std::byte const> bytes) -> model_metadata {
    return detail::parse_tensors(bytes).metadata;
}

/// A codec with the arrays of a safetensors file. Arrays that the codec does not name are ignored, and so are metadata of others.
/// Throws mismatch_error if the file is of another codec or lacks an array, format_error if it is damaged.
template <class Codec>
auto load(std::span<std::byte const> bytes) -> Codec {
    auto const file = detail::parse_tensors(bytes);
    if (auto const m = file.metadata.find("triptych.codec"); m != file.metadata.end())
        if (auto const own = description<Codec, std::string>(); m->second != own)
            throw mismatch_error({errc::codec, 8}, m->second, own);
    auto transform = typename Codec::transform_type{};
    auto quantizer = typename Codec::quantizer_type{};
    auto coder = typename Codec::coder_type{};
    auto const take = [&](std::string_view name, auto &array) {
        using value = typename std::remove_cvref_t<decltype(array)>::value_type;
        array = detail::tensor_values<value>(name, file);
    };
    nested("transform", transform, take), nested("quantizer", quantizer, take), nested("coder", coder, take);
    Codec codec(std::move(transform), std::move(quantizer), std::move(coder));
    if (!valid_state(codec))
        throw mismatch_error({errc::model, 8}, "arrays of other extents",
                             "those of " + description<Codec, std::string>());
    if (auto const m = file.metadata.find("triptych.model"); m != file.metadata.end())
        if (auto const own = detail::hexadecimal(codec.model()); m->second != own)
            throw mismatch_error({errc::checksum, 8}, "model " + own, "model " + m->second + ", as its metadata say");
    return codec;
}
template <class Codec>
auto load(std::string const &path) -> Codec {
    return load<Codec>(detail::read_file(path));
}

} // namespace triptych::inline TRIPTYCH_ABI
