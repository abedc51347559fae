#include <triptych/coder/range.hpp>
#include <triptych/learn/pca.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/pca.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
struct pca : triptych::basic_codec<pca, triptych::transform::pca<8, 8, 192>, triptych::quantizer::dead_zone,
                                   triptych::coder::range<>> {
    using basic_codec::basic_codec;
    static constexpr std::string_view label = "pca";
};
} // namespace

auto pca_codec() -> codec_entry {
    return make_learned_entry<pca, carried::pictures>(
        "pca", "all principal components of 8 x 8 x 3 patches, learned by `train`");
}
} // namespace cli
