// error: transform: missing `layout arrange(layout const&) const`
#include "policies.hpp"

struct mine {
    auto arrange(layout<1> const &in) const -> layout<1> { return in; }
    auto forward(bands<std::int16_t, 1> x) const -> bands<std::int16_t, 1> { return x; }
    auto inverse(bands<std::int16_t, 1> x, layout<1> const &) const -> bands<std::int16_t, 1> { return x; }
};
auto const bytes = codec<mine, quantizer::none, good_coder>{}.encode(some);
