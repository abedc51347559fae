#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/pretrained.hpp>
#include <triptych/quantizer/palette.hpp>
#include <triptych/transform/identity.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto palette_codec() -> codec_entry {
    using namespace triptych;
    return learned_entry<"palette", transform::identity, quantizer::palette, coder::range<model::pretrained>>(
        "small drawn pictures in few colours, learned by `train`; train with the step to be used");
}
} // namespace cli
