#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/identity.hpp>

#include "codecs/alpha.hpp"

namespace cli {
namespace {
struct near_lossless : triptych::basic_codec<near_lossless, triptych::transform::identity, triptych::quantizer::uniform,
                                             triptych::coder::range<triptych::model::predictive>> {
    static constexpr std::string_view label = "near-lossless";
};
} // namespace

auto near_lossless_codec() -> codec_entry {
    return with_partner(make_entry<near_lossless, carried::arrays>(
                            "near-lossless", "quantised samples, predicted: a bound on every error, for arrays too"),
                        "near-lossless-alpha");
}
auto near_lossless_alpha_codec() -> codec_entry {
    return alpha_entry<near_lossless>("near-lossless-alpha");
}
} // namespace cli
