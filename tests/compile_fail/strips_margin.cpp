// error: strips: the transform needs rows around its blocks (`tile_margin` is not 0)
#include "policies.hpp"

struct mine : good_transform {
    static constexpr std::size_t tile_height = 1, tile_margin = 2;
};
auto const bytes = codec<mine, quantizer::none, coder::raw, strips<64>>{}.encode(some);
