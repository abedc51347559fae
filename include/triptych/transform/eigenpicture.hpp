// triptych/transform/eigenpicture.hpp: principal components of whole pictures, all of one size.
//
// Registered pictures of one kind lie near a plane of few dimensions (Sirovich and Kirby 1987; Turk and Pentland
// 1991: eigenfaces). transform::pca names the extents of its patches in its type; this transform learns extents,
// components and the number of vectors from the corpus. The surprise: it passes any other picture unchanged. So a
// codec of it can code every picture, at the cost of plain samples.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/state.hpp>
#include <triptych/transform/detail/linear_basis.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// One group of bands of one sample, a coefficient each, for a picture of the extents and components that the state was learned
/// from. Any other picture passes unchanged, as all do without state.
struct eigenpicture {
    static constexpr std::size_t max_dimension = 65536; ///< samples of a picture; keeps all sums within 64 bits

    frozen<std::int32_t> mean;  ///< rows × columns × components, in 2^-4, in centred sample values
    frozen<std::int16_t> basis; ///< vectors × (rows · columns · components), in 2^-14

    static constexpr void describe(auto &d) { d("eigenpicture"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("mean", self.mean), v("basis", self.basis);
    }

    constexpr auto trained() const noexcept -> bool { return !basis.empty() || !mean.empty(); }
    /// Do the extents of the learned arrays fit each other? True without state.
    constexpr auto valid() const noexcept -> bool {
        if (!trained()) return true;
        auto const d = mean.shape().size();
        return !basis.empty() && mean.shape().rank == 3 && d != 0 && d <= max_dimension && basis.shape().rank == 2 &&
               basis.shape().extent[0] != 0 && basis.shape().extent[0] <= d && basis.shape().extent[1] == d;
    }
    /// Vectors; 0 without state.
    constexpr auto vectors() const noexcept -> std::size_t { return valid() ? basis.shape().extent[0] : 0; }

    auto arrange(layout<2> const &in) const -> layout<2> {
        if (!fits(in)) return in;
        layout<2> out;
        int wide = 1;
        for (auto const &b : in) wide = std::max(wide, b.bits - b.frac);
        detail::add_coefficients(out, {1, 1}, vectors(), in, wide, mean.size(), basis);
        return out;
    }

    template <class T>
    auto forward(bands<T, 2> x) const -> bands<T, 2> {
        auto const &in = x.layout();
        if (!fits(in)) return x;
        bands<T, 2> y(arrange(in));
        auto const dimension = mean.size();
        detail::linear_basis loaded(vectors(), dimension, basis, mean);
        detail::buffer<T> samples(dimension);
        detail::buffer<std::int64_t> centred(dimension);
        if (!y.ok() || !loaded.ok() || !samples.ok() || !centred.ok())
            detail::raise<std::length_error>("eigenpicture: the picture is too large for memory");
        each_sample(x, [&, i = std::size_t{0}](T v) mutable { samples[i++] = v; });
        std::int64_t const top = std::int64_t{1} << (y.info(0).bits - 1);
        loaded.analyse(samples.data(), in[0].frac, y.info(0).frac, centred, [&](std::size_t k, std::int64_t v) {
            y.data()[k] = static_cast<T>(std::clamp(v, -top, top - 1));
        });
        return y;
    }

    template <class T>
    auto inverse(bands<T, 2> y, layout<2> const &in) const -> bands<T, 2> {
        if (!fits(in)) return y;
        bands<T, 2> x(in);
        auto const dimension = mean.size();
        bool const alone = in.count() == 1; // then samples lie as the mean does
        detail::linear_basis const loaded(vectors(), dimension, basis, mean);
        detail::buffer<T> samples(alone ? 0 : dimension);
        detail::buffer<std::uint32_t> used(vectors());
        if (!x.ok() || !y.ok() || y.size() != vectors() || y.count() != vectors() || y.info(0).frac < in[0].frac ||
            y.info(0).frac > 15 || !samples.ok() || !used.ok())
            return detail::no_memory<bands<T, 2>>();
        std::uint8_t bits = 1;
        for (auto const &b : in) bits = std::max(bits, b.bits);
        loaded.synthesise(y.data(), y.info(0).frac, alone ? x.data() : samples.data(), in[0].frac, bits, used);
        if (!alone) each_sample(x, [&, i = std::size_t{0}](T &v) mutable { v = samples[i++]; });
        return x;
    }

    /// Is this the kind of picture that the state was learned from?
    auto fits(layout<2> const &in) const noexcept -> bool {
        if (!in.ok() || !trained() || !valid() || in.count() != mean.shape().extent[2]) return false;
        for (auto const &b : in)
            if (b.shape != extents<2>{mean.shape().extent[0], mean.shape().extent[1]} || b.frac != in[0].frac ||
                b.frac < 0 || b.frac > 8 || b.at.kind != role::signal)
                return false;
        return true;
    }

    /// Samples in the order of `mean`: row, column, component.
    template <class B, class F>
    static void each_sample(B &x, F &&f) {
        for (std::size_t i = 0; i < x.info(0).shape[0]; ++i)
            for (std::size_t j = 0; j < x.info(0).shape[1]; ++j)
                for (std::size_t c = 0; c < x.count(); ++c) f(x[c](i, j));
    }
};

static_assert(transform_for<eigenpicture, bands<std::int16_t, 2>> && stateful<eigenpicture>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
