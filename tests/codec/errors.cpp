// What a codec says of bytes that are not its own, of damage, and of limits; and what the framings around a payload hold.
#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/identity.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace {
using namespace triptych;
using lossless = codec<transform::identity, quantizer::none, coder::raw>;
using lossy = codec<transform::identity, quantizer::uniform, coder::raw>;

struct named : basic_codec<named, transform::identity, quantizer::none, coder::raw> {
    static constexpr std::string_view label = "named-one";
};

auto bytes_of_a_ramp() {
    std::vector<std::uint8_t> samples(5 * 7 * 3);
    std::iota(samples.begin(), samples.end(), std::uint8_t{0});
    return samples;
}
auto const ramp = bytes_of_a_ramp();
auto const view = picture_view<std::uint8_t, 2>{ramp.data(), {5, 7}, 3};

template <class F>
auto complaint(F &&decode) -> std::string {
    try {
        decode();
    } catch (mismatch_error const &e) {
        return e.what();
    }
    return "no mismatch_error";
}
auto holds(std::string const &text, std::string const &piece) {
    return text.find(piece) != std::string::npos;
}
} // namespace

BOOST_AUTO_TEST_SUITE(codec_errors)

BOOST_AUTO_TEST_CASE(a_mismatch_names_both) {
    auto const stream = lossless{}.encode(view);
    auto const codec_text = complaint([&] { (void)lossy{}.decode(stream); });
    BOOST_TEST(holds(codec_text, "an unnamed codec (0x"));
    BOOST_TEST(holds(codec_text, "codec<identity,uniform,raw> (0x"));
    auto const sample_text = complaint([&] { (void)lossless{}.decode<float, 3>(stream); });
    BOOST_TEST(holds(sample_text, "it holds uint8 of rank 2, expected float32 of rank 3"));
    auto const labelled = named{}.encode(view);
    BOOST_TEST(holds(complaint([&] { (void)lossy{}.decode(labelled); }), "it holds named-one (0x"));
    BOOST_TEST(holds(complaint([&] { (void)named{}.decode(lossy{}.encode(view, exact)); }), "expected named-one (0x"));
    // The name is for people; the fingerprint is of the panels, so the same panels read each other.
    BOOST_TEST(lossless{}.decode(labelled).size() == ramp.size());
}

BOOST_AUTO_TEST_CASE(another_model_is_a_mismatch) {
    auto stream = lossless{}.encode(view);
    // Flags, then a model's fingerprint after the (empty) label: what a stream of a learned codec looks like.
    stream[5] = std::byte{1};
    stream.insert(stream.begin() + 11, {std::byte{0x78}, std::byte{0x56}, std::byte{0x34}, std::byte{0x12}});
    auto const sum = crc32c(std::span<std::byte const>(stream).first(stream.size() - 4));
    for (std::size_t i = 0; i < 4; ++i) stream[stream.size() - 4 + i] = static_cast<std::byte>(sum >> (8 * i));
    auto const text = complaint([&] { (void)lossless{}.decode(stream); });
    BOOST_TEST(holds(text, "it holds model 0x12345678, expected model 0x00000000"));
}

BOOST_AUTO_TEST_CASE(framings_hold_what_they_say) {
    auto const file = lossless{}.encode(view, exact, framing::file);
    auto const record = lossless{}.encode(view, exact, framing::record);
    auto const bare = lossless{}.encode(view, exact, framing::bare);
    BOOST_TEST(bare.size() == ramp.size()); // 8 bits a sample, no setting
    BOOST_TEST(record.size() == bare.size() + 2);
    BOOST_TEST(file.size() == bare.size() + 4 + 1 + 1 + 4 + 1 + 1 + 2 + 1 + 1 + 4);
    auto const info = peek(file);
    BOOST_TEST(info.value.payload_size == bare.size());
    BOOST_TEST((info.value.shape[0] == 5 && info.value.shape[1] == 7 && info.value.components == 3));
    for (auto const &[bytes, frame] :
         {std::pair{file, framing::file}, {record, framing::record}, {bare, framing::bare}}) {
        auto const y = lossless{}.decode(bytes, frame, {5, 7}, 3);
        BOOST_TEST(std::equal(ramp.begin(), ramp.end(), y.data()));
    }
}

BOOST_AUTO_TEST_CASE(damage_is_reported) {
    for (auto const frame : {framing::file, framing::record}) {
        auto const stream = lossless{}.encode(view, exact, frame);
        for (std::size_t bit = 0; bit < 8 * stream.size(); ++bit) {
            auto damaged = stream;
            damaged[bit / 8] ^= std::byte{1} << (bit % 8);
            BOOST_REQUIRE(lossless{}.try_decode(damaged, frame, {5, 7}, 3).error);
        }
        for (std::size_t n = 0; n < stream.size(); ++n)
            BOOST_REQUIRE(lossless{}.try_decode(std::span(stream).first(n), frame, {5, 7}, 3).error);
    }
    // A record's checksum covers what the record leaves out.
    auto const record = lossless{}.encode(view, exact, framing::record);
    auto const other = [&](extents<2> const &shape, std::size_t n) {
        return lossless{}.try_decode(record, framing::record, shape, n).error.code;
    };
    BOOST_TEST((other({5, 7}, 3) == errc::none));
    BOOST_TEST((other({7, 5}, 3) == errc::checksum));
    BOOST_TEST((other({5, 21}, 1) == errc::checksum));
    BOOST_TEST((lossy{}.try_decode(record, framing::record, {5, 7}, 3).error.code == errc::checksum));
    // Bytes too many are damage as well, and where no checksum says so the payload does.
    auto longer = lossless{}.encode(view, exact, framing::bare);
    longer.push_back(std::byte{0});
    BOOST_TEST((lossless{}.try_decode(longer, framing::bare, {5, 7}, 3).error.code == errc::corrupt));
    BOOST_CHECK_THROW((void)lossless{}.decode(longer, framing::bare, {5, 7}, 3), format_error);
    BOOST_CHECK_THROW((void)lossless{}.decode(std::span(longer).first(3)), format_error);
}

BOOST_AUTO_TEST_CASE(limits_are_kept) {
    auto const stream = lossless{}.encode(view);
    auto const code = [&](limits const &most) { return lossless{}.try_decode(stream, most).error.code; };
    BOOST_TEST((code({ramp.size(), 1 << 20}) == errc::none));
    BOOST_TEST((code({ramp.size() - 1, 1 << 20}) == errc::limit));
    BOOST_TEST((code({ramp.size(), 100}) == errc::limit));
    // Extents that the caller gives are checked as those in a stream are.
    std::vector<std::byte> const few(10);
    auto const huge = [&](extents<2> const &shape, std::size_t n) {
        return lossless{}.try_decode(few, framing::bare, shape, n).error.code;
    };
    auto const most = ~std::size_t{0};
    BOOST_TEST((huge({most, most}, 1) == errc::limit));
    BOOST_TEST((huge({most / 2, 2}, 65535) == errc::limit));
    BOOST_TEST((huge({1, 1}, most) == errc::limit));
    BOOST_TEST((huge({1 << 14, 1 << 14}, 1) == errc::truncated));
    BOOST_TEST((huge({most, 0}, 3) == errc::corrupt)); // nothing to decode, yet ten bytes
}

BOOST_AUTO_TEST_CASE(an_encoder_refuses_what_no_stream_can_say) {
    std::vector<std::uint8_t> const samples(70000);
    picture_view<std::uint8_t, 2> const wide{samples.data(), {1, 1}, 65536};
    BOOST_CHECK_THROW((void)lossless{}.encode(wide), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
