// Transforms with learned bases behind bands that have gains: the gain of a coefficient is the norm of what it adds to the picture.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include <triptych/coder/range.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/transform/chain.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/transform/classified_klt.hpp>
#include <triptych/transform/pca.hpp>
#include <triptych/transform/predicted_klt.hpp>

namespace tt = triptych;
using planes = tt::bands<std::int16_t, 2>;

namespace {
constexpr double gains[] = {2.5, 1.25, 0.5};

/// Three components of these gains.
auto layout_of(tt::extents<2> const &shape) {
    auto in = tt::detail::component_planes<2>(shape, 3, 8);
    for (std::size_t c = 0; c < 3; ++c)
        in.relabel(c, [&](auto &b) { b.gain = static_cast<std::uint16_t>(256 * gains[c]); });
    return in;
}
/// Vectors of norm one, each of which leans on the components in another way.
auto basis_of(tt::dims const &shape) {
    auto const d = shape.extent[shape.rank - 1], rows = static_cast<std::uint32_t>(shape.size()) / d;
    std::mt19937 random(5);
    std::normal_distribution<double> normal;
    std::vector<std::int16_t> values;
    for (std::uint32_t k = 0; k < rows; ++k) {
        std::vector<double> v(d);
        double const lean[] = {normal(random), normal(random), normal(random)};
        for (std::uint32_t i = 0; i < d; ++i) v[i] = lean[i % 3] * normal(random);
        auto const norm = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
        for (auto const e : v) values.push_back(static_cast<std::int16_t>(std::lround(16384 * e / norm)));
    }
    return tt::frozen<std::int16_t>::owned(values, shape);
}
auto zeros(tt::dims const &shape) {
    return tt::frozen<std::int32_t>::owned(std::vector<std::int32_t>(shape.size(), 0), shape);
}

/// The squared norm, weighed by the components' gains, of what a coefficient of size one at this element adds.
template <class P>
auto added(P const &policy, tt::layout<2> const &in, std::size_t band, std::int16_t side = 0) -> double {
    planes y(policy.arrange(in));
    std::fill_n(y.data(), y.size(), std::int16_t{0});
    if (y.info(0).at.kind == tt::role::side) y.data()[0] = side;
    auto const &info = y.info(band);
    y.data()[info.offset] = static_cast<std::int16_t>(100 << info.frac);
    auto const x = policy.inverse(std::move(y), in);
    double sum = 0;
    for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t i = 0; i < x[c].size(); ++i) {
            auto const v = gains[c] * x.data()[x.info(c).offset + i] / std::ldexp(100.0, x.info(c).frac);
            sum += v * v;
        }
    return sum;
}
/// With four fractional bits, so that rounding is of no account.
auto fine(tt::layout<2> in) {
    for (std::size_t c = 0; c < 3; ++c) in.relabel(c, [](auto &b) { b.frac = 4, b.bits = 14; });
    return in;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_gains)

BOOST_AUTO_TEST_CASE(of_patches_and_of_whole_pictures) {
    auto const in = fine(layout_of({4, 4}));
    tt::transform::pca<4, 4, 12> patches;
    patches.basis = basis_of({12u, 48u}), patches.mean = zeros({48u});
    tt::transform::eigenpicture pictures;
    pictures.basis = basis_of({12u, 48u}), pictures.mean = zeros({4u, 4u, 3u});
    for (std::size_t k = 0; k < 12; ++k) {
        auto const norm = std::sqrt(added(patches, in, k));
        BOOST_TEST(patches.arrange(in)[k].gain / 256.0 == norm, boost::test_tools::tolerance(0.01));
        BOOST_TEST(pictures.arrange(in)[k].gain / 256.0 == norm, boost::test_tools::tolerance(0.01));
    }
    BOOST_TEST(patches.arrange(in)[0].gain != patches.arrange(in)[1].gain);
}

// Classes share their bands, so a band's gain is the mean of what it is in each.
BOOST_AUTO_TEST_CASE(of_classes) {
    auto const in = fine(layout_of({4, 4}));
    tt::transform::classified_klt<4, 3> t;
    t.basis = basis_of({3u, 5u, 48u}), t.mean = zeros({3u, 48u});
    for (std::size_t k = 0; k < 5; ++k) {
        double sum = 0;
        for (std::int16_t c = 0; c < 3; ++c) sum += added(t, in, 1 + k, c);
        BOOST_TEST(t.arrange(in)[1 + k].gain / 256.0 == std::sqrt(sum / 3), boost::test_tools::tolerance(0.01));
    }
}

// All four kinds of blocks have the same basis here, and a predictor that predicts nothing.
BOOST_AUTO_TEST_CASE(of_predicted_blocks) {
    tt::transform::predicted_klt<4> t;
    auto const one = basis_of({6u, 48u});
    std::vector<std::int16_t> all;
    for (std::size_t kind = 0; kind < 4; ++kind)
        for (std::size_t i = 0; i < one.size(); ++i) all.push_back(one[i]);
    t.basis = tt::frozen<std::int16_t>::owned(all, {4u, 6u, 48u}), t.mean = zeros({4u, 48u});
    auto const ring = static_cast<std::uint32_t>(3 * t.ring);
    t.predictor = tt::frozen<std::int16_t>::owned(std::vector<std::int16_t>(4 * 48 * ring, 0), {4u, 48u, ring});
    BOOST_REQUIRE(t.components() == 3u);
    tt::transform::pca<4, 4, 6> same;
    same.basis = basis_of({6u, 48u}), same.mean = zeros({48u});
    auto const in = layout_of({4, 4});
    for (std::size_t k = 0; k < 6; ++k) BOOST_TEST(t.arrange(in)[k].gain == same.arrange(in)[k].gain);
    BOOST_TEST(t.arrange(in)[0].gain != 256);
}

// Without state a vector is of one component, and has its gain.
BOOST_AUTO_TEST_CASE(of_cosines) {
    auto const in = layout_of({8, 8});
    for (std::size_t k = 0; k < 7; ++k) {
        auto const expected = static_cast<unsigned>(256 * gains[k % 3]);
        BOOST_TEST((tt::transform::pca<4, 4, 7>{}.arrange(in)[k].gain == expected));
        BOOST_TEST((tt::transform::classified_klt<4, 3>{}.arrange(in)[1 + k].gain == expected));
    }
}

// A rotation of the colours changes nothing for a learned basis, so it may cost nothing.
BOOST_AUTO_TEST_CASE(a_step_means_one_error_behind_any_colours) {
    std::vector<tt::picture<std::uint8_t, 2>> corpus;
    std::mt19937 random(3);
    for (int n = 0; n < 12; ++n) {
        tt::picture<std::uint8_t, 2> p({48, 40}, 3);
        double const phase = double(random() % 628) / 100;
        for (std::size_t i = 0; i < p.size(); ++i) {
            auto const y = double(i / 120), x = double(i / 3 % 40);
            p.data()[i] = static_cast<std::uint8_t>(
                128 + (i % 3 == 0 ? 50 : -30) * std::sin(0.3 * y + 0.5 * x + phase) + double(random() % 9));
        }
        corpus.push_back(std::move(p));
    }
    auto const error = [&]<class T>(T) {
        using codec = tt::codec<T, tt::quantizer::uniform, tt::coder::range<>>;
        auto const c = tt::fit<codec>(corpus);
        double sum = 0;
        for (auto const &p : corpus) {
            auto const again = c.decode(c.encode(p, tt::step(16)));
            for (std::size_t i = 0; i < p.size(); ++i) sum += std::pow(double(p.data()[i]) - again.data()[i], 2);
        }
        return sum;
    };
    using pca = tt::transform::pca<4, 4, 48>;
    auto const behind = error(tt::transform::chain<tt::transform::colour<tt::transform::colour_kind::ycbcr>, pca>{});
    BOOST_TEST(behind < 1.1 * error(pca{}));
}

BOOST_AUTO_TEST_SUITE_END()
