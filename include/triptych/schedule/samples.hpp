// triptych/schedule/samples.hpp: samples become centred integers on the way in, and samples again on the way out.
//
// Panels see integers only: int16 for 8-bit samples, int32 for all others. So one set of transforms serves pictures and arrays,
// and decoding needs no floating point. Samples wider than 8 bits travel with a small map:
//
//   plain    integer samples minus a centre                                  exact
//   ordered  the bits of a float as an integer that sorts as the float does  exact
//   scaled   round(v / 2^exponent) minus a centre                            lossy; floats that are not finite, or miss a bound, travel verbatim
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/picture.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

template <sample S>
using work_type = std::conditional_t<std::is_same_v<S, std::uint8_t>, std::int16_t, std::int32_t>;

enum class mapping : std::uint8_t { plain = 0, ordered = 1, scaled = 2 };

struct sample_map {
    mapping how = mapping::plain;
    std::int16_t exponent = 0;
    std::int32_t centre = 0;
    std::uint8_t bits = 8; ///< signed width of the centred integers
};

// --- floats as integers, by their bits: -ffast-math folds isnan and x != x to false, and may flush subnormals ---------------

inline auto is_finite(float v) noexcept -> bool {
    return (std::bit_cast<std::uint32_t>(v) & 0x7f800000u) != 0x7f800000u;
}

/// A bijection of float bit patterns to integers that sort like the floats.
constexpr auto to_ordered(std::uint32_t bits) noexcept -> std::int32_t {
    return static_cast<std::int32_t>(bits & 0x80000000u ? bits ^ 0x7fffffffu : bits);
}
constexpr auto from_ordered(std::int32_t v) noexcept -> std::uint32_t {
    auto const bits = static_cast<std::uint32_t>(v);
    return bits & 0x80000000u ? bits ^ 0x7fffffffu : bits;
}

/// The bits of the float v · 2^exponent, |v| <= 2^24, in integer arithmetic: too large gives the largest finite value, bits
/// below the smallest subnormal are dropped.
constexpr auto compose_float(std::int32_t v, int exponent) noexcept -> std::uint32_t {
    if (v == 0) return 0;
    std::uint32_t const sign = v < 0 ? 0x80000000u : 0u;
    std::uint32_t magnitude = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
    int const top = 31 - std::countl_zero(magnitude);
    magnitude = top <= 23 ? magnitude << (23 - top) : magnitude >> (top - 23);
    int const biased = exponent + top + 127;
    if (biased >= 255) return sign | 0x7f7fffffu;
    if (biased <= 0) return sign | (biased < -23 ? 0u : magnitude >> (1 - biased));
    return sign | static_cast<std::uint32_t>(biased) << 23 | (magnitude & 0x7fffffu);
}

// --- the map -----------------------------------------------------------------------------------------------------------

template <sample S>
constexpr bool has_map = !std::is_same_v<S, std::uint8_t>;

/// The map of 8-bit samples, which needs no bytes in the stream.
constexpr auto byte_map() noexcept -> sample_map {
    return {mapping::plain, 0, 128, 8};
}

/// Integers of scaled floats stay within this: a float holds them exactly, and transforms have headroom.
inline constexpr std::int32_t max_scaled = (1 << 23) - 1;

/// False for floats that a scaled map has no integer for: those that are not finite, or too large. They travel verbatim.
template <sample S>
auto has_integer(S v, sample_map const &map) noexcept -> bool {
    if constexpr (std::is_same_v<S, float>)
        return map.how != mapping::scaled ||
               (is_finite(v) && std::abs(std::ldexp(static_cast<double>(v), -map.exponent)) <= max_scaled);
    else
        return true;
}

/// The integer of a sample before centring; the centre for a sample that has none.
template <sample S>
auto raw_integer(S v, sample_map const &map) noexcept -> std::int64_t {
    if constexpr (std::is_same_v<S, float>) {
        if (map.how == mapping::ordered) return to_ordered(std::bit_cast<std::uint32_t>(v));
        if (!has_integer(v, map)) return map.centre;
        return static_cast<std::int64_t>(std::nearbyint(std::ldexp(static_cast<double>(v), -map.exponent)));
    } else {
        auto const wide = static_cast<std::int64_t>(v);
        return map.exponent == 0 ? wide : (wide + (std::int64_t{1} << (map.exponent - 1))) >> map.exponent;
    }
}

/// Looks at the samples and chooses the map: one that loses nothing, or a lossy one, which keeps the integers
/// within 24 bits, so that transforms have headroom in 32. With a bound on the error, floats are rounded no finer than it needs, and no
/// coarser than it allows: samples that are too large for that have no integer.
template <sample S>
auto choose_map(S const *samples, std::size_t n, bool exactly, double bound = 0) -> sample_map {
    if constexpr (!has_map<S>) {
        return byte_map();
    } else {
        sample_map map;
        if constexpr (std::is_same_v<S, float>) {
            map.how = exactly ? mapping::ordered : mapping::scaled;
            if (!exactly) {
                float largest = 0;
                for (std::size_t i = 0; i < n; ++i)
                    if (is_finite(samples[i])) largest = std::max(largest, std::abs(samples[i]));
                int exponent = 0;
                if (largest > 0) std::frexp(static_cast<double>(largest), &exponent);
                exponent -= 22;
                if (bound > 0) exponent = std::clamp(exponent, std::ilogb(bound) - 5, std::ilogb(bound) - 3);
                map.exponent = static_cast<std::int16_t>(std::clamp(exponent, -149, 128));
            }
        } else if (!exactly && std::is_same_v<S, std::int32_t>) {
            auto const [low, high] = std::minmax_element(samples, samples + n);
            auto const range = n ? static_cast<std::int64_t>(*high) - *low : 0;
            map.how = mapping::scaled;
            while ((range >> map.exponent) >= (std::int64_t{1} << 23)) ++map.exponent;
        }
        std::int64_t low = 0, high = 0;
        bool any = false;
        for (std::size_t i = 0; i < n; ++i) {
            if (!has_integer(samples[i], map)) continue;
            auto const v = raw_integer(samples[i], map);
            low = any ? std::min(low, v) : v, high = any ? std::max(high, v) : v, any = true;
        }
        map.centre = static_cast<std::int32_t>((low + high + 1) >> 1);
        map.bits = 1;
        while (map.bits < 32 && (low - map.centre < -(std::int64_t{1} << (map.bits - 1)) ||
                                 high - map.centre >= std::int64_t{1} << (map.bits - 1)))
            ++map.bits;
        return map;
    }
}

template <sample S, class Writer>
void write_map(sample_map const &map, Writer &w) {
    if constexpr (has_map<S>) {
        w.u8(static_cast<std::uint8_t>(map.how));
        if (map.how == mapping::scaled) w.signed_varint(map.exponent);
        w.signed_varint(map.centre);
        w.u8(map.bits);
    }
}

template <sample S>
auto read_map(byte_reader &r) noexcept -> sample_map {
    if constexpr (!has_map<S>) {
        return byte_map();
    } else {
        sample_map map;
        auto const how = r.u8();
        bool const is_float = std::is_same_v<S, float>;
        bool const fits = is_float ? how == 1 || how == 2 : how == 0 || (how == 2 && std::is_same_v<S, std::int32_t>);
        if (r.ok() && !fits) r.fail(errc::corrupt);
        map.how = static_cast<mapping>(how);
        if (map.how == mapping::scaled) {
            auto const e = r.signed_varint();
            if (e < (is_float ? -149 : 0) || e > (is_float ? 128 : 31))
                r.fail(errc::corrupt);
            else
                map.exponent = static_cast<std::int16_t>(e);
        }
        auto const centre = r.signed_varint();
        if (centre != static_cast<std::int32_t>(centre)) r.fail(errc::corrupt);
        map.centre = static_cast<std::int32_t>(centre);
        map.bits = r.u8();
        if (r.ok() && (map.bits == 0 || map.bits > 32)) r.fail(errc::corrupt);
        return map;
    }
}

/// One integer with `frac` fractional bits back to a sample: rounds half up once, adds the centre, saturates.
template <sample S>
constexpr auto to_sample(std::int32_t v, int frac, sample_map const &map) noexcept -> S {
    std::int64_t const rounded =
        frac > 0 ? (static_cast<std::int64_t>(v) + (std::int64_t{1} << (frac - 1))) >> frac : v;
    std::int64_t raw = rounded + map.centre;
    if constexpr (std::is_same_v<S, float>) {
        // The ordered map wraps, as its forward side does; the scaled one keeps to what a float holds exactly.
        if (map.how == mapping::ordered)
            return std::bit_cast<float>(from_ordered(static_cast<std::int32_t>(static_cast<std::uint32_t>(raw))));
        raw = std::clamp<std::int64_t>(raw, -(1 << 24), 1 << 24);
        return std::bit_cast<float>(compose_float(static_cast<std::int32_t>(raw), map.exponent));
    } else {
        raw = std::clamp<std::int64_t>(raw, -(std::int64_t{1} << 31), std::int64_t{1} << 31) *
              (std::int64_t{1} << map.exponent);
        return static_cast<S>(
            std::clamp<std::int64_t>(raw, std::numeric_limits<S>::min(), std::numeric_limits<S>::max()));
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
