// What the tests of vector quantizers share: layouts, values, and the laws of their learners.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/bands.hpp>
#include <triptych/state.hpp>

namespace vectors {
namespace tt = triptych;
using planes = tt::bands<std::int16_t, 2>;

/// A side band, and behind it signal bands: interleaved, or each by itself.
inline auto layout_of(std::size_t components, std::int8_t frac = 0, bool interleaved = false) -> tt::layout<2> {
    tt::layout<2> l;
    tt::band_info<2> like;
    like.bits = 12, like.frac = frac, like.at.component = 2;
    auto side = like;
    side.at.kind = tt::role::side;
    l.add({3, 4}, side);
    if (interleaved)
        l.add_group({20, 30}, components, [&](std::size_t) { return like; });
    else
        for (std::size_t c = 0; c < components; ++c) l.add({20, 30}, like);
    return l;
}
/// From -reach to reach - 1.
inline auto noise(tt::layout<2> where, unsigned seed, std::int16_t reach = 256) -> planes {
    planes x(std::move(where));
    std::mt19937 random(seed);
    for (std::size_t i = 0; i < x.size(); ++i)
        x.data()[i] =
            static_cast<std::int16_t>(static_cast<int>(random() % (2u * static_cast<unsigned>(reach))) - reach);
    return x;
}
inline auto signal_of(planes const &x) -> std::vector<std::size_t> {
    std::vector<std::size_t> signal;
    for (std::size_t b = 0; b < x.count(); ++b)
        if (x.info(b).at.kind == tt::role::signal) signal.push_back(b);
    return signal;
}

/// Learners that are merged are one learner; what can't be learned from is refused, but by those of one picture.
template <class Policy>
void merges_and_refuses() {
    auto const x = noise(layout_of(4), 1), y = noise(layout_of(4), 2);
    tt::learner<Policy> one, two, other, nothing;
    one.observe(x), one.observe(y), two.observe(x), other.observe(y), two.merge(other), two.merge(nothing);
    BOOST_TEST(tt::model_fingerprint(one.finish()) == tt::model_fingerprint(two.finish()));
    BOOST_CHECK_THROW(nothing.finish(), std::invalid_argument);
    BOOST_CHECK_THROW(one.observe(noise(layout_of(3), 1)), std::invalid_argument);
    auto lenient = tt::learner<Policy>::for_one_picture();
    BOOST_TEST(!lenient.finish().trained());
}
} // namespace vectors
