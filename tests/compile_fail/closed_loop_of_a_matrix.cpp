// error: a closed-loop transform needs a quantizer that maps one value at a time
#include "policies.hpp"
#include <triptych/quantizer/matrix.hpp>

// The quantizer inside maps one value at a time; its weight follows from a group of bands.
auto const bytes = codec<closed_transform, quantizer::matrix<>, coder::raw>{}.encode(some, scale(50));
