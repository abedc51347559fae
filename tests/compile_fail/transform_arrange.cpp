// error: transform: missing `layout arrange(layout const&) const`
#include "policies.hpp"

struct mine : good_transform {
    void arrange(layout<2> const &) const = delete;
};
auto const bytes = codec<mine, quantizer::none, good_coder>{}.encode(some);
