#include <triptych/coder/range.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/pca.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto pca_codec() -> codec_entry {
    using namespace triptych;
    return learned_entry<"pca", transform::pca<8, 8, 192>, quantizer::dead_zone, coder::range<>>(
        "all principal components of 8 x 8 x 3 patches, learned by `train`");
}
} // namespace cli
