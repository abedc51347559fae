// error: quantizer: missing `layout arrange(layout const&, setting const&) const`
#include "policies.hpp"

struct mine : good_quantizer {
    void arrange(layout<2> const &) const;
};
auto const bytes = codec<good_transform, mine, good_coder>{}.encode(some, scale(50));
