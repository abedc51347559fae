// error: transform: missing `bands inverse(bands, layout const& in) const`
#include "policies.hpp"

struct mine {
    auto arrange(layout<2> const &in) const -> layout<2> { return in; }
    auto forward(B x) const -> B { return x; }
};
auto const bytes = codec<mine, quantizer::none, good_coder>{}.encode(some);
