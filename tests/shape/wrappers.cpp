// Policies made of others: each refinement of what is inside is kept or refused in words, and what is learned inside is seen outside.
#include <triptych/conformance/wrapper.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/bit_plane.hpp>
#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/model/geometric.hpp>
#include <triptych/coder/model/network.hpp>
#include <triptych/coder/model/transform_blocks.hpp>
#include <triptych/coder/prefix.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/conformance/per_picture.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/coder/geometric.hpp>
#include <triptych/learn/coder/network.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/quantizer/levels.hpp>
#include <triptych/learn/quantizer/lloyd_max.hpp>
#include <triptych/learn/quantizer/product.hpp>
#include <triptych/learn/quantizer/residual.hpp>
#include <triptych/learn/quantizer/learned_dead_zone.hpp>
#include <triptych/learn/transform/chain.hpp>
#include <triptych/learn/transform/eigenpicture.hpp>
#include <triptych/learn/transform/classified_klt.hpp>
#include <triptych/learn/transform/mixture.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/learn/transform/predicted_klt.hpp>
#include <triptych/learn/wrappers.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/palette.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/klt.hpp>
#include <triptych/transform/mixture.hpp>
#include <triptych/transform/wavelet.hpp>

#include "archetypes.hpp"
#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(wrappers)

namespace {
using namespace triptych;
using B = bands<std::int16_t, 2>;
using pairs = bands<std::int32_t, 1>;
using quantizer::annex_k;

template <class... Inner>
struct kept {
    static constexpr bool in_run_length = (wrapper_keeps<coder::run_length<Inner>, Inner, B, pairs> && ...);
    static constexpr bool in_prefix = (wrapper_keeps<coder::prefix<Inner>, Inner, B> && ...);
    static constexpr bool in_matrix = (wrapper_keeps<quantizer::matrix<annex_k, Inner>, Inner, B> && ...);
    static constexpr bool last = (wrapper_keeps<transform::chain<transform::identity, Inner>, Inner, B> && ...);
    static constexpr bool first = (wrapper_keeps<transform::chain<Inner, transform::identity>, Inner, B> && ...);
    static constexpr bool in_mixture = (wrapper_keeps<transform::mixture<Inner, 3>, Inner, B> && ...);
    static constexpr bool per_image = (wrapper_keeps<triptych::per_image<Inner>, Inner, B> && ...);
};

// What the library has of each refinement. `geometric` reads as it learns, `network` and `conditional_scale` have much to name.
using coders = kept<coder::raw, coder::huffman<>, coder::rans<>, coder::range<>, coder::range<model::transform_blocks>,
                    coder::range<model::geometric>, coder::range<model::network>,
                    coder::range<model::conditional_scale>, coder::bit_plane<>>;
static_assert(coders::in_run_length && coders::in_prefix);
static_assert(kept<per_image<coder::range<model::geometric>>>::in_run_length);
static_assert(kept<per_image<coder::range<model::geometric>>>::in_prefix);
static_assert(kept<coder::range<model::geometric>, coder::range<model::network>>::per_image);

using quantizers = kept<quantizer::none, quantizer::uniform, quantizer::dead_zone, quantizer::learned_dead_zone,
                        quantizer::codebook<>, quantizer::escape_codebook<>, quantizer::product<4>,
                        quantizer::residual<2>, quantizer::palette, quantizer::levels<2>, quantizer::lloyd_max<5>>;
static_assert(quantizers::in_matrix);
static_assert(kept<per_image<quantizer::lloyd_max<5>>>::in_matrix);
static_assert(kept<quantizer::lloyd_max<5>, quantizer::codebook<>, quantizer::levels<2>>::per_image);

using transforms = kept<transform::identity, transform::dct<8>, transform::colour<transform::ycocg_r>, transform::klt,
                        transform::adaptive_dct, transform::wavelet<transform::cdf53>, transform::eigenpicture,
                        transform::pca<8, 8, 16>, transform::classified_klt<8, 8>, per_image<transform::pca<8, 8, 16>>>;
static_assert(transforms::last && transforms::first);
static_assert(kept<transform::predicted_klt<8>>::last);
static_assert(kept<transform::eigenpicture>::in_mixture);
static_assert(kept<transform::eigenpicture, transform::pca<8, 8, 16>>::per_image);

// One stingy policy for each refinement.
static_assert(kept<archetype::reversible_transform, archetype::tileable_transform, archetype::target_aware_transform,
                   archetype::closed_loop_transform, archetype::per_picture_transform>::last);
static_assert(kept<archetype::planning_quantizer, archetype::scalar_quantizer, archetype::exact_quantizer,
                   archetype::rate_using_quantizer, archetype::refitting_quantizer>::in_matrix);
static_assert(kept<archetype::rate_aware_coder, archetype::streaming_coder, archetype::embedded_coder>::in_prefix);

/// What the law is against: a wrapper that forwards by hand, and forgets.
struct forgetful {
    coder::range<model::geometric> inner;
    template <class W>
    void encode(B const &x, W &w) const {
        inner.encode(x, w);
    }
    void decode(B &x, byte_reader &r) const { inner.decode(x, r); }
    auto rates(B const &x) const { return inner.rates(x); }
};
static_assert(!wrapper_keeps<forgetful, coder::range<model::geometric>, B>);

struct names_one_reason : forgetful {
    static constexpr std::array refuses{refusal{refinement::stateful, "it is a test"},
                                        refusal{refinement::streaming, "it is a test"},
                                        refusal{refinement::learnable, ""}};
};

auto geometric(std::uint16_t odds) {
    coder::range<model::geometric> c;
    c.model.odds = frozen<std::uint16_t>::owned(std::array{odds, odds, odds, odds}, dims{2u, 2u});
    return c;
}
auto zone(std::int32_t step) {
    quantizer::learned_dead_zone q;
    q.learned = frozen<std::int32_t>::owned(std::array{step}, dims{1u});
    return q;
}
auto basis() {
    std::vector<std::int16_t> values(4 * 64);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int16_t>(i * 37 % 4001);
    transform::pca<8, 8, 4> t;
    t.mean = frozen<std::int32_t>::owned(std::vector<std::int32_t>(64, 3), dims{64u});
    t.basis = frozen<std::int16_t>::owned(values, dims{4u, 64u});
    return t;
}
void holds(conformance_report const &report) {
    BOOST_TEST(report.ok(), report.text());
}
} // namespace

BOOST_AUTO_TEST_CASE(show_what_is_learned_inside) {
    holds(wrapper_conformance<coder::run_length<coder::range<model::geometric>>, B, pairs>(geometric(20000)));
    holds(wrapper_conformance<coder::prefix<coder::range<model::geometric>>>(geometric(20000)));
    holds(wrapper_conformance<quantizer::matrix<annex_k, quantizer::learned_dead_zone>>(zone(900)));
    holds(wrapper_conformance<transform::chain<transform::identity, transform::pca<8, 8, 4>>>(
        basis(), [](auto const &t) { return transform::chain(transform::identity{}, t); }));
    holds(wrapper_conformance<transform::mixture<transform::eigenpicture, 2>>(
        [] {
            transform::eigenpicture t;
            t.mean = frozen<std::int32_t>::owned(std::vector<std::int32_t>(64, 3), dims{8u, 8u, 1u});
            t.basis = frozen<std::int16_t>::owned(std::vector<std::int16_t>(128, 5), dims{2u, 64u});
            return t;
        }(),
        [](auto const &t) {
            transform::mixture<transform::eigenpicture, 2> all;
            all.members[1] = t;
            return all;
        }));
    // The same streams and fingerprints with a prefix as without.
    coder::prefix<coder::range<model::geometric>> const cut{geometric(20000)};
    BOOST_TEST(model_fingerprint(cut) == model_fingerprint(geometric(20000)));
}

BOOST_AUTO_TEST_CASE(the_law_finds_what_is_forgotten) {
    auto const text =
        wrapper_conformance<forgetful>(geometric(20000), [](auto const &c) { return forgetful{c}; }).text();
    for (auto const *const name : {"stateful", "streaming", "learnable"})
        BOOST_TEST(text.find(name) != std::string::npos, text);
    BOOST_TEST(text.find("rate_aware") == std::string::npos, text);
    auto const reasons =
        wrapper_conformance<names_one_reason>(geometric(20000), [](auto const &c) { return names_one_reason{{c}}; });
    BOOST_TEST(reasons.failures() == 1u); // a reason that is empty is none
    BOOST_TEST(reasons.text().find("learnable") != std::string::npos, reasons.text());
}

BOOST_AUTO_TEST_CASE(a_stream_of_another_model_is_refused_as_such) {
    auto const x = shape::waves<std::uint8_t, 2>({64, 64}, 1);
    using runs = coder::run_length<coder::range<model::geometric>>;
    using with_runs = codec<transform::dct<8>, quantizer::uniform, runs>;
    with_runs const a({}, {}, runs(geometric(20000))), b({}, {}, runs(geometric(50000)));
    BOOST_TEST(a.model() != 0u);
    BOOST_TEST(a.model() != b.model());
    auto const stream = a.encode(x, step(8));
    BOOST_TEST(bool(a.try_decode(stream)));
    BOOST_TEST((b.try_decode(stream).error.code == errc::model));

    using weighted = quantizer::matrix<annex_k, quantizer::learned_dead_zone>;
    using with_weights = codec<transform::dct<8>, weighted, coder::raw>;
    with_weights const c({}, weighted(zone(900)), {}), d({}, weighted(zone(901)), {});
    BOOST_TEST((d.try_decode(c.encode(x, step(8))).error.code == errc::model));
}

BOOST_AUTO_TEST_CASE(a_wrapped_policy_is_learned_from_what_it_is_given) {
    std::vector<picture<std::uint8_t, 2>> corpus;
    for (std::size_t i = 0; i < 3; ++i) corpus.push_back(shape::waves<std::uint8_t, 2>({40, 48 + 8 * i}, 1));
    using learned = codec<transform::dct<8>, quantizer::matrix<annex_k, quantizer::learned_dead_zone>,
                          coder::run_length<coder::range<model::geometric>>>;
    fit_options options;
    options.aim = {8, 0};
    auto const trained = fit<learned>(corpus, options);
    // Runs and values: two bands of pairs, not 64 of coefficients.
    BOOST_TEST((trained.coder().inner.model.odds.shape() == dims{2u, 2u}));
    BOOST_TEST(trained.quantizer().inner.points.size() == 3u * 64u);
    auto const plain = learned{}.encode(corpus[0], step(8)), bytes = trained.encode(corpus[0], step(8));
    BOOST_TEST(bytes.size() < plain.size());
    BOOST_TEST(shape::largest_error(corpus[0], trained.decode(bytes)) < 80);
}

/// A coder of pairs, and nothing more.
struct stingy_coder : archetype::stingy {
    void encode(archetype::exactly<pairs> auto const &x, archetype::exactly<byte_writer> auto &w) const {
        for (std::size_t i = 0; i < x.size(); ++i) w.signed_varint(x.data()[i]);
    }
    void decode(pairs &x, byte_reader &r) const {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int32_t>(r.signed_varint());
    }
};

BOOST_AUTO_TEST_CASE(ask_no_more_of_what_is_inside_than_its_concept_says) {
    auto const x = shape::waves<std::uint8_t, 2>({21, 34}, 3);
    using weighted = codec<archetype::transform, quantizer::matrix<annex_k, archetype::quantizer>, archetype::coder>;
    BOOST_TEST(shape::largest_error(x, weighted{}.decode(weighted{}.encode(x, step(5)))) <= 4);
    using runs = codec<archetype::transform, archetype::quantizer, coder::run_length<stingy_coder>>;
    BOOST_TEST(shape::largest_error(x, runs{}.decode(runs{}.encode(x, step(5)))) <= 4);
    using cut = codec<archetype::transform, archetype::quantizer, coder::prefix<archetype::embedded_coder>>;
    BOOST_TEST(shape::largest_error(x, cut{}.decode(cut{}.encode(x, step(5)))) <= 4);
}

BOOST_AUTO_TEST_CASE(what_is_fitted_to_each_picture_travels) {
    auto const x = shape::waves<std::uint8_t, 2>({64, 72}, 1);
    auto const travels = []<class C>(C const &codec, auto const &picture) {
        auto const bytes = codec.encode(picture, step(8));
        return shape::largest_error(picture, C{}.decode(bytes)) < 40;
    };
    using inner = per_image<coder::range<model::geometric>>;
    BOOST_TEST(travels(codec<transform::dct<8>, quantizer::uniform, coder::run_length<inner>>{}, x));
    using points = per_image<quantizer::lloyd_max<16>>;
    BOOST_TEST(travels(codec<transform::identity, quantizer::matrix<annex_k, points>, coder::huffman<>>{}, x));
    conformance_report report;
    detail::per_picture_laws<B>(coder::run_length<inner>{}, {}, report);
    detail::per_picture_laws<B>(quantizer::matrix<annex_k, points>{}, {}, report);
    holds(report);
}

BOOST_AUTO_TEST_SUITE_END()
