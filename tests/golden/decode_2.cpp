// Decoders of every fourth codec of the registry, from number 2 on.
#include "streams.hpp"

template <>
void golden::decode_part<2>(std::span<std::byte const> stream, stream_info const &info, limits const &most,
                            outcome &out) {
    decode_with<registry::shard<registry::instances, 2, 4>>(stream, info, most, out);
}
