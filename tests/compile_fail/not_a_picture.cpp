// error: this is no picture: lend samples as picture_view<S, R>{data, shape, components}
#include "policies.hpp"

#include <vector>

auto const bytes = codec<good_transform, quantizer::none, good_coder>{}.encode(std::vector<unsigned char>(16));
