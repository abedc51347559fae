// tests/registry.hpp: every policy and codec of the library, by name. Conformance, golden streams, fuzzing, determinism and benchmarks
// go through these lists: a new policy is one line here, and an entry of learned/entries.hpp if it learns.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include <triptych/codec.hpp>
#include <triptych/coder/bit_plane.hpp>
#include <triptych/coder/golomb.hpp>
#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/model/autoregressive.hpp>
#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/model/family.hpp>
#include <triptych/coder/model/geometric.hpp>
#include <triptych/coder/model/mixing.hpp>
#include <triptych/coder/model/neighbourhood.hpp>
#include <triptych/coder/model/network.hpp>
#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/model/transform_blocks.hpp>
#include <triptych/coder/multisymbol.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/coder/tans.hpp>
#include <triptych/per_image.hpp>
#include <triptych/presets.hpp>
#include <triptych/quantizer/codebook.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/escape_codebook.hpp>
#include <triptych/quantizer/levels.hpp>
#include <triptych/quantizer/lloyd_max.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/palette.hpp>
#include <triptych/quantizer/product.hpp>
#include <triptych/quantizer/residual.hpp>
#include <triptych/quantizer/learned_dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/difference.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/transform/fourier.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/klt.hpp>
#include <triptych/transform/classified_klt.hpp>
#include <triptych/transform/mixture.hpp>
#include <triptych/transform/pca.hpp>
#include <triptych/transform/predicted_klt.hpp>
#include <triptych/transform/wavelet.hpp>

namespace registry {
using namespace triptych;
using transform::chain, transform::colour, transform::dct, transform::difference, transform::fourier, transform::klt,
    transform::pca, transform::wavelet;
using transform::colour_kind, transform::predictor, transform::wavelet_filter;

using mixture = transform::mixture<transform::eigenpicture, 4>;

using transforms = std::tuple<                                         //
    transform::identity,                                               //
    difference<predictor::left>, difference<predictor::up>,            //
    difference<predictor::paeth>, difference<predictor::median>,       //
    colour<colour_kind::ycbcr>, colour<colour_kind::ycbcr420>,         //
    colour<colour_kind::ycocg_r>, colour<colour_kind::subtract_green>, //
    dct<4>, dct<8>, dct<16>, dct<32>,                                  //
    fourier<8>, fourier<16>, fourier<32>, fourier<64>,                 //
    transform::adaptive_dct, klt,                                      //
    wavelet<wavelet_filter::haar, 3>, wavelet<wavelet_filter::cdf53>,  //
    wavelet<wavelet_filter::cdf97>, wavelet<wavelet_filter::cdf97, 1>, //
    pca<8, 8, 16>, pca<4, 4, 48>, pca<1, 16, 4>,                       //
    transform::eigenpicture, mixture, transform::predicted_klt<8>,     //
    transform::classified_klt<4, 5>,                                          //
    chain<colour<colour_kind::ycbcr420>, dct<8>>,                      //
    chain<colour<colour_kind::ycocg_r>, difference<predictor::median>> //
    >;

using quantizers = std::tuple<quantizer::none, quantizer::uniform, quantizer::dead_zone, quantizer::matrix<>,
                              quantizer::learned_dead_zone, quantizer::codebook<>, quantizer::escape_codebook<>,
                              quantizer::product<4>, quantizer::residual<2>, quantizer::palette, quantizer::levels<2>,
                              quantizer::levels<5>, quantizer::lloyd_max<5>, quantizer::lloyd_max<16>>;

using coders = std::tuple<                                                   //
    coder::raw,                                                              //
    coder::range<model::neighbourhood>, coder::range<model::adaptive>,       //
    coder::range<model::predictive>, coder::range<model::transform_blocks>,  //
    coder::range<model::conditional_scale>, coder::range<model::pretrained>, //
    coder::range<model::network>, coder::range<model::mixing<>>, coder::rans<model::laplace>,
    coder::rans<model::gaussian>,                                                                                //
    coder::golomb<>, coder::golomb<coder::golomb_kind::general>, coder::golomb<coder::golomb_kind::exponential>, //
    coder::huffman<>, coder::rans<>, coder::tans<>, coder::range<model::geometric>,                              //
    coder::bit_plane<>, coder::bit_plane<coder::plane_weight::by_gain>,                                          //
    coder::multisymbol<model::neighbourhood>, coder::multisymbol<model::adaptive>,                               //
    coder::run_length<coder::huffman<>>, coder::run_length<coder::range<model::adaptive>>,                       //
    coder::range<model::autoregressive>                                                                          //
    >;

using photo_transform = chain<colour<colour_kind::ycbcr>, dct<8>>;

/// Presets whose tiles are so small that pictures of tests have some.
using tiled_photo =
    codec<chain<klt, transform::adaptive_dct>, quantizer::dead_zone, coder::range<model::transform_blocks>, tiles<16>>;
using tiled_lossless =
    codec<colour<colour_kind::subtract_green>, quantizer::none, coder::range<model::predictive>, tiles<8>>;

using codecs = std::tuple<                                                                                        //
    photo, lossless,                                                                                              //
    codec<transform::identity, quantizer::none, coder::raw>,                                                      //
    codec<chain<colour<colour_kind::ycocg_r>, difference<predictor::median>>, quantizer::none, coder::huffman<>>, //
    codec<chain<colour<colour_kind::ycocg_r>, difference<predictor::median>>, quantizer::none,
          coder::range<model::mixing<>>>, //
    tiled_photo, tiled_lossless,          // of shards that have photo and lossless: only schedules are compiled again
    codec<chain<colour<colour_kind::ycocg_r>, difference<predictor::median>>, quantizer::none,
          coder::rans<model::laplace>>,                                                                               //
    codec<transform::identity, quantizer::levels<3>, coder::range<model::pretrained>>,                                //
    codec<transform::identity, quantizer::palette, coder::range<model::pretrained>>,                                  //
    codec<transform::identity, quantizer::lloyd_max<16>, coder::raw>,                                                 //
    codec<transform::identity, quantizer::uniform, coder::range<model::adaptive>>,                                    //
    codec<photo_transform, quantizer::dead_zone, coder::range<>>,                                                     //
    codec<photo_transform, quantizer::uniform, coder::range<>, strips<64>>,                                           //
    codec<chain<colour<colour_kind::ycbcr420>, dct<8>>, quantizer::uniform, coder::run_length<coder::huffman<>>>,     //
    codec<chain<klt, transform::adaptive_dct>, quantizer::dead_zone, coder::range<>>,                                 //
    codec<chain<colour<colour_kind::ycocg_r>, wavelet<wavelet_filter::cdf53>>, quantizer::dead_zone, coder::range<>>, //
    codec<wavelet<wavelet_filter::cdf97>, quantizer::dead_zone, coder::range<>>,                                      //
    codec<photo_transform, quantizer::matrix<>, coder::huffman<>>,                                                    //
    codec<difference<predictor::median>, quantizer::none, coder::golomb<>>,                                           //
    codec<pca<8, 8, 16>, quantizer::dead_zone, coder::rans<>>,                                                        //
    codec<transform::eigenpicture, quantizer::learned_dead_zone, coder::range<model::conditional_scale>>,                  //
    codec<mixture, quantizer::learned_dead_zone, coder::range<model::conditional_scale>>,                                  //
    codec<transform::predicted_klt<8>, quantizer::learned_dead_zone, coder::range<model::conditional_scale>>,              //
    codec<transform::classified_klt<4, 5>, quantizer::dead_zone, coder::range<>>,                                            //
    codec<colour<colour_kind::subtract_green>, quantizer::uniform, coder::tans<>>,                                    //
    codec<fourier<16>, quantizer::uniform, coder::rans<>>,                                                            //
    codec<dct<8>, quantizer::uniform, coder::range<model::geometric>>,                                                //
    codec<photo_transform, quantizer::dead_zone, coder::range<model::network>>,                                       //
    codec<photo_transform, quantizer::dead_zone, coder::multisymbol<>>,                                               //
    codec<chain<colour<colour_kind::ycbcr>, wavelet<wavelet_filter::cdf97>>, quantizer::dead_zone, coder::bit_plane<>>,
    codec<wavelet<wavelet_filter::cdf53>, quantizer::none, coder::bit_plane<coder::plane_weight::by_gain>>, //
    codec<transform::identity, quantizer::uniform, coder::multisymbol<model::adaptive>, strips<4>>,         //
    codec<transform::identity, quantizer::none, coder::range<model::autoregressive>>                        //
    >;

/// Codecs whose encoders need a learner: <triptych/learn/transform/pca.hpp> (and Eigen), <triptych/learn/quantizer/codebook.hpp>, product.hpp, residual.hpp,
/// lloyd_max_quantizer.hpp.
using learning_codecs =
    std::tuple<codec<per_image<pca<8, 8, 16>>, quantizer::uniform, coder::range<>>,                               //
               codec<transform::identity, per_image<quantizer::codebook<16>>, coder::range<>>,                    //
               codec<dct<4>, per_image<quantizer::escape_codebook<16>>, coder::range<>>,                          //
               codec<dct<4>, per_image<quantizer::product<3, 16>>, coder::range<>>,                               //
               codec<per_image<pca<8, 8, 16>>, quantizer::uniform, coder::range<>, tiles<16, state_of::picture>>, //
               codec<dct<4>, per_image<quantizer::residual<3, 8>>, coder::range<>>,
               codec<dct<4>, per_image<quantizer::lloyd_max<5>>, coder::range<>>>;

/// The largest error of a lossy transform without a quantizer, in samples; negative where it loses on purpose.
template <class P>
inline constexpr double tolerance = -1;
template <>
inline constexpr double tolerance<colour<colour_kind::ycbcr>> = 1;
template <std::size_t N>
inline constexpr double tolerance<dct<N>> = 1;
template <wavelet_filter F, std::size_t L>
inline constexpr double tolerance<wavelet<F, L>> = 1;
template <>
inline constexpr double tolerance<transform::eigenpicture> = 0; // without state it changes nothing
template <>
inline constexpr double tolerance<mixture> = 0;
template <>
inline constexpr double tolerance<klt> = 1;
template <std::size_t N>
inline constexpr double tolerance<fourier<N>> = N == 64 ? 4 : 1; // 4,096 coefficients of three fractional bits

/// Each how many of the shapes conformance tries: large blocks and slow models take fewer.
template <class P>
inline constexpr std::size_t thinning = 1;
template <std::size_t N>
inline constexpr std::size_t thinning<dct<N>> = N / 8 + 1;
template <std::size_t N>
inline constexpr std::size_t thinning<fourier<N>> = N == 64 ? 29 : N / 8 + 1;
template <class Model>
inline constexpr std::size_t thinning<coder::range<Model>> = 3;
template <class... Contexts>
inline constexpr std::size_t thinning<coder::range<model::mixing<Contexts...>>> = 11;
template <>
inline constexpr std::size_t thinning<coder::range<model::network>> = 11;
template <class Model>
inline constexpr std::size_t thinning<coder::multisymbol<Model>> = 3;
template <coder::plane_weight W>
inline constexpr std::size_t thinning<coder::bit_plane<W>> = 5;
template <>
inline constexpr std::size_t thinning<coder::range<model::pretrained>> = 11;
template <>
inline constexpr std::size_t thinning<photo> = 7;
template <>
inline constexpr std::size_t thinning<lossless> = 7;
template <class T, class Q, class Model, class S>
inline constexpr std::size_t thinning<codec<T, Q, coder::range<Model>, S>> = 7;
template <class Q>
inline constexpr std::size_t thinning<codec<transform::identity, Q, coder::range<model::pretrained>>> = 21;
template <class T, class Q, class Model, class S>
inline constexpr std::size_t thinning<codec<T, Q, coder::multisymbol<Model>, S>> = 7;
template <class T, class Q, coder::plane_weight W, class S>
inline constexpr std::size_t thinning<codec<T, Q, coder::bit_plane<W>, S>> = 11;

// --- what is done with lists -------------------------------------------------------------------------------------------------

namespace detail {
template <class List, std::size_t First, std::size_t Step, class I>
struct take;
template <class List, std::size_t First, std::size_t Step, std::size_t... I>
struct take<List, First, Step, std::index_sequence<I...>> {
    using type = std::tuple<std::tuple_element_t<First + Step * I, List>...>;
};
} // namespace detail

/// The K-th of N equal parts of a list, so that N files share the compiling; no policy is left out however long it grows.
template <class List, std::size_t K, std::size_t N>
using shard =
    typename detail::take<List, K, N, std::make_index_sequence<(std::tuple_size_v<List> + N - 1 - K) / N>>::type;

template <class A, class B>
using joined = decltype(std::tuple_cat(std::declval<A>(), std::declval<B>()));

/// Calls `f(std::type_identity<P>{})` for each P of a list.
template <class List, class F>
void for_each(F &&f) {
    [&]<class... P>(std::type_identity<std::tuple<P...>>) {
        (f(std::type_identity<P>{}), ...);
    }(std::type_identity<List>{});
}
} // namespace registry

using all_transforms = registry::transforms;
using all_quantizers = registry::quantizers;
using all_coders = registry::coders;
using all_codecs = registry::codecs;
