// triptych/schedule/samples.hpp: samples become centred integers on the way in, and samples again on the way out.
//
// Panels see integers only: int16 for 8-bit samples, int32 for all others. So one set of transforms serves pictures and arrays,
// and decoding needs no floating point. Samples wider than 8 bits travel with a small map:
//
//   plain    integer samples minus a centre                                  exact
//   ordered  the bits of a float as an integer that sorts as the float does  exact
//   scaled   round(v / 2^exponent) minus a centre                            lossy
//
// Only what is left after the centre must fit the width: a pressure of 101,325 ± 3,000 costs what ±3,000 does. Floats that are
// not finite, lie too far out for the width or miss a bound travel verbatim (verbatim.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/picture.hpp>
#include <triptych/schedule/bulk.hpp>
#include <triptych/schedule/floats.hpp>
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

// --- the map -----------------------------------------------------------------------------------------------------------

template <sample S>
constexpr bool has_map = !std::is_same_v<S, std::uint8_t>;

/// The map of 8-bit samples, which needs no bytes in the stream.
constexpr auto byte_map() noexcept -> sample_map {
    return {mapping::plain, 0, 128, 8};
}

/// Integers of lossy maps, centred, stay within this: transforms have headroom in 32 bits.
inline constexpr std::int32_t max_scaled = (1 << 23) - 1;

/// The integer of a sample before centring, as a number: that of a float may be any.
template <sample S>
auto raw_integer(S v, sample_map const &map) noexcept {
    if constexpr (std::is_same_v<S, float>) {
        if (map.how == mapping::ordered) return static_cast<double>(to_ordered(std::bit_cast<std::uint32_t>(v)));
        return std::nearbyint(std::ldexp(static_cast<double>(v), -map.exponent));
    } else {
        auto const wide = static_cast<std::int64_t>(v);
        return map.exponent == 0 ? wide : (wide + (std::int64_t{1} << (map.exponent - 1))) >> map.exponent;
    }
}

/// The centred integer of a sample. A scaled float has none if it is not finite or too far from the centre.
template <sample S>
auto centred_integer(S v, sample_map const &map) noexcept -> std::optional<std::int64_t> {
    auto const centred = raw_integer(v, map) - map.centre;
    if constexpr (std::is_same_v<S, float>)
        if (auto const most = static_cast<double>(std::int64_t{1} << (map.bits - 1));
            map.how == mapping::scaled && !(is_finite(v) && centred >= -most && centred < most))
            return {};
    return static_cast<std::int64_t>(centred);
}

/// The exponent of the place before the leading bit: v is below 2 to it, and not below half of that. Very small for zero.
inline auto exponent_above(double v) noexcept -> int {
    int exponent = -1000;
    if (v > 0) std::frexp(v, &exponent);
    return exponent;
}

/// The coarsest exponent that keeps a bound on the error of floats, and leaves the centre in 32 bits. If the centre is the limit,
/// neighbouring floats lie further apart than the bound.
inline auto coarsest_exponent(interval const &range, double bound) noexcept -> int {
    return std::max(std::ilogb(bound) - 3, exponent_above(range.largest()) - 30);
}

/// The exponent of a scaled map of floats: 23 bits for their range, but no finer than the largest of them is. With a bound on the error, no
/// finer than it needs, and no coarser than it allows.
inline auto scaled_exponent(interval const &range, double bound) noexcept -> int {
    auto exponent = std::max(exponent_above(range.width()) - 23, exponent_above(range.largest()) - 24);
    if (bound > 0) {
        auto const coarsest = coarsest_exponent(range, bound);
        exponent =
            std::clamp(exponent, std::max(std::ilogb(bound) - 5, exponent_above(range.largest()) - 30), coarsest);
    }
    return std::clamp(exponent, -149, 128);
}

/// Looks at the samples and chooses the map: one that loses nothing, or a lossy one, which keeps the integers
/// within 24 bits, so that transforms have headroom in 32. Floats that would widen the range for all others are left out of it:
/// outliers, and with a bound on the error what does not fit into 24 bits beside the others.
template <sample S>
auto choose_map(S const *samples, std::size_t n, bool exactly, double bound = 0) -> sample_map {
    if constexpr (!has_map<S>) {
        return byte_map();
    } else {
        sample_map map;
        auto const raw = [&map](S v) { return static_cast<std::int64_t>(raw_integer(v, map)); };
        std::int64_t low = 0, high = 0;
        if (exactly || !std::is_same_v<S, float>) {
            if constexpr (std::is_same_v<S, float>) map.how = mapping::ordered;
            for (std::size_t i = 0; i < n; ++i) {
                auto const v = raw(samples[i]);
                low = i ? std::min(low, v) : v, high = i ? std::max(high, v) : v;
            }
            if (!exactly && std::is_same_v<S, std::int32_t>) {
                map.how = mapping::scaled;
                while (((high - low) >> map.exponent) > max_scaled) ++map.exponent;
                low = raw(static_cast<S>(low)), high = raw(static_cast<S>(high));
            }
        } else {
            map.how = mapping::scaled;
            auto const widest = [&](interval const &x) {
                return std::ldexp(2.0 * max_scaled, coarsest_exponent(x, bound));
            };
            auto const range = bound > 0 ? densest_of(samples, n, widest) : bulk_of(samples, n);
            map.exponent = static_cast<std::int16_t>(scaled_exponent(range, bound));
            low = raw(static_cast<S>(range.low)), high = raw(static_cast<S>(range.high));
        }
        map.centre = static_cast<std::int32_t>((low + high + 1) >> 1);
        map.bits = 1;
        while (map.bits < 32 && (low - map.centre < -(std::int64_t{1} << (map.bits - 1)) ||
                                 high - map.centre >= std::int64_t{1} << (map.bits - 1)))
            ++map.bits;
        return map;
    }
}

template <class Writer>
void write_map(sample_type type, sample_map const &map, Writer &w) {
    if (type == sample_type::uint8) return;
    w.u8(static_cast<std::uint8_t>(map.how));
    if (map.how == mapping::scaled) w.signed_varint(map.exponent);
    w.signed_varint(map.centre);
    w.u8(map.bits);
}

inline auto read_map(sample_type type, byte_reader &r) noexcept -> sample_map {
    if (type == sample_type::uint8) return byte_map();
    sample_map map;
    auto const how = r.u8();
    bool const is_float = type == sample_type::float32;
    bool const fits = is_float ? how == 1 || how == 2 : how == 0 || (how == 2 && type == sample_type::int32);
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

/// One integer with `frac` fractional bits back to a sample: rounds half up once, adds the centre, saturates.
template <sample S>
constexpr auto to_sample(std::int32_t v, int frac, sample_map const &map) noexcept -> S {
    std::int64_t const rounded =
        frac > 0 ? (static_cast<std::int64_t>(v) + (std::int64_t{1} << (frac - 1))) >> frac : v;
    std::int64_t raw = rounded + map.centre;
    if constexpr (std::is_same_v<S, float>) {
        // The ordered map wraps, as its forward side does.
        if (map.how == mapping::ordered)
            return std::bit_cast<float>(from_ordered(static_cast<std::int32_t>(static_cast<std::uint32_t>(raw))));
        return std::bit_cast<float>(compose_float(raw, map.exponent));
    } else {
        raw = std::clamp<std::int64_t>(raw, -(std::int64_t{1} << 31), std::int64_t{1} << 31) *
              (std::int64_t{1} << map.exponent);
        return static_cast<S>(
            std::clamp<std::int64_t>(raw, std::numeric_limits<S>::min(), std::numeric_limits<S>::max()));
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
