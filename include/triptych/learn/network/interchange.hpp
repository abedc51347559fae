// triptych/learn/network/interchange.hpp: networks of floats as safetensors files, which PyTorch reads and writes.
//
// Arrays are named and laid out as in the state of a torch.nn.Sequential, `0.weight` and `0.bias`. The surprise: the list of layers is in the
// file, too, as the array `layers`, with the input's extents in `input`. So examples/networks/triptych_network.py builds the network from the file alone.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <triptych/learn/storage/safetensors.hpp>
#include <triptych/learn/network/network.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

namespace detail {
/// Extents of a layer's weights there: [out, in] or [out, in / groups, kernel, kernel], and of a transposed convolution [in, out / groups, kernel, kernel].
inline auto foreign_shape(layer const &l) -> std::vector<std::uint32_t> {
    auto const u = [](std::int32_t v) { return static_cast<std::uint32_t>(v); };
    if (l.op == kind::convolution) return {u(l.out), u(l.in / l.groups), u(l.kernel), u(l.kernel)};
    if (l.op == kind::transposed_convolution) return {u(l.in), u(l.out / l.groups), u(l.kernel), u(l.kernel)};
    return {u(l.out), u(l.in)};
}
/// f(index there, index here) for each weight.
template <class F>
void each_weight(layer const &l, F &&f) {
    auto const groups = static_cast<std::size_t>(l.groups),
               area = static_cast<std::size_t>(l.kernel) * static_cast<std::size_t>(l.kernel);
    auto const in = static_cast<std::size_t>(l.in) / groups, out = static_cast<std::size_t>(l.out) / groups;
    bool const transposed = l.op == kind::transposed_convolution;
    std::size_t here = 0;
    for (std::size_t g = 0; g < groups; ++g)
        for (std::size_t k = 0; k < area; ++k)
            for (std::size_t i = 0; i < in; ++i)
                for (std::size_t o = 0; o < out; ++o)
                    f((transposed ? (g * in + i) * out + o : (g * out + o) * in + i) * area + k, here++);
}
} // namespace detail

/// Writes the layers, the extents of the input and the parameters. Throws std::runtime_error if the stream fails.
inline void save_network(network const &n, std::ostream &out) {
    std::string json = R"({"__metadata__":{"format":"pt"})";
    byte_writer w;
    auto const add = [&](std::string const &name, char const *type, std::vector<std::uint32_t> const &shape,
                         std::vector<std::uint32_t> const &values) {
        std::string extents;
        for (auto const e : shape) extents += (extents.empty() ? "" : ",") + std::to_string(e);
        auto const begin = w.size();
        for (auto const v : values) w.u32(v);
        json += ",\"" + name + R"(":{"dtype":")" + type + R"(","shape":[)" + extents + R"(],"data_offsets":[)" +
                std::to_string(begin) + "," + std::to_string(w.size()) + "]}";
    };
    std::vector<std::uint32_t> rows;
    for (auto const &l : n.layers())
        for (auto const field : l.row()) rows.push_back(static_cast<std::uint32_t>(field));
    auto const u = [](std::size_t v) { return static_cast<std::uint32_t>(v); };
    add("layers", "I32", {u(n.layers().size()), u(layer::fields)}, rows);
    add("input", "I32", {3}, {u(n.in().height), u(n.in().width), u(n.in().channels)});
    for (std::size_t i = 0; i < n.layers().size(); ++i) {
        auto const &l = n.layers()[i];
        if (!l.trained()) continue;
        std::vector<std::uint32_t> weights(l.weights()), biases;
        detail::each_weight(l, [&](std::size_t there, std::size_t here) {
            weights[there] = std::bit_cast<std::uint32_t>(n.weights(i)[here]);
        });
        for (auto const b : n.biases(i)) biases.push_back(std::bit_cast<std::uint32_t>(b));
        add(std::to_string(i) + ".weight", "F32", detail::foreign_shape(l), weights);
        add(std::to_string(i) + ".bias", "F32", {u(biases.size())}, biases);
    }
    json += "}";
    json.resize((json.size() + 7) / 8 * 8, ' ');
    byte_writer head;
    head.u32(static_cast<std::uint32_t>(json.size())), head.u32(0);
    for (auto const &[bytes, size] :
         {std::pair(head.view().data(), head.size()), std::pair(std::as_bytes(std::span(json)).data(), json.size()),
          std::pair(w.view().data(), w.size())})
        out.write(reinterpret_cast<char const *>(bytes), static_cast<std::streamsize>(size));
    if (!out) throw std::runtime_error("save_network: the network could not be written");
}
inline void save_network(network const &n, std::string const &path) {
    std::ofstream out(path, std::ios::binary);
    if (!out) throw std::runtime_error("save_network: cannot create " + path);
    save_network(n, out);
    out.close();
    if (!out) throw std::runtime_error("save_network: cannot write " + path);
}

/// The network of a file. Throws format_error if it is damaged, mismatch_error if an array is missing or of another type or other extents.
inline auto load_network(std::span<std::byte const> bytes) -> network {
    auto const file = triptych::detail::parse_tensors(bytes);
    auto const rows = triptych::detail::tensor_values<std::int32_t>("layers", file);
    auto const input = triptych::detail::tensor_values<std::int32_t>("input", file);
    auto const count = rows.shape().extent[0];
    if (rows.shape() != dims{count, static_cast<std::uint32_t>(layer::fields)} ||
        count > triptych::network::most_layers || input.shape() != dims{3U})
        throw mismatch_error({errc::model, 8}, "layers or an input of other extents", "layers × 12 numbers, and 3");
    std::vector<layer> layers;
    for (std::size_t i = 0; i < count; ++i)
        layers.push_back(
            layer::of(std::span<std::int32_t const, layer::fields>(rows.data() + i * layer::fields, layer::fields)));
    // Before anything is allocated, the file must hold all weights.
    auto const array = [&](std::string const &name, std::vector<std::uint32_t> const &shape) {
        auto const found = file.tensors.find(name);
        if (found == file.tensors.end()) throw mismatch_error({errc::model, 8}, "no array " + name, "one of that name");
        auto const &t = found->second;
        std::uint64_t size = 4;
        bool same = t.type == "F32" && t.shape.rank == shape.size();
        for (std::size_t e = 0; same && e < shape.size(); ++e) same = t.shape.extent[e] == shape[e], size *= shape[e];
        if (!same || size != t.values.size())
            throw mismatch_error({errc::model, 8}, name + " of another type or size", "floats of the layer's extents");
        return t.values;
    };
    for (std::size_t i = 0; i < count; ++i) {
        if (!sound(layers[i])) throw format_error({errc::corrupt, 8});
        if (!layers[i].trained()) continue;
        array(std::to_string(i) + ".weight", detail::foreign_shape(layers[i]));
        array(std::to_string(i) + ".bias", {static_cast<std::uint32_t>(layers[i].out)});
    }
    for (std::size_t e = 0; e < 3; ++e)
        if (input[e] < 1) throw format_error({errc::corrupt, 8});
    extents const in{static_cast<std::size_t>(input[0]), static_cast<std::size_t>(input[1]),
                     static_cast<std::size_t>(input[2])};
    std::vector<extents> all(layers.size() + 1);
    if (!triptych::network::outputs(layers, in, all, std::size_t{1} << 31)) throw format_error({errc::corrupt, 8});
    network n(layers, in);
    auto const value = [](std::span<std::byte const> from, std::size_t at) {
        std::uint32_t v = 0;
        for (std::size_t b = 0; b < 4; ++b) v |= static_cast<std::uint32_t>(from[4 * at + b]) << (8 * b);
        return std::bit_cast<float>(v);
    };
    for (std::size_t i = 0; i < count; ++i) {
        if (!layers[i].trained()) continue;
        auto const weights = array(std::to_string(i) + ".weight", detail::foreign_shape(layers[i]));
        auto const biases = array(std::to_string(i) + ".bias", {static_cast<std::uint32_t>(layers[i].out)});
        detail::each_weight(layers[i],
                            [&](std::size_t there, std::size_t here) { n.weights(i)[here] = value(weights, there); });
        for (std::size_t b = 0; b < n.biases(i).size(); ++b) n.biases(i)[b] = value(biases, b);
    }
    return n;
}
inline auto load_network(std::string const &path) -> network {
    return load_network(triptych::detail::read_file(path));
}

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
