// Mixed contexts: against sources whose entropy is known, with contexts of one's own, and what each part is worth.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <random>

#include <triptych/coder/model/mixing.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;
namespace contexts = model::contexts;

namespace {
template <class... Contexts>
using mixed = coder::range<model::mixing<Contexts...>>;

/// Bits a symbol.
template <class C, class B>
auto bits(B const &x) -> double {
    return 8 * static_cast<double>(encoded(C{}, x).size()) / static_cast<double>(x.size());
}
auto entropy(double p) -> double {
    return -p * std::log2(p) - (1 - p) * std::log2(1 - p);
}

/// Each symbol is what `rule(W, N)` says, but another one of -1, 0, 1, 2 with probability `noise`.
template <class Rule>
auto automaton(double noise, Rule &&rule) -> bands<std::int16_t, 2> {
    bands<std::int16_t, 2> x(planes<2>({200, 300}, 1, 9));
    std::mt19937 random(7);
    std::uniform_real_distribution<double> u(0, 1);
    for (std::size_t i = 0; i < x.size(); ++i) {
        int const w = i % 300 ? x.data()[i - 1] : 0, n = i >= 300 ? x.data()[i - 300] : 0;
        int v = rule(w, n) + 1;
        if (u(random) < noise) v = (v + 1 + static_cast<int>(random() % 3)) & 3;
        x.data()[i] = static_cast<std::int16_t>(v - 1);
    }
    return x;
}

/// Is the sample on a white square of a chessboard?
struct chessboard {
    static constexpr std::size_t size = 2;
    template <class T>
    static auto of(model::causal_neighbours<T> const &v) noexcept -> std::size_t {
        return (v.here.x + v.here.y) & 1;
    }
};
/// Breaks its promise.
struct too_large {
    static constexpr std::size_t size = 2;
    template <class T>
    static auto of(model::causal_neighbours<T> const &v) noexcept -> std::size_t {
        return v.here.x;
    }
};
} // namespace

BOOST_AUTO_TEST_SUITE(mixing)

BOOST_AUTO_TEST_CASE(an_order_finds_what_depends_on_so_many_neighbours) {
    // The next symbol after W is W + 1, round and round: order 1 knows it, order 0 sees four equally likely symbols.
    auto const chain = automaton(0.1, [](int w, int) { return ((w + 2) & 3) - 1; });
    double const rate = entropy(0.1) + 0.1 * std::log2(3.0);
    BOOST_TEST(bits<mixed<contexts::order<0>>>(chain) > 2 * rate); // what it knows, it knows from the refinement by W
    BOOST_TEST(bits<mixed<contexts::order<1>>>(chain) >= rate * 0.99);
    BOOST_TEST(bits<mixed<contexts::order<1>>>(chain) <= rate * 1.04);
    // The exclusive or of W and N: neither of them alone says anything.
    auto const both = automaton(0.05, [](int w, int n) { return ((w + 1) ^ (n + 1)) - 1; });
    double const joint = entropy(0.05) + 0.05 * std::log2(3.0);
    BOOST_TEST(bits<mixed<contexts::order<1>>>(both) > 3 * joint);
    BOOST_TEST(bits<mixed<contexts::order<2>>>(both) <= joint * 1.06);
    BOOST_TEST((bits<mixed<contexts::both<contexts::order<0>, contexts::order<2>>>>(both)) <= joint * 1.06);
}

BOOST_AUTO_TEST_CASE(contexts_that_say_nothing_cost_little) {
    auto const chain = automaton(0.1, [](int w, int) { return ((w + 2) & 3) - 1; });
    double const rate = entropy(0.1) + 0.1 * std::log2(3.0);
    BOOST_TEST((bits<mixed<contexts::order<1>, contexts::order<0>, contexts::position, contexts::colocated,
                           contexts::components, contexts::parent>>(chain)) <= rate * 1.06);
}

BOOST_AUTO_TEST_CASE(a_component_knows_the_one_before) {
    auto const one = geometric<std::int16_t>(planes<2>({120, 160}, 1, 9), 3, [](std::size_t) { return 6.0; });
    bands<std::int16_t, 2> x(planes<2>({120, 160}, 2, 9));
    for (std::size_t i = 0; i < one.size(); ++i)
        x.data()[i] = one.data()[i], x.data()[one.size() + i] = static_cast<std::int16_t>(one.data()[i] % 4);
    auto const without = encoded(mixed<contexts::order<0>>{}, x).size(),
               with = encoded(mixed<contexts::order<0>, contexts::colocated>{}, x).size(),
               alone = encoded(mixed<contexts::order<0>>{}, one).size();
    BOOST_TEST(without - alone > one.size() / 4); // two bits and more
    BOOST_TEST(static_cast<double>(with - alone) < 0.5 * static_cast<double>(without - alone));
}

BOOST_AUTO_TEST_CASE(a_context_of_ones_own) {
    auto x = geometric<std::int16_t>(planes<2>({160, 160}, 1, 9), 4, [](std::size_t) { return 9.0; });
    for (std::size_t i = 0; i < x.size(); ++i)
        if ((i / 160 + i % 160) & 1) x.data()[i] = static_cast<std::int16_t>(x.data()[i] / 8);
    BOOST_TEST((survives(mixed<contexts::order<0>, chessboard>{}, x)));
    BOOST_TEST((bits<mixed<contexts::order<0>, chessboard>>(x)) < bits<mixed<contexts::order<0>>>(x) - 0.2);
    // One that gives numbers beyond its size does no harm.
    BOOST_TEST(survives(mixed<too_large>{}, x));
}

BOOST_AUTO_TEST_CASE(every_layout_and_symbol) {
    using all =
        mixed<contexts::order<0>, contexts::order<1>, contexts::order<3>, contexts::order<4>, contexts::order<5>,
              contexts::both<contexts::activity, contexts::position>, contexts::parent, contexts::components>;
    for (auto const &l : {planes<2>({31, 45}, 3, 9), planes<2>({1, 70}, 4, 16), blocks(33, 17, 8, 11),
                          blocks(9, 9, 4, 12), pyramid(37, 53, 3, 12), layout<2>{}}) {
        BOOST_TEST(survives(all{}, noise<std::int16_t>(l, 1)));
        BOOST_TEST(survives(all{}, geometric<std::int32_t>(l, 2, [](std::size_t b) { return b % 2 ? 0.01 : 90.0; })));
    }
    BOOST_TEST(survives(all{}, noise<std::int32_t>(planes<1>({777}, 2, 32), 1)));
    BOOST_TEST(survives(all{}, noise<std::int32_t>(planes<3>({5, 6, 7}, 2, 31), 3)));
}

BOOST_AUTO_TEST_CASE(a_refinement_learns_what_follows) {
    model::detail::refinement r;
    // At first it says what it is told, as well as straight lines can.
    int worst = 0;
    for (int x = -3071; x <= 3071; ++x) worst = std::max(worst, std::abs(r.p(x) - model::detail::squash(x)));
    BOOST_TEST(worst <= 900);
    // A blend that says one in five where it is one in two.
    std::mt19937 random(5);
    for (int i = 0; i < 5000; ++i) r.learn(-355, random() & 1);
    BOOST_TEST(std::abs(r.p(-256) - 32768) < 5000);
    BOOST_TEST(std::abs(r.p(-2000) - model::detail::squash(-2000)) <= 900);
}

BOOST_AUTO_TEST_SUITE_END()
