// encoding.hpp: what stands between a wish and a codec: alpha, what nobody sees, and goals that are met or missed.
#pragma once

#include <triptych/quality.hpp>
#include <triptych/stream/framing.hpp>

#include "any_picture.hpp"
#include "codecs.hpp"
#include "files.hpp"

namespace cli {

/// The codec for pictures with alpha that takes the place of `codec` for `p` and `goal`; `codec` itself where there is none, and for goals
/// that lose nothing.
auto for_alpha(opened_codec const &codec, any_picture const &p, triptych::quality const &goal) -> opened_codec;

/// Gives pixels that nobody sees other colours. Not for goals that promise something of every sample.
void drop_hidden(any_picture &p, triptych::quality const &goal);

/// Meets `goal` or throws goal_error. `instead` is a codec that loses nothing; its stream is taken if it is no larger, or if the
/// goal can't be met otherwise. It may be null.
auto encode_to_goal(any_codec const &codec, any_codec const *instead, any_picture const &p,
                    triptych::quality const &goal, triptych::workers const &crew) -> bytes;

} // namespace cli
