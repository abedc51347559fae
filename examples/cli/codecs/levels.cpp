#include <triptych/families.hpp>
#include <triptych/learn/coder/pretrained.hpp>
#include <triptych/learn/quantizer/levels.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto levels2_codec() -> codec_entry {
    return learned_entry<triptych::families::levels2>(
        "two grays and a network that redraws the others: digits, glyphs; learned by `train`");
}
auto levels3_codec() -> codec_entry {
    return learned_entry<triptych::families::levels3>("the same with three grays");
}
auto levels4_codec() -> codec_entry {
    return learned_entry<triptych::families::levels4>("the same with four grays");
}
auto levels6_codec() -> codec_entry {
    return learned_entry<triptych::families::levels6>("the same with six grays");
}
} // namespace cli
