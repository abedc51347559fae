// The byte reader: little-endian numbers, varints, sticky errors, bounds.
#include <array>
#include <cstdint>
#include <limits>
#include <random>

#include <boost/test/unit_test.hpp>

#include <triptych/stream/crc32c.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>

namespace {
using triptych::byte_reader;
using triptych::byte_writer;
using triptych::errc;

template <std::size_t N>
auto bytes(std::array<unsigned, N> const &values) {
    std::array<std::byte, N> out;
    for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<std::byte>(values[i]);
    return out;
}
} // namespace

BOOST_AUTO_TEST_SUITE(reader)

BOOST_AUTO_TEST_CASE(numbers_are_little_endian) {
    auto const b = bytes<7>({0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd});
    byte_reader r(b);
    BOOST_TEST(r.u8() == 0x01);
    BOOST_TEST(r.u16() == 0x4523);
    BOOST_TEST(r.u32() == 0xcdab8967u);
    BOOST_TEST(r.ok());
    BOOST_TEST(r.remaining() == 0u);
}

BOOST_AUTO_TEST_CASE(first_error_stays_and_reads_give_zero) {
    auto const b = bytes<3>({0xff, 0xff, 0xff});
    byte_reader r(b);
    BOOST_TEST(r.u16() == 0xffff);
    BOOST_TEST(r.u32() == 0u);
    BOOST_TEST((r.error().code == errc::truncated));
    BOOST_TEST(r.error().offset == 2u);
    r.fail(errc::corrupt);
    BOOST_TEST((r.error().code == errc::truncated));
    BOOST_TEST(r.u8() == 0);
    BOOST_TEST(r.varint() == 0u);
    BOOST_TEST(r.bytes(1).empty());
    BOOST_TEST(r.remaining() == 0u);
}

BOOST_AUTO_TEST_CASE(varints_as_in_leb128) {
    // DWARF 5, 7.6: 2, 127, 128, 129, 12857 and the largest 64-bit number
    auto const b = bytes<10>({0x02, 0x7f, 0x80, 0x01, 0x81, 0x01, 0xb9, 0x64, 0xff, 0x01});
    byte_reader r(b);
    BOOST_TEST(r.varint() == 2u);
    BOOST_TEST(r.varint() == 127u);
    BOOST_TEST(r.varint() == 128u);
    BOOST_TEST(r.varint() == 129u);
    BOOST_TEST(r.varint() == 12857u);
    BOOST_TEST(r.varint() == 255u);
    auto const most = bytes<10>({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01});
    BOOST_TEST(byte_reader(most).varint() == std::numeric_limits<std::uint64_t>::max());
}

BOOST_AUTO_TEST_CASE(bad_varints_are_corrupt) {
    auto const too_long = bytes<10>({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02});
    auto const padded = bytes<2>({0x80, 0x00});
    for (auto const &b : {std::span<std::byte const>(too_long), std::span<std::byte const>(padded)}) {
        byte_reader r(b);
        BOOST_TEST(r.varint() == 0u);
        BOOST_TEST((r.error().code == errc::corrupt));
    }
    auto const open = bytes<1>({0x80});
    byte_reader r(open);
    BOOST_TEST(r.varint() == 0u);
    BOOST_TEST((r.error().code == errc::truncated));
}

BOOST_AUTO_TEST_CASE(a_varint_may_have_a_bound) {
    auto const b = bytes<2>({0x05, 0x06});
    byte_reader r(b);
    BOOST_TEST(r.varint(5) == 5u);
    BOOST_TEST(r.varint(5, errc::limit) == 0u);
    BOOST_TEST((r.error().code == errc::limit));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
    std::mt19937_64 random(7);
    byte_writer w;
    for (int i = 0; i < 2000; ++i)
        w.varint(random() >> (i % 64)), w.signed_varint(static_cast<std::int64_t>(random()) >> (i % 64));
    w.signed_varint(std::numeric_limits<std::int64_t>::min());
    byte_reader r(w.view());
    random.seed(7);
    for (int i = 0; i < 2000; ++i) {
        BOOST_TEST_REQUIRE(r.varint() == random() >> (i % 64));
        BOOST_TEST_REQUIRE(r.signed_varint() == static_cast<std::int64_t>(random()) >> (i % 64));
    }
    BOOST_TEST(r.signed_varint() == std::numeric_limits<std::int64_t>::min());
    BOOST_TEST((r.ok() && r.remaining() == 0));
}

BOOST_AUTO_TEST_CASE(published_checksums) {
    std::array<std::byte, 9> digits;
    for (std::size_t i = 0; i < 9; ++i) digits[i] = static_cast<std::byte>('1' + i);
    BOOST_TEST(triptych::crc32c(digits) == 0xe3069283u); // the check value of CRC-32/ISCSI
    BOOST_TEST(triptych::crc16(digits) == 0x29b1);       // the check value of CRC-16/CCITT-FALSE
    std::array<std::byte, 32> zeros{};
    BOOST_TEST(triptych::crc32c(zeros) == 0x8a9136aau); // RFC 3720, B.4
    zeros.fill(std::byte{0xff});
    BOOST_TEST(triptych::crc32c(zeros) == 0x62a8ab43u); // RFC 3720, B.4
    auto const all = std::span<std::byte const>(digits);
    BOOST_TEST(triptych::crc32c(all.subspan(4), triptych::crc32c(all.first(4))) == triptych::crc32c(all));
}

BOOST_AUTO_TEST_SUITE_END()
