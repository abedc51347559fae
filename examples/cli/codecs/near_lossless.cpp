#include <triptych/families.hpp>

#include "codecs/alpha.hpp"

namespace cli {
auto near_lossless_codec() -> codec_entry {
    return with_partner(make_entry<triptych::near_lossless, carried::arrays>(
                            "near-lossless", "quantised samples, predicted: a bound on every error, for arrays too"),
                        "near-lossless-alpha");
}
auto near_lossless_alpha_codec() -> codec_entry {
    return alpha_entry<triptych::near_lossless>("near-lossless-alpha");
}
} // namespace cli
