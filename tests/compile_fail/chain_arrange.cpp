// error: transform: missing `layout arrange(layout const&) const`
#include "policies.hpp"

#include <triptych/transform/chain.hpp>

/// A member of a chain is missed as a transform alone is.
struct mine {
    template <class B>
    auto forward(B x) const -> B {
        return x;
    }
    template <class B>
    auto inverse(B x, layout<B::rank> const &) const -> B {
        return x;
    }
};
auto const bytes = codec<transform::chain<mine>, quantizer::none, coder::raw>{}.encode(some);
