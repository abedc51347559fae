// triptych/transform/predicted_klt.hpp: predicts blocks from decoded neighbours, and transforms the residual by
// principal components.
//
// For pictures of one kind that are not registered: micrographs, scans, tiles of a map. A whole block is predicted
// from the decoded pixels to its left and above, all components together; ridge regression learns the weights. The
// residual goes through a Karhunen-Loève transform. There are four kinds of blocks (no neighbours, pixels to the
// left, above, or both), and each has a transform of its own. (Block-based linear prediction with a transform of the
// residual: Makhoul 1975 and, learned, Yeo and others 2011: mode-dependent transforms.) The surprise: no colour
// transform and no chroma subsampling can improve it, because the regression and the KLT find what components share.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/state.hpp>
#include <triptych/transform/detail/cosines.hpp>
#include <triptych/transform/detail/linear_basis.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// A closed loop over blocks of N × N pixels of all components, in raster order: a group of K bands of ceil(h / N) × ceil(w / N) samples.
/// All bands must have one shape and no fractional bits; any other layout is refused by `arrange`. Pictures of another number of components
/// than were learned from, and all without state, are predicted by the mean around a block and use the lowest frequencies of a cosine
/// transform, components in turn.
template <std::size_t N>
struct predicted_klt {
    static_assert(N == 4 || N == 8 || N == 16 || N == 32);
    /// Which neighbours a block has: 1 to the left, 2 above.
    static constexpr std::size_t kinds = 4;
    /// Pixels around a block: the row above from the corner on to twice the block's width, the row above that, two columns to the left.
    static constexpr std::size_t ring = 5 * N + 1;
    static constexpr std::size_t max_components = 65536 / (N * N);
    static constexpr std::size_t usual_vectors = 32; ///< without state

    frozen<std::int32_t> mean; ///< kinds × D, in 2^-4: the prediction where all around is zero; D = N · N · components
    frozen<std::int16_t> predictor; ///< kinds × D × (ring · components), in 2^-14
    frozen<std::int16_t> basis;     ///< kinds × K × D, in 2^-14

    static constexpr void describe(auto &d) { d("predicted_klt", N); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("mean", self.mean), v("predictor", self.predictor), v("basis", self.basis);
    }
    /// Do the extents of the learned arrays fit the type and each other? True without state.
    constexpr auto valid() const noexcept -> bool {
        return (mean.empty() && predictor.empty() && basis.empty()) || components() != 0;
    }
    /// Components that the state was learned with; 0 without state, or where its arrays do not fit each other.
    constexpr auto components() const noexcept -> std::size_t {
        auto const d = mean.shape().rank == 2 ? mean.shape().extent[1] : 0;
        auto const c = d / (N * N);
        if (c == 0 || c > max_components || d % (N * N) != 0 || basis.shape().rank != 3) return 0;
        auto const k = basis.shape().extent[1];
        auto const four = static_cast<std::uint32_t>(kinds);
        return mean.shape() == dims{four, d} &&
                       predictor.shape() == dims{four, d, static_cast<std::uint32_t>(ring * c)} && k != 0 && k <= d &&
                       basis.shape() == dims{four, k, d}
                   ? c
                   : 0;
    }
    constexpr auto vectors(std::size_t of_components) const noexcept -> std::size_t {
        return of_components == components() ? basis.shape().extent[1] : std::min(usual_vectors, of_components * N * N);
    }

    auto arrange(layout<2> const &in) const -> layout<2> {
        layout<2> out;
        if (!in.ok() || in.count() == 0 || in.count() > max_components) return out.fail(), out;
        int wide = 1;
        for (auto const &b : in) {
            if (b.shape != in[0].shape || b.frac != 0 || b.at.kind != role::signal) return out.fail(), out;
            wide = std::max<int>(wide, b.bits);
        }
        frozen<std::int16_t> const none;
        detail::add_coefficients(out, {blocks(in[0].shape[0]), blocks(in[0].shape[1])}, vectors(in.count()), in,
                                 wide + 1, in.count() * N * N, in.count() == components() ? basis : none);
        return out;
    }

    template <class T, class Symbol, class Value>
    auto forward(bands<T, 2> x, Symbol const &symbol, Value const &value) const -> bands<T, 2> {
        bands<T, 2> y(arrange(x.layout())), decoded(x.layout());
        kernel<T> k(*this, x.layout());
        if (!y.ok() || !decoded.ok() || !k.ok())
            detail::raise<std::invalid_argument>(
                "predicted_klt: the bands do not fit each other, or are too large for memory");
        auto *out = y.data();
        each_block(x.layout(), [&](std::size_t top, std::size_t left) {
            k.predict(decoded, top, left);
            k.residual(x, top, left);
            k.analyse([&](std::size_t i, std::int64_t v) {
                auto const &info = y.info(i);
                auto const most = std::int64_t{1} << (info.bits - 1);
                auto const q = symbol(static_cast<std::int32_t>(std::clamp(v, -most, most - 1)), info);
                *out++ = static_cast<T>(q);
                k.coefficient(i) = static_cast<T>(value(q, info));
            });
            k.reconstruct(decoded, top, left);
        });
        return y;
    }

    template <class T, class Value>
    auto inverse(bands<T, 2> y, layout<2> const &in, Value const &value) const -> bands<T, 2> {
        bands<T, 2> decoded(in);
        kernel<T> k(*this, in);
        if (!decoded.ok() || !k.ok() || !y.ok() || !(y.layout() == arrange(in)))
            return detail::no_memory<bands<T, 2>>();
        auto const *next = y.data();
        each_block(in, [&](std::size_t top, std::size_t left) {
            k.predict(decoded, top, left);
            for (std::size_t i = 0; i < k.vectors(); ++i)
                k.coefficient(i) = static_cast<T>(value(static_cast<std::int32_t>(*next++), y.info(i)));
            k.reconstruct(decoded, top, left);
        });
        return decoded;
    }

    static constexpr auto blocks(std::size_t n) noexcept -> std::size_t { return n / N + (n % N != 0); }
    static constexpr auto kind_of(std::size_t top, std::size_t left) noexcept -> std::size_t {
        return (left > 0 ? 1u : 0u) + (top > 0 ? 2u : 0u);
    }
    /// Corners of all blocks, in raster order. Nobody counts the rows of a picture without columns.
    template <class F>
    static void each_block(layout<2> const &in, F &&f) {
        if (in.count() == 0 || in[0].shape[1] == 0) return;
        for (std::size_t top = 0; top < in[0].shape[0]; top += N)
            for (std::size_t left = 0; left < in[0].shape[1]; left += N) f(top, left);
    }
    /// Calls `f(i, value)` for the pixels around a block, component by component within each; zero where the picture has not begun, the
    /// nearest where it has ended.
    template <class B, class F>
    static void around(B const &x, std::size_t top, std::size_t left, F &&f) {
        std::size_t i = 0;
        auto const rows = x.info(0).shape[0], columns = x.info(0).shape[1];
        auto const pixel = [&](bool there, std::size_t row, std::size_t column) {
            for (std::size_t c = 0; c < x.count(); ++c)
                f(i++, there ? x[c](std::min(row, rows - 1), std::min(column, columns - 1)) : 0);
        };
        for (std::size_t j = 0; j <= 2 * N; ++j) pixel(top > 0, top - 1, left + j > 0 ? left + j - 1 : 0);
        for (std::size_t j = 0; j < N; ++j) pixel(top > 0, top > 1 ? top - 2 : 0, left + j);
        for (std::size_t j = 0; j < N; ++j) pixel(left > 0, top + j, left - 1);
        for (std::size_t j = 0; j < N; ++j) pixel(left > 0, top + j, left > 1 ? left - 2 : 0);
    }
    /// Calls `f(i, value)` for the samples of a block; blocks that stick out repeat the last row and column.
    template <class B, class F>
    static void inside(B const &x, std::size_t top, std::size_t left, F &&f) {
        std::size_t i = 0;
        auto const rows = x.info(0).shape[0], columns = x.info(0).shape[1];
        for (std::size_t r = 0; r < N; ++r)
            for (std::size_t j = 0; j < N; ++j)
                for (std::size_t c = 0; c < x.count(); ++c)
                    f(i++, x[c](std::min(top + r, rows - 1), std::min(left + j, columns - 1)));
    }

private:
    /// What one call needs: the learned arrays of each kind, and one block.
    template <class T>
    class kernel {
    public:
        kernel(predicted_klt const &p, layout<2> const &in)
            : p_(p), components_(in.count()), d_(components_ * N * N), vectors_(p.vectors(components_)),
              learned_(components_ != 0 && components_ == p.components()), around_(ring * components_), prediction_(d_),
              block_(d_), coefficients_(vectors_), used_(vectors_), wide_(std::max(d_, ring * components_)),
              usual_(learned_ ? 0 : vectors_, d_, [&](std::int16_t *elements) {
                  if (!learned_) detail::low_frequencies<N, N>(vectors_, components_, detail::basis_frac, elements);
              }) {
            for (auto const &b : in) bits_ = std::max(bits_, b.bits);
            auto const where = p.arrange(in);
            if (where.count() != 0) frac_ = where[0].frac;
        }
        auto ok() const noexcept -> bool {
            return around_.ok() && prediction_.ok() && block_.ok() && coefficients_.ok() && used_.ok() && wide_.ok() &&
                   usual_.ok();
        }
        auto vectors() const noexcept -> std::size_t { return vectors_; }
        auto coefficient(std::size_t i) noexcept -> T & { return coefficients_[i]; }

        void predict(bands<T, 2> const &decoded, std::size_t top, std::size_t left) noexcept {
            kind_ = kind_of(top, left);
            around(decoded, top, left, [&](std::size_t i, T v) { around_[i] = v; });
            if (!learned_) return predict_mean();
            detail::linear_basis rows(d_, ring * components_, p_.predictor, {}, kind_);
            if (!rows.ok()) return;
            rows.analyse(around_.data(), 0, 0, wide_, [&](std::size_t i, std::int64_t v) {
                prediction_[i] = clamped(v + ((std::int64_t{p_.mean[kind_ * d_ + i]} + 8) >> detail::mean_frac));
            });
        }
        void residual(bands<T, 2> const &x, std::size_t top, std::size_t left) noexcept {
            inside(x, top, left, [&](std::size_t i, T v) {
                block_[i] = static_cast<T>(std::clamp<std::int64_t>(
                    std::int64_t{v} - prediction_[i], std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
            });
        }
        template <class F>
        void analyse(F &&each) {
            with_basis([&](auto &rows) { rows.analyse(block_.data(), 0, frac_, wide_, each); });
        }
        void reconstruct(bands<T, 2> &decoded, std::size_t top, std::size_t left) noexcept {
            with_basis([&](auto &rows) {
                rows.synthesise(coefficients_.data(), frac_, block_.data(), 0, 8 * sizeof(T), used_);
            });
            auto const &shape = decoded.info(0).shape;
            std::size_t i = 0;
            for (std::size_t r = 0; r < N; ++r)
                for (std::size_t j = 0; j < N; ++j)
                    for (std::size_t c = 0; c < components_; ++c, ++i)
                        if (top + r < shape[0] && left + j < shape[1])
                            decoded[c](top + r, left + j) = clamped(std::int64_t{prediction_[i]} + block_[i]);
        }

    private:
        auto clamped(std::int64_t v) const noexcept -> T {
            auto const top = std::int64_t{1} << (std::min<int>(bits_, 8 * sizeof(T)) - 1);
            return static_cast<T>(std::clamp(v, -top, top - 1));
        }
        template <class F>
        void with_basis(F &&f) {
            if (!learned_) return f(usual_);
            detail::linear_basis rows(vectors_, d_, p_.basis, {}, kind_);
            if (rows.ok()) f(rows);
        }
        void predict_mean() noexcept {
            std::size_t const pixels = (kind_ & 2 ? 3 * N + 1 : 0) + (kind_ & 1 ? 2 * N : 0);
            for (std::size_t c = 0; c < components_; ++c) {
                std::int64_t sum = 0;
                for (std::size_t i = c; i < around_.size(); i += components_) sum += around_[i];
                auto const n = static_cast<std::int64_t>(std::max<std::size_t>(pixels, 1));
                auto const v = clamped(sum < 0 ? -((-sum + n / 2) / n) : (sum + n / 2) / n);
                for (std::size_t i = c; i < d_; i += components_) prediction_[i] = v;
            }
        }

        predicted_klt const &p_;
        std::size_t components_, d_, vectors_, kind_ = 0;
        bool learned_;
        int frac_ = 0;
        std::uint8_t bits_ = 1;
        detail::buffer<T> around_, prediction_, block_, coefficients_;
        detail::buffer<std::uint32_t> used_;
        detail::buffer<std::int64_t> wide_;
        detail::linear_basis usual_;
    };
};

static_assert(closed_loop_for<predicted_klt<16>, bands<std::int16_t, 2>> && stateful<predicted_klt<16>>);

} // namespace triptych::inline TRIPTYCH_ABI::transform
