#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/levels.hpp>
#include <triptych/learn/pretrained.hpp>
#include <triptych/quantizer/levels.hpp>
#include <triptych/transform/identity.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
template <std::size_t K>
struct levels : triptych::basic_codec<levels<K>, triptych::transform::identity, triptych::quantizer::levels<K>,
                                      triptych::coder::range<triptych::model::pretrained>> {
    using triptych::basic_codec<levels, triptych::transform::identity, triptych::quantizer::levels<K>,
                                triptych::coder::range<triptych::model::pretrained>>::basic_codec;
    static constexpr std::string_view label = K == 2 ? "levels2" : K == 3 ? "levels3" : K == 4 ? "levels4" : "levels6";
};
} // namespace

auto levels2_codec() -> codec_entry {
    return make_learned_entry<levels<2>, carried::pictures>(
        "levels2", "two grays and a network that redraws the others: digits, glyphs; learned by `train`");
}
auto levels3_codec() -> codec_entry {
    return make_learned_entry<levels<3>, carried::pictures>("levels3", "the same with three grays");
}
auto levels4_codec() -> codec_entry {
    return make_learned_entry<levels<4>, carried::pictures>("levels4", "the same with four grays");
}
auto levels6_codec() -> codec_entry {
    return make_learned_entry<levels<6>, carried::pictures>("levels6", "the same with six grays");
}
} // namespace cli
