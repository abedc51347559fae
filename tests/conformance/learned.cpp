// The laws for codecs with learned state, and for each of their panels that has some.
#include "laws.hpp"

#include "../learned/instances.hpp"

namespace {
using namespace triptych;
using narrow = std::tuple<bands<std::int16_t, 2>>;
using bytes = std::tuple<picture<std::uint8_t, 2>>;

/// Among every 4th, 38th and 76th of the shapes that are tried are 8 × 8 and 12 × 12, which some models are for.
auto options_of(std::size_t slow) -> conformance_options {
    conformance_options o;
    o.every = slow > 1 ? 38 : 4;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
    o.every = 76, o.mutations = 120;
#endif
    return o;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learned)

BOOST_AUTO_TEST_CASE_TEMPLATE(codecs, I, registry::learned) {
    using C = typename I::codec;
    if constexpr (transform_for<typename C::transform_type, bands<std::int16_t, 2>> ||
                  closed_loop_for<typename C::transform_type, bands<std::int16_t, 2>>) {
        auto o = options_of(registry::thinning<C>);
        if (I::components != 3) o.threads = 0; // there three are tried
        laws::said<C>(conformance<C, bytes>(I::make(), o));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(panels, I, registry::learned) {
    auto const hold = [](auto const &panel) {
        using P = std::remove_cvref_t<decltype(panel)>;
        if constexpr (stateful<P> && !std::is_same_v<P, transform::linear_synthesis>)
            laws::said<P>(conformance<P, narrow>(panel, options_of(registry::thinning<P>)));
    };
    hold(I::make().transform()), hold(I::make().quantizer()), hold(I::make().coder());
}

BOOST_AUTO_TEST_SUITE_END()
