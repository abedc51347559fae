// error: prefix: the coder must be embedded (`decode_prefix(symbols, reader)`)
#include "policies.hpp"
#include <triptych/coder/prefix.hpp>

// Raw bits have no coarse beginning.
auto const bytes = codec<good_transform, quantizer::none, coder::prefix<coder::raw>>{}.decode({});
