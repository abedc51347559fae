// triptych/network/layer.hpp: a network is a list of layers, and a layer is a row of numbers.
//
// Frameworks make a layer a type, so that a deep network takes long to compile and its file says nothing without the program. Here a
// layer is data: what it does (`kind`), its sizes, and how its integers are scaled. The same list describes the float twin that is trained
// (learn/network/) and the integers that decoders run (network/inference.hpp).
//
// Values lie channels last: row, column, channel. The surprise: there is no graph. Each layer takes the output of the one before it, and
// `add` takes the output of one other besides, which is enough for all residual networks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::network {

/// What a layer does. The numbers are part of the format of models.
enum class kind : std::uint8_t {
    dense = 0,                  ///< all values to all values
    convolution = 1,            ///< cross-correlation with square kernels
    transposed_convolution = 2, ///< its transpose, which enlarges
    shuffle = 3,      ///< channels to pixels: channel (c · r + dy) · r + dx becomes channel c of pixel (dy, dx)
    unshuffle = 4,    ///< the inverse
    max_pool = 5,     ///< maximum of each window
    average_pool = 6, ///< mean of each window
    nearest = 7,      ///< each pixel r × r times
    bilinear = 8,     ///< between the centres of pixels; the border lasts beyond them
    add = 9,          ///< adds the output of an earlier layer
    reshape = 10,     ///< the same values as another number of rows, columns and channels
    gdn = 11,         ///< x / (β + Σ γ |x|) over channels
    inverse_gdn = 12, ///< x · (β + Σ γ |x|)
    relu = 13,
    leaky_relu = 14, ///< x, or x / 2^slope where that is negative
    sigmoid = 15,
    tanh = 16,
    gelu = 17,
    silu = 18,
};
inline constexpr std::int32_t kinds = 19;

/// Rows, columns and channels of a layer's values.
struct extents {
    std::size_t height = 1, width = 1, channels = 1;

    constexpr auto values() const noexcept -> std::size_t { return height * width * channels; }
    friend constexpr bool operator==(extents const &, extents const &) = default;
};

/// A row of the list. Fields that a kind does not name in its function below are not read.
struct layer {
    kind op = kind::reshape;
    std::int32_t in = 0, out = 0;        ///< channels; of `dense` all values; of `reshape` out: channels, and in: rows
    std::int32_t kernel = 1, stride = 1; ///< stride: the factor of what enlarges or shuffles; of `reshape` columns
    std::int32_t padding = 0;            ///< zeros around; of a transposed convolution, what it loses of its border
    std::int32_t extra = 0; ///< more rows and columns of a transposed convolution; of `leaky_relu` the slope
    std::int32_t groups = 1;
    std::int32_t from = 0;        ///< of `add`: 0 is the network's input, i the output of layer i - 1
    std::int32_t frac = 0;        ///< in integers an output v stands for v / 2^frac
    std::int32_t weight_frac = 0; ///< the same of a weight; of a table log2 of the distance between its knots
    std::int32_t limit = 0;       ///< outputs are clamped to ±limit

    static constexpr std::size_t fields = 12;
    friend constexpr bool operator==(layer const &, layer const &) = default;

    /// Has it weights and biases that are trained?
    constexpr auto trained() const noexcept -> bool {
        return op == kind::dense || op == kind::convolution || op == kind::transposed_convolution || op == kind::gdn ||
               op == kind::inverse_gdn;
    }
    /// Does it read a table, where it is done in integers?
    constexpr auto tabled() const noexcept -> bool {
        return op == kind::sigmoid || op == kind::tanh || op == kind::gelu || op == kind::silu;
    }
    /// Weights, as a matrix of `inner()` rows by `out / groups` columns for each group.
    constexpr auto weights() const noexcept -> std::size_t {
        return trained() ? inner() * static_cast<std::size_t>(out) : 0;
    }
    constexpr auto biases() const noexcept -> std::size_t { return trained() ? static_cast<std::size_t>(out) : 0; }
    /// What each output is a sum of: kernel row, kernel column and channel of the group.
    constexpr auto inner() const noexcept -> std::size_t {
        return static_cast<std::size_t>(kernel) * static_cast<std::size_t>(kernel) *
               static_cast<std::size_t>(in / groups);
    }
    constexpr auto row() const noexcept -> std::array<std::int32_t, fields> {
        return {static_cast<std::int32_t>(op),
                in,
                out,
                kernel,
                stride,
                padding,
                extra,
                groups,
                from,
                frac,
                weight_frac,
                limit};
    }
    /// From a row of any numbers; a kind that does not exist becomes a layer that `sound` refuses.
    static constexpr auto of(std::span<std::int32_t const, fields> r) noexcept -> layer {
        layer l{kind::dense, r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11]};
        if (r[0] >= 0 && r[0] < kinds)
            l.op = static_cast<kind>(r[0]);
        else
            l.in = -1;
        return l;
    }
};

/// Options of convolutions; `extra` only of the transposed.
struct sliding {
    std::int32_t stride = 1, padding = 0, groups = 1, extra = 0;
};
constexpr auto dense(std::int32_t in, std::int32_t out) noexcept -> layer {
    return {.op = kind::dense, .in = in, .out = out};
}
constexpr auto convolution(std::int32_t in, std::int32_t out, std::int32_t kernel, sliding const &s = {}) noexcept
    -> layer {
    return {.op = kind::convolution,
            .in = in,
            .out = out,
            .kernel = kernel,
            .stride = s.stride,
            .padding = s.padding,
            .groups = s.groups};
}
/// Rows become (h - 1) · stride - 2 · padding + kernel + extra.
constexpr auto transposed_convolution(std::int32_t in, std::int32_t out, std::int32_t kernel,
                                      sliding const &s = {}) noexcept -> layer {
    return {.op = kind::transposed_convolution,
            .in = in,
            .out = out,
            .kernel = kernel,
            .stride = s.stride,
            .padding = s.padding,
            .extra = s.extra,
            .groups = s.groups};
}
constexpr auto shuffle(std::int32_t factor) noexcept -> layer {
    return {.op = kind::shuffle, .stride = factor};
}
constexpr auto unshuffle(std::int32_t factor) noexcept -> layer {
    return {.op = kind::unshuffle, .stride = factor};
}
/// Windows lie inside the picture as a whole, `stride` apart.
constexpr auto max_pool(std::int32_t kernel, std::int32_t stride) noexcept -> layer {
    return {.op = kind::max_pool, .kernel = kernel, .stride = stride};
}
constexpr auto average_pool(std::int32_t kernel, std::int32_t stride) noexcept -> layer {
    return {.op = kind::average_pool, .kernel = kernel, .stride = stride};
}
constexpr auto nearest(std::int32_t factor) noexcept -> layer {
    return {.op = kind::nearest, .stride = factor};
}
/// The factor is a power of two, so that integers can do it.
constexpr auto bilinear(std::int32_t factor) noexcept -> layer {
    return {.op = kind::bilinear, .stride = factor};
}
/// `from` 0 is the network's input, i the output of layer i - 1.
constexpr auto add(std::int32_t from) noexcept -> layer {
    return {.op = kind::add, .from = from};
}
constexpr auto reshape(std::int32_t height, std::int32_t width, std::int32_t channels) noexcept -> layer {
    return {.op = kind::reshape, .in = height, .out = channels, .stride = width};
}
constexpr auto gdn(std::int32_t channels) noexcept -> layer {
    return {.op = kind::gdn, .in = channels, .out = channels};
}
constexpr auto inverse_gdn(std::int32_t channels) noexcept -> layer {
    return {.op = kind::inverse_gdn, .in = channels, .out = channels};
}
constexpr auto relu() noexcept -> layer {
    return {.op = kind::relu};
}
/// Slope 2^-shift: exact in integers.
constexpr auto leaky_relu(std::int32_t shift = 3) noexcept -> layer {
    return {.op = kind::leaky_relu, .extra = shift};
}
constexpr auto sigmoid() noexcept -> layer {
    return {.op = kind::sigmoid};
}
constexpr auto tanh() noexcept -> layer {
    return {.op = kind::tanh};
}
constexpr auto gelu() noexcept -> layer {
    return {.op = kind::gelu};
}
constexpr auto silu() noexcept -> layer {
    return {.op = kind::silu};
}

} // namespace triptych::inline TRIPTYCH_ABI::network
