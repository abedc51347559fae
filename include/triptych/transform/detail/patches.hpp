// triptych/transform/detail/patches.hpp: cuts planes into patches of H x W pixels over all components, and puts them back.
//
// Leading axes are a batch. Within a patch the order is row, column, component; patches come in row-major order of their
// grid, which is the order of a group of bands with the patch grid's shape.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Number of patches along each axis.
template <std::size_t H, std::size_t W, std::size_t R>
constexpr auto patch_grid(extents<R> shape) noexcept -> extents<R> {
    shape[R - 1] = shape[R - 1] / W + (shape[R - 1] % W != 0);
    if constexpr (R > 1) shape[R - 2] = shape[R - 2] / H + (shape[R - 2] % H != 0);
    return shape;
}

/// Can planes be cut into patches over all of them together, of at most `most` planes? Signal of one shape and one frac of 0 to 8.
template <std::size_t R>
auto cut_together(layout<R> const &in, std::size_t most) noexcept -> bool {
    if (!in.ok() || in.count() == 0 || in.count() > most) return false;
    for (auto const &b : in)
        if (b.shape != in[0].shape || b.frac != in[0].frac || b.frac < 0 || b.frac > 8 || b.at.kind != role::signal)
            return false;
    return true;
}

/// Gathers into `patch` before each call, or scatters from it after.
template <std::size_t H, std::size_t W, bool Scatter, class B, class P, class F>
void walk_patches(B &x, P &patch, F &&each) {
    constexpr std::size_t R = B::rank;
    if (x.count() == 0 || volume(x.info(0).shape) == 0) return;
    auto const &shape = x.info(0).shape;
    std::size_t rows = 1, planes = 1;
    auto const columns = shape[R - 1];
    if constexpr (R > 1) rows = shape[R - 2];
    for (std::size_t axis = 0; axis + 2 < R; ++axis) planes *= shape[axis];
    auto const components = x.count();
    for (std::size_t plane = 0; plane < planes; ++plane)
        for (std::size_t top = 0; top < rows; top += H)
            for (std::size_t left = 0; left < columns; left += W) {
                if constexpr (Scatter) each();
                for (std::size_t c = 0; c < components; ++c) {
                    auto const &b = x.info(c);
                    auto *at = x.data() + b.offset;
                    std::size_t rest = plane;
                    for (std::size_t axis = R > 2 ? R - 2 : 0; axis-- > 0; rest /= shape[axis])
                        at += (rest % shape[axis]) * b.stride[axis];
                    std::size_t row_stride = 0;
                    if constexpr (R > 1) row_stride = b.stride[R - 2];
                    auto const stride = b.stride[R - 1];
                    for (std::size_t r = 0; r < H; ++r) {
                        if (Scatter && top + r >= rows) break;
                        auto *const row = at + (top + r < rows ? top + r : rows - 1) * row_stride;
                        for (std::size_t i = 0; i < W; ++i) {
                            auto &element = patch[(r * W + i) * components + c];
                            if constexpr (Scatter) {
                                if (left + i < columns) row[(left + i) * stride] = element;
                            } else {
                                element = row[(left + i < columns ? left + i : columns - 1) * stride];
                            }
                        }
                    }
                }
                if constexpr (!Scatter) each();
            }
}

/// Fills `patch` (H * W * components elements) with one patch after the other and calls `each()`. Patches that stick out
/// repeat the last row and column.
template <std::size_t H, std::size_t W, class B, class P, class F>
void for_each_patch(B const &x, P &patch, F &&each) {
    walk_patches<H, W, false>(x, patch, each);
}

/// Calls `each()`, which fills `patch`, for one patch after the other, and stores what lies in the picture.
template <std::size_t H, std::size_t W, class B, class P, class F>
void fill_each_patch(B &x, P &patch, F &&each) {
    walk_patches<H, W, true>(x, patch, each);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
