// error: transform: missing `layout arrange(layout const&) const`
#include "policies.hpp"

auto const bytes = codec<good_coder, quantizer::none, good_transform>{}.encode(some);
