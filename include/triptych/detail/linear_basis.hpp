// triptych/detail/linear_basis.hpp: projecting a vector of samples on learned basis vectors, and putting it together again.
//
// The kernel under transforms that learned a basis. Putting together is exact integer arithmetic, with narrow sums where the
// coefficients can't overflow them. It touches only the vectors whose coefficients are not zero and copies nothing, for a decoder of
// tiny pictures would do little else than copying a basis.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <triptych/bands.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Fractional bits of the elements of a basis, and of a mean.
inline constexpr int basis_frac = 14, mean_frac = 4;

/// Frac and bits of the coefficients of samples of `wide` integer bits. A coefficient is at most sqrt(dimension) larger than a sample.
template <std::size_t R>
auto coefficient_band(int wide, std::size_t dimension) noexcept -> band_info<R> {
    bool const narrow = wide <= 10;
    for (std::size_t d = dimension; d > 1; d = (d + 3) / 4) ++wide;
    band_info<R> like;
    like.frac = static_cast<std::int8_t>(std::clamp(15 - wide, 0, 6));
    like.bits = static_cast<std::uint8_t>(std::min(wide + 1 + like.frac, narrow ? 16 : 32));
    return like;
}

/// `count` vectors of `dimension` elements in 2^-basis_frac, and a mean in 2^-mean_frac; refers to the learned arrays, of which the basis
/// has these vectors from `first` on and the mean is just so large or empty, or holds what `fill(elements)` makes, with a mean of zero.
class linear_basis {
public:
    linear_basis(std::size_t count, std::size_t dimension, frozen<std::int16_t> const &basis,
                 frozen<std::int32_t> const &mean, std::size_t first = 0)
        : count_(count), dimension_(dimension), first_(first), basis_(&basis),
          rows_(basis.data() ? basis.data() + first * dimension : nullptr), mean_(dimension, 0), scratch_(dimension),
          plain_(mean.empty()) {
        if (mean_.ok()) mean.copy_to(mean_.data());
    }
    template <class Fill>
    linear_basis(std::size_t count, std::size_t dimension, Fill &&fill)
        : count_(count), dimension_(dimension), own_(count * dimension, std::int16_t{0}), rows_(own_.data()),
          mean_(dimension, 0), scratch_(dimension) {
        if (own_.ok()) fill(own_.data());
    }
    auto ok() const noexcept -> bool { return own_.ok() && mean_.ok() && scratch_.ok(); }
    auto dimension() const noexcept -> std::size_t { return dimension_; }

    /// Calls `each(i, coefficient)` with the coefficients, as integers with `frac` fractional bits, of a vector of samples. Sums wrap
    /// instead of overflowing; only a state that no learner makes comes near. `centred` is scratch of the dimension's size.
    template <class T, class F>
    void analyse(T const *samples, int sample_frac, int frac, buffer<std::int64_t> &centred, F &&each) {
        int const shift = basis_frac + (plain_ ? 0 : mean_frac) + sample_frac - frac;
        std::int64_t largest = 0;
        for (std::size_t d = 0; d < dimension_; ++d) {
            centred[d] = plain_ ? std::int64_t{samples[d]}
                                : (std::int64_t{samples[d]} << mean_frac) - (std::int64_t{mean_[d]} << sample_frac);
            largest = std::max(largest, centred[d] < 0 ? -centred[d] : centred[d]);
        }
        auto const half = std::int64_t{1} << (shift - 1);
        // Samples of 8 bits fit narrow sums, which are several times faster.
        bool const narrow = plain_ && largest * 32768 * static_cast<std::int64_t>(dimension_) + half < std::int64_t{1}
                                                                                                           << 31;
        for (std::size_t i = 0; i < count_; ++i) {
            auto const *const b = row(i);
            if (narrow) {
                std::int32_t sum = 0;
                for (std::size_t d = 0; d < dimension_; ++d) sum += std::int32_t{samples[d]} * b[d];
                each(i, (sum + half) >> shift);
            } else {
                auto sum = static_cast<std::uint64_t>(half);
                for (std::size_t d = 0; d < dimension_; ++d)
                    sum += static_cast<std::uint64_t>(centred[d]) * static_cast<std::uint64_t>(std::int64_t{b[d]});
                each(i, static_cast<std::int64_t>(sum) >> shift);
            }
        }
    }
    /// The samples, of `bits` bits, that coefficients stand for. `narrow` and `wide` are scratch of the dimension's size.
    template <class T>
    void synthesise(T const *coefficients, int frac, T *samples, int sample_frac, std::uint8_t bits,
                    buffer<std::int32_t> &narrow, buffer<std::int64_t> &wide) noexcept {
        int const shift = basis_frac + frac - sample_frac, lift = basis_frac + frac - mean_frac;
        std::int64_t const half = std::int64_t{1} << (shift - 1), most = std::numeric_limits<std::int32_t>::max();
        std::int64_t magnitude = 0, base = 0;
        for (std::size_t i = 0; i < count_; ++i)
            magnitude += coefficients[i] < 0 ? -std::int64_t{coefficients[i]} : coefficients[i];
        for (std::int64_t const m : mean_) base = std::max(base, m < 0 ? -m : m);
        auto const sum = [&](auto *acc) {
            using A = std::remove_pointer_t<decltype(acc)>;
            for (std::size_t d = 0; d < dimension_; ++d)
                acc[d] = static_cast<A>(std::int64_t{mean_[d]} * (std::int64_t{1} << lift) + half);
            for (std::size_t i = 0; i < count_; ++i) {
                auto const c = static_cast<A>(coefficients[i]);
                if (c == 0) continue;
                auto const *const b = row(i);
                for (std::size_t d = 0; d < dimension_; ++d) acc[d] += c * b[d];
            }
            std::int64_t const top = std::int64_t{1} << (std::min<int>(bits, std::numeric_limits<T>::digits + 1) - 1);
            for (std::size_t d = 0; d < dimension_; ++d)
                samples[d] = static_cast<T>(std::clamp<std::int64_t>(acc[d] >> shift, -top, top - 1));
        };
        if (magnitude * 32768 + base * (std::int64_t{1} << lift) + half <= most)
            sum(narrow.data());
        else
            sum(wide.data());
    }

private:
    /// Arrays that a header holds as text are converted row by row.
    auto row(std::size_t i) noexcept -> std::int16_t const * {
        if (rows_ != nullptr) return rows_ + i * dimension_;
        for (std::size_t d = 0; d < dimension_; ++d) scratch_[d] = (*basis_)[(first_ + i) * dimension_ + d];
        return scratch_.data();
    }

    std::size_t count_, dimension_, first_ = 0;
    frozen<std::int16_t> const *basis_ = nullptr;
    buffer<std::int16_t> own_;
    std::int16_t const *rows_ = nullptr;
    buffer<std::int32_t> mean_;
    buffer<std::int16_t> scratch_;
    bool plain_ = true; ///< the mean is zero
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
