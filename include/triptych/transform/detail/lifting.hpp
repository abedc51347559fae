// triptych/transform/detail/lifting.hpp: wavelet filters as lifting steps, on lines of integers.
//
// Sweldens, "The lifting scheme" (1996): odd samples d and even samples s take turns in adding something of their
// neighbours. The inverse subtracts the same in reverse order, so it is exact whatever is added. Borders extend
// symmetrically (whole-sample). For a step this means that a missing neighbour equals the other one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/transform/detail/plane.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// What is known of a filter after 1 to 6 levels along one axis: L2 norms of the synthesis functions in 1/65536, and L1 norms of
/// the analysis functions in 1/256, rounded up. The tests compute them anew.
struct filter_norms {
    std::array<std::uint32_t, 6> low_gain, high_gain;
    std::array<std::uint16_t, 6> low_growth, high_growth;
};

/// The Haar wavelet as the S transform: a difference, and a mean rounded down.
struct haar_filter {
    static constexpr bool reversible = true, mirrors = false;
    static constexpr int steps = 2, slack = 0;
    static constexpr filter_norms norms{{92682, 131072, 185364, 262144, 370728, 524288},
                                        {46341, 65536, 92682, 131072, 185364, 262144},
                                        {256, 256, 256, 256, 256, 256},
                                        {512, 512, 512, 512, 512, 512}};
    /// What step `Step` adds, given the neighbours on both sides.
    template <class T, int Step>
    static constexpr auto term(wide<T> before, wide<T> after) noexcept -> wide<T> {
        return Step == 0 ? -before : after >> 1;
    }
};

/// Le Gall and Tabatabai's 5/3, the reversible filter of JPEG 2000 (ISO/IEC 15444-1, annex F).
struct cdf53_filter {
    static constexpr bool reversible = true, mirrors = true;
    static constexpr int steps = 2, slack = 4;
    static constexpr filter_norms norms{{80265, 108679, 151939, 214249, 302772, 428105},
                                        {55561, 62924, 82532, 114322, 160817, 227125},
                                        {384, 416, 432, 435, 437, 439},
                                        {512, 640, 704, 718, 722, 728}};
    template <class T, int Step>
    static constexpr auto term(wide<T> before, wide<T> after) noexcept -> wide<T> {
        return Step == 0 ? -((before + after) >> 1) : (before + after + 2) >> 2;
    }
};

/// Cohen, Daubechies and Feauveau's 9/7, the lossy filter of JPEG 2000, with 14 (int32: 28) fractional bits. The low band is
/// scaled to pass a constant unchanged; the high band is left as lifting makes it, which saves a rounding.
struct cdf97_filter {
    static constexpr bool reversible = false, mirrors = true;
    static constexpr int steps = 4, slack = 6;
    static constexpr filter_norms norms{{91889, 133062, 190131, 269699, 381715, 539935},
                                        {58149, 79288, 116252, 167188, 237615, 336478},
                                        {354, 342, 335, 334, 333, 333},
                                        {541, 547, 531, 515, 513, 512}};
    template <class T>
    static constexpr int scale = sizeof(T) == 2 ? 14 : 28;
    /// alpha, beta, gamma, delta, 1 / K and K of the standard. The last two of int16 are neighbours of 1 / 1.230174 and 1.230174
    /// whose product comes nearest to 1.
    template <class T>
    static constexpr std::array<std::int32_t, 6>
        factor = sizeof(T) == 2
                     ? std::array<std::int32_t, 6>{-25987, -868, 14466, 7266, 13318, 20156}
                     : std::array<std::int32_t, 6>{-425774695, -14221742, 237004637, 119052964, 218209321, 330222347};

    template <class T, int Step>
    static constexpr auto term(wide<T> before, wide<T> after) noexcept -> wide<T> {
        return scaled<T>(before + after, factor<T>[Step]);
    }
    template <class T>
    static constexpr auto scaled(wide<T> v, std::int32_t by) noexcept -> wide<T> {
        return (v * by + (wide<T>{1} << (scale<T> - 1))) >> scale<T>;
    }
};

/// Reversible filters wrap, so that they are exact for any integers; the others saturate.
template <class Filter, class T>
constexpr auto narrowed(wide<T> v) noexcept -> T {
    if constexpr (Filter::reversible)
        return static_cast<T>(v);
    else
        return saturate<T>(v);
}

/// One step on `n` samples `x` with neighbours `before` and `after`; `Sign` is 1 forwards and -1 backwards.
template <class Filter, int Step, int Sign, class T>
void lift(T *x, T const *before, T const *after, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i)
        x[i] = narrowed<Filter, T>(wide<T>{x[i]} + Sign * Filter::template term<T, Step>(before[i], after[i]));
}

/// Multiplies low samples by 1 / K forwards and by K backwards, where the filter has such a constant.
template <class Filter, int Sign, class T>
void scale_low(T *s, std::size_t n) noexcept {
    if constexpr (!Filter::reversible)
        for (std::size_t i = 0; i < n; ++i)
            s[i] = saturate<T>(Filter::template scaled<T>(s[i], Filter::template factor<T>[Sign > 0 ? 4 : 5]));
}

/// Runs step `Step` over a signal whose even and odd parts have `low` and `high` >= 1 elements; `run(i, before, after, count)`
/// treats `count` elements from the i-th of one part on, with neighbours from those of the other part on.
template <class Filter, int Step, class Run>
void each_position(std::size_t low, std::size_t high, Run &&run) {
    if constexpr (Step % 2 == 0) {
        auto const inner = high < low ? high : low - 1;
        if (inner > 0) run(0, 0, 1, inner);
        if (inner < high) run(inner, inner, inner, 1);
    } else {
        run(0, 0, 0, 1);
        auto const inner = high < low ? high : low;
        if (inner > 1) run(1, 0, 1, inner - 1);
        if (Filter::mirrors && inner < low) run(inner, inner - 1, inner - 1, 1);
    }
}

template <class Filter, int Step, int Sign, class T>
void lift_line_step(T *s, std::size_t low, T *d, std::size_t high) noexcept {
    T *const x = Step % 2 ? s : d;
    T const *const y = Step % 2 ? d : s;
    each_position<Filter, Step>(low, high, [&](std::size_t i, std::size_t before, std::size_t after, std::size_t n) {
        lift<Filter, Step, Sign>(x + i, y + before, y + after, n);
    });
}
template <class Filter, int Step, int Sign, class T>
void lift_rows_step(T *x, std::size_t rows, std::size_t cols) noexcept {
    auto const row = [=](std::size_t i, bool odd) { return x + (2 * i + odd) * cols; };
    constexpr bool odd = Step % 2 == 0;
    each_position<Filter, Step>(
        (rows + 1) / 2, rows / 2, [&](std::size_t i, std::size_t before, std::size_t after, std::size_t n) {
            for (std::size_t k = 0; k < n; ++k)
                lift<Filter, Step, Sign>(row(i + k, odd), row(before + k, !odd), row(after + k, !odd), cols);
        });
}

/// A line whose even samples are in `s` and odd ones in `d`, to low and high band in place.
template <class Filter, class T>
void analyse_line(T *s, std::size_t low, T *d, std::size_t high) noexcept {
    if (high == 0) return;
    lift_line_step<Filter, 0, 1>(s, low, d, high), lift_line_step<Filter, 1, 1>(s, low, d, high);
    if constexpr (Filter::steps == 4)
        lift_line_step<Filter, 2, 1>(s, low, d, high), lift_line_step<Filter, 3, 1>(s, low, d, high);
    scale_low<Filter, 1>(s, low);
}
template <class Filter, class T>
void synthesise_line(T *s, std::size_t low, T *d, std::size_t high) noexcept {
    if (high == 0) return;
    scale_low<Filter, -1>(s, low);
    if constexpr (Filter::steps == 4)
        lift_line_step<Filter, 3, -1>(s, low, d, high), lift_line_step<Filter, 2, -1>(s, low, d, high);
    lift_line_step<Filter, 1, -1>(s, low, d, high), lift_line_step<Filter, 0, -1>(s, low, d, high);
}

/// The columns of a contiguous plane, in place: low bands in even rows, high bands in odd ones.
template <class Filter, class T>
void analyse_columns(T *x, std::size_t rows, std::size_t cols) noexcept {
    if (rows < 2) return;
    lift_rows_step<Filter, 0, 1>(x, rows, cols), lift_rows_step<Filter, 1, 1>(x, rows, cols);
    if constexpr (Filter::steps == 4)
        lift_rows_step<Filter, 2, 1>(x, rows, cols), lift_rows_step<Filter, 3, 1>(x, rows, cols);
    for (std::size_t r = 0; r < rows; r += 2) scale_low<Filter, 1>(x + r * cols, cols);
}
template <class Filter, class T>
void synthesise_columns(T *x, std::size_t rows, std::size_t cols) noexcept {
    if (rows < 2) return;
    for (std::size_t r = 0; r < rows; r += 2) scale_low<Filter, -1>(x + r * cols, cols);
    if constexpr (Filter::steps == 4)
        lift_rows_step<Filter, 3, -1>(x, rows, cols), lift_rows_step<Filter, 2, -1>(x, rows, cols);
    lift_rows_step<Filter, 1, -1>(x, rows, cols), lift_rows_step<Filter, 0, -1>(x, rows, cols);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
