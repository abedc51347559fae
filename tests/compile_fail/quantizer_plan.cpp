// error: quantizer: missing `setting plan(bands const&, target const&) const`
#include "policies.hpp"

struct mine : good_quantizer {
    void plan(B const &, target const &) const = delete;
};
auto const bytes = codec<good_transform, mine, good_coder>{}.encode(some, scale(50));
