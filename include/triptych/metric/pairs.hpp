// triptych/metric/pairs.hpp: how metrics take two pictures.
//
// Each may be anything that `picture_source` knows: views, pictures, and with xtensor.hpp containers and expressions.
// Both have one sample type and the same extents.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <triptych/picture.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::metric {

/// Calls `f(view, view)`. Throws std::invalid_argument if extents or numbers of components differ.
template <class A, class B, class F>
auto with_pair(A const &original, B const &decoded, F &&f) {
    picture_source<A> const a{original};
    picture_source<B> const b{decoded};
    auto const x = a.view();
    auto const y = b.view();
    static_assert(std::is_same_v<decltype(x), decltype(y)>,
                  "a metric compares pictures of one sample type and one rank");
    if (x.shape != y.shape || x.components != y.components)
        triptych::detail::raise<std::invalid_argument>("a metric compares pictures of the same extents");
    return f(x, y);
}

/// One component as reals.
template <sample S, std::size_t R>
auto component(picture_view<S, R> const &x, std::size_t c) -> std::vector<double> {
    std::vector<double> plane;
    plane.reserve(static_cast<std::size_t>(volume(x.shape)));
    for (auto i = c; i < x.size(); i += x.components) plane.push_back(static_cast<double>(x.data[i]));
    return plane;
}

/// Luma of ITU-R BT.601, not rounded: 0.299 R + 0.587 G + 0.114 B. Pictures of one or two components are their first; a fourth is ignored.
template <sample S, std::size_t R>
auto luma(picture_view<S, R> const &x) -> std::vector<double> {
    if (x.components < 3) return component(x, 0);
    std::vector<double> plane;
    plane.reserve(static_cast<std::size_t>(volume(x.shape)));
    for (std::size_t i = 0; i < x.size(); i += x.components)
        plane.push_back(0.299 * static_cast<double>(x.data[i]) + 0.587 * static_cast<double>(x.data[i + 1]) +
                        0.114 * static_cast<double>(x.data[i + 2]));
    return plane;
}

} // namespace triptych::inline TRIPTYCH_ABI::metric
