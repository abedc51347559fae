// error: quantizer: missing `setting read(byte_reader&) const`
#include "policies.hpp"

struct mine : good_quantizer {
    auto read(std::span<std::byte const>) const -> setting;
};
auto const bytes = codec<good_transform, mine, good_coder>{}.encode(some, scale(50));
