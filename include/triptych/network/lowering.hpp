// triptych/network/lowering.hpp: how a convolution becomes matrix products.
//
// The values under the kernel at each position are copied side by side (im2col), and their product with the weights gives all channels. A
// transposed convolution is usually written as its definition says, by adding each input to many outputs. The surprise: outputs of one
// phase (row and column modulo the stride) see the same few kernel positions, so it is stride² plain convolutions, gathers only, and one
// piece of code does both (Shi et al., "Is the deconvolution layer the same as a convolutional layer?", 2016).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <triptych/detail/memory.hpp>
#include <triptych/network/layer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::network {

/// One kernel position as a phase sees it: where its input lies, relative to the position's origin.
struct tap {
    std::int32_t dy = 0, dx = 0;
    std::uint32_t weight = 0; ///< kernel row · kernel + kernel column
    std::uint32_t run = 1;    ///< so many taps from here on lie side by side in a row of the input
};

/// Outputs (row + step · j, column + step · i) for j < rows and i < columns.
struct phase {
    std::size_t row = 0, column = 0, rows = 0, columns = 0;
    std::size_t first = 0, taps = 0; ///< its taps among all
};

/// The phases of a dense layer, a convolution, a transposed one or a normalisation. The layer fits its extents, as `output` says.
class lowering {
public:
    lowering() = default;
    lowering(layer const &l, extents const &in, extents const &out) noexcept : in_(in) {
        if (l.op == kind::dense) in_ = {1, 1, in.values()};
        bool const enlarges = l.op == kind::transposed_convolution;
        auto const k = static_cast<std::size_t>(l.kernel), s = static_cast<std::size_t>(l.stride);
        step_ = enlarges ? s : 1, pace_ = enlarges ? 1 : s;
        phases_ = triptych::detail::buffer<phase>(step_ * step_);
        taps_ = triptych::detail::buffer<tap>(k * k);
        if (!ok()) return;
        std::size_t n = 0;
        for (std::size_t p = 0; p < step_ * step_; ++p) {
            phase f{p / step_, p % step_, 0, 0, n, 0};
            f.rows = (out.height - std::min(out.height, f.row) + step_ - 1) / step_;
            f.columns = (out.width - std::min(out.width, f.column) + step_ - 1) / step_;
            // From the least to the greatest input column, so that runs are runs in memory.
            for (std::size_t a = 0; a < k; ++a)
                for (std::size_t b = 0; b < k; ++b) {
                    auto const ky = enlarges ? k - 1 - a : a, kx = enlarges ? k - 1 - b : b;
                    auto const dy = offset(l, f.row, ky), dx = offset(l, f.column, kx);
                    if (dy % static_cast<std::int32_t>(step_) != 0 || dx % static_cast<std::int32_t>(step_) != 0)
                        continue;
                    taps_[n++] = {dy / static_cast<std::int32_t>(step_), dx / static_cast<std::int32_t>(step_),
                                  static_cast<std::uint32_t>(ky * k + kx), 1};
                }
            f.taps = n - f.first;
            for (auto t = n; t-- > f.first + 1;)
                if (taps_[t - 1].dy == taps_[t].dy && taps_[t - 1].dx + 1 == taps_[t].dx)
                    taps_[t - 1].run = taps_[t].run + 1;
            phases_[p] = f;
        }
    }
    auto ok() const noexcept -> bool { return phases_.ok() && taps_.ok(); }
    auto phases() const noexcept -> triptych::detail::buffer<phase> const & { return phases_; }
    auto taps() const noexcept -> tap const * { return taps_.data(); }
    auto step() const noexcept -> std::size_t { return step_; }

    /// Shows each tap of the positions `first` to `first + count` of a phase: f(position - first, tap's number within the phase, how many
    /// taps of a run, input or null where the run lies outside), the input's first channel being `channel`. Runs are of one tap unless
    /// `whole` says that all channels are taken.
    template <class T, class F>
    void visit(phase const &f, T *x, std::size_t channel, bool whole, std::size_t first, std::size_t count,
               F &&found) const {
        auto const w = static_cast<std::ptrdiff_t>(in_.width), h = static_cast<std::ptrdiff_t>(in_.height);
        std::size_t j = first / f.columns, i = first % f.columns;
        for (std::size_t n = 0; n < count; ++n) {
            auto const y0 = static_cast<std::ptrdiff_t>(j * pace_), x0 = static_cast<std::ptrdiff_t>(i * pace_);
            for (std::size_t t = 0; t < f.taps;) {
                auto const &p = taps_[f.first + t];
                auto const y = y0 + p.dy, u = x0 + p.dx;
                bool const row = y >= 0 && y < h;
                std::size_t run = whole ? p.run : 1;
                bool inside = row && u >= 0 && u + static_cast<std::ptrdiff_t>(run) <= w;
                if (!inside && row) run = 1, inside = u >= 0 && u < w;
                auto *const at = inside ? x + static_cast<std::size_t>(y * w + u) * in_.channels + channel : nullptr;
                found(n, t, run, at);
                t += run;
            }
            if (++i == f.columns) i = 0, ++j;
        }
    }
    /// Copies what positions see into rows of `pitch` values, tap after tap, `channels` each from `channel` on; zeros outside.
    template <class T>
    void gather(phase const &f, T const *x, std::size_t channel, std::size_t channels, std::size_t first,
                std::size_t count, T *to, std::size_t pitch) const {
        visit(f, x, channel, channels == in_.channels, first, count,
              [&](std::size_t n, std::size_t t, std::size_t run, T const *at) {
                  auto *const row = to + n * pitch + t * channels;
                  if (at)
                      std::copy_n(at, run * channels, row);
                  else
                      std::fill_n(row, run * channels, T{0});
              });
    }
    /// Where the output of a position lies, in outputs of `width` columns.
    auto place(phase const &f, std::size_t position, std::size_t width) const noexcept -> std::size_t {
        auto const j = position / f.columns, i = position % f.columns;
        return (f.row + step_ * j) * width + f.column + step_ * i;
    }

private:
    static auto offset(layer const &l, std::size_t row, std::size_t k) noexcept -> std::int32_t {
        auto const at = static_cast<std::int32_t>(k);
        return l.op == kind::transposed_convolution ? static_cast<std::int32_t>(row) + l.padding - at : at - l.padding;
    }

    extents in_{};
    std::size_t step_ = 1, pace_ = 1; ///< of outputs, and of inputs, from one position of a phase to the next
    triptych::detail::buffer<phase> phases_;
    triptych::detail::buffer<tap> taps_;
};

} // namespace triptych::inline TRIPTYCH_ABI::network
