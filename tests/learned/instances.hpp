// tests/learned/instances.hpp: codecs as tests hold them: without learned state, or with the small model that is committed for them.
#pragma once

#include <array>
#include <cstdint>
#include <tuple>

#include <triptych/picture.hpp>

#include "../models/all.hpp"
#include "../registry.hpp"
#include "entries.hpp"

namespace registry {

/// The sample types and ranks that instances without state are tried with.
using all_pictures = std::tuple<picture<std::uint8_t, 2>, picture<std::uint16_t, 2>, picture<std::int16_t, 1>,
                                picture<std::int32_t, 3>, picture<float, 2>>;

template <class C>
struct untrained {
    using codec = C;
    using pictures = all_pictures;
    static auto make() -> codec { return {}; }
};

/// Borrows the arrays of its header. One sample type: what differs for others is tried without state.
template <class Entry>
struct trained : Entry {
    using entry = Entry;
    using typename Entry::codec;
    using pictures = std::tuple<picture<std::uint8_t, 2>>;
    static auto make() -> codec const & {
        static constexpr codec c(model_of<Entry>::view); // a header that lacks an array does not compile
        return c;
    }
};

namespace detail {
template <template <class> class F, class List>
struct each;
template <template <class> class F, class... P>
struct each<F, std::tuple<P...>> {
    using type = std::tuple<F<P>...>;
};
} // namespace detail

using learned = typename detail::each<trained, learned_entries>::type;

/// Whose encoders need a learner, and all others.
using learning_instances = typename detail::each<untrained, learning_codecs>::type;
using plain_instances = joined<typename detail::each<untrained, codecs>::type, learned>;

/// All codecs: what a decoder must know.
using instances = joined<plain_instances, learning_instances>;

} // namespace registry
