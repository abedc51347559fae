// Golomb codes: published code words, prefix codes that are complete, parameters as good as the best, prices to the bit.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <random>
#include <string>
#include <tuple>

#include <triptych/coder/golomb.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;
using coder::golomb_kind;

namespace {
template <golomb_kind K>
auto code_of(std::uint32_t parameter) -> coder::detail::golomb_code<K> {
    coder::detail::golomb_code<K> c;
    c.parameter = parameter;
    return c;
}
/// The bits of a word in the order in which a decoder meets them. Long escapes are of no interest.
template <golomb_kind K>
auto word(std::uint32_t parameter, std::uint32_t v) -> std::string {
    byte_writer w;
    coder::detail::bit_writer bits;
    auto const c = code_of<K>(parameter);
    auto const symbol = static_cast<std::int32_t>(v >> 1 ^ (0u - (v & 1)));
    c.write(symbol, 32, bits, w);
    bits.finish(w);
    std::string text;
    for (std::size_t i = 0; i < c.cost(v, 32); ++i)
        text += static_cast<unsigned>(w.view()[i / 8]) >> i % 8 & 1 ? '1' : '0';
    coder::detail::bit_reader back(w.view());
    BOOST_TEST(c.read(32, back) == symbol);
    return text;
}
/// As books have it: highest bits first. Ours has what follows the one the other way round.
template <golomb_kind K>
auto printed(std::uint32_t parameter, std::uint32_t v) -> std::string {
    auto text = word<K>(parameter, v);
    std::reverse(text.begin() + static_cast<std::ptrdiff_t>(text.find('1')) + 1, text.end());
    return text;
}
template <class C>
struct kind_of;
template <golomb_kind K>
struct kind_of<coder::golomb<K>> {
    static constexpr auto value = K;
};
using kinds = std::tuple<coder::golomb<golomb_kind::rice>, coder::golomb<golomb_kind::general>,
                         coder::golomb<golomb_kind::exponential>>;
} // namespace

BOOST_AUTO_TEST_SUITE(golomb)

// ITU-T H.264, table 9-2: ue(v).
BOOST_AUTO_TEST_CASE(exponential_codes_of_order_0_are_those_of_h264) {
    std::array<char const *, 10> const words{"1",     "010",   "011",     "00100",   "00101",
                                             "00110", "00111", "0001000", "0001001", "0001010"};
    for (std::uint32_t v = 0; v < words.size(); ++v) BOOST_TEST(printed<golomb_kind::exponential>(0, v) == words[v]);
    BOOST_TEST(printed<golomb_kind::exponential>(2, 0) == "100"); // order 2 begins with four words of three bits
    BOOST_TEST(printed<golomb_kind::exponential>(2, 3) == "111");
    BOOST_TEST(printed<golomb_kind::exponential>(2, 4) == "01000");
}

// ITU-T T.87, A.5.3: zeros, a one, and k bits.
BOOST_AUTO_TEST_CASE(rice_codes_are_those_of_jpeg_ls) {
    BOOST_TEST(printed<golomb_kind::rice>(0, 0) == "1");
    BOOST_TEST(printed<golomb_kind::rice>(0, 3) == "0001");
    BOOST_TEST(printed<golomb_kind::rice>(2, 11) == "00111");
    BOOST_TEST(printed<golomb_kind::rice>(3, 8) == "01000");
}

// Golomb's paper, table I: m = 3 has words of 2, 3, 3, 3, 4, 4 ... bits; and m = 10 by the definition: remainders 0 to 5 in three
// bits, 6 to 9 as 12 to 15 in four.
BOOST_AUTO_TEST_CASE(general_codes_follow_the_definition) {
    for (std::uint32_t v = 0; v < 60; ++v) {
        BOOST_TEST(word<golomb_kind::general>(3, v).size() == v / 3 + (v % 3 == 0 ? 2 : 3));
        auto const remainder = word<golomb_kind::general>(10, v).substr(v / 10 + 1);
        BOOST_TEST(remainder.size() == (v % 10 < 6 ? 3u : 4u));
        // The first three bits, lowest first, then the fourth.
        std::uint32_t const head =
            static_cast<std::uint32_t>(std::stoul(std::string(remainder.rend() - 3, remainder.rend()), nullptr, 2));
        BOOST_TEST(head == (v % 10 < 6 ? v % 10 : (v % 10 + 6) / 2));
        if (v % 10 >= 6) BOOST_TEST(remainder[3] == ((v % 10) % 2 ? '1' : '0'));
        // Powers of two are Rice's codes, but for the order of bits.
        BOOST_TEST(word<golomb_kind::general>(8, v).size() == word<golomb_kind::rice>(3, v).size());
        BOOST_TEST(word<golomb_kind::general>(1, v % 20) == word<golomb_kind::rice>(0, v % 20));
    }
}

template <golomb_kind K>
void complete(std::uint32_t parameter) {
    // Every symbol of 8 bits is read back; no word is the beginning of another; and escapes leave no sum above one.
    std::vector<std::string> words;
    double kraft = 0;
    for (int s = -128; s < 128; ++s) {
        auto const v = coder::detail::golomb_code<K>::fold(s);
        words.push_back(word<K>(parameter, v)), kraft += std::ldexp(1.0, -static_cast<int>(words.back().size()));
    }
    BOOST_TEST(kraft <= 1.0);
    std::sort(words.begin(), words.end());
    for (std::size_t i = 1; i < words.size(); ++i)
        BOOST_TEST(words[i].compare(0, words[i - 1].size(), words[i - 1]) != 0);
}
BOOST_AUTO_TEST_CASE(no_word_begins_another) {
    for (std::uint32_t k = 0; k < 9; ++k) complete<golomb_kind::rice>(k), complete<golomb_kind::exponential>(k);
    for (std::uint32_t m = 1; m < 40; ++m) complete<golomb_kind::general>(m);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_number_and_parameter_is_read_back, C, kinds) {
    constexpr auto K = kind_of<C>::value;
    std::mt19937 random(1);
    for (int i = 0; i < 20000; ++i) {
        auto const parameter = static_cast<std::uint32_t>(
            K == golomb_kind::general ? (random() >> (1 + random() % 31)) + 1 : random() % 32);
        auto const c = code_of<K>(parameter);
        auto const symbol = static_cast<std::int32_t>(static_cast<std::uint32_t>(random()) >> random() % 32);
        byte_writer w;
        coder::detail::bit_writer bits;
        auto sent = c;
        sent.code([&](std::uint32_t v, unsigned n) { return bits.put(v, n, w), v; });
        c.write(symbol, 32, bits, w), c.write(-symbol, 32, bits, w);
        bits.finish(w);
        coder::detail::bit_reader back(w.view());
        auto got = code_of<K>(7);
        BOOST_REQUIRE(got.code([&](std::uint32_t, unsigned n) { return back.get(n); }));
        BOOST_REQUIRE(got.parameter == parameter);
        BOOST_REQUIRE(got.read(32, back) == symbol);
        BOOST_REQUIRE(got.read(32, back) == -symbol);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(fitted_parameters_are_as_good_as_the_best, C, kinds) {
    constexpr auto K = kind_of<C>::value;
    for (double const mean : {0.3, 1.0, 3.0, 17.0, 300.0}) {
        auto const x = geometric<std::int16_t>(planes<2>({90, 100}, 1, 14), 3, [&](std::size_t) { return mean; });
        coder::detail::golomb_counts counts;
        for (std::size_t i = 0; i < x.size(); ++i) counts.add(coder::detail::golomb_code<K>::fold(x.data()[i]));
        auto const cost = [&](std::uint32_t parameter) {
            std::uint64_t bits = 0;
            for (std::size_t i = 0; i < x.size(); ++i)
                bits += code_of<K>(parameter).cost(coder::detail::golomb_code<K>::fold(x.data()[i]), 14);
            return static_cast<double>(bits);
        };
        double best = cost(1);
        for (std::uint32_t p = K == golomb_kind::general; p < (K == golomb_kind::general ? 1500 : 32); ++p)
            best = std::min(best, cost(p));
        BOOST_TEST(cost(counts.best<K>(14).parameter) <= best * 1.002);
    }
}

// Gallager and Van Voorhis, 1975: for a geometric distribution with ratio theta the best prefix code is Golomb's with the least m of which
// theta^m + theta^(m + 1) <= 1. Here m = 1, 3 and 14; what that loses beside the entropy follows from the code lengths.
BOOST_AUTO_TEST_CASE(geometric_numbers_take_little_more_than_their_entropy) {
    std::mt19937 random(2);
    for (double const theta : {0.6, 0.8, 0.95}) {
        std::geometric_distribution<int> draw(1 - theta);
        bands<std::int16_t, 1> x(planes<1>({50000}, 1, 12));
        for (std::size_t i = 0; i < x.size(); ++i) {
            auto const v = draw(random);
            x.data()[i] = static_cast<std::int16_t>(v % 2 ? -(v + 1) / 2 : v / 2);
        }
        double const entropy = (-theta * std::log2(theta) - (1 - theta) * std::log2(1 - theta)) / (1 - theta);
        auto const bits = [&](auto const &c) { return 8.0 * static_cast<double>(encoded(c, x).size()) / 50000; };
        std::uint32_t m = 1;
        while (std::pow(theta, m) + std::pow(theta, m + 1) > 1) ++m;
        double best = 0, p = 1 - theta;
        for (std::uint32_t v = 0; v < 2000; ++v, p *= theta)
            best += p * static_cast<double>(code_of<golomb_kind::general>(m).cost(v, 12));
        BOOST_TEST(best < entropy + 0.08);
        BOOST_TEST(bits(coder::golomb<golomb_kind::general>{}) < best * 1.01);
        BOOST_TEST(bits(coder::golomb<golomb_kind::general>{}) > best * 0.99);
        BOOST_TEST(bits(coder::golomb<golomb_kind::rice>{}) < best * 1.03);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(prices_are_exact, C, kinds) {
    auto const x =
        geometric<std::int16_t>(blocks(80, 64, 8, 11), 4, [](std::size_t b) { return 30.0 / (1 + double(b % 64)); });
    auto const rates = C{}.rates(x);
    double bits = 0;
    for (std::size_t b = 0; b < x.count(); ++b)
        for (std::size_t p = 0; p < volume(x.info(b).shape); ++p) {
            auto const at = x.info(b).offset + p * x.info(b).stride[1];
            bits += static_cast<double>(rates.bits(x, b, at, x.data()[at]));
        }
    auto const size = static_cast<double>(encoded(C{}, x).size());
    BOOST_TEST(bits / 8 <= size);
    BOOST_TEST(bits / 8 >= size - 400); // parameters of some ninety classes
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_class_of_one_value_takes_no_bits, C, kinds) {
    bands<std::int16_t, 2> x(planes<2>({100, 100}, 2, 8), -77);
    BOOST_TEST(encoded(C{}, x).size() == 9u); // two flags, two values of 32 bits
    BOOST_TEST(survives(C{}, x));
}

BOOST_AUTO_TEST_SUITE_END()
