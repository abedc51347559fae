// triptych/families.hpp: the named compositions of the command-line tool, beside the presets, so that a program decodes what the tool wrote.
//
//     auto const stream = triptych::near_lossless{}.encode(view, triptych::max_error(2));
//     auto const scans = triptych::load<triptych::families::scans>(model);   // what `triptych train --codec scans` wrote
//
// Labels and descriptions are fixed as those of presets are. Most are called like the panel that makes them what they are, and therefore have a
// namespace of their own. To learn one, include its panels' learners, or learn.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <triptych/codec.hpp>
#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/autoregressive.hpp>
#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/levels.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/palette.hpp>
#include <triptych/quantizer/learned_dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/schedule/whole.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/mixture.hpp>
#include <triptych/transform/pca.hpp>
#include <triptych/transform/predicted_klt.hpp>
#include <triptych/transform/wavelet.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
/// Text as an argument of a template.
template <std::size_t N>
struct fixed_text {
    char text[N];
    consteval fixed_text(char const (&literal)[N]) { std::copy_n(literal, N, text); }
    constexpr operator std::string_view() const { return {text, N - 1}; }
};
} // namespace detail

/// Three panels under a name, which their streams carry: lower case letters, digits, - and _.
template <detail::fixed_text Name, class Transform, class Quantizer, class Coder, class Schedule = whole>
class named_codec : public basic_codec<named_codec<Name, Transform, Quantizer, Coder, Schedule>, Transform, Quantizer,
                                       Coder, Schedule> {
    using base = basic_codec<named_codec, Transform, Quantizer, Coder, Schedule>;

public:
    using base::base;
    static constexpr std::string_view label = Name;
};

/// The panels and the name of a codec under another schedule: `with_schedule<photo, tiles<256>>`.
template <class Codec, class Schedule>
class with_schedule : public basic_codec<with_schedule<Codec, Schedule>, typename Codec::transform_type,
                                         typename Codec::quantizer_type, typename Codec::coder_type, Schedule> {
    using base = basic_codec<with_schedule, typename Codec::transform_type, typename Codec::quantizer_type,
                             typename Codec::coder_type, Schedule>;

public:
    using base::base;
    static constexpr std::string_view label = Codec::label;
};

/// A bound on every error, for pictures and arrays: quantised samples, predicted.
class near_lossless
    : public basic_codec<near_lossless, transform::identity, quantizer::uniform, coder::range<model::predictive>> {
public:
    static constexpr std::string_view label = "near-lossless";
    using basic_codec::basic_codec;
};

namespace families {

// --- for any picture ------------------------------------------------------------------------------------------------

using dct = named_codec<"dct", transform::chain<transform::colour<transform::ycbcr>, transform::dct<8>>,
                        quantizer::dead_zone, coder::range<>>;
using wavelet =
    named_codec<"wavelet",
                transform::chain<transform::colour<transform::ycbcr>, transform::wavelet<transform::cdf97, 5>>,
                quantizer::dead_zone, coder::range<>>;
/// The panels of JPEG: chroma of half size, 8 × 8 cosines, its tables, Huffman over runs.
using jpeg_like =
    named_codec<"jpeg-like", transform::chain<transform::colour<transform::ycbcr420>, transform::dct<8>>,
                quantizer::matrix<quantizer::annex_k, quantizer::uniform>, coder::run_length<coder::huffman<>>>;

// --- learned, for pictures of one kind ------------------------------------------------------------------------------

/// All principal components of patches of 8 × 8 × 3.
using pca = named_codec<"pca", transform::pca<8, 8, 192>, quantizer::dead_zone, coder::range<>>;
/// Nothing lost; small pictures of few colours or values.
using icons = named_codec<"icons", transform::identity, quantizer::none, coder::range<model::pretrained>>;
/// Drawn pictures in a few colours each.
using palette = named_codec<"palette", transform::identity, quantizer::palette, coder::range<model::pretrained>>;
/// Digits and glyphs: K grays, and a network that redraws the others.
template <detail::fixed_text Name, std::size_t K>
using levels = named_codec<Name, transform::identity, quantizer::levels<K>, coder::range<model::pretrained>>;
using levels2 = levels<"levels2", 2>;
using levels3 = levels<"levels3", 3>;
using levels4 = levels<"levels4", 4>;
using levels6 = levels<"levels6", 6>;
/// Registered pictures of one size, as whole pictures along their principal axes.
using scans =
    named_codec<"scans", transform::eigenpicture, quantizer::learned_dead_zone, coder::range<model::conditional_scale>>;
/// The same with axes of their own for clusters of pictures.
using mixture = named_codec<"mixture", transform::mixture<transform::eigenpicture, 32>, quantizer::learned_dead_zone,
                            coder::range<model::conditional_scale>>;
/// Blocks of 16 × 16 that are predicted from what surrounds them.
using blocks = named_codec<"blocks", transform::predicted_klt<16>, quantizer::learned_dead_zone,
                           coder::range<model::conditional_scale>>;
using blocks8 = named_codec<"blocks8", transform::predicted_klt<8>, quantizer::learned_dead_zone,
                            coder::range<model::conditional_scale>>;
/// Nothing lost; small registered gray pictures of one size, each place predicted by weights of its own.
using registered = named_codec<"registered", transform::identity, quantizer::none, coder::range<model::autoregressive>>;

} // namespace families

} // namespace triptych::inline TRIPTYCH_ABI
