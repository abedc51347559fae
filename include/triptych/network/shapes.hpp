// triptych/network/shapes.hpp: does a network fit its input, and what comes out of it?
//
// Lists of layers come from files and headers, so their numbers may be any. Whatever computes with a layer asks here first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/network/layer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::network {

inline constexpr std::size_t most_layers = 256;
inline constexpr std::int32_t most_channels = 1 << 20, most_kernel = 64;
inline constexpr std::uint64_t most_weights = 1 << 30; ///< of a layer

/// Are the sizes of a layer within their ranges and fit for each other, whatever it is applied to? The numbers may be any.
constexpr auto sound(layer const &l) noexcept -> bool {
    auto const in_range = [](std::int32_t v, std::int32_t low, std::int32_t high) { return v >= low && v <= high; };
    if (!in_range(l.kernel, 1, most_kernel)) return false;
    if (!in_range(l.stride, 1, l.op == kind::reshape ? most_channels : most_kernel)) return false;
    if (l.trained() || l.op == kind::reshape)
        if (!in_range(l.in, 1, most_channels) || !in_range(l.out, 1, most_channels)) return false;
    if (l.trained()) {
        if (!in_range(l.groups, 1, l.in) || l.in % l.groups != 0 || l.out % l.groups != 0) return false;
        auto const k = static_cast<std::uint64_t>(l.kernel);
        if (k * k * static_cast<std::uint64_t>(l.in / l.groups) * static_cast<std::uint64_t>(l.out) > most_weights)
            return false;
    }
    switch (l.op) {
    case kind::convolution:
        return in_range(l.padding, 0, l.kernel - 1);
    case kind::transposed_convolution:
        return in_range(l.padding, 0, l.kernel - 1) && in_range(l.extra, 0, l.stride - 1);
    case kind::dense:
        return l.kernel == 1 && l.groups == 1;
    case kind::gdn:
    case kind::inverse_gdn:
        return l.kernel == 1 && l.groups == 1 && l.in == l.out;
    case kind::bilinear:
        return (l.stride & (l.stride - 1)) == 0;
    case kind::leaky_relu:
        return in_range(l.extra, 0, 15);
    default:
        return true;
    }
}

/// Are there values, and at most `most` of them?
constexpr auto within(extents const &x, std::size_t most) noexcept -> bool {
    return x.height != 0 && x.width != 0 && x.channels != 0 && x.height <= most && x.width <= most / x.height &&
           x.channels <= most / x.height / x.width;
}

/// Extents of a layer's output, given those of its input; no values if the layer is not sound or does not fit them, or takes or gives more
/// values than `most`, which is at most 2^40. The numbers may be any.
constexpr auto output(layer const &l, extents const &x, std::size_t most) noexcept -> extents {
    constexpr extents none{0, 0, 0};
    if (!sound(l) || !within(x, most)) return none;
    // All are at most 2^40, and factors at most 2^12.
    std::int64_t h = static_cast<std::int64_t>(x.height), w = static_cast<std::int64_t>(x.width);
    std::int64_t c = static_cast<std::int64_t>(x.channels);
    if (l.trained()) {
        if (l.op != kind::dense && c != l.in) return none;
        c = l.out;
    }
    switch (l.op) {
    case kind::dense:
        if (x.values() != static_cast<std::size_t>(l.in)) return none;
        h = w = 1;
        break;
    case kind::convolution:
        h += 2 * l.padding - l.kernel, w += 2 * l.padding - l.kernel;
        if (h < 0 || w < 0) return none;
        h = h / l.stride + 1, w = w / l.stride + 1;
        break;
    case kind::transposed_convolution:
        h = (h - 1) * l.stride - 2 * l.padding + l.kernel + l.extra;
        w = (w - 1) * l.stride - 2 * l.padding + l.kernel + l.extra;
        if (h <= 0 || w <= 0) return none;
        break;
    case kind::shuffle:
        if (c % (std::int64_t{l.stride} * l.stride) != 0) return none;
        h *= l.stride, w *= l.stride, c /= std::int64_t{l.stride} * l.stride;
        break;
    case kind::unshuffle:
        if (h % l.stride != 0 || w % l.stride != 0) return none;
        h /= l.stride, w /= l.stride, c *= std::int64_t{l.stride} * l.stride;
        break;
    case kind::max_pool:
    case kind::average_pool:
        if (h < l.kernel || w < l.kernel) return none;
        h = (h - l.kernel) / l.stride + 1, w = (w - l.kernel) / l.stride + 1;
        break;
    case kind::bilinear:
    case kind::nearest:
        h *= l.stride, w *= l.stride;
        break;
    case kind::reshape:
        h = l.in, w = l.stride, c = l.out;
        if (static_cast<std::uint64_t>(h * w * c) != x.values()) return none; // at most 2^60
        break;
    default:
        break;
    }
    auto const fits = [most](std::int64_t v) { return static_cast<std::uint64_t>(v) <= most; };
    if (!fits(h) || !fits(w) || !fits(c)) return none;
    extents const y{static_cast<std::size_t>(h), static_cast<std::size_t>(w), static_cast<std::size_t>(c)};
    return within(y, most) ? y : none;
}

/// Extents of the input and of all outputs of a list into `all`, which has one place more than there are layers; false if a layer does not
/// fit, as `output` says, or an `add` takes what is of other extents or not there yet.
constexpr auto outputs(std::span<layer const> layers, extents const &in, std::span<extents> all,
                       std::size_t most) noexcept -> bool {
    if (all.size() != layers.size() + 1 || layers.empty() || layers.size() > most_layers) return false;
    if (!within(in, most)) return false;
    all[0] = in;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        all[i + 1] = output(layers[i], all[i], most);
        if (all[i + 1].values() == 0) return false;
        if (layers[i].op != kind::add) continue;
        auto const from = layers[i].from;
        if (from < 0 || static_cast<std::size_t>(from) >= i || !(all[static_cast<std::size_t>(from)] == all[i]))
            return false;
    }
    return true;
}

/// Multiplications with weights that a network takes on an input of these extents; 0 where it does not fit them.
constexpr auto multiply_adds(std::span<layer const> layers, extents x) noexcept -> std::uint64_t {
    std::uint64_t sum = 0;
    for (auto const &l : layers) {
        auto const y = output(l, x, std::size_t{1} << 31);
        if (y.values() == 0) return 0;
        auto const positions = l.op == kind::transposed_convolution ? x.height * x.width : y.height * y.width;
        sum += std::uint64_t{l.weights()} * positions;
        x = y;
    }
    return sum;
}

} // namespace triptych::inline TRIPTYCH_ABI::network
