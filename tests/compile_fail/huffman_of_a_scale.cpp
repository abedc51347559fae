// error: huffman: makes its codes of counts
#include "policies.hpp"

#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/family.hpp>

using mine = coder::huffman<model::laplace>;
auto const bytes = codec<good_transform, quantizer::none, mine>{}.encode(some);
