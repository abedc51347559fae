// error: tans: decodes in reverse, so its model cannot look at decoded neighbours
#include "policies.hpp"

#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/tans.hpp>

using mine = coder::tans<model::adaptive>;
auto const bytes = codec<good_transform, quantizer::none, mine>{}.encode(some);
