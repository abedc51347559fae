// tANS: the spread and the steps as published, sizes near the entropy, states that come home, prices that add up.
#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include <triptych/coder/rans.hpp>
#include <triptych/coder/tans.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;
using coder::detail::state_table;
using frequencies = coder::detail::frequency_table<model::table>;

namespace {
auto table_of(std::vector<std::uint32_t> const &counts) -> frequencies {
    model::table::histogram h{};
    std::copy(counts.begin(), counts.end(), h.begin());
    return frequencies::of(h, {});
}
} // namespace

BOOST_AUTO_TEST_SUITE(tans)

// FSE spreads with (size >> 1) + (size >> 3) + 3, which for 4096 slots is 2563: each is met once, and a token lies nearly evenly.
BOOST_AUTO_TEST_CASE(slots_are_those_of_fse) {
    auto const table = table_of({700, 1, 3000, 60, 0, 12});
    std::vector<std::uint32_t> expected(state_table::size, ~0u);
    std::uint32_t at = 0;
    for (std::uint32_t t = 0; t < 256; ++t)
        for (std::uint32_t i = 0; i < table.token[t].freq; ++i, at = (at + 2563) % 4096) {
            BOOST_TEST(expected[at] == ~0u);
            expected[at] = t;
        }
    std::uint32_t next = 0;
    std::array<std::uint32_t, 256> number;
    for (std::size_t t = 0; t < 256; ++t) number[t] = table.token[t].freq;
    state_table::each_slot(table, [&](std::uint32_t slot, std::uint32_t t, std::uint32_t k) {
        BOOST_TEST(slot == next++);
        BOOST_TEST(t == expected[slot]);
        BOOST_TEST(k == number[t]++);
    });
    BOOST_TEST(next == 4096u);
}

// Duda's definition: of a state x the token s becomes state C(s, y), y being x without its lowest bits, so many that y lies in [freq, 2 freq).
BOOST_AUTO_TEST_CASE(steps_and_entries_are_inverse_to_each_other) {
    auto const table = table_of({5, 1000, 17, 1, 0, 3000});
    std::array<state_table::step, 256> steps;
    std::vector<std::uint16_t> states(state_table::size);
    std::vector<std::uint32_t> entries(state_table::size);
    state_table::steps(table, steps.data(), states.data());
    state_table::entries(table, entries.data());
    bool all = true;
    for (std::uint32_t t = 0; t < 6; ++t) {
        auto const freq = table.token[t].freq;
        for (std::uint32_t x = 4096; freq > 0 && x < 8192; ++x) {
            unsigned bits = 0;
            while (x >> bits >= 2 * freq) ++bits;
            all = all && x >> bits >= freq && (x + steps[t].more_bits) >> 16 == bits;
            std::uint32_t const y =
                states[static_cast<std::size_t>(static_cast<std::int32_t>(x >> bits) + steps[t].first)];
            auto const e = entries[y - 4096];
            all = all && (e & 255) == t && (e >> 8 & 255) == bits && (e >> 16) + (x & ((1u << bits) - 1)) + 4096 == x;
        }
    }
    BOOST_TEST(all);
}

BOOST_AUTO_TEST_CASE(sizes_are_those_of_rans) {
    for (double const mean : {0.05, 0.5, 2.0, 9.0})
        for (std::size_t const side : {20u, 70u, 400u}) {
            auto const x =
                geometric<std::int16_t>(planes<2>({side, side}, 1, 12), 4, [&](std::size_t) { return mean; });
            auto const size = static_cast<double>(encoded(coder::tans<>{}, x).size());
            BOOST_TEST(size <= static_cast<double>(encoded(coder::rans<>{}, x).size()) * 1.004 + 12);
            BOOST_TEST(survives(coder::tans<>{}, x));
        }
}

BOOST_AUTO_TEST_CASE(any_number_of_symbols_around_those_where_states_change) {
    for (std::size_t const n : {1u, 2u, 7u, 8u, 9u, 1023u, 1024u, 1025u, 1920u, 1921u, 3847u})
        BOOST_TEST(survives(coder::tans<>{},
                            geometric<std::int16_t>(planes<1>({n}, 1, 9), 5, [](std::size_t) { return 3.0; })));
}

BOOST_AUTO_TEST_CASE(one_value_takes_no_states) {
    BOOST_TEST(encoded(coder::tans<>{}, bands<std::int16_t, 2>(planes<2>({500, 500}, 3, 8), 9)).size() <= 8u);
}

BOOST_AUTO_TEST_CASE(damage_is_noticed) {
    coder::tans<> const c;
    auto const x = geometric<std::int16_t>(planes<2>({60, 60}, 1, 9), 1, [](std::size_t) { return 0.4; });
    auto const bytes = encoded(c, x);
    std::size_t noticed = 0, tried = 0;
    for (auto at = bytes.size() / 2; at < bytes.size() - 8; at += 7, ++tried) {
        auto m = bytes;
        m[at] ^= std::byte{16};
        bands<std::int16_t, 2> y(x.layout());
        byte_reader r(m);
        c.decode(y, r);
        noticed += !r.ok() || r.remaining() != 0;
    }
    BOOST_TEST(10 * noticed >= 9 * tried);
}

BOOST_AUTO_TEST_CASE(prices_add_up_to_the_size) {
    auto const x =
        geometric<std::int16_t>(planes<2>({300, 300}, 2, 11), 8, [](std::size_t b) { return b ? 3.0 : 40.0; });
    auto const rates = coder::tans<>{}.rates(x);
    double bits = 0;
    for (std::size_t b = 0; b < x.count(); ++b)
        for (std::size_t p = 0; p < volume(x.info(b).shape); ++p) {
            auto const at = x.info(b).offset + p;
            bits += static_cast<double>(rates.bits(x, b, at, x.data()[at]));
        }
    auto const size = static_cast<double>(encoded(coder::tans<>{}, x).size());
    BOOST_TEST(bits / 8 <= size * 1.001);
    BOOST_TEST(bits / 8 >= size * 0.99);
}

BOOST_AUTO_TEST_SUITE_END()
