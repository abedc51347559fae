// Static tables: laws, optimality, and what they cost beside the entropy.
#include <boost/test/unit_test.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <map>

#include <triptych/coder/huffman.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/coder/rans.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

namespace {
/// Empirical entropy of the symbols of each band by itself, in bytes.
template <class B>
auto entropy_bytes(B const &x) -> double {
    double bits = 0;
    for (std::size_t b = 0; b < x.count(); ++b) {
        std::map<int, double> counts;
        auto const &i = x.info(b);
        auto const n = volume(i.shape);
        for (std::size_t p = 0; p < n; ++p) ++counts[x.data()[i.offset + p * i.stride[B::rank - 1]]];
        for (auto const &[v, c] : counts) bits -= c * std::log2(c / static_cast<double>(n));
    }
    return bits / 8;
}
} // namespace

BOOST_AUTO_TEST_SUITE(tables)

BOOST_AUTO_TEST_CASE(tokens_hold_every_symbol) {
    std::mt19937 random(1);
    auto const holds = [](std::int32_t v) {
        auto const t = coder::token::of(v);
        return t.value < coder::token::count && t.symbol() == v &&
               std::uint64_t{t.rest} >> coder::token::extra(t.value) == 0;
    };
    bool all = holds(INT32_MIN) && holds(INT32_MAX) && holds(INT32_MIN + 1);
    for (std::int32_t v = -70000; v <= 70000; ++v) all = all && holds(v);
    for (int i = 0; i < 100000; ++i) all = all && holds(static_cast<std::int32_t>(random() >> random() % 32));
    BOOST_TEST(all);
    // Values of JPEG XL's hybrid integers with split 16 and one bit of mantissa in the token (folded: 16, 23, 24, 100).
    BOOST_TEST(coder::token::of(8).value == 16u);
    BOOST_TEST(coder::token::of(-12).value == 16u);
    BOOST_TEST(coder::token::of(12).value == 17u);
    BOOST_TEST(coder::token::of(50).value == 21u);
    BOOST_TEST(coder::token::of(50).rest == 4u);
}

BOOST_AUTO_TEST_CASE(alphabets_hold_every_value) {
    std::mt19937 random(9);
    for (unsigned split = coder::alphabet::fewest; split <= coder::alphabet::most; ++split)
        for (bool const counts : {false, true}) {
            coder::alphabet const a{counts, counts ? -1000 : 0, split};
            bool all = true;
            for (int i = 0; i < 20000; ++i) {
                auto v =
                    i < 300 ? static_cast<std::uint32_t>(i) : static_cast<std::uint32_t>(random() >> random() % 32);
                if (split == 8) v &= 255;
                auto const t = a.token(v);
                auto const n = a.extra(t);
                auto const rest = n ? v & static_cast<std::uint32_t>((std::uint64_t{1} << n) - 1) : 0;
                all = all && t < a.tokens() && t < 256 && a.value(t, rest) == v && a.value(a.symbol(v)) == v;
            }
            BOOST_TEST(all);
        }
}

BOOST_AUTO_TEST_CASE(logarithms_in_integers) {
    bool near = true;
    for (std::uint32_t v = 1; v < 1u << 31; v += v / 1000 + 1)
        near = near && std::abs(static_cast<double>(model::detail::log2_of(v)) / 65536 - std::log2(v)) < 4e-5;
    BOOST_TEST(near);
    BOOST_TEST(model::detail::log2_of(~0u) <= 32 << 16);
}

BOOST_AUTO_TEST_CASE(contexts_that_are_alike_share_a_table) {
    // Samples of three distributions in turn, of which one sample is too small to be told apart; and a context that never occurs.
    std::mt19937 random(10);
    triptych::detail::buffer<model::detail::histogram> contexts(20, model::detail::histogram{});
    for (std::size_t i = 0; i < 19; ++i) {
        std::geometric_distribution<std::size_t> draw(i % 3 == 0 ? 0.6 : i % 3 == 1 ? 0.2 : 0.05);
        for (int n = 0; n < (i == 18 ? 5 : 3000); ++n) ++contexts[i][std::min<std::size_t>(draw(random), 255)];
    }
    auto const c = model::table::cluster(contexts);
    BOOST_TEST(c.tables.size() == 3u);
    for (std::size_t i = 0; i < 18; ++i) BOOST_TEST(unsigned{c.of[i]} == i % 3); // numbered by first use
    BOOST_TEST(unsigned{c.of[19]} == 0u);
    std::uint64_t kept = 0, all = 0;
    for (auto const &t : c.tables) kept = std::accumulate(t.begin(), t.end(), kept);
    for (auto const &h : contexts) all = std::accumulate(h.begin(), h.end(), all);
    BOOST_TEST(kept == all);
}

BOOST_AUTO_TEST_CASE(tables_are_as_many_as_pay) {
    // A hundred distributions that have nothing in common, and a hundred samples of one.
    triptych::detail::buffer<model::detail::histogram> contexts(100, model::detail::histogram{});
    for (std::size_t i = 0; i < 100; ++i) contexts[i][2 * i] = 5000, contexts[i][2 * i + 1] = 4000;
    BOOST_TEST(model::table::cluster(contexts).tables.size() == model::table::most_tables);
    std::mt19937 random(11);
    for (auto &h : contexts) {
        h = {};
        for (int n = 0; n < 500; ++n) ++h[static_cast<std::size_t>(std::countr_zero(random() | 256u))];
    }
    BOOST_TEST(model::table::cluster(contexts).tables.size() == 1u);
}

BOOST_AUTO_TEST_CASE(reciprocals_divide_exactly) {
    // The quotients that an encoder asks for, at the ends of the range and around multiples of the divisor.
    std::mt19937 random(12);
    bool exact = true;
    for (std::uint32_t f = 1; f <= 4096; ++f) {
        auto const code = coder::detail::rans_code::of({0, f});
        auto const divides = [&](std::uint64_t x) { return x * code.reciprocal >> 44 == x / f; };
        exact = exact && code.rest == 4096 - f && code.most == (std::uint64_t{f} << 20) - 1;
        exact = exact && divides(0) && divides((std::uint64_t{f} << 20) - 1);
        for (int i = 0; i < 50; ++i) {
            auto const multiple = (1 + random() % ((1u << 20) - 1)) * std::uint64_t{f};
            exact = exact && divides(multiple) && divides(multiple - 1);
        }
    }
    BOOST_TEST(exact);
}

BOOST_AUTO_TEST_CASE(intervals_cover_the_whole_and_everything_counted) {
    std::mt19937 random(2);
    for (int i = 0; i < 300; ++i) {
        model::table::histogram h{};
        auto const used = 1 + random() % h.size();
        for (std::size_t s = 0; s < used; ++s)
            h[random() % h.size()] = static_cast<std::uint32_t>(random() >> (random() % 32));
        auto const t = model::table::intervals(h, 12);
        std::uint32_t next = 0;
        for (std::size_t s = 0; s < h.size(); ++s) {
            BOOST_TEST(t[s].start == next);
            BOOST_TEST((t[s].freq > 0 || h[s] == 0));
            next += t[s].freq;
        }
        BOOST_TEST(next == 4096u);
    }
}

BOOST_AUTO_TEST_CASE(rans_is_near_the_entropy) {
    for (double const mean : {0.05, 0.5, 2.0, 5.0}) {
        auto const x = geometric<std::int16_t>(planes<2>({400, 500}, 1, 12), 4, [&](std::size_t) { return mean; });
        auto const size = static_cast<double>(encoded(coder::rans<>{}, x).size());
        BOOST_TEST(size >= entropy_bytes(x) * 0.9999);
        BOOST_TEST(size <= entropy_bytes(x) * 1.003 + 60 + 128); // table, and the lanes' states
    }
}

BOOST_AUTO_TEST_CASE(rans_tells_classes_apart) {
    auto const x = geometric<std::int16_t>(blocks(800, 800, 8, 12), 5, [](std::size_t b) {
        return 20 / std::pow(1.0 + double(b % 64) / 8 + double(b % 8), 2);
    });
    auto const size = static_cast<double>(encoded(coder::rans<>{}, x).size());
    BOOST_TEST(size <= entropy_bytes(x) * 1.10); // diagonals share a table
}

BOOST_AUTO_TEST_CASE(tables_follow_the_content) {
    // Two planes that are calm in some places and not in others: tables of the places know what one table for each plane can't.
    auto x = geometric<std::int16_t>(planes<2>({384, 512}, 2, 9), 7, [](std::size_t) { return 0.4; });
    auto const busy = geometric<std::int16_t>(x.layout(), 8, [](std::size_t) { return 12.0; });
    auto const is_busy = [](std::size_t i) { return (i % 512 / 128 + i / 512 % 384 / 96) % 2 == 1; };
    layout<1> parts;
    for (int i = 0; i < 4; ++i) parts.add({x.size() / 4}, info_of<1>(9));
    bands<std::int16_t, 1> sorted(parts); // what is calm and what is not of each plane
    std::array<std::size_t, 4> next{0, x.size() / 4, x.size() / 2, x.size() / 4 * 3};
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (is_busy(i)) x.data()[i] = busy.data()[i];
        sorted.data()[next[i / (x.size() / 2) * 2 + (is_busy(i) ? 1 : 0)]++] = x.data()[i];
    }
    auto const size = static_cast<double>(encoded(coder::rans<>{}, x).size());
    BOOST_TEST(size <= entropy_bytes(sorted) * 1.005);
    BOOST_TEST(size <= entropy_bytes(x) * 0.88);
    BOOST_TEST(survives(coder::rans<>{}, x));
    BOOST_TEST(survives(coder::huffman<>{}, x));

    auto const rates = coder::rans<>{}.rates(x);
    double bits = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        bits += static_cast<double>(rates.bits(x, i / (x.size() / 2), i, x.data()[i]));
    BOOST_TEST(bits / 8 >= size * 0.99);
    BOOST_TEST(bits / 8 <= size * 1.01);
}

BOOST_AUTO_TEST_CASE(one_value_costs_next_to_nothing) {
    auto const size = [](auto v, std::size_t n) {
        return encoded(coder::rans<>{}, bands<std::int32_t, 2>(planes<2>({n, n}, 3, 20), v)).size();
    };
    BOOST_TEST(size(0, 500) <= 4u);
    BOOST_TEST(size(-300000, 500) <= 8u);
    // Two planes that stand still under one that does not.
    auto x = bands<std::int16_t, 2>(planes<2>({300, 300}, 3, 9), std::int16_t{100});
    std::mt19937 random(13);
    for (std::size_t i = 0; i < 90000; ++i) x.data()[i] = static_cast<std::int16_t>(random() & 1);
    BOOST_TEST(encoded(coder::rans<>{}, x).size() <= 90000u / 8 + 128 + 30);
    BOOST_TEST(survives(coder::rans<>{}, x));
}

BOOST_AUTO_TEST_CASE(huffman_keeps_its_bound) {
    for (double const mean : {2.0, 5.0}) {
        auto const x = geometric<std::int16_t>(planes<2>({400, 500}, 1, 12), 6, [&](std::size_t) { return mean; });
        auto const size = static_cast<double>(encoded(coder::huffman<>{}, x).size());
        BOOST_TEST(size >= entropy_bytes(x) * 0.9999);
        BOOST_TEST(size <= entropy_bytes(x) * 1.03 + 60);
    }
}

BOOST_AUTO_TEST_SUITE_END()
