// Decoders of every fourth codec of the registry, from number 3 on.
#include "streams.hpp"

template <>
void golden::decode_part<3>(std::span<std::byte const> stream, stream_info const &info, limits const &most,
                            outcome &out) {
    decode_with<registry::shard<registry::instances, 3, 4>>(stream, info, most, out);
}
