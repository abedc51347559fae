// Losses against their definitions, and training: it learns, and the same whatever the number of threads.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <triptych/learn/network/train.hpp>

namespace net = triptych::network;
namespace learn = triptych::learn;
using learn::network::loss;
using model = learn::network::network;

namespace {
/// Small pictures of a bright bar each, at any place and angle, in [0, 1]: 12 × 12.
auto bars(std::size_t count) {
    learn::generator random(21);
    std::vector<float> v;
    for (std::size_t i = 0; i < count; ++i) {
        auto const angle = 3.14159 * random.uniform(), at = 8 * random.uniform() - 4;
        for (int y = 0; y < 12; ++y)
            for (int x = 0; x < 12; ++x) {
                auto const d = (x - 5.5) * std::cos(angle) + (y - 5.5) * std::sin(angle) - at;
                v.push_back(static_cast<float>(std::exp(-d * d / 2)));
            }
    }
    return v;
}
auto const dense_layers = std::vector{net::dense(144, 24), net::relu(), net::dense(24, 144)};
auto const deep_layers = std::vector{net::convolution(1, 8, 3, {.padding = 1}),
                                     net::relu(),
                                     net::max_pool(2, 2),
                                     net::convolution(8, 8, 3, {.padding = 1}),
                                     net::silu(),
                                     net::add(3),
                                     net::average_pool(2, 2),
                                     net::gdn(8),
                                     net::nearest(2),
                                     net::transposed_convolution(8, 4, 2, {.stride = 2}),
                                     net::leaky_relu(),
                                     net::convolution(4, 1, 3, {.padding = 1})};
} // namespace

BOOST_AUTO_TEST_SUITE(network_training)

BOOST_AUTO_TEST_CASE(losses_are_those_of_the_definition) {
    std::vector<float> const z{-3, 0.5F, 40, -40, 2, 1}, t{0, 1, 1, 0.25F, 0.5F, 0};
    std::vector<double> expected(4);
    for (std::size_t i = 0; i < z.size(); ++i) {
        auto const a = static_cast<double>(z[i]), b = static_cast<double>(t[i]);
        expected[0] += (a - b) * (a - b), expected[1] += std::abs(a - b);
        expected[2] += std::max(a, 0.0) + std::log1p(std::exp(-std::abs(a))) - b * a;
    }
    for (std::size_t i = 0; i < 2; ++i) { // two positions of three classes
        double all = 0;
        for (std::size_t j = 0; j < 3; ++j) all += std::exp(static_cast<double>(z[3 * i + j]));
        for (std::size_t j = 0; j < 3; ++j)
            expected[3] -= static_cast<double>(t[3 * i + j]) * (static_cast<double>(z[3 * i + j]) - std::log(all));
    }
    for (int k = 0; k < 4; ++k) {
        auto const what = static_cast<loss>(k);
        std::vector<float> gradient(6), ignored(6);
        auto const sum = learn::network::loss_sum(what, z, t, 3, 0.5F, gradient);
        BOOST_TEST(std::abs(sum - expected[static_cast<std::size_t>(k)]) <
                   1e-5 * expected[static_cast<std::size_t>(k)]);
        for (std::size_t i = 0; i < z.size(); ++i) {
            auto up = z, down = z;
            up[i] += 1.0F / 128, down[i] -= 1.0F / 128;
            auto const slope = 64 * (learn::network::loss_sum(what, up, t, 3, 1, ignored) -
                                     learn::network::loss_sum(what, down, t, 3, 1, ignored));
            BOOST_TEST(std::abs(static_cast<double>(gradient[i]) - slope / 2) < 1e-3);
        }
    }
}

BOOST_AUTO_TEST_CASE(training_makes_the_loss_small) {
    auto const x = bars(1000);
    for (auto const by : {learn::network::optimiser::adam, learn::network::optimiser::momentum}) {
        model m(dense_layers, {12, 12, 1});
        learn::network::training how;
        how.by = by, how.epochs = 40, how.batch = 50, how.clip = 1;
        how.rate.rate = by == learn::network::optimiser::adam ? 3e-3F : 2.0F;
        how.rate.form = learn::network::schedule::shape::cosine, how.rate.warm_up = 10;
        auto const losses = learn::network::train(m, x, x, how);
        BOOST_TEST(losses.size() == 40U);
        BOOST_TEST(losses.back() < 0.35 * losses.front());
    }
}

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_threads_but_on_the_seed) {
    auto const x = bars(300);
    auto const trained = [&](unsigned threads, std::uint64_t seed) {
        model m(deep_layers, {12, 12, 1});
        learn::network::training how;
        how.epochs = 2, how.batch = 128, how.threads = threads, how.seed = seed;
        auto const losses = learn::network::train(m, x, x, how);
        BOOST_TEST(losses[1] < losses[0]);
        return std::vector<float>(m.parameters().begin(), m.parameters().end());
    };
    auto const one = trained(1, 1);
    BOOST_TEST((trained(2, 1) == one));
    BOOST_TEST((trained(5, 1) == one));
    BOOST_TEST((trained(2, 2) != one));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_goes_on_to_the_same_bits) {
    auto const x = bars(200);
    for (auto const by : {learn::network::optimiser::adam, learn::network::optimiser::momentum}) {
        learn::network::training how;
        how.by = by, how.epochs = 4, how.batch = 64, how.rate.form = learn::network::schedule::shape::linear;
        how.held_out = std::span(x).first(std::size_t{40} * 144), how.held_out_target = how.held_out;
        std::vector<learn::network::checkpoint> kept;
        how.keep_checkpoint = [&](auto const &c) { kept.push_back(c); };
        model whole(deep_layers, {12, 12, 1});
        auto const losses = learn::network::train(whole, x, x, how);
        BOOST_REQUIRE(kept.size() == 4U);
        auto const second = kept[1];
        model resumed(deep_layers, {12, 12, 1});
        resumed.initialise(77);
        BOOST_TEST((learn::network::train(resumed, x, x, how, second) == losses));
        BOOST_TEST(std::equal(whole.parameters().begin(), whole.parameters().end(), resumed.parameters().begin()));
        BOOST_TEST((kept[3].optimiser == kept.back().optimiser)); // the resumed one's
        model other(dense_layers, {12, 12, 1});
        BOOST_CHECK_THROW(learn::network::train(other, x, x, how, second), std::invalid_argument);
    }
}

// What is held out gets worse when so few pairs are learned by heart.
BOOST_AUTO_TEST_CASE(training_stops_where_what_is_held_out_is_best) {
    auto const x = bars(120);
    model m(dense_layers, {12, 12, 1});
    learn::network::training how;
    how.epochs = 400, how.batch = 10, how.rate.rate = 1e-2F, how.patience = 8;
    how.held_out = std::span(x).subspan(std::size_t{20} * 144), how.held_out_target = how.held_out;
    learn::network::checkpoint last;
    how.keep_checkpoint = [&](auto const &c) { last = c; };
    auto const losses = learn::network::train(m, std::span(x).first(std::size_t{20} * 144),
                                              std::span(x).first(std::size_t{20} * 144), how);
    BOOST_TEST(losses.size() < 400U);
    auto const least = std::min_element(last.held_out.begin(), last.held_out.end());
    BOOST_TEST((last.held_out.end() - least) == 9);
    learn::network::trainer t(m, how);
    BOOST_TEST(t.judge(how.held_out, how.held_out) == *least);
}

// Softmax cross-entropy: which half of the picture is bright?
BOOST_AUTO_TEST_CASE(a_classifier_learns) {
    auto const x = bars(1200);
    std::vector<float> target;
    for (std::size_t i = 0; i < 1200; ++i) {
        float upper = 0, lower = 0;
        for (std::size_t p = 0; p < 72; ++p) upper += x[i * 144 + p], lower += x[i * 144 + 72 + p];
        target.push_back(upper > lower), target.push_back(upper <= lower);
    }
    model m({net::convolution(1, 4, 3, {.stride = 2, .padding = 1}), net::relu(), net::dense(144, 2)}, {12, 12, 1});
    learn::network::training how;
    how.what = loss::cross_entropy, how.epochs = 6, how.batch = 40, how.rate.rate = 3e-3F;
    learn::network::train(m, std::span(x).first(std::size_t{1000} * 144), std::span(target).first(2000), how);
    auto const y = m(std::span(x).subspan(std::size_t{1000} * 144));
    int right = 0;
    for (std::size_t i = 0; i < 200; ++i) right += (y[2 * i] > y[2 * i + 1]) == (target[2000 + 2 * i] == 1);
    BOOST_TEST(right >= 190);
}

BOOST_AUTO_TEST_CASE(schedules) {
    learn::network::schedule s{.rate = 2, .form = learn::network::schedule::shape::cosine, .last = 0.5F, .warm_up = 4};
    BOOST_TEST(s.at(0, 104) == 0.5F);
    BOOST_TEST(s.at(4, 104) == 2.0F);
    BOOST_TEST(std::abs(s.at(54, 104) - 1.5F) < 1e-5F);
    BOOST_TEST(std::abs(s.at(104, 104) - 1.0F) < 1e-5F);
    s.form = learn::network::schedule::shape::linear;
    BOOST_TEST(std::abs(s.at(29, 104) - 1.75F) < 1e-5F);
}

BOOST_AUTO_TEST_CASE(wrong_data_and_cancellation) {
    model m(dense_layers, {12, 12, 1});
    auto const x = bars(10);
    learn::network::training how;
    BOOST_CHECK_THROW(learn::network::train(m, x, std::span(x).first(144), how), std::invalid_argument);
    BOOST_CHECK_THROW(learn::network::train(m, std::span(x).first(100), x, how), std::invalid_argument);
    how.progress = [](learn::progress const &) { return false; };
    BOOST_CHECK_THROW(learn::network::train(m, x, x, how), learn::cancelled);
}

BOOST_AUTO_TEST_SUITE_END()
