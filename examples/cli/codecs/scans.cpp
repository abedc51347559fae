#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/conditional_scale.hpp>
#include <triptych/learn/eigenpicture.hpp>
#include <triptych/learn/trained_zone.hpp>
#include <triptych/quantizer/trained_zone.hpp>
#include <triptych/transform/eigenpicture.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto scans_codec() -> codec_entry {
    using namespace triptych;
    return learned_entry<"scans", transform::eigenpicture, quantizer::trained_zone,
                         coder::range<model::conditional_scale>>(
        "small registered pictures of one size, as whole pictures; learned by `train`");
}
} // namespace cli
