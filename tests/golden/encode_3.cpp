// Today's encoder for every fourth codec of the registry, from number 3 on.
#include "pictures.hpp"
#include <triptych/learn/codebook.hpp>
#include <triptych/learn/lloyd_max_quantizer.hpp>
#include <triptych/learn/pca.hpp>
#include <triptych/learn/product.hpp>
#include <triptych/learn/residual.hpp>

template <>
void golden::encode_part<3>(sink const &f) {
    registry::for_each<registry::shard<registry::codecs, 3, 4>>(
        [&]<class C>(std::type_identity<C>) { each_stream<C>(f); });
    registry::for_each<registry::learning_codecs>([&]<class C>(std::type_identity<C>) { each_stream<C>(f); });
}
