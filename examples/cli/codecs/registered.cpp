#include <triptych/coder/model/autoregressive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/autoregressive.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto registered_codec() -> codec_entry {
    using namespace triptych;
    return learned_entry<"registered", transform::identity, quantizer::none, coder::range<model::autoregressive>>(
        "not a bit is lost; small registered gray pictures of one size, learned by `train`");
}
} // namespace cli
