// triptych/transform/pca.hpp: principal components of patches, learned from pictures (Karhunen-Loève transform).
//
// A patch of H x W pixels, all components together, is projected on K basis vectors. So one learned basis finds
// colour and space at once, and nobody chooses a colour transform or chroma subsampling. (Hotelling 1933; as a
// transform of pictures: Habibi and Wintz 1971.) The surprise: the grid of patches always begins at the corner of the
// picture, and the basis learns this grid as well. That is a gain for registered pictures and makes no difference for
// others.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/state.hpp>
#include <triptych/transform/detail/cosines.hpp>
#include <triptych/transform/detail/linear_basis.hpp>
#include <triptych/transform/detail/patches.hpp>
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
    /// An element v of `basis` stands for v / 2^14, one of `mean` for v / 2^4, in centred sample values.
    static constexpr int basis_frac = detail::basis_frac, mean_frac = detail::mean_frac;

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
        int wide = 1;
        for (auto const &b : in) wide = std::max(wide, b.bits - b.frac);
        detail::add_coefficients(out, detail::patch_grid<H, W>(in[0].shape), K, in, wide, in.count() * H * W, basis);
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
        auto vectors = loaded(in.count());
        detail::buffer<T> patch(vectors.dimension());
        detail::buffer<std::int64_t> centred(vectors.dimension()), mean_products(K);
        if (!y.ok() || !vectors.ok() || !patch.ok() || !centred.ok() || !mean_products.ok())
            detail::raise<std::length_error>("pca: the picture is too large for memory");
        auto const &coefficient = y.info(0);
        std::int64_t const top = std::int64_t{1} << (coefficient.bits - 1);
        vectors.project_mean(in[0].frac, mean_products.data());
        auto *out = y.data();
        auto const each = [&](std::size_t, std::int64_t v) { *out++ = static_cast<T>(std::clamp(v, -top, top - 1)); };
        detail::for_each_patch<H, W>(x, patch, [&] {
            vectors.analyse(patch.data(), in[0].frac, coefficient.frac, centred, each, mean_products.data());
        });
        return y;
    }

    template <class B>
    requires(B::rank > 1 || H == 1) auto inverse(B y, layout<B::rank> const &in) const -> B {
        using T = typename B::value_type;
        B x(in);
        auto vectors = loaded(in.count());
        bool const sound = fits(in) && x.ok() && vectors.ok() && y.ok() && y.layout() == arrange(in);
        auto const dimension = sound ? vectors.dimension() : 0;
        detail::buffer<T> patch(dimension);
        detail::buffer<std::uint32_t> used(sound ? K : 0);
        if (!sound || !patch.ok() || !used.ok()) return detail::no_memory<B>();
        std::uint8_t bits = 1;
        for (auto const &b : in) bits = std::max(bits, b.bits);
        T const *next = y.data();
        detail::fill_each_patch<H, W>(x, patch, [&] {
            vectors.synthesise(next, y.info(0).frac, patch.data(), in[0].frac, bits, used);
            next += K;
        });
        return x;
    }

private:
    template <std::size_t R>
    auto fits(layout<R> const &in) const noexcept -> bool {
        return detail::cut_together(in, max_dimension / (H * W)) && valid() &&
               (!trained() || in.count() == components());
    }

    auto loaded(std::size_t components) const -> detail::linear_basis {
        auto const dimension = components * H * W;
        if (trained() && components == this->components()) return {K, dimension, basis, mean};
        return {K, dimension, [&](std::int16_t *elements) {
                    if (!trained()) detail::low_frequencies<H, W>(K, components, basis_frac, elements);
                }};
    }
};

static_assert(transform_for<pca<8, 8, 16>, bands<std::int16_t, 2>>);
static_assert(transform_for<pca<1, 64, 8>, bands<std::int32_t, 1>>);
static_assert(tileable<pca<8, 8, 16>> && stateful<pca<8, 8, 16>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
