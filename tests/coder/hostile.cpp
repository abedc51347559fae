// Damage that coders promise to notice; that any bytes are safe to decode is for conformance() to see.
#include <boost/test/unit_test.hpp>

#include <random>
#include <tuple>

#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

using models = std::tuple<model::neighbourhood, model::adaptive, model::predictive>;

BOOST_AUTO_TEST_SUITE(hostile)

// Every state of a rANS decoder must come home: damage behind the tables does not go unnoticed.
BOOST_AUTO_TEST_CASE(rans_notices_damage) {
    coder::rans<> const c;
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
    BOOST_TEST(noticed == tried);
}

// The engine's last bytes are the lowest that close its interval, so damage long before them shows there.
BOOST_AUTO_TEST_CASE_TEMPLATE(range_notices_damage, M, models) {
    coder::range<M> const c;
    auto const x = geometric<std::int16_t>(planes<2>({60, 60}, 1, 9), 1, [](std::size_t) { return 0.4; });
    auto const bytes = encoded(c, x);
    std::size_t noticed = 0, tried = 0;
    for (std::size_t at = 0; at < bytes.size() - 8; at += 7, ++tried) {
        auto m = bytes;
        m[at] ^= std::byte{16};
        bands<std::int16_t, 2> y(x.layout());
        byte_reader r(m);
        c.decode(y, r);
        noticed += !r.ok() || r.remaining() != 0;
    }
    BOOST_TEST(noticed + 1 >= tried);
    for (unsigned wrong = 1; wrong < 256; ++wrong) {
        auto m = bytes;
        m.back() ^= static_cast<std::byte>(wrong);
        bands<std::int16_t, 2> y(x.layout());
        byte_reader r(m);
        c.decode(y, r);
        BOOST_TEST((!r.ok() || r.remaining() != 0 || !same(x, y))); // one stream for each picture
    }
}

BOOST_AUTO_TEST_CASE(run_length_checks_its_counts) {
    coder::run_length<coder::raw> const c;
    auto const fails = [&](std::initializer_list<unsigned> values, limits const &most = {}) {
        std::vector<std::byte> bytes;
        for (auto const v : values) bytes.push_back(static_cast<std::byte>(v));
        bands<std::int16_t, 1> y(planes<1>({10}, 1, 8));
        byte_reader r(bytes, most);
        c.decode(y, r);
        return r.error().code;
    };
    BOOST_TEST((fails({0}) == errc::none));                     // ten zeros
    BOOST_TEST((fails({2, 5, 9, 7}) == errc::none));            // 9 zeros, then a value (5 bits, 8 bits)
    BOOST_TEST((fails({2, 5, 10, 7}) == errc::corrupt));        // 10 zeros leave no room for it
    BOOST_TEST((fails({2, 5, 31, 7}) == errc::corrupt));        // a run of -1
    BOOST_TEST((fails({22, 5, 0, 0}) == errc::corrupt));        // 11 pairs for 10 symbols
    BOOST_TEST((fails({2, 0, 0, 0}) == errc::corrupt));         // runs of no bits
    BOOST_TEST((fails({2, 33, 0, 0}) == errc::corrupt));        // runs of too many
    BOOST_TEST((fails({3, 5, 8, 7}) == errc::corrupt));         // nine equal ones are not ten
    BOOST_TEST((fails({2, 5, 9, 7}, {100, 7}) == errc::limit)); // a pair takes eight bytes
}

BOOST_AUTO_TEST_SUITE_END()
