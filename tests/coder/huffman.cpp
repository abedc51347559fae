// Huffman codes: lengths that no code beats, streams that are what they say, sizes near the optimum, prices that add up.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <queue>
#include <random>
#include <vector>

#include <triptych/coder/huffman.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;
using coder::detail::prefix_code;

namespace {
/// The least cost of any prefix code of at most `most` bits, by trying all complete codes.
auto brute_force(std::vector<std::uint32_t> counts, unsigned most) -> std::uint64_t {
    std::sort(counts.rbegin(), counts.rend());
    std::uint64_t best = ~0ull;
    // Lengths that do not fall, for counts that do not rise; Kraft's sum must be at most 1.
    std::function<void(std::size_t, unsigned, std::uint64_t, std::uint64_t)> const place =
        [&](std::size_t i, unsigned length, std::uint64_t kraft, std::uint64_t cost) {
            if (kraft > (1ull << most) || cost >= best) return;
            if (i == counts.size()) {
                best = cost;
                return;
            }
            for (auto n = length; n <= most; ++n)
                place(i + 1, n, kraft + (1ull << (most - n)), cost + std::uint64_t{counts[i]} * n);
        };
    place(0, 1, 0, 0);
    return best;
}
/// Cost of Huffman's code without a limit: the sum of the weights of all inner nodes.
auto unlimited(std::vector<std::uint32_t> const &counts) -> std::uint64_t {
    std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> nodes;
    for (auto const c : counts)
        if (c > 0) nodes.push(c);
    std::uint64_t cost = 0;
    while (nodes.size() > 1) {
        auto const a = nodes.top();
        nodes.pop();
        auto const b = nodes.top();
        nodes.pop(), nodes.push(a + b), cost += a + b;
    }
    return cost;
}
auto cost_of(std::vector<std::uint32_t> const &counts, unsigned most) -> std::uint64_t {
    std::vector<std::uint8_t> lengths(counts.size());
    coder::detail::limited_lengths(counts.data(), counts.size(), most, lengths.data());
    std::uint64_t cost = 0, kraft = 0;
    for (std::size_t s = 0; s < counts.size(); ++s) {
        BOOST_TEST((lengths[s] >= 1) == (counts[s] > 0));
        BOOST_TEST(lengths[s] <= most);
        cost += std::uint64_t{counts[s]} * lengths[s];
        if (lengths[s] > 0) kraft += 1ull << (most - lengths[s]);
    }
    BOOST_TEST(kraft == 1ull << most);
    return cost;
}
/// Codes of two tables, and tokens that use both in the given pattern.
struct material {
    std::array<prefix_code, 2> codes;
    std::vector<std::uint64_t> words = std::vector<std::uint64_t>(512);
    std::vector<std::uint16_t> slots = std::vector<std::uint16_t>(2 * prefix_code::slots);
    std::vector<std::uint8_t> tokens, table;

    material(std::size_t n, unsigned seed, std::function<unsigned(std::size_t)> const &pattern) {
        std::mt19937 random(seed);
        std::array<std::uint8_t, 256> same{};
        std::iota(same.begin(), same.end(), std::uint8_t{0});
        std::array<std::array<std::uint32_t, 256>, 2> counts{};
        for (std::size_t i = 0; i < n; ++i) {
            auto const t = static_cast<std::uint8_t>(pattern(i));
            auto const v = std::min(255u, static_cast<unsigned>(std::countr_zero(random() | 1u << 30)) * (t ? 9 : 1));
            table.push_back(t), tokens.push_back(static_cast<std::uint8_t>(v)), ++counts[t][v];
        }
        for (std::size_t t = 0; t < 2; ++t) {
            codes[t] = prefix_code::of(counts[t]);
            codes[t].words(same, words.data() + 256 * t), codes[t].spread(slots.data() + prefix_code::slots * t);
        }
    }
    template <std::size_t Lanes>
    auto encoded(std::size_t piece) const -> std::vector<std::byte> {
        coder::detail::lane_encoder<Lanes> e(tokens.size());
        for (std::size_t i = 0; i < tokens.size(); i += piece)
            e.put(words.data(), tokens.data() + i, table.data() + i, std::min(piece, tokens.size() - i));
        byte_writer w;
        e.finish(w);
        return std::move(w).take();
    }
    /// True if the tokens are decoded from the bytes, and all of them are taken.
    template <std::size_t Lanes>
    auto decodes(std::vector<std::byte> const &bytes, std::size_t piece) const -> bool {
        byte_reader r(bytes);
        coder::detail::lane_decoder<Lanes> d(r);
        std::vector<std::uint8_t> out(tokens.size());
        for (std::size_t i = 0; i < tokens.size(); i += piece)
            d.get(slots.data(), out.data() + i, table.data() + i, std::min(piece, tokens.size() - i));
        d.finish(r);
        return r.ok() && r.remaining() == 0 && out == tokens;
    }
};
} // namespace

BOOST_AUTO_TEST_SUITE(huffman)

BOOST_AUTO_TEST_CASE(limited_code_lengths_are_optimal) {
    std::mt19937 random(3);
    for (int i = 0; i < 150; ++i) {
        auto const most = static_cast<unsigned>(3 + random() % 3);
        std::vector<std::uint32_t> counts(2 + random() % 7);
        for (auto &c : counts) c = static_cast<std::uint32_t>(1 + (random() >> (12 + random() % 20)));
        BOOST_TEST(cost_of(counts, most) == brute_force(counts, most));
    }
}

BOOST_AUTO_TEST_CASE(lengths_of_large_alphabets_lie_between_the_optimum_without_a_limit_and_half_a_percent_above) {
    std::mt19937 random(4);
    for (double const scale : {1.0, 3.0, 10.0, 40.0}) {
        std::vector<std::uint32_t> counts(256);
        for (int i = 0; i < 100000; ++i) // two-sided residuals, folded
            ++counts[std::min<std::size_t>(
                255, static_cast<std::size_t>(-scale * std::log(1 - double(random()) / 4294967296.0)))];
        auto const best = unlimited(counts);
        auto const cost = cost_of(counts, prefix_code::longest);
        BOOST_TEST(cost >= best);
        BOOST_TEST(static_cast<double>(cost) <= 1.005 * static_cast<double>(best));
        BOOST_TEST(cost_of(counts, 16) <= best + 10); // 100,000 hardly make longer ones
    }
    // Fibonacci's numbers make the longest codes.
    std::vector<std::uint32_t> fibonacci{1, 1};
    while (fibonacci.size() < 30) fibonacci.push_back(fibonacci.end()[-1] + fibonacci.end()[-2]);
    BOOST_TEST(cost_of(fibonacci, 5) >= cost_of(fibonacci, 11));
    BOOST_TEST(cost_of({fibonacci.begin(), fibonacci.begin() + 12}, 11) ==
               unlimited({fibonacci.begin(), fibonacci.begin() + 12}));
}

BOOST_AUTO_TEST_CASE(symbols_that_do_not_occur_have_no_code) {
    std::array<std::uint32_t, 5> const counts{0, 7, 0, 0, 0};
    std::array<std::uint8_t, 5> lengths{9, 9, 9, 9, 9};
    coder::detail::limited_lengths(counts.data(), 5, 12, lengths.data());
    BOOST_TEST((lengths == std::array<std::uint8_t, 5>{}));
}

// RFC 1951, 3.2.2: the alphabet ABCDEFGH with lengths 3, 3, 3, 3, 3, 2, 4, 4.
BOOST_AUTO_TEST_CASE(codes_are_canonical_as_in_deflate) {
    prefix_code code;
    std::array<std::uint8_t, 8> const lengths{3, 3, 3, 3, 3, 2, 4, 4};
    std::copy(lengths.begin(), lengths.end(), code.length.begin());
    std::array<std::uint32_t, 8> const published{0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111};
    std::size_t met = 0;
    code.each_word([&](std::uint32_t token, unsigned n, std::uint32_t word) {
        std::uint32_t turned = 0;
        for (unsigned b = 0; b < n; ++b) turned |= (word >> b & 1) << (n - 1 - b);
        BOOST_TEST(turned == published[token]);
        ++met;
    });
    BOOST_TEST(met == 8u);
}

BOOST_AUTO_TEST_CASE(streams_hold_any_number_of_tokens_of_any_tables) {
    std::array<std::function<unsigned(std::size_t)>, 4> const patterns{
        [](std::size_t) { return 0u; }, [](std::size_t i) { return i / 40 % 2 ? 1u : 0u; },
        [](std::size_t i) { return i % 3 == 1 ? 1u : 0u; }, [](std::size_t i) { return i / 37 % 2 ? 1u : 0u; }};
    bool all = true;
    for (auto const &pattern : patterns)
        for (std::size_t n : {1u, 2u, 7u, 8u, 9u, 39u, 40u, 41u, 79u, 81u, 333u, 1920u, 4001u}) {
            material const m(n, static_cast<unsigned>(n), pattern);
            for (std::size_t const piece : {std::size_t{40}, std::size_t{1920}, std::size_t{64}})
                all = all && m.decodes<8>(m.encoded<8>(piece), 1920) && m.decodes<1>(m.encoded<1>(piece), piece);
            // How the work is cut makes no difference.
            all = all && m.encoded<8>(40) == m.encoded<8>(1920) && m.decodes<8>(m.encoded<8>(40), 64);
        }
    BOOST_TEST(all);
}

BOOST_AUTO_TEST_CASE(streams_of_other_sizes_than_said_are_corrupt) {
    material const m(4001, 1, [](std::size_t i) { return i / 40 % 2 ? 1u : 0u; });
    auto const bytes = m.encoded<8>(1920);
    BOOST_TEST(m.decodes<8>(bytes, 1920));
    for (std::size_t at = 0; at < 14; ++at) { // seven sizes of two bytes
        auto wrong = bytes;
        wrong[at] ^= std::byte{1};
        BOOST_TEST(!m.decodes<8>(wrong, 1920));
    }
    for (std::size_t n = 0; n < bytes.size(); n += 3) {
        byte_reader r(std::span<std::byte const>(bytes).first(n));
        coder::detail::lane_decoder<8> d(r);
        std::vector<std::uint8_t> out(m.tokens.size());
        d.get(m.slots.data(), out.data(), m.table.data(), out.size());
        d.finish(r);
        BOOST_TEST(!r.ok());
    }
}

BOOST_AUTO_TEST_CASE(hostile_streams_stay_within_their_bytes) {
    coder::huffman<> const c;
    auto const x = geometric<std::int16_t>(planes<2>({90, 120}, 2, 9), 2, [](std::size_t b) { return b ? 2.0 : 20.0; });
    auto const bytes = encoded(c, x);
    BOOST_TEST(bytes.size() > 6250u); // eight streams
    std::mt19937 random(5);
    std::size_t noticed = 0;
    for (int i = 0; i < 300; ++i) {
        auto m = bytes;
        if (i % 3 == 0) m.resize(random() % m.size());
        for (auto flips = 1 + random() % 3; flips-- > 0 && !m.empty();)
            m[random() % (i % 2 ? m.size() : std::min<std::size_t>(m.size(), 150))] ^=
                static_cast<std::byte>(1u << random() % 8);
        bands<std::int16_t, 2> y(x.layout());
        byte_reader r(m);
        c.decode(y, r);
        noticed += !r.ok();
        for (std::size_t v = 0; r.ok() && v < y.size(); ++v) BOOST_TEST((y.data()[v] >= -256 && y.data()[v] < 256));
    }
    BOOST_TEST(noticed > 120u); // prefix codes often fall into step again
}

BOOST_AUTO_TEST_CASE(what_is_short_pays_for_no_streams) {
    auto const x = geometric<std::int16_t>(planes<2>({10, 10}, 1, 8), 7, [](std::size_t) { return 3.0; });
    std::vector<std::uint32_t> counts(256);
    for (std::size_t i = 0; i < x.size(); ++i) ++counts[coder::alphabet{}.value(x.data()[i])];
    BOOST_TEST(encoded(coder::huffman<>{}, x).size() <= unlimited(counts) / 8 + 24); // the table, and all else
    BOOST_TEST(encoded(coder::huffman<>{}, bands<std::int16_t, 2>(planes<2>({500, 500}, 3, 8), 9)).size() <= 8u);
}

BOOST_AUTO_TEST_CASE(prices_add_up_to_the_size) {
    auto const x =
        geometric<std::int16_t>(blocks(320, 320, 8, 11), 8, [](std::size_t b) { return 40.0 / (1 + double(b % 64)); });
    auto const rates = coder::huffman<>{}.rates(x);
    double bits = 0;
    for (std::size_t b = 0; b < x.count(); ++b)
        for (std::size_t p = 0; p < volume(x.info(b).shape); ++p) {
            auto const at = x.info(b).offset + p * x.info(b).stride[1];
            bits += static_cast<double>(rates.bits(x, b, at, x.data()[at]));
        }
    auto const size = static_cast<double>(encoded(coder::huffman<>{}, x).size());
    BOOST_TEST(bits / 8 <= size * 1.001);
    BOOST_TEST(bits / 8 >= size * 0.99);
}

BOOST_AUTO_TEST_SUITE_END()
