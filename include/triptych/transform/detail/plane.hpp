// triptych/transform/detail/plane.hpp: what transforms of planes share: traversing a band, narrowing, and the choice
// of fractional bits.
//
// A transform of a band of rank R > 2 works on the last two axes and takes the leading ones as a batch. A band of
// rank 1 is a plane of one row. Bands may lie interleaved in a group, so neighbours along the last axis are `unit`
// elements apart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <triptych/bands.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// A band as `batch` planes; sample (b, r, c) is element `offset + ((b * rows + r) * cols + c) * unit`.
struct plane_batch {
    std::size_t offset = 0, unit = 1, batch = 0, rows = 0, cols = 0;

    constexpr auto row(std::size_t b, std::size_t r) const noexcept -> std::size_t {
        return offset + (b * rows + r) * cols * unit;
    }
    constexpr auto samples() const noexcept -> std::size_t { return batch * rows * cols; }
};

/// An empty band gives no batch, whatever its other extents are: nobody shall count to 2^60 over nothing.
template <std::size_t R>
constexpr auto planes_of(band_info<R> const &band) noexcept -> plane_batch {
    plane_batch p{band.offset, band.stride[R - 1], 0, 1, band.shape[R - 1]};
    if constexpr (R > 1) p.rows = band.shape[R - 2];
    if (volume(band.shape) == 0) return p;
    p.batch = 1;
    for (std::size_t axis = 0; axis + 2 < R; ++axis) p.batch *= band.shape[axis];
    return p;
}

/// The extents with the last two axes (rank 1: the last) divided by `by`, rounded up.
template <std::size_t R>
constexpr auto divided(extents<R> shape, std::size_t by) noexcept -> extents<R> {
    for (std::size_t axis = R > 1 ? R - 2 : 0; axis < R; ++axis)
        shape[axis] = shape[axis] / by + (shape[axis] % by != 0);
    return shape;
}

/// Room for sums of products of a work type.
template <class T>
using wide = std::conditional_t<sizeof(T) == 2, std::int32_t, std::int64_t>;

template <class T>
constexpr auto saturate(wide<T> v) noexcept -> T {
    return static_cast<T>(std::clamp<wide<T>>(v, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

/// v / 2^shift, rounded half up; a negative shift multiplies. |shift| stays below the width by construction of layouts.
template <class W>
constexpr auto shifted(W v, int shift) noexcept -> W {
    using unsigned_wide = std::make_unsigned_t<W>;
    if (shift <= 0) return static_cast<W>(static_cast<unsigned_wide>(v) << -shift);
    return static_cast<W>(static_cast<unsigned_wide>(v) + (unsigned_wide{1} << (shift - 1))) >> shift;
}

/// v as a signed number of `bits` bits, modulo 2^bits. 1 <= bits <= 32.
constexpr auto wrapped(std::uint32_t v, int bits) noexcept -> std::int32_t {
    return static_cast<std::int32_t>(v << (32 - bits)) >> (32 - bits);
}

/// Bits left of the binary point, sign included.
template <std::size_t R>
constexpr auto whole_bits(band_info<R> const &band) noexcept -> int {
    return std::clamp(band.bits - band.frac, 1, 32);
}

/// How many of `wanted` fractional bits there is room for beside `whole` bits. A layout does not know the work type: what
/// fits in 16 bits is kept within them, all else has 32.
constexpr auto frac_beside(int whole, int wanted) noexcept -> int {
    return std::clamp((whole <= 16 ? 16 : 32) - whole, 0, wanted);
}

constexpr auto capped_bits(int bits) noexcept -> std::uint8_t {
    return static_cast<std::uint8_t>(std::clamp(bits, 1, 32));
}

/// The product of two gains in units of 1/256, saturated.
constexpr auto gain_product(std::uint32_t a, std::uint32_t b) noexcept -> std::uint16_t {
    auto const product = (static_cast<std::uint64_t>(a) * b + 128) >> 8;
    return static_cast<std::uint16_t>(std::min<std::uint64_t>(product, 65535));
}

/// Labels a band that an inverse gives back: it may have more fractional bits than `arrange` was told of, and hands them outwards.
template <std::size_t R>
constexpr void set_frac(band_info<R> &band, int frac) noexcept {
    band.bits = capped_bits(band.bits + frac - band.frac), band.frac = static_cast<std::int8_t>(frac);
}

/// Copies the samples of band a of one to band b of another, which has as many, wherever they lie.
template <class B>
void copy_band(B const &from, std::size_t a, B &to, std::size_t b) {
    auto const p = planes_of(from.info(a)), q = planes_of(to.info(b));
    for (std::size_t i = 0; i < p.samples(); ++i) to.data()[q.offset + i * q.unit] = from.data()[p.offset + i * p.unit];
}

/// Gives bands [first, first + count) one number of fractional bits, the least that any of them has, and returns it.
/// Bands of a group have it already unless something between has treated them differently.
template <class B>
auto common_frac(B &x, std::size_t first, std::size_t count) -> int {
    using T = typename B::value_type;
    int least = count ? x.info(first).frac : 0;
    for (std::size_t b = first; b < first + count; ++b) least = std::min<int>(least, x.info(b).frac);
    for (std::size_t b = first; b < first + count; ++b) {
        int const excess = x.info(b).frac - least;
        if (excess == 0) continue;
        auto const p = planes_of(x.info(b));
        for (std::size_t i = 0; i < p.samples(); ++i) {
            auto &v = x.data()[p.offset + i * p.unit];
            v = saturate<T>(shifted<wide<T>>(v, std::min(excess, 31)));
        }
    }
    return least;
}

template <std::size_t R>
auto failed_layout() -> layout<R> {
    layout<R> nothing;
    nothing.fail();
    return nothing;
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
