#include <triptych/families.hpp>
#include <triptych/learn/transform/pca.hpp>

#include "codecs/learned.hpp"

namespace cli {
auto pca_codec() -> codec_entry {
    return learned_entry<triptych::families::pca>("all principal components of 8 x 8 x 3 patches, learned by `train`");
}
} // namespace cli
