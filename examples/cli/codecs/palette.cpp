#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/pretrained.hpp>
#include <triptych/quantizer/palette.hpp>
#include <triptych/transform/identity.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
struct palette : triptych::basic_codec<palette, triptych::transform::identity, triptych::quantizer::palette,
                                       triptych::coder::range<triptych::model::pretrained>> {
    using basic_codec::basic_codec;
    static constexpr std::string_view label = "palette";
};
} // namespace

auto palette_codec() -> codec_entry {
    return make_learned_entry<palette, carried::pictures>(
        "palette", "small drawn pictures in few colours, learned by `train`; train with the step to be used");
}
} // namespace cli
