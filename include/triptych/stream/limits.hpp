// triptych/stream/limits.hpp: how much a decoder may ask for, whatever the bytes say.
#pragma once

#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Bounds that a decoder checks before it allocates. The defaults suit a desktop program; a server that decodes strangers'
/// streams should lower them. Beside `max_bytes`, a model's tables (a few MB) and the lists of bands (at most 2^18 bands a layout, some
/// 60 MB with their copies) are bounded by themselves.
struct limits {
    std::uint64_t max_samples =
        std::uint64_t{1} << 28; ///< samples of a picture, all components together; an extent of zero counts as one
    std::uint64_t max_bytes = std::uint64_t{1} << 33; ///< memory for one decode: bands, symbols and the picture
};

} // namespace triptych::inline TRIPTYCH_ABI
