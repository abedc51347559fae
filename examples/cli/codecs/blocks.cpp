#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/transform/predicted_klt.hpp>
#include <triptych/quantizer/trained_zone.hpp>
#include <triptych/transform/predicted_klt.hpp>

#include "codecs/learned.hpp"

namespace cli {
namespace {
template <fixed_text Name, std::size_t N>
auto blocks(std::string_view summary) -> codec_entry {
    using namespace triptych;
    return learned_entry<Name, transform::predicted_klt<N>, quantizer::trained_zone,
                         coder::range<model::conditional_scale>>(summary);
}
} // namespace

auto blocks_codec() -> codec_entry {
    return blocks<"blocks", 16>(
        "pictures of one kind, by blocks predicted from what surrounds them; learned by `train`");
}
auto blocks8_codec() -> codec_entry {
    return blocks<"blocks8", 8>("the same with blocks of half the side");
}
} // namespace cli
