// triptych/conformance.hpp: the laws of transforms, quantizers, coders, their models and codecs as one call, for tests of your own policies.
//
//     auto const report = triptych::conformance<my_policy>();
//     BOOST_TEST(report.ok(), report.text());
//
// What the policy is, is found out from the concepts it meets, for a handful of band types; each law is then tried on every
// shape up to 17 x 17, on awkward contents, on wrong bytes, with memory that runs out, and from several threads. Include it
// ahead of other headers of the library: then memory is counted too (see detail/memory.hpp). Run it with sanitizers: many a law is
// "no undefined behaviour, whatever the values".
#pragma once

#if !defined(TRIPTYCH_COUNT_ALLOCATIONS) && !defined(TRIPTYCH_VERSION_MAJOR)
#define TRIPTYCH_COUNT_ALLOCATIONS
#endif

#include <exception>
#include <string>
#include <tuple>
#include <type_traits>

#include <triptych/conformance/codec.hpp>
#include <triptych/conformance/coder.hpp>
#include <triptych/conformance/model.hpp>
#include <triptych/conformance/per_picture.hpp>
#include <triptych/conformance/quantizer.hpp>
#include <triptych/conformance/transform.hpp>
#include <triptych/conformance/wrapper.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// The kinds of bands that policies are tried with, as far as they take them.
using conformance_bands = std::tuple<bands<std::int16_t, 2>, bands<std::int32_t, 2>, bands<std::int16_t, 1>,
                                     bands<std::int32_t, 3>, bands<std::int32_t, 4>>;
/// The kinds of pictures that codecs are tried with, as far as they take them.
using conformance_pictures = std::tuple<picture<std::uint8_t, 2>, picture<std::uint16_t, 2>, picture<std::int16_t, 1>,
                                        picture<std::int32_t, 3>, picture<float, 2>>;

namespace detail {
/// Runs laws; what they throw is a failure.
template <class Laws>
void run_laws(conformance_report &report, Laws &&laws) {
#if TRIPTYCH_EXCEPTIONS
    try {
        laws();
    } catch (std::exception const &e) {
        report.check(false, "no law throws", [&] { return std::string(e.what()); });
    }
#else
    laws();
#endif
}

template <class B, class P>
void laws_for_bands(P const &policy, conformance_options const &o, conformance_report &report) {
    if constexpr (requires { typename P::model_type; }) {
        if constexpr (requires { policy.model; })
            run_laws(report, [&] { model_laws<B>(policy.model, o, report); });
        else
            run_laws(report, [&] { model_laws<B>(typename P::model_type(), o, report); });
    } else {
        run_laws(report, [&] { model_laws<B>(policy, o, report); });
    }
    if constexpr (transform_for<P, B>) run_laws(report, [&] { transform_laws<B>(policy, o, report); });
    if constexpr (quantizer_for<P, B>) run_laws(report, [&] { quantizer_laws<B>(policy, o, report); });
    if constexpr (per_picture<P, B>) run_laws(report, [&] { per_picture_laws<B>(policy, o, report); });
    if constexpr (coder_for<P, B>) run_laws(report, [&] { coder_laws<B>(policy, o, report); });
}
template <class X, class P>
void laws_for_picture(P const &codec, conformance_options const &o, conformance_report &report) {
    using S = typename X::value_type;
    if constexpr (codes<P, S, X::rank>) run_laws(report, [&] { codec_laws<S, X::rank>(codec, o, report); });
}
} // namespace detail

/// Checks a policy, or a whole codec, against the laws of whatever it is. Nothing is thrown; the report says all. `Kinds`
/// names the bands (of a policy) or pictures (of a codec) to try.
template <class P, class Kinds = std::conditional_t<detail::any_codec<P>, conformance_pictures, conformance_bands>>
auto conformance(P const &policy = P(), conformance_options const &options = {}) -> conformance_report {
    conformance_report report;
    [&]<class... Kind>(std::type_identity<std::tuple<Kind...>>) {
        if constexpr (detail::any_codec<P>)
            (detail::laws_for_picture<Kind>(policy, options, report), ...);
        else
            (detail::laws_for_bands<Kind>(policy, options, report), ...);
    }(std::type_identity<Kinds>{});
    return report;
}

} // namespace triptych::inline TRIPTYCH_ABI
