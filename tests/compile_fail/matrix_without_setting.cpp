// error: matrix: the quantizer inside is missing `struct setting`
#include "policies.hpp"
#include <triptych/quantizer/matrix.hpp>

struct mine {};
auto const bytes = codec<good_transform, quantizer::matrix<quantizer::annex_k, mine>, good_coder>{}.encode(some);
