#include <triptych/families.hpp>
#include <triptych/learn/coder/pretrained.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto icons_codec() -> codec_entry {
    return learned_entry<triptych::families::icons>(
        "not a bit is lost; small pictures of few colours or values, learned by `train`");
}
} // namespace cli
