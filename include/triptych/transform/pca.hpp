// triptych/transform/pca.hpp: principal components of patches, learned from pictures (Karhunen-Loève transform).
//
// A patch of H x W pixels, all components together, is projected on K basis vectors; so one learned basis finds colour
// and space at once, and no colour transform or chroma subsampling is chosen by hand. (Hotelling 1933; as a transform of
// pictures: Habibi and Wintz 1971.) The surprise: a patch is always cut from the corner of the picture, so what the basis
// learns includes where the grid lies, which is a gain for registered pictures and of no account for all others.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <triptych/concepts.hpp>
#include <triptych/detail/cosines.hpp>
#include <triptych/detail/patches.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// K coefficients for each patch of H rows and W columns over all components, as one group of K bands of
/// ceil(h / H) x ceil(w / W) samples. Patches that stick out repeat the last row and column.
///
/// Rank 2 and more works on the last two axes; rank 1 needs H = 1. All bands must have one shape and one `frac`, and there
/// must be as many as the basis was learned with; any other layout is refused by `arrange`.
///
/// Without state it uses the K lowest frequencies of a discrete cosine transform, taking the components in turn, so an
/// untrained codec works, and shows what learning brings. If K is more than a patch has samples, the rest stay zero.
template <std::size_t H, std::size_t W, std::size_t K>
struct pca {
    static constexpr std::size_t max_dimension = 65536; ///< of a patch; keeps all sums within 64 bits
    static_assert(H > 0 && W > 0 && K > 0 && H * W <= max_dimension && K <= max_dimension);
    static constexpr std::size_t tile_height = H, tile_margin = 0;
    static constexpr int basis_frac = 14; ///< an element v of `basis` stands for v / 2^14
    static constexpr int mean_frac = 4;   ///< an element v of `mean` stands for v / 2^4, in centred sample values

    frozen<std::int32_t> mean;  ///< H * W * components: the patch in row-major order, components side by side
    frozen<std::int16_t> basis; ///< K rows of the same

    static constexpr void describe(auto &d) { d("pca", H, W, K); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("mean", self.mean), v("basis", self.basis);
    }

    constexpr auto trained() const noexcept -> bool { return !basis.empty() || !mean.empty(); }
    /// Do the extents of the learned arrays fit the type and each other? True without state.
    constexpr auto valid() const noexcept -> bool {
        if (!trained()) return true;
        auto const d = mean.shape().extent[0];
        return !basis.empty() && !mean.empty() && mean.shape() == dims{d} && d != 0 && d % (H * W) == 0 &&
               basis.shape() == dims{static_cast<std::uint32_t>(K), d};
    }
    /// Components that the state was learned with; 0 without state: any number.
    constexpr auto components() const noexcept -> std::size_t {
        return trained() ? mean.shape().extent[0] / (H * W) : 0;
    }

    template <std::size_t R>
    requires(R > 1 || H == 1) auto arrange(layout<R> const &in) const -> layout<R> {
        layout<R> out;
        if (!fits(in)) return out.fail(), out;
        int wide =
            1; // width of the integer part of a sample, then of a coefficient, which is at most sqrt(dimension) larger
        for (auto const &b : in) wide = std::max(wide, b.bits - b.frac);
        bool const narrow = wide <= 10;
        for (std::size_t d = in.count() * H * W; d > 1; d = (d + 3) / 4) ++wide;
        band_info<R> like;
        like.frac = static_cast<std::int8_t>(std::clamp(15 - wide, 0, 6));
        like.bits = static_cast<std::uint8_t>(std::min(wide + 1 + like.frac, narrow ? 16 : 32));
        out.add_group(detail::patch_grid<H, W>(in[0].shape), K, [&](std::size_t k) {
            like.at.index = static_cast<std::uint32_t>(k);
            return like;
        });
        return out;
    }

    /// Throws std::invalid_argument if the bands do not fit the state.
    template <class B>
    requires(B::rank > 1 || H == 1) auto forward(B x) const -> B {
        using T = typename B::value_type;
        auto const in = x.layout();
        if (!fits(in))
            detail::raise<std::invalid_argument>("pca: the components or shapes do not fit the learned state");
        B y(arrange(in));
        kernel const k(*this, in.count());
        if (!y.ok() || !k.ok()) detail::raise<std::length_error>("pca: the picture is too large for memory");
        auto const dimension = k.dimension;
        detail::buffer<T> patch(dimension);
        detail::buffer<std::uint64_t> offset(K, 0);
        if (!patch.ok() || !offset.ok()) detail::raise<std::length_error>("pca: the patch is too large for memory");
        auto const &coefficient = y.info(0);
        int const shift = basis_frac + mean_frac + in[0].frac - coefficient.frac;
        for (std::size_t i = 0; i < K; ++i)
            offset[i] = project(k.basis.data() + i * dimension, k.mean.data(), dimension);
        auto *out = y.data();
        detail::for_each_patch<H, W>(x, patch, [&] {
            for (std::size_t i = 0; i < K; ++i) {
                auto const dot = project(k.basis.data() + i * dimension, patch.data(), dimension);
                auto const v = static_cast<std::int64_t>((dot << mean_frac) - (offset[i] << in[0].frac));
                *out++ = saturated<T>((v + (std::int64_t{1} << (shift - 1))) >> shift, coefficient.bits);
            }
        });
        return y;
    }

    template <class B>
    requires(B::rank > 1 || H == 1) auto inverse(B y, layout<B::rank> const &in) const -> B {
        using T = typename B::value_type;
        B x(in);
        kernel const k(*this, in.count());
        bool const sound = fits(in) && x.ok() && k.ok() && y.ok() && y.layout() == arrange(in);
        auto const dimension = sound ? k.dimension : 0;
        detail::buffer<T> patch(dimension);
        detail::buffer<std::int32_t> narrow(dimension);
        detail::buffer<std::int64_t> wide(dimension);
        if (!sound || !patch.ok() || !narrow.ok() || !wide.ok()) {
            layout<B::rank> nothing;
            nothing.fail();
            return B(std::move(nothing));
        }
        int const frac = y.info(0).frac, shift = basis_frac + frac - in[0].frac;
        std::int64_t const half = std::int64_t{1} << (shift - 1);
        int const lift = basis_frac + frac - mean_frac;
        std::uint8_t bits = 1;
        for (auto const &b : in) bits = std::max(bits, b.bits);
        constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();

        T const *next = y.data();
        detail::fill_each_patch<H, W>(x, patch, [&] {
            std::int64_t magnitude = 0;
            for (std::size_t i = 0; i < K; ++i) magnitude += next[i] < 0 ? -std::int64_t{next[i]} : next[i];
            auto const sum = [&](auto *acc) {
                using A = std::remove_pointer_t<decltype(acc)>;
                for (std::size_t d = 0; d < dimension; ++d)
                    acc[d] = static_cast<A>(std::int64_t{k.mean[d]} * (std::int64_t{1} << lift) + half);
                for (std::size_t i = 0; i < K; ++i) {
                    auto const c = static_cast<A>(next[i]);
                    auto const *const b = k.basis.data() + i * dimension;
                    if (c != 0)
                        for (std::size_t d = 0; d < dimension; ++d) acc[d] += c * b[d];
                }
                for (std::size_t d = 0; d < dimension; ++d) patch[d] = saturated<T>(acc[d] >> shift, bits);
            };
            if (magnitude * k.largest + k.largest_mean * (std::int64_t{1} << lift) + half <= most)
                sum(narrow.data());
            else
                sum(wide.data());
            next += K;
        });
        return x;
    }

private:
    template <std::size_t R>
    auto fits(layout<R> const &in) const noexcept -> bool {
        if (!in.ok() || in.count() == 0 || in.count() > max_dimension / (H * W) || !valid()) return false;
        if (trained() && in.count() != components()) return false;
        for (auto const &b : in)
            if (b.shape != in[0].shape || b.frac != in[0].frac || b.frac < 0 || b.frac > 8 || b.at.kind != role::signal)
                return false;
        return true;
    }

    template <class T>
    static auto saturated(std::int64_t v, std::uint8_t bits) noexcept -> T {
        std::int64_t const top = std::int64_t{1} << (std::min<int>(bits, std::numeric_limits<T>::digits + 1) - 1);
        return static_cast<T>(std::clamp<std::int64_t>(v, -top, top - 1));
    }

    /// Wraps instead of overflowing; only a state that no learner makes comes near.
    template <class T>
    static auto project(std::int16_t const *b, T const *x, std::size_t n) noexcept -> std::uint64_t {
        std::uint64_t sum = 0;
        for (std::size_t d = 0; d < n; ++d) sum += static_cast<std::uint64_t>(static_cast<std::int64_t>(x[d]) * b[d]);
        return sum;
    }

    /// The state where a loop wants it: contiguous, whichever home it came from.
    struct kernel {
        std::size_t dimension;
        detail::buffer<std::int16_t> basis;
        detail::buffer<std::int32_t> mean;
        std::int64_t largest = 0, largest_mean = 0;

        kernel(pca const &p, std::size_t components)
            : dimension(components * H * W), basis(K * dimension, 0), mean(dimension, 0) {
            if (!ok()) return;
            if (!p.trained())
                detail::low_frequencies<H, W>(K, components, basis_frac, basis.data());
            else if (p.basis.size() == basis.size() && p.mean.size() == mean.size())
                p.basis.copy_to(basis.data()), p.mean.copy_to(mean.data());
            for (auto const b : basis) largest = std::max<std::int64_t>(largest, b < 0 ? -b : b);
            for (std::int64_t const m : mean) largest_mean = std::max(largest_mean, m < 0 ? -m : m);
        }
        auto ok() const noexcept -> bool { return basis.ok() && mean.ok(); }
    };
};

static_assert(transform_for<pca<8, 8, 16>, bands<std::int16_t, 2>>);
static_assert(transform_for<pca<1, 64, 8>, bands<std::int32_t, 1>>);
static_assert(tileable<pca<8, 8, 16>> && stateful<pca<8, 8, 16>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
