// triptych/learn/numeric/simd.hpp: vectors of floats as g++ and clang offer them, as wide as the machine that is compiled for.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::detail {

#if defined(__AVX512BW__)
inline constexpr int lanes = 16;
#elif defined(__AVX2__)
inline constexpr int lanes = 8;
#else
inline constexpr int lanes = 4;
#endif

using floats = float __attribute__((vector_size(4 * lanes)));
using ints = std::int32_t __attribute__((vector_size(4 * lanes)));

[[gnu::always_inline]] inline void load(floats &v, float const *from) {
    __builtin_memcpy(&v, from, sizeof v);
}
[[gnu::always_inline]] inline void store(float *to, floats const &v) {
    __builtin_memcpy(to, &v, sizeof v);
}

/// Larger than any squared distance; finite, for the sake of -ffast-math.
inline constexpr float far_away = 0x1p126F;

/// n rounded up to whole vectors.
constexpr auto padded(std::size_t n) noexcept -> std::size_t {
    return (n + lanes - 1) / lanes * lanes;
}

/// Lane i takes what lane i + `By` holds, around the end.
template <int By, class V>
[[gnu::always_inline]] inline void rotate(V &v) {
    if constexpr (lanes == 16)
        v = __builtin_shufflevector(v, v, By, By + 1, By + 2, By + 3, By + 4, By + 5, By + 6, By + 7, By + 8, By + 9,
                                    By + 10, By + 11, By + 12, By + 13, By + 14, By + 15);
    else if constexpr (lanes == 8)
        v = __builtin_shufflevector(v, v, By, By + 1, By + 2, By + 3, By + 4, By + 5, By + 6, By + 7);
    else
        v = __builtin_shufflevector(v, v, By, By + 1, By + 2, By + 3);
}

/// Best score of all lanes, which lane's index has it (the lowest of equals), and the next best score, into the first lane.
template <bool Second, int By = lanes / 2>
[[gnu::always_inline]] inline void best_of_lanes(floats &best, ints &index, floats &second) {
    floats other = best;
    ints other_index = index;
    rotate<By>(other), rotate<By>(other_index);
    if constexpr (Second) {
        floats next = second;
        rotate<By>(next);
        next = next > second ? next : second;
        floats const loser = other > best ? best : other;
        second = loser > next ? loser : next;
    }
    ints const better = (other > best) | ((other == best) & (other_index < index));
    best = better ? other : best, index = better ? other_index : index;
    if constexpr (By > 1) best_of_lanes<Second, By / 2>(best, index, second);
}

/// Sum of the lanes, always in the same order.
template <int By = lanes / 2>
[[gnu::always_inline]] inline auto sum(floats v) -> float {
    floats other = v;
    rotate<By>(other);
    v += other;
    if constexpr (By > 1)
        return sum<By / 2>(v);
    else
        return v[0];
}

/// Σ (a - b)² over d elements; 0 exactly if a equals b.
inline auto squared_distance(float const *a, float const *b, std::size_t d) -> float {
    floats even{}, odd{};
    std::size_t i = 0;
    for (; i + 2 * lanes <= d; i += 2 * lanes) {
        floats p, q, r, s;
        load(p, a + i), load(q, b + i), load(r, a + i + lanes), load(s, b + i + lanes);
        p -= q, r -= s;
        even += p * p, odd += r * r;
    }
    float tail = 0;
    for (; i + lanes <= d; i += lanes) {
        floats p, q;
        load(p, a + i), load(q, b + i);
        p -= q, even += p * p;
    }
    // Rows shorter than a vector are many: pieces of product quantizers, colours.
    using four = float __attribute__((vector_size(16)));
    four few{};
    for (; lanes > 4 && i + 4 <= d; i += 4) {
        four p, q;
        __builtin_memcpy(&p, a + i, sizeof p), __builtin_memcpy(&q, b + i, sizeof q);
        p -= q, few += p * p;
    }
    for (; i < d; ++i) tail += (a[i] - b[i]) * (a[i] - b[i]);
    tail += (few[0] + few[2]) + (few[1] + few[3]);
    return d < lanes ? tail : sum(even + odd) + tail;
}

} // namespace triptych::inline TRIPTYCH_ABI::learn::detail
