// error: huffman: its tables stand still, so its model cannot look at decoded neighbours
#include "policies.hpp"

#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/neighbourhood.hpp>

using mine = coder::huffman<model::neighbourhood>;
auto const bytes = codec<good_transform, quantizer::none, mine>{}.encode(some);
