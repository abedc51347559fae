// Decoders of every fourth codec of the registry, from number 0 on.
#include "streams.hpp"

template <>
void golden::decode_part<0>(std::span<std::byte const> stream, stream_info const &info, limits const &most,
                            outcome &out) {
    decode_with<registry::shard<registry::instances, 0, 4>>(stream, info, most, out);
}
