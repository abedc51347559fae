#include <triptych/families.hpp>
#include <triptych/learn/coder/pretrained.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto palette_codec() -> codec_entry {
    return learned_entry<triptych::families::palette>(
        "small drawn pictures in few colours, learned by `train`; train with the step to be used");
}
} // namespace cli
