#include <triptych/families.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/transform/predicted_klt.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto blocks_codec() -> codec_entry {
    return learned_entry<triptych::families::blocks>(
        "pictures of one kind, by blocks predicted from what surrounds them; learned by `train`");
}
auto blocks8_codec() -> codec_entry {
    return learned_entry<triptych::families::blocks8>("the same with blocks of half the side");
}
} // namespace cli
