// error: coder: missing `void decode(bands&, byte_reader&) const`
#include "policies.hpp"

struct mine {
    void encode(B const &, byte_writer &) const {}
};
auto const bytes = codec<good_transform, quantizer::none, mine>{}.encode(some);
