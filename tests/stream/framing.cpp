// The file framing, byte by byte, and what `peek` says of damaged ones.
#include <array>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/stream/framing.hpp>
#include <triptych/stream/writer.hpp>

namespace {
using namespace triptych;

auto example() -> std::vector<std::byte> {
    stream_info info;
    info.codec = 0x11223344, info.model = 0x55667788, info.label = "photo", info.samples = sample_type::uint16;
    info.rank = 2, info.shape = {3, 200, 0, 0}, info.components = 4, info.payload_size = 2;
    byte_writer w;
    detail::write_file_header(w, info);
    w.u8(0xaa), w.u8(0xbb);
    w.u32(crc32c(w.view()));
    return std::move(w).take();
}

void sign(std::vector<std::byte> &stream) {
    auto const body = std::span<std::byte const>(stream).first(stream.size() - 4);
    auto const sum = crc32c(body);
    for (unsigned i = 0; i < 4; ++i) stream[stream.size() - 4 + i] = static_cast<std::byte>(sum >> (8 * i));
}
} // namespace

BOOST_AUTO_TEST_SUITE(framing_bytes)

BOOST_AUTO_TEST_CASE(header_as_documented) {
    std::array<unsigned, 28> const expected{0xd7, 'T', 'P',  'C',  1,   1,   0x44, 0x33, 0x22, 0x11,
                                            5,    'p', 'h',  'o',  't', 'o', 0x88, 0x77, 0x66, 0x55,
                                            0x21, 3,   0xc8, 0x01, 4,   2,   0xaa, 0xbb};
    auto const stream = example();
    BOOST_TEST_REQUIRE(stream.size() == expected.size() + 4);
    for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(static_cast<unsigned>(stream[i]) == expected[i]);
}

BOOST_AUTO_TEST_CASE(peek_reads_it_back) {
    auto const stream = example();
    auto const info = peek(stream);
    BOOST_TEST_REQUIRE(bool(info));
    BOOST_TEST(info.value.codec == 0x11223344u);
    BOOST_TEST(info.value.model == 0x55667788u);
    BOOST_TEST(info.value.label == "photo");
    BOOST_TEST((info.value.samples == sample_type::uint16));
    BOOST_TEST(info.value.rank == 2u);
    BOOST_TEST(info.value.shape[0] == 3u);
    BOOST_TEST(info.value.shape[1] == 200u);
    BOOST_TEST(info.value.components == 4u);
    BOOST_TEST(info.value.payload_size == 2u);
    BOOST_TEST(info.value.payload_offset == 26u);
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_reported) {
    auto const stream = example();
    for (std::size_t bit = 0; bit < 8 * stream.size(); ++bit) {
        auto damaged = stream;
        damaged[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        BOOST_TEST(!peek(damaged), "bit " << bit);
    }
}

BOOST_AUTO_TEST_CASE(every_truncation_is_reported) {
    auto const stream = example();
    for (std::size_t n = 0; n < stream.size(); ++n) {
        auto const info = peek(std::span(stream).first(n));
        BOOST_TEST((info.error.code == errc::truncated), "length " << n << ": " << message(info.error.code));
    }
    auto longer = stream;
    longer.push_back(std::byte{0});
    BOOST_TEST((peek(longer).error.code == errc::corrupt));
}

BOOST_AUTO_TEST_CASE(foreign_bytes_are_foreign) {
    std::array<std::byte, 64> png{};
    constexpr std::array<unsigned, 8> signature{0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    for (std::size_t i = 0; i < 8; ++i) png[i] = static_cast<std::byte>(signature[i]);
    BOOST_TEST((peek(png).error.code == errc::foreign));
    auto newer = example();
    newer[4] = std::byte{2};
    BOOST_TEST((peek(newer).error.code == errc::version));
}

BOOST_AUTO_TEST_CASE(huge_extents_meet_the_limits) {
    auto stream = example();
    limits most;
    most.max_samples = 3 * 200 * 4 - 1;
    BOOST_TEST((peek(stream, most).error.code == errc::limit));
    most.max_samples = 3 * 200 * 4;
    BOOST_TEST(bool(peek(stream, most)));

    byte_writer w;
    stream_info info;
    info.rank = 4, info.shape = {1u << 31, 1u << 31, 1u << 31, 1u << 31}, info.components = 65535;
    detail::write_file_header(w, info);
    w.u32(0);
    auto huge = std::move(w).take();
    sign(huge);
    BOOST_TEST((peek(huge).error.code == errc::limit));
}

BOOST_AUTO_TEST_CASE(fields_out_of_range_are_corrupt) {
    for (auto const &[at, value] :
         {std::pair<std::size_t, unsigned>{5, 2}, {11, 'P'}, {20, 0x25}, {20, 0x01}, {20, 0x51}}) {
        auto stream = example();
        stream[at] = static_cast<std::byte>(value);
        sign(stream);
        BOOST_TEST((peek(stream).error.code == errc::corrupt), "byte " << at);
    }
}

BOOST_AUTO_TEST_SUITE_END()
