#include <triptych/families.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/quantizer/learned_dead_zone.hpp>
#include <triptych/learn/transform/eigenpicture.hpp>
#include <triptych/learn/transform/mixture.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto scans_codec() -> codec_entry {
    return learned_entry<triptych::families::scans>(
        "small registered pictures of one size, as whole pictures; learned by `train`");
}
auto mixture_codec() -> codec_entry {
    return learned_entry<triptych::families::mixture>("the same where such pictures fall into clusters, for low rates");
}
} // namespace cli
