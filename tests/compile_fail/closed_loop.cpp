// error: a closed-loop transform needs a quantizer that maps one value at a time
#include "policies.hpp"

// It quantises all at once, as vector quantizers do; the prediction needs each value as soon as it is coded.
auto const bytes = codec<closed_transform, good_quantizer, good_coder>{}.encode(some, scale(50));
