// error: quantizer: missing `void write(setting const&, byte_writer&) const`
#include "policies.hpp"

struct mine : good_quantizer {
    void write(setting const &) const;
};
auto const bytes = codec<good_transform, mine, good_coder>{}.encode(some, scale(50));
