// Wrong bytes behind a checksum that vouches for them: each lie that a header or a panel's side of a stream can tell.
#include <triptych/conformance.hpp>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/identity.hpp>

#include <boost/test/unit_test.hpp>

#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(hostile_bytes)

namespace {
using namespace triptych;
using photo = codec<transform::chain<transform::colour<transform::ycbcr>, transform::dct<8>>, quantizer::dead_zone,
                    coder::range<>>;
using packed = codec<transform::identity, quantizer::none, coder::run_length<>>;

/// The stream with another header, signed.
template <class Change>
auto with_header(std::vector<std::byte> const &stream, Change &&change) -> std::vector<std::byte> {
    auto info = peek(stream).value;
    change(info);
    return detail::frame_again(info, std::span(stream).subspan(info.payload_offset, info.payload_size));
}

/// Error and memory of a decode.
template <class C>
auto outcome(std::vector<std::byte> const &stream, limits const &most) -> std::pair<errc, std::int64_t> {
    detail::watch const w;
    auto const code = C{}.try_decode(stream, most).error.code;
    return {code, w.bytes()};
}
} // namespace

BOOST_AUTO_TEST_CASE(a_mutation_is_reported_until_it_is_signed) {
    auto const stream = photo{}.encode(shape::waves<std::uint8_t, 2>({24, 24}, 3));
    auto wrong = stream;
    wrong[stream.size() / 2] ^= std::byte{1};
    BOOST_TEST((photo{}.try_decode(wrong).error.code == errc::checksum));
    BOOST_TEST((photo{}.try_decode(resign(wrong)).error.code != errc::checksum));
    BOOST_TEST((resign(stream) == stream));
    // A payload cut short, with a length and a checksum that agree.
    wrong.assign(stream.begin(), stream.end() - 20);
    BOOST_TEST((photo{}.try_decode(wrong).error.code == errc::truncated));
    auto const after = photo{}.try_decode(resign(wrong)).error;
    BOOST_TEST((after.code == errc::truncated || after.code == errc::corrupt));
}
BOOST_AUTO_TEST_CASE(extents_that_are_too_large) {
    auto const stream = photo{}.encode(shape::waves<std::uint8_t, 2>({24, 24}, 3));
    limits const most{1 << 20, 1 << 24};
    struct lie {
        std::size_t height, width, components;
    };
    for (auto const &told : {lie{std::size_t{1} << 31, std::size_t{1} << 31, 1}, lie{std::size_t{1} << 31, 1, 1},
                             lie{1 << 15, 1 << 15, 65535}, lie{1025, 1024, 1}, lie{16, 16, 65535}}) {
        auto const [code, bytes] =
            outcome<photo>(with_header(stream,
                                       [&](stream_info &i) {
                                           i.shape = {told.height, told.width}, i.components = told.components;
                                       }),
                           most);
        BOOST_TEST((code == errc::limit), message(code));
        BOOST_TEST(bytes < (1 << 23)); // refused before it is asked for
    }
    // Nothing of something: zero extents beside huge ones hold no samples, but transforms have line buffers and go through rows.
    for (auto const &e : {extents<2>{0, std::size_t{1} << 31}, {std::size_t{1} << 31, 0}}) {
        auto const [code, bytes] = outcome<photo>(with_header(stream,
                                                              [&](stream_info &i) {
                                                                  i.shape = {e[0], e[1]};
                                                              }),
                                                  most);
        BOOST_TEST((code == errc::limit), message(code));
        BOOST_TEST(bytes < (1 << 16));
    }
}
BOOST_AUTO_TEST_CASE(memory_stays_within_the_limit) {
    // A short stream may describe a large flat picture, which is fine where limits allow it, and only there.
    auto const x = picture<std::uint8_t, 2>({700, 700}, 1);
    std::fill_n(const_cast<std::uint8_t *>(x.data()), x.size(), std::uint8_t{9});
    auto const stream = packed{}.encode(x);
    BOOST_TEST(stream.size() < 100u);
    for (std::uint64_t const most : {1u << 16, 1u << 20, 1u << 21, 1u << 22, 1u << 24}) {
        auto const [code, bytes] = outcome<packed>(stream, {1 << 20, most});
        BOOST_TEST((code == errc::none || code == errc::limit));
        BOOST_TEST(bytes <= static_cast<std::int64_t>(2 * most + (1 << 16)), most << " allowed, " << bytes << " held");
        if (most == 1u << 24) BOOST_TEST((code == errc::none));
        if (most == 1u << 16) BOOST_TEST((code == errc::limit));
    }
}
BOOST_AUTO_TEST_CASE(other_lies_of_the_header) {
    auto const stream = photo{}.encode(shape::waves<std::uint8_t, 2>({24, 24}, 3));
    auto const code = [&](auto &&change) { return outcome<photo>(with_header(stream, change), {}).first; };
    BOOST_TEST((code([](stream_info &i) { i.codec ^= 1; }) == errc::codec));
    BOOST_TEST((code([](stream_info &i) { i.model = 5; }) == errc::model));
    BOOST_TEST((code([](stream_info &i) { i.samples = sample_type::int32; }) == errc::sample));
    BOOST_TEST((code([](stream_info &i) { i.samples = static_cast<sample_type>(9); }) == errc::corrupt));
    BOOST_TEST((code([](stream_info &i) { i.rank = 0; }) == errc::corrupt));
    BOOST_TEST((code([](stream_info &i) { i.rank = 3, i.shape[2] = 1; }) == errc::sample));
    BOOST_TEST((code([](stream_info &i) { i.version = 2; }) == errc::version));
    BOOST_TEST((code([](stream_info &i) { i.label = "No Such Label"; }) == errc::corrupt));
    BOOST_TEST((code([](stream_info &) {}) == errc::none));
}
BOOST_AUTO_TEST_CASE(any_payload_at_all) {
    small_random random(5);
    std::size_t decoded = 0;
    for (std::size_t n = 0; n < 300; ++n) {
        std::vector<std::byte> payload(random.below(90));
        for (auto &b : payload) b = static_cast<std::byte>(random());
        detail::watch const w;
        decoded += photo{}.try_decode(payload, framing::bare, {30, 40}, 3).error.code == errc::none;
        BOOST_TEST(w.bytes() < (1 << 20));
    }
    BOOST_TEST(decoded < 300u);
}

BOOST_AUTO_TEST_SUITE_END()
