#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/pretrained.hpp>
#include <triptych/learn/quantizer/levels.hpp>
#include <triptych/quantizer/levels.hpp>
#include <triptych/transform/identity.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
template <fixed_text Name, std::size_t K>
auto levels(std::string_view summary) -> codec_entry {
    using namespace triptych;
    return learned_entry<Name, transform::identity, quantizer::levels<K>, coder::range<model::pretrained>>(summary);
}
} // namespace

auto levels2_codec() -> codec_entry {
    return levels<"levels2", 2>("two grays and a network that redraws the others: digits, glyphs; learned by `train`");
}
auto levels3_codec() -> codec_entry {
    return levels<"levels3", 3>("the same with three grays");
}
auto levels4_codec() -> codec_entry {
    return levels<"levels4", 4>("the same with four grays");
}
auto levels6_codec() -> codec_entry {
    return levels<"levels6", 6>("the same with six grays");
}
} // namespace cli
