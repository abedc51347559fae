// error: quantizer: missing `bands dequantize(bands, setting const&, layout const& in) const`
#include "policies.hpp"

// An easy slip: the layout that it shall give back is left out.
struct mine : good_quantizer {
    auto dequantize(B x, setting const &) const -> B { return x; }
};
auto const bytes = codec<good_transform, mine, good_coder>{}.encode(some, scale(50));
