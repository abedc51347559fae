// Today's encoder for every fourth codec of the registry, from number 3 on.
#include "pictures.hpp"
#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/quantizer/lloyd_max.hpp>
#include <triptych/learn/quantizer/product.hpp>
#include <triptych/learn/quantizer/residual.hpp>
#include <triptych/learn/transform/pca.hpp>

template <>
void golden::encode_part<3>(sink const &f) {
    registry::for_each<registry::shard<registry::plain_instances, 3, 4>>(
        [&]<class I>(std::type_identity<I>) { each_stream<I>(f); });
    registry::for_each<registry::learning_instances>([&]<class I>(std::type_identity<I>) { each_stream<I>(f); });
}
