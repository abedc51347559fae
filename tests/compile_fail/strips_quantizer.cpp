// error: strips: the quantizer must plan ahead: `setting plan(target const&) const`
#include "policies.hpp"

auto const bytes = codec<transform::identity, good_quantizer, coder::raw, strips<64>>{}.encode(some, scale(50));
