#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/learn/transform/pca.hpp>
#include <triptych/schedule/planes.hpp>

namespace tt = triptych;

namespace {
using planes = tt::bands<std::int16_t, 2>;

auto layout_of(tt::extents<2> shape, std::size_t components, std::uint8_t bits = 8) {
    return tt::detail::component_planes(shape, components, bits);
}

/// Three components that are mixtures of smooth waves, so that a few vectors hold nearly everything.
auto waves(tt::extents<2> shape, std::size_t components, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform(-1, 1);
    planes x(layout_of(shape, components));
    double const a = uniform(random), b = uniform(random), p = 3 * uniform(random), q = 3 * uniform(random);
    for (std::size_t c = 0; c < components; ++c)
        for (std::size_t i = 0; i < shape[0]; ++i)
            for (std::size_t j = 0; j < shape[1]; ++j)
                x[c](i, j) = static_cast<std::int16_t>(
                    std::lround(20 + 50 * std::sin(0.15 * a * double(i) + 0.2 * double(j) + p) * (c == 1 ? -0.5 : 1.0) +
                                40 * std::cos(0.25 * double(i) + 0.1 * b * double(j) + q) + 3 * uniform(random)));
    return x;
}

auto error(planes const &a, planes const &b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double(a.data()[i]) - b.data()[i], 2);
    return sum / double(a.size());
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_pca)

// The covariance of two-element patches by its definition, and the closed form of a 2 x 2 eigenproblem.
BOOST_AUTO_TEST_CASE(finds_the_axes_of_a_known_cloud) {
    planes x(layout_of({1, 400}, 1));
    std::mt19937 random(7);
    std::normal_distribution<double> normal;
    std::vector<std::array<double, 2>> cloud;
    for (std::size_t i = 0; i < 200; ++i) {
        double const u = 30 * normal(random), v = 4 * normal(random);
        auto const p = static_cast<std::int16_t>(std::lround(10 + 0.8 * u - 0.6 * v));
        auto const q = static_cast<std::int16_t>(std::lround(-5 + 0.6 * u + 0.8 * v));
        x[0](0, 2 * i) = p, x[0](0, 2 * i + 1) = q;
        cloud.push_back({double(p), double(q)});
    }
    double mp = 0, mq = 0, pp = 0, pq = 0, qq = 0;
    for (auto const &[p, q] : cloud) mp += p / 200, mq += q / 200;
    for (auto const &[p, q] : cloud)
        pp += (p - mp) * (p - mp) / 200, pq += (p - mp) * (q - mq) / 200, qq += (q - mq) * (q - mq) / 200;
    double const angle = 0.5 * std::atan2(2 * pq, pp - qq);
    double const large = (pp + qq) / 2 + std::sqrt((pp - qq) * (pp - qq) / 4 + pq * pq);

    tt::learner<tt::transform::pca<1, 2, 1>> l;
    l.observe(x);
    auto const policy = l.finish();
    BOOST_TEST(l.count() == 200u);
    BOOST_TEST(l.variances()[0] == large, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(l.explained_variance() == large / (pp + qq), boost::test_tools::tolerance(1e-9));
    BOOST_TEST(std::abs(policy.basis[0] / 16384.0 - std::cos(angle)) < 1e-4);
    BOOST_TEST(std::abs(policy.basis[1] / 16384.0 - std::sin(angle)) < 1e-4);
    BOOST_TEST(std::abs(policy.mean[0] / 16.0 - mp) < 0.04);
    BOOST_TEST(std::abs(policy.mean[1] / 16.0 - mq) < 0.04);
}

BOOST_AUTO_TEST_CASE(same_bits_however_the_work_is_split) {
    std::vector<planes> corpus;
    for (unsigned s = 0; s < 6; ++s) corpus.push_back(waves({40, 50}, 3, s));
    using policy = tt::transform::pca<4, 4, 8>;
    tt::learner<policy> whole, left, right;
    for (auto const &x : corpus) whole.observe(x);
    for (std::size_t i : {5u, 1u}) right.observe(corpus[i]);
    for (std::size_t i : {4u, 0u, 3u, 2u}) left.observe(corpus[i]);
    left.merge(right);
    auto const a = whole.finish(), b = left.finish();
    BOOST_TEST(tt::model_fingerprint(a) == tt::model_fingerprint(b));
    BOOST_TEST(tt::model_fingerprint(a) != 0u);
    BOOST_TEST(tt::parameter_count(a) == 8u * 48 + 48);
    BOOST_TEST(a.valid());
    BOOST_TEST(a.components() == 3u);
}

BOOST_AUTO_TEST_CASE(basis_is_orthonormal_and_beats_the_fixed_one) {
    using policy = tt::transform::pca<8, 8, 12>;
    tt::learner<policy> l;
    for (unsigned s = 0; s < 8; ++s) l.observe(waves({64, 64}, 3, s));
    auto const p = l.finish();
    for (std::size_t i = 0; i < 12; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double dot = 0;
            for (std::size_t d = 0; d < 192; ++d)
                dot += p.basis[i * 192 + d] / 16384.0 * p.basis[j * 192 + d] / 16384.0;
            BOOST_TEST(std::abs(dot - (i == j)) < 2e-3);
        }
    auto const unseen = waves({61, 45}, 3, 99);
    auto const in = unseen.layout();
    auto const learned = p.inverse(p.forward(unseen.clone()), in);
    policy const fixed;
    auto const plain = fixed.inverse(fixed.forward(unseen.clone()), in);
    BOOST_TEST(error(unseen, learned) < 0.7 * error(unseen, plain));
    BOOST_TEST(error(unseen, learned) < 30);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    tt::learner<tt::transform::pca<8, 8, 16>> few;
    BOOST_CHECK_THROW(few.finish(), std::invalid_argument);
    few.observe(waves({16, 16}, 1, 0));
    BOOST_CHECK_THROW(few.finish(), std::invalid_argument);
    BOOST_CHECK_THROW(few.observe(waves({16, 16}, 3, 0)), std::invalid_argument);
    tt::learner<tt::transform::pca<8, 8, 16>> other;
    other.observe(waves({16, 16}, 3, 0));
    BOOST_CHECK_THROW(few.merge(other), std::invalid_argument);

    auto one = tt::learner<tt::transform::pca<8, 8, 16>>::for_one_picture();
    one.observe(waves({16, 16}, 1, 0));
    BOOST_TEST(!one.finish().trained());
}

BOOST_AUTO_TEST_CASE(constant_pictures_are_no_accident) {
    planes x(layout_of({64, 64}, 1), std::int16_t{37});
    tt::learner<tt::transform::pca<8, 8, 4>> l;
    l.observe(x);
    auto const p = l.finish();
    BOOST_TEST(l.explained_variance() == 1.0);
    auto const again = p.inverse(p.forward(x.clone()), x.layout());
    BOOST_TEST(error(x, again) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
