// triptych/learn/vectors/points.hpp: what learners on vectors read: a matrix of floats that somebody else keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// `count` vectors of `dimension` floats, one after the other; a view, so that data may be mapped from a file.
struct points {
    float const *data = nullptr;
    std::size_t count = 0, dimension = 0;

    constexpr points() = default;
    constexpr points(float const *values, std::size_t n, std::size_t d) : data(values), count(n), dimension(d) {}
    points(std::vector<float> const &values, std::size_t d)
        : data(values.data()), count(d == 0 ? 0 : values.size() / d), dimension(d) {
        if (d == 0 || values.size() % d != 0) throw std::invalid_argument("points: the values are no whole vectors");
    }
    constexpr auto row(std::size_t i) const noexcept -> float const * { return data + i * dimension; }
    /// Rows first to last - 1.
    constexpr auto part(std::size_t first, std::size_t last) const noexcept -> points {
        return {row(first), last - first, dimension};
    }
};

namespace detail {

[[noreturn]] inline void refuse(char const *learner, std::string const &what) {
    throw std::invalid_argument(std::string(learner) + ": " + what);
}

/// Throws std::invalid_argument, in the name of a learner, if `x` has a value that is not finite or so large that sums of squares would not be.
inline void check_finite(char const *learner, points x) {
    auto const *const values = x.data;
    auto const size = x.count * x.dimension;
    std::size_t first = 0;
    for (; first < size; first += 4096) {
        // Exponents as bits, because -ffast-math takes it that nothing is infinite.
        std::uint32_t bad = 0;
        auto const last = size - first < 4096 ? size : first + 4096;
        for (std::size_t i = first; i < last; ++i) {
            std::uint32_t bits;
            __builtin_memcpy(&bits, values + i, 4);
            bad |= (bits & 0x7F800000U) > (127U + 48) << 23;
        }
        if (bad) refuse(learner, "the data has values that are not finite, or beyond 2^48");
    }
}

/// The same, and for data without vectors, or vectors without elements.
inline void check(char const *learner, points x) {
    if (x.count == 0 || x.dimension == 0) refuse(learner, "no data");
    check_finite(learner, x);
}

} // namespace detail

} // namespace triptych::inline TRIPTYCH_ABI::learn
