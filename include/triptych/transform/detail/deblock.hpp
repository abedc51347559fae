// triptych/transform/detail/deblock.hpp: smooths small steps across the borders of blocks, with integers only.
//
// It follows the deblocking filters of H.264 and HEVC (List et al. 2003, Norkin et al. 2012). A step across a border
// comes from quantisation if it is smaller than a true edge and both sides are smooth. The filter corrects two
// samples on each side, by at most a tenth of the quantisation step. Between two large blocks that are very smooth,
// the step becomes a ramp of twelve samples. All limits follow from the step, so nothing but the step travels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/detail/partition.hpp>
#include <triptych/transform/detail/plane.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// The filter of one band. `T` is the work type; sums of a few values need `wide<T>`.
template <class T>
class deblocking {
    using W = wide<T>;

public:
    /// `step` is Q8, in units of the integer samples; the band's own step follows from its frac and gain, in 16ths here.
    template <std::size_t R>
    deblocking(std::uint64_t step, band_info<R> const &band) noexcept {
        auto const gain = std::max<std::uint64_t>(band.gain, 1);
        auto const scaled = (std::min(step, max_step) << std::clamp<int>(band.frac, 0, 15)) * 16 / gain;
        auto const sixteenths =
            static_cast<W>(std::min<std::uint64_t>(scaled, std::uint64_t{1} << (8 * sizeof(T) + 6)));
        limit_ = 13 * sixteenths >> 11;
        rough_ = 3 * sixteenths >> 5;
        edge_ = 10 * limit_;
    }

    /// Borders between columns first, then between rows, both in raster order of the cells. `cells(row, col)` is log2 of a block's size.
    template <class Cells>
    void apply(T *plane, std::size_t rows, std::size_t cols, Cells const &cells) const noexcept {
        if (limit_ <= 0) return;
        auto const size = [&](std::size_t y, std::size_t x) {
            return std::size_t{1} << std::clamp<int>(cells(y / cell, x / cell), smallest_log2, largest_log2);
        };
        auto const stride = static_cast<std::ptrdiff_t>(cols);
        for (std::size_t y = 0; y < rows; y += cell)
            for (std::size_t x = cell; x < cols; x += cell) {
                auto const n = size(y, x), m = size(y, x - cell);
                if (m != n || x % n == 0) border(plane + y * cols + x, 1, stride, std::min(m, n));
            }
        for (std::size_t y = cell; y < rows; y += cell)
            for (std::size_t x = 0; x < cols; x += cell) {
                auto const n = size(y, x), m = size(y - cell, x);
                if (m != n || y % n == 0) border(plane + y * cols + x, stride, 1, std::min(m, n));
            }
    }

private:
    static constexpr std::uint64_t max_step = std::uint64_t{1} << 40;

    static auto magnitude(W v) noexcept -> W { return v < 0 ? -v : v; }

    /// Eight samples along a border whose smaller block has `size` samples; p is the first one behind it.
    void border(T *p, std::ptrdiff_t across, std::ptrdiff_t along, std::size_t size) const noexcept {
        for (int i = 0; i < 8; ++i, p += along)
            if (size < 16 || !ramp(p, across)) step(p, across);
    }

    /// Makes a ramp of the step if both sides are nearly flat; true if it did.
    auto ramp(T *p, std::ptrdiff_t s) const noexcept -> bool {
        W const jump = W{p[0]} - p[-s];
        if (magnitude(jump) >= 2 * limit_) return false;
        W const bend = magnitude(W{p[-4 * s]} - 2 * W{p[-2 * s]} + p[-s]) +
                       magnitude(W{p[3 * s]} - 2 * W{p[s]} + p[0]) +
                       magnitude(W{p[-6 * s]} - p[-4 * s] - p[-3 * s] + p[-s]) +
                       magnitude(W{p[5 * s]} - p[3 * s] - p[2 * s] + p[0]);
        if (bend >= limit_) return false;
        for (int i = 0; i < 6; ++i) {
            W const d = (jump * (11 - 2 * i) * 85 + 1024) >> 11; // jump * (11 - 2i) / 24
            p[-(i + 1) * s] = saturate<T>(p[-(i + 1) * s] + d);
            p[i * s] = saturate<T>(p[i * s] - d);
        }
        return true;
    }

    /// Brings two samples on each side nearer to each other.
    void step(T *p, std::ptrdiff_t s) const noexcept {
        W const a0 = p[-s], a1 = p[-2 * s], a2 = p[-3 * s], b0 = p[0], b1 = p[s], b2 = p[2 * s];
        W const rough = magnitude(a2 - 2 * a1 + a0) + magnitude(b2 - 2 * b1 + b0);
        W delta = (9 * (b0 - a0) - 3 * (b1 - a1) + 8) >> 4;
        if (rough >= rough_ || magnitude(delta) >= edge_) return;
        W const half = limit_ >> 1;
        delta = std::clamp(delta, -limit_, limit_);
        p[-s] = saturate<T>(a0 + delta);
        p[0] = saturate<T>(b0 - delta);
        p[-2 * s] = saturate<T>(a1 + std::clamp((((a2 + a0 + 1) >> 1) - a1 + delta) >> 1, -half, half));
        p[s] = saturate<T>(b1 + std::clamp((((b2 + b0 + 1) >> 1) - b1 - delta) >> 1, -half, half));
    }

    W limit_ = 0; ///< the largest correction, a tenth of a step; 0 switches the filter off
    W rough_ = 0; ///< second differences of both sides together that the filter still takes for smooth
    W edge_ = 0;  ///< a larger step is a true edge
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
