// Any bytes decode to something or to an error, in bounded time and within the bands' widths.
#include <boost/test/unit_test.hpp>

#include <random>
#include <tuple>

#include <triptych/coder/bit_plane.hpp>
#include <triptych/coder/golomb.hpp>
#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/model/geometric.hpp>
#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/multisymbol.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/coder/tans.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

using coders =
    std::tuple<coder::raw, coder::golomb<>, coder::golomb<coder::golomb_kind::exponential>, coder::huffman<>,
               coder::rans<>, coder::tans<>, coder::range<>, coder::range<model::adaptive>,
               coder::range<model::predictive>, coder::bit_plane<>, coder::bit_plane<coder::plane_weight::by_gain>,
               coder::multisymbol<>, coder::multisymbol<model::adaptive>, coder::range<model::geometric>,
               coder::run_length<>, coder::run_length<coder::raw>, coder::run_length<coder::range<>>>;

using models = std::tuple<model::neighbourhood, model::adaptive, model::predictive>;

namespace {
template <class B>
auto within_bits(B const &x) -> bool {
    for (std::size_t b = 0; b < x.count(); ++b) {
        auto const &i = x.info(b);
        auto const most = (std::int64_t{1} << (i.bits - 1)) - 1;
        for (std::size_t p = 0; p < volume(i.shape); ++p) {
            std::int64_t const v = x.data()[i.offset + p * i.stride[B::rank - 1]];
            if (v > most || v < -most - 1) return false;
        }
    }
    return true;
}
template <class C, class B>
auto decodes_safely(C const &c, std::vector<std::byte> const &bytes, B const &like) -> bool {
    B y(like.layout());
    byte_reader r(bytes);
    c.decode(y, r);
    return !r.ok() || (r.position() <= bytes.size() && within_bits(y));
}
} // namespace

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE_TEMPLATE(truncated_streams_are_errors, C, coders) {
    C const c;
    auto const x =
        geometric<std::int16_t>(blocks(24, 24, 8, 11), 1, [](std::size_t b) { return 9.0 / (1 + double(b % 64)); });
    auto const bytes = encoded(c, x);
    for (std::size_t n = 0; n < bytes.size(); n += 1 + bytes.size() / 97) {
        bands<std::int16_t, 2> y(x.layout());
        byte_reader r(std::span(bytes.data(), n));
        c.decode(y, r);
        BOOST_TEST(!r.ok());
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(mutated_streams_stay_within_bounds, C, coders) {
    C const c;
    std::mt19937 random(5);
    auto const blocky =
        geometric<std::int16_t>(blocks(17, 24, 4, 7), 1, [](std::size_t b) { return 9.0 / (1 + double(b % 16)); });
    auto const wide = noise<std::int32_t>(pyramid(9, 11, 2, 32), 2);
    auto const a = encoded(c, blocky), b = encoded(c, wide);
    bool safe = true;
    for (int i = 0; i < 300; ++i) {
        auto m = i % 2 ? a : b;
        for (unsigned flips = 1 + random() % 4; flips-- > 0;)
            m[random() % (flips ? m.size() : std::min<std::size_t>(m.size(), 40))] ^=
                static_cast<std::byte>(1u << random() % 8);
        safe = safe && (i % 2 ? decodes_safely(c, m, blocky) : decodes_safely(c, m, wide));
    }
    BOOST_TEST(safe);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(random_bytes_stay_within_bounds, C, coders) {
    C const c;
    std::mt19937 random(6);
    bands<std::int16_t, 2> const narrow(blocks(16, 16, 8, 2), 0);
    bands<std::int32_t, 3> const wide(planes<3>({2, 5, 7}, 2, 32), 0);
    bool safe = true;
    for (int i = 0; i < 300; ++i) {
        std::vector<std::byte> bytes(random() % 200);
        for (auto &v : bytes) v = static_cast<std::byte>(i % 3 == 0 ? 0xff : i % 3 == 1 ? random() & 3 : random());
        safe = safe && decodes_safely(c, bytes, narrow) && decodes_safely(c, bytes, wide);
    }
    BOOST_TEST(safe);
}

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
