// error: strips: the coder must stream
#include "policies.hpp"
#include <triptych/coder/run_length.hpp>

// The coder inside streams; runs, which are counted ahead, do not.
auto const bytes = codec<transform::identity, quantizer::none, coder::run_length<coder::raw>, strips<8>>{}.encode(some);
