// error: quantizer: missing `struct setting`, default-constructible and copyable
#include "policies.hpp"

struct mine {
    auto quantize(B x, int) const -> B { return x; }
};
auto const bytes = codec<good_transform, mine, good_coder>{}.encode(some, scale(50));
