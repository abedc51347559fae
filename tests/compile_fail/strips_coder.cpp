// error: strips: the coder must stream (`encoder()` and `decoder(reader)`)
#include "policies.hpp"

auto const bytes = codec<transform::identity, quantizer::none, good_coder, strips<64>>{}.encode(some);
