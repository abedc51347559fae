#include <triptych/coder/model/autoregressive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/autoregressive.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
struct registered : triptych::basic_codec<registered, triptych::transform::identity, triptych::quantizer::none,
                                          triptych::coder::range<triptych::model::autoregressive>> {
    using basic_codec::basic_codec;
    static constexpr std::string_view label = "registered";
};
} // namespace

auto registered_codec() -> codec_entry {
    return make_learned_entry<registered, carried::pictures>(
        "registered", "not a bit is lost; small registered gray pictures of one size, learned by `train`");
}
} // namespace cli
