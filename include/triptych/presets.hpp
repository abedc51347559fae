// triptych/presets.hpp: named codecs, for people who want a result.
//
// A preset's streams carry its name, and its description is fixed once a version is released: a better codec gets a new
// description, and the old one stays so that its streams decode for ever.
#pragma once

#include <string_view>

#include <triptych/codec.hpp>
#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/model/transform_blocks.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/schedule/tiles.hpp>
#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/klt.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// How presets walk over a picture. Up to a megapixel it is one piece. Above, tiles of 512 x 512 cost photo 0.2 to 0.8 % of the bytes and
/// lossless nothing (a mosaic of photographs, 16 Mpixel; 1024: 0 and -0.3, 256: 1.0 to 2.9 and 0.9), and a region of 256 x 256 touches 2.25 of
/// them on average.
using preset_schedule = tiles<512>;

/// Lossy pictures of 8 and 16 bits: colour axes fitted to the picture, cosine transform in blocks of adaptive size, dead zone with
/// rate-distortion optimisation, range coder with mixed contexts. The default choice.
class photo : public basic_codec<photo, transform::chain<transform::klt, transform::adaptive_dct>, quantizer::dead_zone,
                                 coder::range<model::transform_blocks>, preset_schedule> {
public:
    static constexpr std::string_view label = "photo";
    using basic_codec::basic_codec;
};

/// Exact pictures and arrays of any sample type and rank: reversible colour transform, and a model that predicts each sample from
/// those before it.
class lossless : public basic_codec<lossless, transform::colour<transform::subtract_green>, quantizer::none,
                                    coder::range<model::predictive>, preset_schedule> {
public:
    static constexpr std::string_view label = "lossless";
    using basic_codec::basic_codec;
};

} // namespace triptych::inline TRIPTYCH_ABI
