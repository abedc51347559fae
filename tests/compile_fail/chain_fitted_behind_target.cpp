// error: chain: a member that is fitted to the picture can't stand behind one that needs the target
#include "policies.hpp"

#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/klt.hpp>

using mine = transform::chain<transform::adaptive_dct, transform::klt>;
auto const bytes = codec<mine, quantizer::none, coder::raw>{}.encode(some);
