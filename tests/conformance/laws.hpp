// tests/conformance/laws.hpp: runs the laws on a part of the registry.
#pragma once

#include <triptych/conformance.hpp>

#include "../registry.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace laws {
/// Everything in a plain build; a part of it where each step is watched.
template <class P>
auto options() -> triptych::conformance_options {
    triptych::conformance_options o;
    o.tolerance = registry::tolerance<P>, o.every = registry::thinning<P>;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
    o.every *= 7, o.mutations = 120;
#endif
    return o;
}

template <class P>
void said(triptych::conformance_report const &report) {
    BOOST_TEST_MESSAGE((triptych::description<P, std::string>()) << ": " << report.text());
    BOOST_TEST(report.ok(), (triptych::description<P, std::string>()) << ": " << report.text());
}
template <class P>
void hold() {
    said<P>(triptych::conformance<P>(P(), options<P>()));
}
} // namespace laws
