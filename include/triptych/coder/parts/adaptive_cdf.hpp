// triptych/coder/parts/adaptive_cdf.hpp: adaptive probabilities of the digits 0 ... 15, one vector register wide.
//
// The adaptive statistics of Daala and AV1 (AV1 Bitstream & Decoding Process Specification, 8.2.6): cumulative
// frequencies in 32768ths that move towards the digit just seen by a shift, fast at first (adaptive arithmetic coding
// of a large alphabet goes back to Moffat, Neal, Witten, *Arithmetic coding revisited*, 1998, and Said, *Introduction
// to arithmetic coding*, 2004). Stored is the probability of a digit of *at least* i. So rounding down favours small
// digits, the frequent ones. The targets leave every digit a unit (F. Giesen, *Models for adaptive arithmetic
// coding*, 2015), so frequencies never reach zero and the engine need not add a floor.
//
// With SSE2 or AVX2 compiled in, a digit is found by one comparison of all thresholds. The bytes are the same
// without.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/version.hpp>

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// Where the thresholds move when digit d was seen: all but a unit for each other digit. Number 0 stays.
inline constexpr auto cdf_targets = [] {
    std::array<std::array<std::uint16_t, 16>, 16> t{};
    for (unsigned d = 0; d < 16; ++d)
        for (unsigned i = 1; i < 16; ++i) t[d][i] = static_cast<std::uint16_t>(i <= d ? 32768 - i : 16 - i);
    return t;
}();
} // namespace detail

/// Frequencies of 16 digits, each at least 1 / 32768. After n digits the step is 2^-(3 + width(n) / 2), at last 2^-Slowest.
template <unsigned Slowest>
class alignas(16) adaptive_cdf {
    static_assert(Slowest >= 3 && Slowest <= 7);

public:
    /// All digits are equally likely.
    constexpr adaptive_cdf() noexcept : adaptive_cdf(uniform(16)) {}
    /// `tail(i)`, never rising from 32768 down to 0, is how likely a digit is to be at least i, 1 <= i <= 15. It is rounded so that no digit
    /// is without a unit.
    template <class F>
    requires std::is_invocable_r_v<std::uint32_t, F, unsigned>
    explicit constexpr adaptive_cdf(F &&tail) noexcept {
        for (unsigned i = 1; i < 16; ++i)
            at_least_[i] = static_cast<std::uint16_t>(16 - i + (tail(i) * (32768 - 31) >> 15));
    }
    /// The digits below `used`, 1 to 16, are equally likely, the others next to impossible.
    static constexpr auto uniform(unsigned used) noexcept -> adaptive_cdf {
        return adaptive_cdf([used](unsigned i) { return i < used ? (used - i) * 32768 / used : 0; });
    }

    /// How likely a digit is to be at least i <= 16, in 32768ths.
    constexpr auto at_least(unsigned i) const noexcept -> std::uint32_t {
        return i == 0 ? 32768 : i == 16 ? 0 : at_least_[i];
    }
    constexpr auto frequency(unsigned digit) const noexcept -> std::uint32_t {
        return at_least(digit) - at_least(digit + 1);
    }

    void learn(unsigned digit) noexcept {
        // Number 0 is no threshold: it counts the digits.
        auto const n = at_least_[0];
        auto const rate = std::min(3 + static_cast<int>(std::bit_width(n)) / 2, static_cast<int>(Slowest));
        [[maybe_unused]] auto const &aim = detail::cdf_targets[digit];
#if defined(__AVX2__)
        auto *const at = reinterpret_cast<__m256i *>(at_least_.data());
        auto const old = _mm256_loadu_si256(at);
        auto const wanted = _mm256_loadu_si256(reinterpret_cast<__m256i const *>(aim.data()));
        auto const step = _mm256_sra_epi16(_mm256_sub_epi16(wanted, old), _mm_cvtsi32_si128(rate));
        _mm256_storeu_si256(at, _mm256_add_epi16(old, step));
#elif defined(__SSE2__)
        for (int half = 0; half < 2; ++half) {
            auto *const at = reinterpret_cast<__m128i *>(at_least_.data()) + half;
            auto const old = _mm_load_si128(at);
            auto const wanted = _mm_loadu_si128(reinterpret_cast<__m128i const *>(aim.data()) + half);
            auto const step = _mm_sra_epi16(_mm_sub_epi16(wanted, old), _mm_cvtsi32_si128(rate));
            _mm_store_si128(at, _mm_add_epi16(old, step));
        }
#else
        for (std::size_t i = 1; i < 16; ++i)
            at_least_[i] = static_cast<std::uint16_t>(at_least_[i] + ((aim[i] - at_least_[i]) >> rate));
#endif
        at_least_[0] = static_cast<std::uint16_t>(n + (n < 255));
    }

    /// The digit whose part of [0, range) holds x, 2^15 <= range < 2^16; digits lie from the top down, and `edges[d + 1] <= x < edges[d]`.
    auto find(std::uint32_t range, std::uint32_t x, std::uint16_t (&edges)[32]) const noexcept -> unsigned {
#if defined(__AVX2__)
        auto const t = _mm256_loadu_si256(reinterpret_cast<__m256i const *>(at_least_.data()));
        auto const e = _mm256_mulhi_epu16(_mm256_set1_epi16(static_cast<short>(range)), _mm256_add_epi16(t, t));
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(edges), e);
        auto const above = _mm256_subs_epu16(e, _mm256_set1_epi16(static_cast<short>(x)));
        auto const below = _mm256_movemask_epi8(_mm256_cmpeq_epi16(above, _mm256_setzero_si256()));
        auto const digit =
            static_cast<unsigned>(std::countr_zero(static_cast<std::uint32_t>(below) >> 2 | 1u << 30)) / 2;
#elif defined(__SSE2__)
        auto const *const at = reinterpret_cast<__m128i const *>(at_least_.data());
        auto const r = _mm_set1_epi16(static_cast<short>(range)), p = _mm_set1_epi16(static_cast<short>(x));
        auto const zero = _mm_setzero_si128();
        auto const t = _mm_load_si128(at), u = _mm_load_si128(at + 1);
        auto const e = _mm_mulhi_epu16(r, _mm_add_epi16(t, t)), f = _mm_mulhi_epu16(r, _mm_add_epi16(u, u));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(edges), e);
        _mm_storeu_si128(reinterpret_cast<__m128i *>(edges) + 1, f);
        auto const below = _mm_movemask_epi8(
            _mm_packs_epi16(_mm_cmpeq_epi16(_mm_subs_epu16(e, p), zero), _mm_cmpeq_epi16(_mm_subs_epu16(f, p), zero)));
        auto const digit = static_cast<unsigned>(std::countr_zero(static_cast<std::uint32_t>(below) >> 1 | 1u << 15));
#else
        unsigned digit = 0;
        for (std::size_t i = 1; i < 16; ++i) {
            edges[i] = static_cast<std::uint16_t>(range * at_least_[i] >> 15);
            digit += edges[i] > x ? 1u : 0u;
        }
#endif
        edges[0] = static_cast<std::uint16_t>(range), edges[16] = 0;
        return digit;
    }

private:
    std::array<std::uint16_t, 16> at_least_{};
};

} // namespace triptych::inline TRIPTYCH_ABI::coder
