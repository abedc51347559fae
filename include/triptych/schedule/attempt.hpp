// triptych/schedule/attempt.hpp: a picture on its way through a codec, at one target or at several.
//
// A search for a goal tries several targets. It knows a codec only by these two interfaces, so that it is compiled once and not once a codec
// and type of samples; a codec that writes a foreign format can be searched as well.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <triptych/quality.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// One encode at one target. Mostly symbols: the entropy coder runs when bytes are asked for, the way back when the picture is. A search for
/// a distortion never needs the first, one for a rate never the second.
class attempt {
public:
    virtual ~attempt() = default;
    virtual auto bytes() -> std::vector<std::byte> = 0;
    /// What a decoder will make of the bytes. `samples` has room for all samples of the picture, which are of its type.
    virtual void decode(void *samples) = 0;
};

/// One picture, to be encoded.
class encoding {
public:
    virtual ~encoding() = default;
    /// At one target, and that is all: memory is returned as early as can be.
    virtual auto once(target const &aim) -> std::vector<std::byte> = 0;
    /// At one of several: what does not depend on the target is done at the first and kept. The attempt borrows from this object.
    virtual auto attempt_at(target const &aim) -> std::unique_ptr<attempt> = 0;
};

} // namespace triptych::inline TRIPTYCH_ABI
