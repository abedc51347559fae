#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/conditional_scale.hpp>
#include <triptych/learn/eigenpicture.hpp>
#include <triptych/learn/trained_zone.hpp>
#include <triptych/quantizer/trained_zone.hpp>
#include <triptych/transform/eigenpicture.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
struct scans : triptych::basic_codec<scans, triptych::transform::eigenpicture, triptych::quantizer::trained_zone,
                                     triptych::coder::range<triptych::model::conditional_scale>> {
    using basic_codec::basic_codec;
    static constexpr std::string_view label = "scans";
};
} // namespace

auto scans_codec() -> codec_entry {
    return make_learned_entry<scans, carried::pictures>(
        "scans", "small registered pictures of one size, as whole pictures; learned by `train`");
}
} // namespace cli
