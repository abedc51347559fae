// triptych/metric/size.hpp: how large streams and models are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <triptych/picture.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::metric {

/// Bytes of the samples as they lie in memory, over bytes of the stream.
template <class X>
auto ratio(X const &original, std::size_t stream_bytes) -> double {
    picture_source<X> const source{original};
    auto const x = source.view();
    return static_cast<double>(x.size() * sizeof(*x.data)) /
           static_cast<double>(std::max<std::size_t>(stream_bytes, 1));
}

/// Bits of the stream for each pixel, whatever its number of components. Infinite for an empty picture.
template <class X>
auto bits_per_pixel(X const &original, std::size_t stream_bytes) -> double {
    picture_source<X> const source{original};
    return 8 * static_cast<double>(stream_bytes) / static_cast<double>(volume(source.view().shape));
}

/// Number of learned parameters of a policy or codec.
template <class P>
auto parameters(P const &policy) -> std::uint64_t {
    return parameter_count(policy);
}

/// Bytes of the learned arrays as a model file or header holds them, without names and extents.
template <class P>
auto model_bytes(P const &policy) -> std::uint64_t {
    std::uint64_t n = 0;
    if constexpr (stateful<P>)
        P::state(policy, [&n](std::string_view, auto const &array) {
            n += array.size() * sizeof(typename std::remove_cvref_t<decltype(array)>::value_type);
        });
    return n;
}

} // namespace triptych::inline TRIPTYCH_ABI::metric
