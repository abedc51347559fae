// Today's encoder for every fourth codec of the registry, from number 2 on.
#include "pictures.hpp"

template <>
void golden::encode_part<2>(sink const &f) {
    registry::for_each<registry::shard<registry::plain_instances, 2, 4>>(
        [&]<class I>(std::type_identity<I>) { each_stream<I>(f); });
}
