// error: fit: this codec has no panel to learn
#include "policies.hpp"

#include <vector>

#include <triptych/learn/fit.hpp>

auto const taught = fit<codec<good_transform, good_quantizer, good_coder>>(std::vector<picture<std::uint8_t, 2>>{});
