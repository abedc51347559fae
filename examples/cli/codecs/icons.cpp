#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/pretrained.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
struct icons : triptych::basic_codec<icons, triptych::transform::identity, triptych::quantizer::none,
                                     triptych::coder::range<triptych::model::pretrained>> {
    using basic_codec::basic_codec;
    static constexpr std::string_view label = "icons";
};
} // namespace

auto icons_codec() -> codec_entry {
    return make_learned_entry<icons, carried::pictures>(
        "icons", "not a bit is lost; small pictures of few colours or values, learned by `train`");
}
} // namespace cli
