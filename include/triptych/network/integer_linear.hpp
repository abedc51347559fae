// triptych/network/integer_linear.hpp: dense layers, convolutions and transposed convolutions of integers.
//
// Sums are proven to fit 32 bits before a network is used, from its weights and the limits of what they are multiplied by. So no order of
// adding, and no vector instruction, can change a result, and a hostile model is refused instead of computed somehow.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <triptych/detail/memory.hpp>
#include <triptych/network/kernels.hpp>
#include <triptych/network/lowering.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::network::detail {

/// (v + half) / 2^shift, within ±limit.
constexpr auto requantised(std::int64_t v, std::int32_t shift, std::int32_t limit) noexcept -> std::int16_t {
    auto const half = shift > 0 ? std::int64_t{1} << (shift - 1) : 0;
    return static_cast<std::int16_t>(std::clamp<std::int64_t>((v + half) >> shift, -limit, limit));
}

/// A linear layer in its place in a network. Pointers are to the layer's part of the network's arrays.
struct integer_linear {
    layer what;
    extents in, out;
    std::int16_t const *weights = nullptr;
    std::int32_t const *biases = nullptr;
    std::int32_t shift = 0;

    auto groups() const noexcept -> std::size_t { return static_cast<std::size_t>(what.groups); }
    auto columns() const noexcept -> std::size_t { return static_cast<std::size_t>(what.out) / groups(); }
    auto channels() const noexcept -> std::size_t { return static_cast<std::size_t>(what.in) / groups(); }
    /// Groups so small that blocks would be mostly padding, many times over.
    auto narrow() const noexcept -> bool { return groups() > 1 && 2 * columns() < lanes; }

    /// Is |bias| + Σ |weight| · limit, and what rounding adds, below 2^31 for each output? False without memory, too.
    auto proven(std::int32_t limit) const noexcept -> bool {
        triptych::detail::buffer<std::uint64_t> sum(columns());
        if (!sum.ok()) return false;
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
        auto const half = shift > 0 ? std::uint64_t{1} << (shift - 1) : 0;
        for (std::size_t g = 0; g < groups(); ++g) {
            std::fill(sum.begin(), sum.end(), 0U);
            auto const *w = weights + g * what.inner() * columns();
            for (std::size_t k = 0; k < what.inner(); ++k)
                for (std::size_t n = 0; n < columns(); ++n) sum[n] += magnitude(*w++); // below 2^30 · 2^15
            for (std::size_t n = 0; n < columns(); ++n) {
                auto const all =
                    sum[n] * static_cast<std::uint64_t>(limit) + magnitude(biases[g * columns() + n]) + half;
                if (sum[n] > most || all > most) return false;
            }
        }
        return true;
    }
    /// Elements that `pack` writes.
    auto packed_size(lowering const &how) const noexcept -> std::size_t {
        std::size_t n = 0;
        for (auto const &p : how.phases())
            n += packed_inner(p.taps * channels()) * packed_columns(columns()) * groups();
        return narrow() ? 0 : n;
    }
    void pack(lowering const &how, std::int16_t *to) const noexcept {
        if (narrow()) return;
        for (auto const &p : how.phases())
            for (std::size_t g = 0; g < groups(); ++g) {
                auto const inner = p.taps * channels();
                for (std::size_t block = 0; block < packed_columns(columns()); block += lanes)
                    for (std::size_t k = 0; k < packed_inner(inner); k += 2)
                        for (std::size_t n = block; n < block + lanes; ++n)
                            for (std::size_t i = k; i < k + 2; ++i)
                                *to++ = i < inner && n < columns() ? weight(how, p, g, i, n) : std::int16_t{0};
            }
    }
    /// All outputs of one picture; false without memory.
    auto run(lowering const &how, std::int16_t const *packed, std::int16_t const *x, std::int16_t *y) const noexcept
        -> bool {
        auto const width = narrow() ? columns() : packed_columns(columns());
        auto const inner = packed_inner(what.inner());
        auto const most = std::clamp<std::size_t>(32768 / inner, 24, 512);
        triptych::detail::buffer<std::int16_t> seen(most * inner);
        triptych::detail::buffer<std::int32_t> sum(most * width), bias(groups() * width, 0);
        if (!seen.ok() || !sum.ok() || !bias.ok()) return false;
        for (std::size_t g = 0; g < groups(); ++g)
            std::copy_n(biases + g * columns(), columns(), bias.data() + g * width);
        for (auto const &p : how.phases()) {
            auto const used = p.taps * channels(), pitch = packed_inner(used), all = p.rows * p.columns;
            for (std::size_t g = 0; g < groups(); ++g) {
                for (std::size_t first = 0; first < all; first += most) {
                    auto const count = std::min(most, all - first);
                    if (pitch != used)
                        for (std::size_t n = 0; n < count; ++n) seen[n * pitch + used] = 0;
                    how.gather(p, x, g * channels(), channels(), first, count, seen.data(), pitch);
                    if (narrow())
                        multiply_narrow(how, p, g, seen.data(), pitch, count, sum.data());
                    else
                        multiply(seen.data(), pitch, count, packed, pitch, width, bias.data() + g * width, sum.data(),
                                 width);
                    for (std::size_t n = 0; n < count; ++n)
                        requantise(sum.data() + n * width,
                                   y + how.place(p, first + n, out.width) * out.channels + g * columns());
                }
                if (!narrow()) packed += pitch * width;
            }
        }
        return true;
    }

private:
    template <class T>
    static auto magnitude(T v) noexcept -> std::uint64_t {
        return static_cast<std::uint64_t>(v < 0 ? -std::int64_t{v} : std::int64_t{v});
    }
    auto weight(lowering const &how, phase const &p, std::size_t g, std::size_t i, std::size_t n) const noexcept
        -> std::int16_t {
        auto const row = how.taps()[p.first + i / channels()].weight * channels() + i % channels();
        return weights[(g * what.inner() + row) * columns() + n];
    }
    void multiply_narrow(lowering const &how, phase const &p, std::size_t g, std::int16_t const *x, std::size_t pitch,
                         std::size_t count, std::int32_t *to) const noexcept {
        for (std::size_t r = 0; r < count; ++r, x += pitch, to += columns()) {
            std::copy_n(biases + g * columns(), columns(), to);
            for (std::size_t t = 0; t < p.taps; ++t) {
                auto const *w = weights + (g * what.inner() + how.taps()[p.first + t].weight * channels()) * columns();
                for (std::size_t c = 0; c < channels(); ++c)
                    for (std::size_t n = 0; n < columns(); ++n) to[n] += x[t * channels() + c] * *w++;
            }
        }
    }
    void requantise(std::int32_t const *sum, std::int16_t *to) const noexcept {
        auto const half = shift > 0 ? 1 << (shift - 1) : 0, limit = what.limit, by = shift;
        for (std::size_t c = 0; c < columns(); ++c)
            to[c] = static_cast<std::int16_t>(std::clamp((sum[c] + half) >> by, -limit, limit));
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::network::detail
