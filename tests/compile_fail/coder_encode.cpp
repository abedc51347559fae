// error: coder: missing `void encode(bands const&, byte_writer&) const`
#include "policies.hpp"

struct mine {
    void decode(B &, byte_reader &) const {}
};
auto const bytes = codec<good_transform, quantizer::none, mine>{}.encode(some);
