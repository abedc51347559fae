// transform::classified_klt learned: it finds the classes that there are, and is worth its bits there.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/coder/range.hpp>
#include <triptych/conformance/hostile.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/transform/classified_klt.hpp>
#include <triptych/quantizer/dead_zone.hpp>

namespace tt = triptych;

namespace {
using tt::transform::classified_klt;
using picture = tt::picture<std::uint8_t, 2>;
template <class T>
using blocks = tt::codec<T, tt::quantizer::dead_zone, tt::coder::range<>>;

using three = blocks<classified_klt<4, 3>>;

/// Each block of 4 × 4 is a stripe, along one diagonal or the other, somewhere in the block, and some grain.
auto stripes(std::size_t n, unsigned seed, tt::extents<2> shape = {64, 64}) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<picture> all;
    while (all.size() < n) {
        picture p(shape, 1);
        for (std::size_t top = 0; top < shape[0]; top += 4)
            for (std::size_t left = 0; left < shape[1]; left += 4) {
                bool const falling = random() % 2;
                double const phase = static_cast<double>(random() % 64) / 64, size = 40;
                for (std::size_t y = top; y < std::min(top + 4, shape[0]); ++y)
                    for (std::size_t x = left; x < std::min(left + 4, shape[1]); ++x) {
                        double const along = falling ? double(y) - double(x) : double(y + x);
                        double const v = size * std::sin(2 * M_PI * (along / 4 + phase)) + 2 * normal(random);
                        p.data()[y * shape[1] + x] = static_cast<std::uint8_t>(std::lround(128 + v));
                    }
            }
        all.push_back(std::move(p));
    }
    return all;
}
auto options(float step) {
    tt::fit_options o;
    o.aim.step = step;
    return o;
}
template <class C>
auto bytes_at(C const &codec, std::vector<picture> const &pictures, double dB) {
    std::size_t bytes = 0;
    for (auto const &x : pictures) bytes += codec.encode(x, tt::psnr(dB)).size();
    return static_cast<double>(bytes);
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_klt_set)

BOOST_AUTO_TEST_CASE(classes_save_bits_where_there_are_some) {
    auto const unseen = stripes(6, 2);
    auto const learned = bytes_at(tt::fit<three>(stripes(40, 1), options(8)), unseen, 36);
    auto const untrained = bytes_at(three{}, unseen, 36);
    BOOST_TEST_MESSAGE(learned << " bytes; untrained " << untrained);
    BOOST_TEST(learned < 0.8 * untrained);
}

BOOST_AUTO_TEST_CASE(bases_are_orthonormal_and_fit_the_blocks) {
    auto const t = tt::fit<three>(stripes(40, 3), options(8)).transform();
    BOOST_TEST(t.components() == 1u);
    BOOST_TEST(t.vectors() == 16u);
    auto const element = [&](std::size_t c, std::size_t k, std::size_t d) {
        return std::ldexp(double(t.basis[(c * 16 + k) * 16 + d]), -14);
    };
    for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t k = 0; k < 16; ++k)
            for (std::size_t l = 0; l < 16; ++l) {
                double product = 0;
                for (std::size_t d = 0; d < 16; ++d) product += element(c, k, d) * element(c, l, d);
                BOOST_TEST(std::abs(product - (k == l)) < 2e-3);
            }
    // A stripe of any phase lies in two dimensions: some class holds nearly all of one, and it is not the same for both directions.
    auto const held = [&](std::size_t c, bool falling) {
        std::vector<double> projected(16);
        for (double const phase : {0.0, 0.25})
            for (std::size_t k = 0; k < 16; ++k) {
                double sum = 0;
                for (std::size_t d = 0; d < 16; ++d) {
                    double const along = falling ? double(d / 4) - double(d % 4) : double(d / 4 + d % 4);
                    sum += element(c, k, d) * std::sin(2 * M_PI * (along / 4 + phase)) / std::sqrt(8.0);
                }
                projected[k] += sum * sum;
            }
        std::sort(projected.rbegin(), projected.rend());
        return (projected[0] + projected[1]) / 2;
    };
    for (bool const falling : {false, true}) {
        double most = 0;
        for (std::size_t c = 0; c < 3; ++c) most = std::max(most, held(c, falling));
        BOOST_TEST(most > 0.95);
    }
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_model) {
    auto const corpus = stripes(30, 6);
    auto parallel = options(8);
    parallel.threads = 3;
    BOOST_TEST(tt::fit<three>(corpus, options(8)).model() == tt::fit<three>(corpus, parallel).model());
}

BOOST_AUTO_TEST_CASE(changed_bytes_do_no_harm) {
    auto const codec = tt::fit<three>(stripes(20, 7), options(8));
    auto const pictures = stripes(1, 8, {30, 21});
    auto const bytes = codec.encode(pictures.front(), tt::step(8));
    tt::small_random random(5);
    for (int i = 0; i < 1000; ++i) {
        auto const y = codec.try_decode(tt::mutate_stream(bytes, random), {1 << 14, 1 << 22});
        BOOST_TEST((y.error || y.value.size() <= std::size_t{1} << 14));
    }
}

BOOST_AUTO_TEST_CASE(what_can_not_be_learned_from_is_told) {
    BOOST_CHECK_THROW(tt::fit<three>(std::vector<picture>{}, options(8)), std::invalid_argument);
    auto const few = stripes(1, 9, {8, 8});
    BOOST_CHECK_THROW(tt::fit<three>(few, options(8)), std::invalid_argument);
    auto mixed = stripes(2, 11);
    mixed.emplace_back(tt::extents<2>{8, 8}, 3);
    BOOST_CHECK_THROW(tt::fit<three>(mixed, options(8)), std::invalid_argument);
}

// The trace of qᵀ m is greatest for the nearest rotation: no other orthogonal matrix, near or far, has a greater one.
BOOST_AUTO_TEST_CASE(the_nearest_rotation_is_the_nearest) {
    std::mt19937 random(12);
    std::normal_distribution<double> normal;
    std::size_t const n = 6;
    tt::learn::matrix m(n, n);
    for (auto &v : m.values) v = normal(random);
    auto const trace = [&](tt::learn::matrix const &q) {
        double sum = 0;
        for (std::size_t i = 0; i < n * n; ++i) sum += q.values[i] * m.values[i];
        return sum;
    };
    auto const q = tt::learn::nearest_rotation(m);
    auto const square = tt::learn::transposed_product(q, q);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) BOOST_TEST(std::abs(square(i, j) - (i == j)) < 1e-9);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j)
            for (double const angle : {-0.5, -0.01, 0.01, 0.5, 3.1}) {
                auto turned = q; // rows i and j
                for (std::size_t k = 0; k < n; ++k) {
                    turned(i, k) = std::cos(angle) * q(i, k) - std::sin(angle) * q(j, k);
                    turned(j, k) = std::sin(angle) * q(i, k) + std::cos(angle) * q(j, k);
                }
                BOOST_TEST(trace(turned) < trace(q));
            }
    BOOST_CHECK_THROW(tt::learn::nearest_rotation(tt::learn::matrix(2, 3)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
