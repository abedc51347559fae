// error: strips: the height must be a multiple of the transform's `tile_height`
#include "policies.hpp"

struct mine : good_transform {
    static constexpr std::size_t tile_height = 8, tile_margin = 0;
};
auto const bytes = codec<mine, quantizer::none, coder::raw, strips<60>>{}.encode(some);
