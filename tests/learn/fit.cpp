#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/geometric.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/transform/chain.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/identity.hpp>

namespace tt = triptych;

namespace {
template <class S>
auto drawn(std::size_t side, std::size_t components, unsigned seed, double scale = 1) {
    tt::picture<S, 2> p({side, side}, components);
    std::mt19937 random(seed);
    double const a = double(random() % 100) / 50, b = double(random() % 100) / 200 + 0.2;
    for (std::size_t i = 0; i < side; ++i)
        for (std::size_t j = 0; j < side; ++j)
            for (std::size_t c = 0; c < components; ++c)
                p.data()[(i * side + j) * components + c] =
                    static_cast<S>(scale * std::round(120 + (c == 1 ? 50 : -30) * std::sin(b * double(i + 2 * j) + a) +
                                                      double(random() % 7)));
    return p;
}
template <class S>
auto corpus_of(std::size_t n, std::size_t components, double scale = 1) {
    std::vector<tt::picture<S, 2>> c;
    for (std::size_t i = 0; i < n; ++i) c.push_back(drawn<S>(40, components, static_cast<unsigned>(i), scale));
    return c;
}
using plain = tt::codec<tt::transform::pca<8, 8, 6>, tt::quantizer::uniform, tt::coder::range<>>;
using both = tt::codec<tt::transform::pca<8, 8, 6>, tt::quantizer::uniform, tt::coder::range<tt::model::geometric>>;

template <class P>
auto error(P const &a, P const &b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double(a.data()[i]) - double(b.data()[i]), 2);
    return sum / double(a.size());
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_fit)

BOOST_AUTO_TEST_CASE(learned_codec_is_better_and_has_a_fingerprint) {
    auto const corpus = corpus_of<std::uint8_t>(10, 3);
    auto const c = tt::fit<plain>(corpus);
    BOOST_TEST(c.model() != 0u);
    BOOST_TEST(c.model() == tt::model_fingerprint(c));
    auto const unseen = drawn<std::uint8_t>(37, 3, 77);
    auto const learned = c.encode(unseen, tt::step(8)), untrained = plain{}.encode(unseen, tt::step(8));
    BOOST_TEST(error(unseen, c.decode(learned)) < 0.3 * error(unseen, plain{}.decode(untrained)));
    BOOST_CHECK_THROW(plain{}.decode(learned), tt::mismatch_error);
    BOOST_CHECK_THROW(c.encode(drawn<std::uint8_t>(37, 1, 77), tt::step(8)), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(threads_do_not_change_the_result) {
    auto const corpus = corpus_of<std::uint8_t>(23, 3);
    tt::fit_options o;
    auto const one = tt::fit<both>(corpus, o);
    for (unsigned const n : {2u, 3u, 9u}) {
        o.threads = n;
        BOOST_TEST(tt::fit<both>(corpus, o).model() == one.model());
    }
}

// The coder learns from what transform and quantizer, learned before it, hand to it.
BOOST_AUTO_TEST_CASE(panels_are_learned_in_order) {
    auto const corpus = corpus_of<std::uint8_t>(12, 3);
    std::vector<std::string> panels;
    tt::fit_options o;
    o.progress = [&](tt::learn::progress const &p) {
        if (panels.empty() || panels.back() != p.panel) panels.emplace_back(p.panel);
        BOOST_TEST(p.done <= p.total);
        BOOST_TEST(p.total == 12u);
        return true;
    };
    auto const c = tt::fit<both>(corpus, o);
    std::vector<std::string> const expected{"transform", "coder"};
    BOOST_TEST(panels == expected, boost::test_tools::per_element());
    BOOST_TEST(c.coder().model.odds.size() == 12u);
    BOOST_TEST(c.coder().model.probability(5, 0) > c.coder().model.probability(0, 0)); // later components are smaller
    auto const unseen = drawn<std::uint8_t>(40, 3, 77);
    both const half(c.transform(), {}, {});
    BOOST_TEST(c.encode(unseen, tt::step(8)).size() < half.encode(unseen, tt::step(8)).size());
    BOOST_TEST(error(unseen, c.decode(c.encode(unseen, tt::step(8)))) < 30);
}

BOOST_AUTO_TEST_CASE(can_be_stopped) {
    auto const corpus = corpus_of<std::uint8_t>(12, 1);
    tt::fit_options o;
    int calls = 0;
    o.progress = [&](tt::learn::progress const &) { return ++calls < 2; };
    BOOST_CHECK_THROW(tt::fit<plain>(corpus, o), tt::learn::cancelled);
    BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(member_of_a_chain_is_learned) {
    using chained = tt::codec<tt::transform::chain<tt::transform::identity, tt::transform::pca<8, 8, 6>>,
                              tt::quantizer::uniform, tt::coder::range<>>;
    auto const corpus = corpus_of<std::uint8_t>(8, 3);
    auto const c = tt::fit<chained>(corpus);
    auto const alone = tt::fit<plain>(corpus);
    BOOST_TEST(tt::model_fingerprint(c.transform().get<1>()) == tt::model_fingerprint(alone.transform()));
}

BOOST_AUTO_TEST_CASE(other_samples_and_wrong_ones) {
    auto const wide = corpus_of<std::uint16_t>(6, 1, 200);
    auto const c = tt::fit<plain>(wide, {.aim = {800, 0.1F}, .threads = 1, .progress = {}});
    BOOST_TEST(error(wide[0], c.decode<std::uint16_t>(c.encode(wide[0], tt::step(800)))) < 250000);
    auto arrays = corpus_of<float>(6, 1);
    BOOST_TEST(tt::fit<plain>(arrays).model() != 0u);
    arrays[3].data()[5] = std::numeric_limits<float>::quiet_NaN();
    BOOST_CHECK_THROW(tt::fit<plain>(arrays), std::invalid_argument);
    BOOST_CHECK_THROW(tt::fit<plain>(std::vector<tt::picture<std::uint8_t, 2>>{}), std::invalid_argument);
    std::vector<tt::picture_view<std::uint8_t, 2>> views;
    auto const bytes = corpus_of<std::uint8_t>(6, 1);
    for (auto const &p : bytes) views.push_back(p.view());
    BOOST_TEST(tt::fit<plain>(views).model() == tt::fit<plain>(bytes).model());
    auto mixed = corpus_of<std::uint8_t>(3, 1);
    mixed.push_back(drawn<std::uint8_t>(40, 3, 1));
    tt::fit_options threads;
    threads.threads = 2;
    BOOST_CHECK_THROW(tt::fit<plain>(mixed, threads), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
