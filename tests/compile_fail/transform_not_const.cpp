// error: transform: missing `bands forward(bands) const`
#include "policies.hpp"

struct mine : good_transform {
    auto forward(B x) -> B { return x; }
};
auto const bytes = codec<mine, quantizer::none, good_coder>{}.encode(some);
