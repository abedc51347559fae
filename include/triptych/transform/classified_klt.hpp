// triptych/transform/classified_klt.hpp: a set of Karhunen-Loève transforms, one for each class of blocks.
//
// Principal components are fitted to a mean covariance. But a block with an edge along one diagonal and a block with
// an edge along the other have little in common. Here blocks fall into classes. Each class has a basis and a mean of
// its own, and a side band says the class of each block. (Dony and Haykin 1995, optimally adaptive transform coding;
// Effros and others 1999; with bases for sparsity: Sezer, Guleryuz and Altunbasak 2015.) The surprise: basis vectors
// of one component are ordered by the frequency that they resemble. So the coder's frequency contexts apply to them,
// and all classes share these contexts.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/state.hpp>
#include <triptych/transform/detail/coefficient_rate.hpp>
#include <triptych/transform/detail/cosines.hpp>
#include <triptych/transform/detail/linear_basis.hpp>
#include <triptych/transform/detail/patches.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// Blocks of N × N pixels over all components: a side band with the class of each, 0 to Classes - 1, then a group of K bands of
/// ceil(h / N) × ceil(w / N) coefficients, K learned. Blocks that stick out repeat the last row and column.
///
/// Works on the last two axes. All bands must have one shape and one `frac`, and there must be as many as the state was learned with; any other
/// layout is refused by `arrange`. Without state there is one class, the N² lowest frequencies of a cosine transform, components in turn.
template <std::size_t N, std::size_t Classes>
struct classified_klt {
    static_assert(N == 4 || N == 8 || N == 16);
    static_assert(Classes >= 2 && Classes <= 256);
    static constexpr std::size_t max_dimension = 16384; ///< samples of a block; keeps all sums within 64 bits
    static constexpr std::size_t usual_vectors = N * N; ///< without state
    static constexpr std::size_t tile_height = N, tile_margin = 0;

    frozen<std::int32_t>
        mean; ///< Classes × D, in 2^-4: a block row by row, components side by side; D = N · N · components
    frozen<std::int16_t> basis; ///< Classes × K × D, in 2^-14

    static constexpr void describe(auto &d) { d("classified_klt", N, Classes); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("mean", self.mean), v("basis", self.basis);
    }

    constexpr auto trained() const noexcept -> bool { return !basis.empty() || !mean.empty(); }
    /// Do the extents of the learned arrays fit the type and each other? True without state.
    constexpr auto valid() const noexcept -> bool {
        if (!trained()) return true;
        if (mean.shape().rank != 2 || basis.shape().rank != 3) return false;
        auto const d = mean.shape().extent[1], k = basis.shape().extent[1];
        auto const n = static_cast<std::uint32_t>(Classes);
        return d != 0 && d % (N * N) == 0 && d <= max_dimension && mean.shape() == dims{n, d} && k != 0 && k <= d &&
               basis.shape() == dims{n, k, d};
    }
    /// Components that the state was learned with; 0 without state: any number.
    constexpr auto components() const noexcept -> std::size_t {
        return trained() ? mean.shape().extent[1] / (N * N) : 0;
    }
    constexpr auto vectors() const noexcept -> std::size_t {
        return trained() ? basis.shape().extent[1] : usual_vectors;
    }
    constexpr auto classes() const noexcept -> std::size_t { return trained() ? Classes : 1; }

    template <std::size_t R>
    requires(R > 1) auto arrange(layout<R> const &in) const -> layout<R> {
        layout<R> out;
        if (!fits(in)) return out.fail(), out;
        int wide = 1;
        for (auto const &b : in) wide = std::max(wide, b.bits - b.frac);
        auto const grid = detail::patch_grid<N, N>(in[0].shape);
        band_info<R> which;
        which.at.kind = role::side, which.bits = static_cast<std::uint8_t>(std::bit_width(Classes - 1) + 1);
        out.add(grid, which);
        detail::add_coefficients(out, grid, vectors(), in, wide, in.count() * N * N, basis);
        return out;
    }

    /// Each block gets the class whose coefficients are expected to be cheapest at this step. Throws std::invalid_argument if the bands do not
    /// fit the state.
    template <class B>
    requires(B::rank > 1) auto forward(B x, target const &aim) const -> B {
        using T = typename B::value_type;
        auto const in = x.layout();
        if (!fits(in))
            detail::raise<std::invalid_argument>("classified_klt: the components or shapes do not fit the learned state");
        B y(arrange(in));
        auto const dimension = in.count() * N * N;
        auto const cosines = usual(dimension);
        detail::buffer<T> patch(dimension), tried(classes() * vectors());
        detail::buffer<std::int64_t> centred(dimension), mean_products(classes() * vectors());
        if (!y.ok() || !cosines.ok() || !patch.ok() || !tried.ok() || !centred.ok() || !mean_products.ok())
            detail::raise<std::length_error>("classified_klt: the picture is too large for memory");
        auto const &coefficient = y.info(1);
        std::int64_t const top = std::int64_t{1} << (coefficient.bits - 1);
        for (std::size_t c = 0; c < classes(); ++c)
            with(c, cosines,
                 [&](auto const &set) { set.project_mean(in[0].frac, mean_products.data() + c * vectors()); });

        detail::coefficient_rate const rate(0.8F * aim.lambda);
        auto const eighths =
            8 * 256.0F / static_cast<float>(detail::grid<T>(detail::stream_step(aim), coefficient).step);
        // Guesses of what it costs to name the class, in the units of rates: a bit where a neighbour has it too.
        auto const bit = static_cast<std::uint64_t>(256 * 0.8F * aim.lambda + 0.5F);
        auto const other = bit * static_cast<std::uint64_t>(std::bit_width(Classes - 1));
        auto const columns = y.info(0).shape[B::rank - 1];
        auto *which = y.data();
        auto *out = y.data() + y.info(1).offset;
        std::size_t at = 0;
        detail::for_each_patch<N, N>(x, patch, [&] {
            std::size_t best = 0;
            std::uint64_t least = 0;
            for (std::size_t c = 0; c < classes(); ++c) {
                auto *const to = tried.data() + c * vectors();
                auto const each = [&](std::size_t i, std::int64_t v) {
                    to[i] = static_cast<T>(std::clamp(v, -top, top - 1));
                };
                with(c, cosines, [&](auto const &set) {
                    set.analyse(patch.data(), in[0].frac, coefficient.frac, centred, each,
                                mean_products.data() + c * vectors());
                });
                if (classes() == 1) break;
                auto const is = static_cast<T>(c);
                bool const near =
                    (at % columns != 0 && which[at - 1] == is) || (at >= columns && which[at - columns] == is);
                auto const cost = rate.runs(to, vectors(), eighths) + bit + (near ? 0 : other);
                if (c == 0 || cost < least) best = c, least = cost;
            }
            which[at++] = static_cast<T>(best);
            out = std::copy_n(tried.data() + best * vectors(), vectors(), out);
        });
        return y;
    }

    template <class B>
    requires(B::rank > 1) auto inverse(B y, layout<B::rank> const &in) const -> B {
        using T = typename B::value_type;
        B x(in);
        bool const fit = fits(in) && x.ok() && y.ok() && y.layout() == arrange(in);
        auto const cosines = usual(fit ? in.count() * N * N : 0);
        bool const sound = fit && cosines.ok();
        detail::buffer<T> patch(sound ? in.count() * N * N : 0);
        detail::buffer<std::uint32_t> used(sound ? vectors() : 0);
        if (!sound || !patch.ok() || !used.ok()) return detail::no_memory<B>();
        std::uint8_t bits = 1;
        for (auto const &b : in) bits = std::max(bits, b.bits);
        T const *which = y.data(), *next = y.data() + y.info(1).offset;
        auto const frac = y.info(1).frac;
        detail::fill_each_patch<N, N>(x, patch, [&] {
            auto const c = std::clamp<std::int64_t>(*which++, 0, static_cast<std::int64_t>(classes()) - 1);
            with(static_cast<std::size_t>(c), cosines,
                 [&](auto const &set) { set.synthesise(next, frac, patch.data(), in[0].frac, bits, used); });
            next += vectors();
        });
        return x;
    }

private:
    template <std::size_t R>
    auto fits(layout<R> const &in) const noexcept -> bool {
        return detail::cut_together(in, max_dimension / (N * N)) && valid() &&
               (!trained() || in.count() == components());
    }

    /// What stands for all classes without state; with it, nothing.
    auto usual(std::size_t dimension) const -> detail::linear_basis {
        return {trained() || dimension == 0 ? 0 : usual_vectors, dimension, [&](std::int16_t *elements) {
                    if (!trained() && dimension != 0)
                        detail::low_frequencies<N, N>(usual_vectors, dimension / (N * N), detail::basis_frac, elements);
                }};
    }
    template <class F>
    void with(std::size_t c, detail::linear_basis const &cosines, F &&f) const {
        if (!trained()) return f(cosines);
        f(detail::linear_basis(vectors(), cosines.dimension(), basis, mean, c));
    }
};

static_assert(transform_for<classified_klt<8, 8>, bands<std::int16_t, 2>> &&
              target_aware<classified_klt<8, 8>, bands<std::int16_t, 2>>);
static_assert(tileable<classified_klt<8, 8>> && stateful<classified_klt<8, 8>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
