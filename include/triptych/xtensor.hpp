// triptych/xtensor.hpp: xtensor at the surface. Codecs and metrics take containers and expressions of xtensor, decoded pictures
// become containers, and bands become views, so that a policy can be written as an expression.
//
// An expression is evaluated once, before anything else looks at it; nothing stays lazy. Expressions are pleasant and slow
// (a Haar step on strided views: about a hundredth of the speed of a loop), so no codec of the library depends on this header.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/detail/xtensor.hpp>
#include <triptych/picture.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
template <class X>
concept xtensor_expression = xt::is_xexpression<std::remove_cvref_t<X>>::value;

template <class X>
struct row_major_container : std::false_type {};
template <class E, std::size_t N, class Tag>
struct row_major_container<xt::xtensor_container<E, N, xt::layout_type::row_major, Tag>> : std::true_type {};
template <class E, class Shape, class Tag>
struct row_major_container<xt::xarray_container<E, xt::layout_type::row_major, Shape, Tag>> : std::true_type {};

/// The number of axes if the type knows it, or 0.
template <class X>
constexpr std::size_t static_rank = xt::static_dimension<typename X::shape_type>::value < 0
                                        ? 0
                                        : static_cast<std::size_t>(xt::static_dimension<typename X::shape_type>::value);

/// Row-major samples of `X`: borrowed from an lvalue that has them so, evaluated (or moved) otherwise.
template <class X>
struct samples_of {
    using plain = std::remove_cvref_t<X>;
    using S = typename plain::value_type;
    static_assert(sample<S>, "samples must be uint8, uint16, int16, int32 or float; convert with xt::cast<float>(...)");
    static constexpr std::size_t rank = static_rank<plain>;
    static constexpr bool borrows = std::is_lvalue_reference_v<X> && row_major_container<plain>::value;
    using owned = std::conditional_t<rank == 0, xt::xarray<S>, xt::xtensor<S, rank == 0 ? 1 : rank>>;
    std::conditional_t<borrows, plain const &, owned> values;

    /// The first R axes, and what is left of them as components.
    template <std::size_t R>
    auto view(bool component_axis) const -> picture_view<S, R> {
        if (values.dimension() != R + component_axis) raise<std::invalid_argument>("the number of axes does not fit");
        picture_view<S, R> v{values.data(), {}, component_axis ? static_cast<std::size_t>(values.shape()[R]) : 1};
        for (std::size_t axis = 0; axis < R; ++axis) v.shape[axis] = static_cast<std::size_t>(values.shape()[axis]);
        return v;
    }
};
} // namespace detail

/// An array without components; see `as_array`.
template <std::size_t R, class X>
struct array_source {
    detail::samples_of<X> samples;
    auto view() const { return samples.template view<R>(false); }
};

/// Says that all axes of a container or expression are axes of the signal (sound, volumes, fields), none is the components'. Rank 1 to 4;
/// a container whose type does not know its rank needs it said, `as_array<3>(x)`, and throws std::invalid_argument if it has another.
template <std::size_t R = 0, detail::xtensor_expression X>
auto as_array(X &&x) {
    constexpr std::size_t rank = R != 0 ? R : detail::static_rank<std::remove_cvref_t<X>>;
    static_assert(rank >= 1 && rank <= 4, "as_array: the rank must be known and from 1 to 4: as_array<2>(x)");
    return array_source<rank, X>{{std::forward<X>(x)}};
}

template <std::size_t R, class X>
struct picture_source<array_source<R, X>> {
    array_source<R, X> const &x;
    auto view() const { return x.view(); }
};

/// Containers and expressions are pictures: h × w (one component) or h × w × components. Any other rank does not compile, or, where
/// the type does not know its rank, throws std::invalid_argument.
template <detail::xtensor_expression X>
struct picture_source<X> {
    explicit picture_source(X const &x) : samples_{x} {}
    auto view() const { return samples_.template view<2>(samples_.values.dimension() != 2); }

private:
    static_assert(detail::static_rank<X> == 0 || detail::static_rank<X> == 2 || detail::static_rank<X> == 3,
                  "a picture has 2 axes, or 3 with components; use as_array(x) for other arrays");
    detail::samples_of<X const &> samples_;
};

/// A copy of decoded samples with the components as the last axis, also where there is only one: a type can't depend on a number in a stream.
template <sample S, std::size_t R>
auto to_xtensor(picture<S, R> const &x) -> xt::xtensor<S, R + 1> {
    std::array<std::size_t, R + 1> shape;
    std::copy(x.shape().begin(), x.shape().end(), shape.begin());
    shape[R] = x.components();
    xt::xtensor<S, R + 1> out(shape);
    std::copy(x.data(), x.data() + x.size(), out.data());
    return out;
}

/// A copy of decoded samples of one component, without an axis for it. Throws std::invalid_argument if there are more.
template <sample S, std::size_t R>
auto to_array(picture<S, R> const &x) -> xt::xtensor<S, R> {
    if (x.components() != 1) detail::raise<std::invalid_argument>("the picture has more than one component");
    xt::xtensor<S, R> out(x.shape());
    std::copy(x.data(), x.data() + x.size(), out.data());
    return out;
}

/// A view of a band, without a copy; assigning an expression to it writes the band's values and never changes its extents. Where the
/// expression reads no value after it is written, `xt::noalias(view) = …` saves a temporary.
template <class T, std::size_t R>
auto as_xtensor(band_view<T, R> const &band) {
    using storage = xt::xbuffer_adaptor<T *, xt::no_ownership, std::allocator<std::remove_const_t<T>>>;
    using view = xt::xtensor_view<storage, R, xt::layout_type::dynamic, xt::xtensor_expression_tag>;
    typename view::strides_type strides{};
    for (std::size_t axis = 0; axis < R; ++axis)
        strides[axis] = static_cast<typename view::strides_type::value_type>(band.stride()[axis]);
    // The storage's length is the number of samples, not the distance they span: xtensor resizes it to that, and it can't be resized.
    return view(storage(band.data(), band.size()), band.shape(), strides);
}

} // namespace triptych::inline TRIPTYCH_ABI
