// error: fit: the transform has learned state: include the header of its name below <triptych/learn/transform/>
#include "policies.hpp"

#include <vector>

#include <triptych/learn/fit.hpp>
#include <triptych/transform/pca.hpp>

auto const taught =
    fit<codec<transform::pca<4, 4, 5>, good_quantizer, good_coder>>(std::vector<picture<std::uint8_t, 2>>{});
