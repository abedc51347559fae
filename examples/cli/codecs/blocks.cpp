#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/conditional_scale.hpp>
#include <triptych/learn/predicted_klt.hpp>
#include <triptych/quantizer/trained_zone.hpp>
#include <triptych/transform/predicted_klt.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
struct blocks : triptych::basic_codec<blocks, triptych::transform::predicted_klt<16>, triptych::quantizer::trained_zone,
                                      triptych::coder::range<triptych::model::conditional_scale>> {
    using basic_codec::basic_codec;
    static constexpr std::string_view label = "blocks";
};
} // namespace

auto blocks_codec() -> codec_entry {
    return make_learned_entry<blocks, carried::pictures>(
        "blocks", "pictures of one kind, by blocks predicted from what surrounds them; learned by `train`");
}
} // namespace cli
