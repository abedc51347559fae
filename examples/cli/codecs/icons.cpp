#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/pretrained.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto icons_codec() -> codec_entry {
    using namespace triptych;
    return learned_entry<"icons", transform::identity, quantizer::none, coder::range<model::pretrained>>(
        "not a bit is lost; small pictures of few colours or values, learned by `train`");
}
} // namespace cli
