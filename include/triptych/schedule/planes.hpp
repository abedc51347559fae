// triptych/schedule/planes.hpp: a picture, or a box of it, as planes of centred integers, and planes as samples again.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/detail/function_ref.hpp>
#include <triptych/picture.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// A part of an array: its first sample and its extents.
template <std::size_t R>
struct box {
    extents<R> first{}, shape{};

    friend constexpr bool operator==(box const &, box const &) = default;
};

namespace detail {

/// The layout of samples of these extents: a plane a component.
template <std::size_t R>
auto component_planes(extents<R> const &shape, std::size_t components, std::uint8_t bits) -> layout<R> {
    layout<R> planes;
    for (std::size_t c = 0; c < components && planes.ok(); ++c) {
        band_info<R> like;
        like.at.component = static_cast<std::uint16_t>(c), like.bits = bits;
        planes.add(shape, like);
    }
    return planes;
}

/// What two boxes share; without samples if that is nothing.
template <std::size_t R>
constexpr auto shared(box<R> const &a, box<R> const &b) -> box<R> {
    box<R> s;
    for (std::size_t axis = 0; axis < R; ++axis) {
        auto const first = std::max(a.first[axis], b.first[axis]);
        auto const end = std::min(a.first[axis] + a.shape[axis], b.first[axis] + b.shape[axis]);
        s.first[axis] = first, s.shape[axis] = end > first ? end - first : 0;
    }
    return s;
}

/// Calls `f(sample of a, sample of b, n)` for the runs of a box that lie contiguous in both `a` and `b`, boxes that hold it.
template <std::size_t R>
[[gnu::noinline]] void for_each_run(box<R> const &part, box<R> const &a, box<R> const &b,
                                    function_ref<void(std::size_t, std::size_t, std::size_t)> f) {
    if (volume(part.shape) == 0) return;
    // Axes from `inner` on are whole in both, so a run goes over all of them and over the part of the axis before.
    std::size_t inner = R, run = 1;
    while (inner > 1 && part.shape[inner - 1] == a.shape[inner - 1] && part.shape[inner - 1] == b.shape[inner - 1])
        run *= part.shape[--inner];
    run *= part.shape[inner - 1];
    auto const in_a = row_major(a.shape), in_b = row_major(b.shape);
    auto at = part.first;
    for (;;) {
        std::size_t from = 0, to = 0;
        for (std::size_t axis = 0; axis < R; ++axis) {
            from += (at[axis] - a.first[axis]) * in_a[axis];
            to += (at[axis] - b.first[axis]) * in_b[axis];
        }
        f(from, to, run);
        std::size_t axis = inner - 1;
        while (axis > 0 && ++at[axis - 1] == part.first[axis - 1] + part.shape[axis - 1])
            at[axis - 1] = part.first[axis - 1], --axis;
        if (axis == 0) return;
    }
}

/// A run of one component's samples, `components` apart, to centred integers. A sample that has no integer takes that of the sample before it in
/// its plane, which costs least; `last` is that of the run before.
template <sample S, class T>
void run_to_integers(S const *first, std::size_t components, std::size_t n, sample_map const &map, T *out, T &last) {
    for (std::size_t i = 0; i < n; ++i) {
        if constexpr (!has_map<S>) {
            out[i] = static_cast<T>(first[i * components] - 128);
        } else {
            if (auto const centred = centred_integer(first[i * components], map)) last = static_cast<T>(*centred);
            out[i] = last;
        }
    }
}

/// And back: integers with `frac` fractional bits, rounded once.
template <sample S, class T>
void run_to_samples(T const *in, int frac, std::size_t n, sample_map const &map, S *first, std::size_t components) {
    if constexpr (!has_map<S>) {
        // As to_sample, in 32 bits; pieces of known length, copied so that they do not overlap, become vectors at any -O.
        auto const half = frac > 0 ? std::int32_t{1} << (frac - 1) : 0, shift = std::max(frac, 0);
        auto const sample = [&](std::int32_t v) {
            return static_cast<S>(std::min(std::max(((v + half) >> shift) + map.centre, 0), 255));
        };
        constexpr std::size_t piece = 16;
        std::size_t i = 0;
        for (; components == 1 && i + piece <= n; i += piece) {
            std::array<T, piece> from;
            std::array<S, piece> to;
            std::copy_n(in + i, piece, from.begin());
            for (std::size_t j = 0; j < piece; ++j) to[j] = sample(from[j]);
            std::copy_n(to.begin(), piece, first + i);
        }
        for (; i < n; ++i) first[i * components] = sample(in[i]);
    } else {
        for (std::size_t i = 0; i < n; ++i) first[i * components] = to_sample<S>(in[i], frac, map);
    }
}

/// What a codec knows of the type of samples: the two ways between runs of them and integers T.
template <class T>
struct sample_access {
    sample_type type;
    void (*load)(void const *samples, std::size_t at, std::size_t components, std::size_t n, sample_map const &, T *out,
                 T &last);
    void (*store)(T const *in, int frac, std::size_t n, sample_map const &, void *samples, std::size_t at,
                  std::size_t components);
};
template <sample S>
inline constexpr sample_access<work_type<S>> access_to{
    sample_type_of<S>::value,
    [](void const *samples, std::size_t at, std::size_t components, std::size_t n, sample_map const &map,
       work_type<S> *out, work_type<S> &last) {
        run_to_integers(static_cast<S const *>(samples) + at, components, n, map, out, last);
    },
    [](work_type<S> const *in, int frac, std::size_t n, sample_map const &map, void *samples, std::size_t at,
       std::size_t components) { run_to_samples(in, frac, n, map, static_cast<S *>(samples) + at, components); }};

/// Do planes of this kind come with a map in the stream? Those of 8-bit samples, which all have the same, do not.
template <class B>
constexpr bool with_maps = sizeof(typename B::value_type) > sizeof(work_type<std::uint8_t>);

/// The samples of `part` of a picture that fills the box `whole`, to planes of the part's extents.
template <class B>
void samples_to_planes(sample_access<typename B::value_type> const &access, void const *samples,
                       box<B::rank> const &whole, box<B::rank> const &part, sample_map const &map, B &planes) {
    auto const components = planes.count();
    for (std::size_t c = 0; c < components; ++c) {
        auto *const out = planes.data() + planes.info(c).offset;
        typename B::value_type last = 0;
        for_each_run<B::rank>(part, whole, part, [&](std::size_t from, std::size_t to, std::size_t n) {
            access.load(samples, from * components + c, components, n, map, out + to, last);
        });
    }
}
/// All samples of a picture.
template <sample S, class B>
void samples_to_planes(S const *first, sample_map const &map, B &planes) {
    if (planes.count() == 0) return;
    box<B::rank> const all{{}, planes.info(0).shape};
    samples_to_planes(access_to<S>, first, all, all, map, planes);
}

/// Planes of the box `part` to the samples of a picture that fills the box `whole`; what of the part lies outside is dropped.
template <class B>
void planes_to_samples(sample_access<typename B::value_type> const &access, B const &planes, box<B::rank> const &part,
                       sample_map const &map, void *samples, box<B::rank> const &whole) {
    auto const components = planes.count();
    for (std::size_t c = 0; c < components; ++c) {
        auto const *const in = planes.data() + planes.info(c).offset;
        int const frac = planes.info(c).frac;
        for_each_run<B::rank>(shared(part, whole), part, whole, [&](std::size_t from, std::size_t to, std::size_t n) {
            access.store(in + from, frac, n, map, samples, to * components + c, components);
        });
    }
}
template <sample S, class B>
void planes_to_samples(B const &planes, sample_map const &map, S *first) {
    if (planes.count() == 0) return;
    box<B::rank> const all{{}, planes.info(0).shape};
    planes_to_samples(access_to<S>, planes, all, map, first, all);
}

} // namespace detail
} // namespace triptych::inline TRIPTYCH_ABI
