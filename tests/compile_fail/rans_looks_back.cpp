// error: rans: decodes in reverse, so its model cannot look at decoded neighbours
#include "policies.hpp"

#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/rans.hpp>

using mine = coder::rans<model::adaptive>;
auto const bytes = codec<good_transform, quantizer::none, mine>{}.encode(some);
