// Static tables: laws, optimality, and what they cost beside the entropy.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include <triptych/coder/huffman.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/tokens.hpp>

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

BOOST_AUTO_TEST_CASE(limited_code_lengths_are_optimal) {
    std::mt19937 random(3);
    for (int i = 0; i < 150; ++i) {
        auto const most = static_cast<unsigned>(3 + random() % 3);
        std::vector<std::uint32_t> counts(2 + random() % 7);
        for (auto &c : counts) c = static_cast<std::uint32_t>(1 + (random() >> (12 + random() % 20)));
        std::vector<std::uint8_t> lengths(counts.size());
        coder::detail::limited_lengths(counts.data(), counts.size(), most, lengths.data());
        std::uint64_t cost = 0, kraft = 0;
        for (std::size_t s = 0; s < counts.size(); ++s) {
            BOOST_TEST(lengths[s] >= 1);
            BOOST_TEST(lengths[s] <= most);
            cost += std::uint64_t{counts[s]} * lengths[s], kraft += 1ull << (most - lengths[s]);
        }
        BOOST_TEST(kraft == 1ull << most);
        BOOST_TEST(cost == brute_force(counts, most));
    }
}

BOOST_AUTO_TEST_CASE(symbols_that_do_not_occur_have_no_code) {
    std::array<std::uint32_t, 5> const counts{0, 7, 0, 0, 0};
    std::array<std::uint8_t, 5> lengths{9, 9, 9, 9, 9};
    coder::detail::limited_lengths(counts.data(), 5, 12, lengths.data());
    BOOST_TEST((lengths == std::array<std::uint8_t, 5>{}));
}

BOOST_AUTO_TEST_CASE(rans_is_near_the_entropy) {
    for (double const mean : {0.05, 0.5, 2.0, 5.0}) {
        auto const x = geometric<std::int16_t>(planes<2>({400, 500}, 1, 12), 4, [&](std::size_t) { return mean; });
        auto const size = static_cast<double>(encoded(coder::rans<>{}, x).size());
        BOOST_TEST(size >= entropy_bytes(x) * 0.9999);
        BOOST_TEST(size <= entropy_bytes(x) * 1.005 + 60 + 128); // table, and the lanes' states
    }
}

BOOST_AUTO_TEST_CASE(rans_tells_classes_apart) {
    auto const x = geometric<std::int16_t>(blocks(800, 800, 8, 12), 5, [](std::size_t b) {
        return 20 / std::pow(1.0 + double(b % 64) / 8 + double(b % 8), 2);
    });
    auto const size = static_cast<double>(encoded(coder::rans<>{}, x).size());
    BOOST_TEST(size <= entropy_bytes(x) * 1.10); // diagonals share a table
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
