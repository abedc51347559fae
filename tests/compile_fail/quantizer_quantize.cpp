// error: quantizer: missing `bands quantize(bands, setting const&) const`
#include "policies.hpp"

struct mine : good_quantizer {
    void quantize(B, setting const &) const;
};
auto const bytes = codec<good_transform, mine, good_coder>{}.encode(some, scale(50));
