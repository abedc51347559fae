#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/quantizer/trained_zone.hpp>
#include <triptych/learn/transform/eigenpicture.hpp>
#include <triptych/learn/transform/mixture.hpp>
#include <triptych/quantizer/trained_zone.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/transform/mixture.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
template <fixed_text Name, class Transform>
auto whole(std::string_view summary) -> codec_entry {
    using namespace triptych;
    return learned_entry<Name, Transform, quantizer::trained_zone, coder::range<model::conditional_scale>>(summary);
}
} // namespace

auto scans_codec() -> codec_entry {
    return whole<"scans", triptych::transform::eigenpicture>(
        "small registered pictures of one size, as whole pictures; learned by `train`");
}
auto mixture_codec() -> codec_entry {
    return whole<"mixture", triptych::transform::mixture<triptych::transform::eigenpicture, 32>>(
        "the same where such pictures fall into clusters, for low rates");
}
} // namespace cli
