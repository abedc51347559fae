// error: strips: the transform must be tileable (`tile_height` and `tile_margin`)
#include "policies.hpp"

auto const bytes = codec<good_transform, quantizer::none, coder::raw, strips<64>>{}.encode(some);
