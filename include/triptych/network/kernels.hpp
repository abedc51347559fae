// triptych/network/kernels.hpp: products of int16 rows and int16 weights into int32 sums, by the widest instructions that the compiler may use.
//
// Weights are packed in blocks of L outputs: for each pair of inputs, two weights for each output. Then one instruction multiplies a pair of
// inputs, broadcast, by the weights of L outputs and adds the two products (pmaddwd). All paths give the same sums: nothing saturates, and
// whoever calls has proven that no sum leaves 32 bits in any order. The surprise: 16-bit products are as exact as a decoder needs and as fast
// as 8-bit ones of old machines, so there is one kind of weight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include <triptych/version.hpp>

// For tests, in all units of a program: what other machines take.
#if defined(TRIPTYCH_NETWORK_PORTABLE)
#define TRIPTYCH_DETAIL_NETWORK 0
#elif defined(__AVX512F__) && defined(__AVX512BW__)
#define TRIPTYCH_DETAIL_NETWORK 512
#elif defined(__AVX2__)
#define TRIPTYCH_DETAIL_NETWORK 256
#elif defined(__SSE4_1__) || defined(__x86_64__)
#define TRIPTYCH_DETAIL_NETWORK 128
#else
#define TRIPTYCH_DETAIL_NETWORK 0
#endif
#if TRIPTYCH_DETAIL_NETWORK
#include <immintrin.h>
#endif

namespace triptych::inline TRIPTYCH_ABI::network::detail {

/// A vector of sums: `load` and `store` them, `multiply` a pair of inputs by the weights of all lanes and add.
#if TRIPTYCH_DETAIL_NETWORK == 512
struct sums {
    static constexpr std::size_t lanes = 16, rows = 6, blocks = 4;
    __m512i v;
    void load(std::int32_t const *from) noexcept { v = _mm512_loadu_si512(from); }
    void store(std::int32_t *to) const noexcept { _mm512_storeu_si512(to, v); }
    void multiply(sums const &weights, sums const &pair) noexcept {
        v = _mm512_add_epi32(v, _mm512_madd_epi16(weights.v, pair.v));
    }
    void broadcast(std::int32_t pair) noexcept { v = _mm512_set1_epi32(pair); }
};
#elif TRIPTYCH_DETAIL_NETWORK == 256
struct sums {
    static constexpr std::size_t lanes = 8, rows = 4, blocks = 2;
    __m256i v;
    void load(std::int32_t const *from) noexcept { v = _mm256_loadu_si256(reinterpret_cast<__m256i const *>(from)); }
    void store(std::int32_t *to) const noexcept { _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), v); }
    void multiply(sums const &weights, sums const &pair) noexcept {
        v = _mm256_add_epi32(v, _mm256_madd_epi16(weights.v, pair.v));
    }
    void broadcast(std::int32_t pair) noexcept { v = _mm256_set1_epi32(pair); }
};
#elif TRIPTYCH_DETAIL_NETWORK == 128
struct sums {
    static constexpr std::size_t lanes = 4, rows = 4, blocks = 2;
    __m128i v;
    void load(std::int32_t const *from) noexcept { v = _mm_loadu_si128(reinterpret_cast<__m128i const *>(from)); }
    void store(std::int32_t *to) const noexcept { _mm_storeu_si128(reinterpret_cast<__m128i *>(to), v); }
    void multiply(sums const &weights, sums const &pair) noexcept {
        v = _mm_add_epi32(v, _mm_madd_epi16(weights.v, pair.v));
    }
    void broadcast(std::int32_t pair) noexcept { v = _mm_set1_epi32(pair); }
};
#else
struct sums {
    static constexpr std::size_t lanes = 8, rows = 2, blocks = 2;
    std::int32_t v[lanes];
    void load(std::int32_t const *from) noexcept { std::memcpy(v, from, sizeof v); }
    void store(std::int32_t *to) const noexcept { std::memcpy(to, v, sizeof v); }
    /// Pairs of int16 in memory, whatever the order of bytes.
    void multiply(sums const &weights, sums const &pair) noexcept {
        std::int16_t w[2 * lanes], x[2 * lanes];
        std::memcpy(w, weights.v, sizeof w), std::memcpy(x, pair.v, sizeof x);
        for (std::size_t i = 0; i < lanes; ++i) v[i] += w[2 * i] * x[2 * i] + w[2 * i + 1] * x[2 * i + 1];
    }
    void broadcast(std::int32_t pair) noexcept {
        for (auto &lane : v) lane = pair;
    }
};
#endif

inline constexpr std::size_t lanes = sums::lanes;

/// Inputs are rounded up to pairs, outputs to whole blocks.
constexpr auto packed_inner(std::size_t inner) noexcept -> std::size_t {
    return (inner + 1) / 2 * 2;
}
constexpr auto packed_columns(std::size_t columns) noexcept -> std::size_t {
    return (columns + lanes - 1) / lanes * lanes;
}

/// R rows by B blocks: to[r][n] = bias[n] + Σ x[r][k] · w[k][n].
template <std::size_t R, std::size_t B>
[[gnu::always_inline]] inline void multiply_tile(std::int16_t const *x, std::size_t pitch, std::int16_t const *w,
                                                 std::size_t inner, std::int32_t const *bias, std::int32_t *to,
                                                 std::size_t to_pitch) noexcept {
    sums s[R][B];
    auto const all = [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((s[I / B][I % B].load(bias + (I % B) * lanes)), ...);
        for (std::size_t k = 0; k < inner; k += 2) {
            sums weights[B];
            [&]<std::size_t... J>(std::index_sequence<J...>) {
                ((std::memcpy(&weights[J].v, w + (J * inner + k) * lanes, sizeof weights[J].v)), ...);
            }
            (std::make_index_sequence<B>{});
            [&]<std::size_t... J>(std::index_sequence<J...>) {
                auto const row = [&]<std::size_t Row>(std::integral_constant<std::size_t, Row>) {
                    std::int32_t pair;
                    std::memcpy(&pair, x + Row * pitch + k, sizeof pair);
                    sums one;
                    one.broadcast(pair);
                    for (std::size_t b = 0; b < B; ++b) s[Row][b].multiply(weights[b], one);
                };
                (row(std::integral_constant<std::size_t, J>{}), ...);
            }
            (std::make_index_sequence<R>{});
        }
        ((s[I / B][I % B].store(to + (I / B) * to_pitch + (I % B) * lanes)), ...);
    };
    all(std::make_index_sequence<R * B>{});
}

/// All rows by B blocks.
template <std::size_t B>
[[gnu::noinline]] void multiply_blocks(std::int16_t const *x, std::size_t pitch, std::size_t rows,
                                       std::int16_t const *w, std::size_t inner, std::int32_t const *bias,
                                       std::int32_t *to, std::size_t to_pitch) noexcept {
    std::size_t r = 0;
    for (; r + sums::rows <= rows; r += sums::rows)
        multiply_tile<sums::rows, B>(x + r * pitch, pitch, w, inner, bias, to + r * to_pitch, to_pitch);
    for (; r < rows; ++r) multiply_tile<1, B>(x + r * pitch, pitch, w, inner, bias, to + r * to_pitch, to_pitch);
}

/// Rows of `inner` inputs, `pitch` apart, times packed weights: to[row][output], `to_pitch` apart. inner is even, columns whole blocks.
inline void multiply(std::int16_t const *x, std::size_t pitch, std::size_t rows, std::int16_t const *w,
                     std::size_t inner, std::size_t columns, std::int32_t const *bias, std::int32_t *to,
                     std::size_t to_pitch) noexcept {
    std::size_t n = 0;
    auto const by = [&]<std::size_t B>(std::integral_constant<std::size_t, B>) {
        for (; n + B * lanes <= columns; n += B * lanes)
            multiply_blocks<B>(x, pitch, rows, w + n * inner, inner, bias + n, to + n, to_pitch);
    };
    by(std::integral_constant<std::size_t, sums::blocks>{});
    if constexpr (sums::blocks > 2) by(std::integral_constant<std::size_t, 2>{});
    by(std::integral_constant<std::size_t, 1>{});
}

} // namespace triptych::inline TRIPTYCH_ABI::network::detail
