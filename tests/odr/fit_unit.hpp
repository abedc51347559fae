// What both units learn. Its functions are the same in both, so the linker keeps one of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/geometric.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/transform/chain.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/pca.hpp>

using basis = triptych::transform::pca<4, 4, 5>;
template <class Transform>
using tiles =
    triptych::codec<Transform, triptych::quantizer::uniform, triptych::coder::range<triptych::model::geometric>>;
using chained = triptych::transform::chain<triptych::transform::identity, basis>;

inline auto corpus() -> std::vector<triptych::picture<std::uint8_t, 2>> {
    std::vector<triptych::picture<std::uint8_t, 2>> pictures;
    pictures.emplace_back(triptych::extents<2>{64, 64}, 1);
    for (std::size_t i = 0; i < pictures[0].size(); ++i) pictures[0].data()[i] = static_cast<std::uint8_t>(i * i / 31);
    return pictures;
}
/// Parameters of the transform and of the coder, when the basis is kept.
struct learned {
    std::uint64_t transform, coder;
};
template <class Transform>
auto keeping() -> learned {
    auto const c = triptych::fit<tiles<Transform>, triptych::keep<basis>>(corpus());
    return {triptych::parameter_count(c.transform()), triptych::parameter_count(c.coder())};
}
