// error: transform: missing `bands forward(bands) const`
#include "policies.hpp"

// Enough to decode, not to encode.
struct mine {
    auto arrange(layout<2> const &in) const -> layout<2> { return in; }
    auto inverse(B x, layout<2> const &) const -> B { return x; }
};
auto const bytes = codec<mine, quantizer::none, good_coder>{}.encode(some);
