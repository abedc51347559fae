// triptych/coder/model/detail/scale_features.hpp: what the magnitudes decoded so far say about the next coefficient.
//
// The bands of a group are taken in order; a learned transform orders them by falling variance. Each magnitude is
// divided by the typical magnitude of its band, so that a window over unlike bands means something. The features are
// logarithms of means over windows: those just before the coefficient in its own sample, and those around its place
// in the samples to the left and above. The learner of model::conditional_scale traverses symbols by the same code as
// coder and decoder.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/coder/parts/neighbours.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// 16 · log2(x), x >= 1, cut to an integer; the mantissa is taken as a straight line.
constexpr auto log2_16th(std::uint32_t x) noexcept -> std::int32_t {
    auto const e = static_cast<std::int32_t>(std::bit_width(x)) - 1;
    auto const top = e >= 4 ? x >> (e - 4) : x << (4 - e); // 16 ... 31
    return 16 * e + static_cast<std::int32_t>(top) - 16;
}

/// Windows over relative magnitudes in 256ths; sums before band k of one sample are its prefix sums.
class scale_features {
public:
    /// The last 2, 4, 8, 16, 32 and all bands of this sample; then, in the samples to the left and above, the bands from k - 2 to k + 2, from
    /// k - 8 to k + 8, and all.
    static constexpr std::size_t count = 9;
    static constexpr std::array<std::size_t, 5> windows{2, 4, 8, 16, 32};
    using features = std::array<std::int32_t, count>;
    /// A relative magnitude ends here: 8 times what the band is used to.
    static constexpr std::uint32_t most = 8 * 256;
    /// What windows without a coefficient are taken for, and where the features' zero lies.
    static constexpr std::uint32_t nothing = 128;

    /// For groups of `n` bands, `width` samples a row.
    scale_features(std::size_t n, std::size_t width) noexcept
        : n_(n), sums_((n + 1) * (width + 1), std::uint32_t{0}), now_(n + 1, std::uint32_t{0}) {}
    auto ok() const noexcept -> bool { return sums_.ok() && now_.ok(); }

    /// Begins the sample at column x; `left` and `up` say whether there are such samples.
    void begin(std::size_t x, bool left, bool up) noexcept { x_ = x, left_ = left, up_ = up, now_[0] = 0; }
    /// Notes the magnitude of band k: |symbol|, and what |symbol| = 1 is in 256ths of the usual.
    void note(std::size_t k, std::uint32_t magnitude, std::uint32_t unit) noexcept {
        auto const relative = std::min<std::uint64_t>(most, std::uint64_t{magnitude} * unit);
        now_[k + 1] = now_[k] + static_cast<std::uint32_t>(relative);
    }
    /// Ends the sample: it becomes the one to the left of the next, and above of one in the next row.
    void end() noexcept {
        // Columns up to x hold this row, those behind it the row above.
        auto *const mine = sums_.data() + (n_ + 1) * (x_ + 1);
        for (std::size_t k = 0; k <= n_; ++k) mine[k] = now_[k];
    }
    auto of(std::size_t k) const noexcept -> features {
        features f{};
        auto const all = level(now_[k], k);
        // One by one, so that each divisor is known to the compiler: a power of two.
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((f[I] = k < windows[I] ? all : level_of((now_[k] - now_[k - windows[I]]) / std::uint32_t{windows[I]})),
             ...);
        }
        (std::make_index_sequence<windows.size()>{});
        f[windows.size()] = all;
        if (up_ || left_) around(k, f.data() + windows.size() + 1); // else there is nothing, and that is zero
        return f;
    }

private:
    void around(std::size_t k, std::int32_t *f) const noexcept {
        auto const *const above = up_ ? sums_.data() + (n_ + 1) * (x_ + 1) : nullptr;
        auto const *const before = left_ ? sums_.data() + (n_ + 1) * x_ : nullptr;
        for (auto const reach : {std::size_t{2}, std::size_t{8}, n_}) {
            auto const first = k > reach ? k - reach : 0, last = std::min(n_, k + reach + 1);
            std::uint32_t sum = 0, terms = 0;
            for (auto const *const s : {above, before})
                if (s) sum += s[last] - s[first], terms += static_cast<std::uint32_t>(last - first);
            *f++ = level(sum, terms);
        }
    }
    /// 16 · log2 of a mean, in relation to `nothing`; a tenth keeps it from falling without end.
    static constexpr auto levels = [] {
        std::array<std::int8_t, most + 1> list{};
        for (std::uint32_t mean = 0; mean <= most; ++mean)
            list[mean] = static_cast<std::int8_t>(log2_16th(mean + 26) - log2_16th(nothing + 26));
        return list;
    }();
    static auto level_of(std::uint32_t mean) noexcept -> std::int32_t { return levels[mean]; }
    static auto level(std::uint32_t sum, std::size_t terms) noexcept -> std::int32_t {
        return level_of(terms ? sum / static_cast<std::uint32_t>(terms) : nothing);
    }

    std::size_t n_, x_ = 0;
    bool left_ = false, up_ = false;
    triptych::detail::buffer<std::uint32_t> sums_, now_;
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
