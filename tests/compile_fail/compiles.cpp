// error: none
// What all others start from compiles, so each of them fails for what it changes.
#include "policies.hpp"

auto const bytes = codec<good_transform, good_quantizer, good_coder>{}.encode(some, scale(50));
auto const exactly = codec<good_transform, quantizer::none, coder::raw>{}.encode(some);
auto const in_strips = codec<transform::identity, quantizer::none, coder::raw, strips<64>>{}.encode(some);
auto const closed = codec<closed_transform, quantizer::none, good_coder>{}.encode(some);
auto const again = codec<good_transform, good_quantizer, good_coder>{}.decode(bytes);
