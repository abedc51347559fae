// error: strips: a panel fits something to the picture, of which a strip shows a part: `tiles` can carry that
#include "policies.hpp"

struct mine : good_transform {
    static constexpr std::size_t tile_height = 1, tile_margin = 0;
    template <class B>
    auto prepare(B const &) const -> mine {
        return {};
    }
    template <class W>
    void write(W &) const {}
    auto restore(byte_reader &) const -> mine { return {}; }
};
auto const bytes = codec<mine, quantizer::none, coder::raw, strips<64>>{}.encode(some);
