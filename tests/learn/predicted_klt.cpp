// transform::predicted_klt: what it learns, and that its closed loop does not drift.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/coder/range.hpp>
#include <triptych/conformance/hostile.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/quantizer/learned_dead_zone.hpp>
#include <triptych/learn/transform/predicted_klt.hpp>
#include <triptych/quantizer/learned_dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>

namespace tt = triptych;

namespace {
using predicted = tt::transform::predicted_klt<4>;
using blocks = tt::codec<predicted, tt::quantizer::learned_dead_zone, tt::coder::range<tt::model::conditional_scale>>;
using picture = tt::picture<std::uint8_t, 2>;

/// Smooth random fields: each pixel is the mean of what lies to the left and above, and grain; components resemble each other.
auto fields(std::size_t n, unsigned seed, tt::extents<2> shape = {24, 21}, std::size_t components = 2) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<picture> all;
    while (all.size() < n) {
        std::vector<double> v(shape[0] * shape[1]);
        double const level = 60 * normal(random);
        for (std::size_t i = 0; i < v.size(); ++i) {
            auto const y = i / shape[1], x = i % shape[1];
            double const left = x ? v[i - 1] : y ? v[i - shape[1]] : level, up = y ? v[i - shape[1]] : left;
            v[i] = 0.5 * (left + up) + 4 * normal(random);
        }
        picture p(shape, components);
        for (std::size_t i = 0; i < v.size(); ++i)
            for (std::size_t c = 0; c < components; ++c)
                p.data()[i * components + c] =
                    static_cast<std::uint8_t>(std::clamp(128 + v[i] * (c ? 0.6 : 1.0) + normal(random), 0.0, 255.0));
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
auto cost(C const &codec, std::vector<picture> const &corpus, double step, double &mse) {
    double bytes = 0;
    mse = 0;
    for (auto const &x : corpus) {
        auto const stream = codec.encode(x, tt::step(step), tt::framing::record);
        auto const y = codec.decode(stream, tt::framing::record, x.shape(), x.components());
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i) sum += std::pow(double(x.data()[i]) - y.data()[i], 2);
        bytes += double(stream.size()), mse += sum / double(x.size());
    }
    mse /= double(corpus.size());
    return bytes / double(corpus.size());
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_predicted_klt)

BOOST_AUTO_TEST_CASE(learning_saves_bits_at_no_more_error) {
    auto const codec = tt::fit<blocks>(fields(200, 1), options(10));
    BOOST_TEST(codec.transform().components() == 2u);
    // The quantizer sees what stands in the loop.
    BOOST_TEST(codec.quantizer().learned[0] == 10 * 256);
    BOOST_TEST(codec.quantizer().points.shape().extent[0] == codec.transform().vectors(2));
    double own = 0, plain = 0;
    auto const unseen = fields(20, 2);
    auto const learned = cost(codec, unseen, 10, own), untrained = cost(blocks{}, unseen, 10, plain);
    BOOST_TEST_MESSAGE(learned << " bytes, " << own << "; untrained " << untrained << ", " << plain);
    BOOST_TEST(learned < 0.8 * untrained);
    BOOST_TEST(own < 1.05 * plain);
}

// Where each pixel is the mean of two neighbours, the pixel in the corner of a block is best predicted by the two beside it.
BOOST_AUTO_TEST_CASE(the_predictor_is_the_regression) {
    tt::learner<predicted> l;
    l.aim.step = 0.1F;
    for (auto const &x : fields(400, 3, {24, 24}, 1)) {
        tt::bands<std::int16_t, 2> planes(tt::detail::component_planes(x.shape(), 1, 8));
        tt::detail::samples_to_planes(x.data(), tt::detail::byte_map(), planes);
        l.observe(planes);
    }
    auto const t = l.finish();
    auto const both = std::size_t{3} * 16 * predicted::ring; // pixel 0 of blocks with neighbours on both sides
    auto const weight = [&](std::size_t i) { return double(t.predictor[both + i]) / (1 << 14); };
    // Element 1 of the ring is above the corner, and 2 N + 1 + N is to its left. Grain keeps the weights below a half each.
    BOOST_TEST(weight(1) > 0.35);
    BOOST_TEST(weight(13) > 0.35);
    for (std::size_t i = 0; i < predicted::ring; ++i)
        if (i != 1 && i != 13) BOOST_TEST(std::abs(weight(i)) < 0.2);
}

// A loop that were open would let errors add up from block to block.
BOOST_AUTO_TEST_CASE(errors_do_not_add_up) {
    auto const codec =
        tt::fit<tt::codec<predicted, tt::quantizer::uniform, tt::coder::range<>>>(fields(100, 4), options(8));
    for (auto const &x : fields(3, 5, {64, 200}))
        for (double const step : {4.0, 8.0}) {
            auto const y = codec.decode(codec.encode(x, tt::step(step)));
            for (std::size_t part = 0; part < 2; ++part) { // the first and the last rows
                double sum = 0;
                std::size_t const n = 200 * 2 * 8, from = part ? x.size() - n : 0;
                for (std::size_t i = from; i < from + n; ++i) sum += std::pow(double(x.data()[i]) - y.data()[i], 2);
                BOOST_TEST(sum / double(n) < step * step / 4);
            }
        }
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_model) {
    auto const corpus = fields(30, 6);
    auto three = options(8);
    three.threads = 3;
    BOOST_TEST(tt::fit<blocks>(corpus, options(8)).model() == tt::fit<blocks>(corpus, three).model());
}

BOOST_AUTO_TEST_CASE(changed_bytes_do_no_harm) {
    auto const codec = tt::fit<blocks>(fields(30, 7), options(8));
    auto const pictures = fields(1, 8);
    auto const bytes = codec.encode(pictures.front(), tt::step(8));
    tt::small_random random(5);
    for (int i = 0; i < 1000; ++i) {
        auto const y = codec.try_decode(tt::mutate_stream(bytes, random), {1 << 14, 1 << 22});
        BOOST_TEST((y.error || y.value.size() <= std::size_t{1} << 14));
    }
}

BOOST_AUTO_TEST_CASE(other_components_are_carried_too) {
    auto const codec = tt::fit<blocks>(fields(30, 9), options(8));
    double mse = 0;
    (void)cost(codec, fields(1, 10, {9, 9}, 3), 6, mse);
    BOOST_TEST(mse < 6 * 6 / 4.0);
}

BOOST_AUTO_TEST_CASE(what_can_not_be_learned_from_is_told) {
    std::vector<picture> const none;
    BOOST_CHECK_THROW(tt::fit<blocks>(none, options(8)), std::invalid_argument);
    auto mixed = fields(2, 11);
    mixed.push_back(std::move(fields(1, 12, {8, 8}, 3).front()));
    BOOST_CHECK_THROW(tt::fit<blocks>(mixed, options(8)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
