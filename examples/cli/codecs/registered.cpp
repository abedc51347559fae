#include <triptych/families.hpp>
#include <triptych/learn/coder/autoregressive.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto registered_codec() -> codec_entry {
    return learned_entry<triptych::families::registered>(
        "not a bit is lost; small registered gray pictures of one size, learned by `train`");
}
} // namespace cli
