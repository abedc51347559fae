// Tiles: the same picture whoever does them, regions without the rest, rows that stream, and what is wrong with wrong bytes.
#include <triptych/coder/range.hpp>
#include <triptych/conformance/hostile.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/per_image.hpp>
#include <triptych/presets.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/rows.hpp>
#include <triptych/threads.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/pca.hpp>

#include <boost/test/unit_test.hpp>

#include <cstring>

#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(tiled)

namespace {
using namespace triptych;

/// Of more than four tiles of 16 × 16, with a narrow rest on either side.
using small_photo = codec<photo::transform_type, photo::quantizer_type, photo::coder_type, tiles<16>>;
using small_lossless = codec<lossless::transform_type, lossless::quantizer_type, lossless::coder_type, tiles<16>>;

template <class S, std::size_t R>
auto same(picture<S, R> const &a, picture<S, R> const &b) -> bool {
    return a.shape() == b.shape() && (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(S)) == 0);
}
/// The part of a picture that a box holds.
template <class S>
auto cut(picture<S, 2> const &x, box<2> const &b) -> picture<S, 2> {
    picture<S, 2> part(b.shape, x.components());
    for (std::size_t i = 0; i < b.shape[0]; ++i)
        std::copy_n(x.data() + ((b.first[0] + i) * x.shape()[1] + b.first[1]) * x.components(),
                    b.shape[1] * x.components(), part.data() + i * b.shape[1] * x.components());
    return part;
}
template <class S, std::size_t R, class C>
auto by_rows(C const &c, picture<S, R> const &x, quality const &goal, workers const &crew = {})
    -> std::vector<std::byte> {
    std::vector<std::byte> bytes;
    std::size_t at = 0;
    auto const row = x.shape()[0] ? x.size() / x.shape()[0] : 0;
    encode_rows<S, R>(
        c, x.shape(), x.components(), goal,
        [&](std::size_t n, S *to) { std::copy_n(x.data() + at, n * row, to), at += n * row; },
        [&](std::span<std::byte const> more) { bytes.insert(bytes.end(), more.begin(), more.end()); }, crew);
    return bytes;
}
} // namespace

BOOST_AUTO_TEST_CASE(small_pictures_are_one_piece) {
    // Up to four tiles' size the payload is that of `whole`.
    using plain = codec<photo::transform_type, photo::quantizer_type, photo::coder_type>;
    auto const x = shape::waves<std::uint8_t, 2>({32, 32}, 3);
    BOOST_TEST((small_photo{}.encode(x, scale(60), framing::bare) == plain{}.encode(x, scale(60), framing::bare)));
    auto const y = shape::waves<std::uint8_t, 2>({33, 32}, 3);
    BOOST_TEST((small_photo{}.encode(y, scale(60), framing::bare) != plain{}.encode(y, scale(60), framing::bare)));
}

BOOST_AUTO_TEST_CASE(bytes_and_samples_do_not_depend_on_the_crew) {
    auto const x = shape::waves<std::uint8_t, 2>({70, 101}, 3);
    for (auto const &goal : {scale(50), psnr(36), bits_per_pixel(2), max_error(6)}) {
        auto const bytes = small_photo{}.encode(x, goal);
        auto const y = small_photo{}.decode(bytes);
        for (unsigned const n : {2U, 3U, 16U}) {
            BOOST_TEST((small_photo{}.encode(x, goal, framing::file, threads(n)) == bytes));
            BOOST_TEST(same(small_photo{}.decode(bytes, {}, threads(n)), y));
        }
    }
    auto const exactly = small_lossless{}.encode(x, exact, framing::file, threads(3));
    BOOST_TEST(same(small_lossless{}.decode(exactly, {}, threads(2)), x));
}

BOOST_AUTO_TEST_CASE(all_sample_types_and_ranks) {
    auto const check = [](auto const &x) {
        using P = std::remove_cvref_t<decltype(x)>;
        using S = typename P::value_type;
        constexpr auto R = P::rank;
        auto const bytes = small_lossless{}.encode(x);
        BOOST_TEST(same(small_lossless{}.template decode<S, R>(bytes), x));
        BOOST_TEST(same(small_lossless{}.template decode<S, R>(by_rows(small_lossless{}, x, exact)), x));
    };
    check(shape::waves<std::uint8_t, 1>({3000}, 1));
    check(shape::waves<std::uint16_t, 2>({50, 61}, 2));
    check(shape::waves<std::int16_t, 3>({9, 13, 20}, 1));
    check(shape::waves<std::int32_t, 4>({5, 7, 9, 11}, 1));
    check(shape::waves<float, 3>({11, 13, 17}, 1));
    check(shape::waves<std::uint8_t, 2>({0, 50000}, 1));
    check(shape::waves<std::uint8_t, 2>({50000, 0}, 1));
    check(shape::waves<std::uint8_t, 2>({1, 4000}, 1));
    check(shape::waves<std::uint8_t, 2>({4000, 1}, 1));
}

BOOST_AUTO_TEST_CASE(a_region_is_that_part_of_the_picture) {
    auto const x = shape::waves<std::uint8_t, 2>({70, 101}, 3);
    auto const bytes = small_photo{}.encode(x, scale(70));
    auto const y = small_photo{}.decode(bytes);
    for (auto const &b : {box<2>{{0, 0}, {70, 101}}, box<2>{{5, 9}, {1, 1}}, box<2>{{15, 31}, {3, 40}},
                          box<2>{{69, 100}, {1, 1}}, box<2>{{70, 0}, {0, 101}}})
        BOOST_TEST(same(small_photo{}.decode_region(bytes, b), cut(y, b)));
    BOOST_CHECK_THROW((void)small_photo{}.decode_region(bytes, box<2>{{0, 60}, {1, 42}}), mismatch_error);
    // Of a codec without tiles a region is a part of all.
    using plain = codec<photo::transform_type, photo::quantizer_type, photo::coder_type>;
    auto const whole_bytes = plain{}.encode(x, scale(70));
    box<2> const b{{15, 31}, {3, 40}};
    BOOST_TEST(same(plain{}.decode_region(whole_bytes, b), cut(plain{}.decode(whole_bytes), b)));
    // Floats that travel verbatim come back within regions, too.
    auto f = shape::waves<float, 2>({70, 101}, 1);
    f.data()[40 * 101 + 33] = 1e30F, f.data()[0] = std::numeric_limits<float>::infinity();
    using bounded = codec<transform::identity, quantizer::uniform, coder::range<>, tiles<16>>;
    auto const lossy = bounded{}.encode(f, max_error(0.5));
    auto const all = bounded{}.decode<float>(lossy);
    BOOST_TEST(all.data()[40 * 101 + 33] == 1e30F);
    BOOST_TEST(same(bounded{}.decode_region<float>(lossy, box<2>{{38, 30}, {5, 9}}), cut(all, {{38, 30}, {5, 9}})));
}

BOOST_AUTO_TEST_CASE(damage_elsewhere_does_not_matter_to_a_region) {
    auto const x = shape::waves<std::uint8_t, 2>({64, 64}, 1);
    auto bytes = small_lossless{}.encode(x);
    bytes[bytes.size() - 12] ^= std::byte{1}; // in the last tile
    BOOST_TEST((small_lossless{}.try_decode(bytes).error.code == errc::checksum));
    BOOST_TEST(same(small_lossless{}.decode_region(bytes, box<2>{{0, 0}, {20, 64}}), cut(x, {{0, 0}, {20, 64}})));
    BOOST_TEST((small_lossless{}.try_decode_region<std::uint8_t, 2>(bytes, {{48, 48}, {16, 16}}).error.code ==
                errc::checksum));
}

BOOST_AUTO_TEST_CASE(rows_stream_both_ways) {
    auto const x = shape::waves<std::uint8_t, 2>({90, 50}, 3);
    auto const check = [&](auto const &codec, quality const &goal) {
        auto const streamed = by_rows(codec, x, goal, threads(2));
        auto const y = codec.decode(codec.encode(x, goal));
        BOOST_TEST(same(codec.decode(streamed), y));
        for (auto const &stream : {streamed, codec.encode(x, goal)}) {
            std::vector<std::uint8_t> rows;
            std::size_t at = 0, taken = 0;
            auto const e = decode_rows<std::uint8_t, 2>(
                codec,
                [&](std::span<std::byte> to) {
                    auto const n = std::min(to.size(), stream.size() - at);
                    std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), n, to.begin());
                    return at += n, n;
                },
                [&](stream_info const &info) { BOOST_TEST(info.shape[0] == 90u); },
                [&](std::size_t n, std::uint8_t const *from) {
                    rows.insert(rows.end(), from, from + n * 150), taken += n;
                });
            BOOST_TEST((e.code == errc::none));
            BOOST_TEST((taken == 90 && std::equal(rows.begin(), rows.end(), y.data(), y.data() + y.size())));
        }
    };
    check(small_photo{}, scale(60));
    check(small_photo{}, step(9));
    check(small_lossless{}, exact);
    BOOST_CHECK_THROW((void)by_rows(small_photo{}, x, psnr(40)), std::invalid_argument);
    BOOST_CHECK_THROW((void)by_rows(small_photo{}, x, exact), std::invalid_argument);
    BOOST_CHECK_THROW((void)by_rows(small_lossless{}, x, scale(50)), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(streamed_bytes_that_are_wrong_are_an_error) {
    auto const x = shape::waves<std::uint8_t, 2>({70, 40}, 1);
    auto const stream = by_rows(small_lossless{}, x, exact);
    auto const error_of = [](std::span<std::byte const> bytes, limits const &most = {}) {
        std::size_t at = 0;
        return decode_rows<std::uint8_t, 2>(
                   small_lossless{},
                   [&](std::span<std::byte> to) {
                       auto const n = std::min(to.size(), bytes.size() - at);
                       std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), n, to.begin());
                       return at += n, n;
                   },
                   [](stream_info const &) {}, [](std::size_t, std::uint8_t const *) {}, most)
            .code;
    };
    BOOST_TEST((error_of(stream) == errc::none));
    for (std::size_t n = 0; n < stream.size(); n += 7) BOOST_TEST((error_of(std::span(stream).first(n)) != errc::none));
    auto longer = stream;
    longer.push_back(std::byte{0});
    BOOST_TEST((error_of(longer) != errc::none));
    for (std::size_t n = 0; n < stream.size(); n += 5) {
        auto flipped = stream;
        flipped[n] ^= std::byte{4};
        BOOST_TEST((error_of(flipped) != errc::none));
        BOOST_TEST((small_lossless{}.try_decode(flipped).error.code != errc::none));
    }
    BOOST_TEST((error_of(stream, {1 << 20, 1000}) == errc::limit));
    small_random random(3);
    for (int round = 0; round < 400; ++round) {
        auto wrong = stream;
        mutate(wrong, random);
        (void)error_of(wrong, {1 << 20, 1 << 22});
        (void)small_lossless{}.try_decode(resign(wrong), {1 << 20, 1 << 22});
    }
}

BOOST_AUTO_TEST_CASE(a_state_is_a_tiles_or_the_pictures) {
    // A learned basis is dear: sixteen of them cost more than one.
    using basis = per_image<transform::pca<4, 4, 4>>;
    using each = codec<basis, quantizer::uniform, coder::range<>, tiles<32>>;
    using once = codec<basis, quantizer::uniform, coder::range<>, tiles<32, state_of::picture>>;
    auto const x = shape::waves<std::uint8_t, 2>({128, 128}, 1);
    auto const a = each{}.encode(x, step(8)), b = once{}.encode(x, step(8));
    BOOST_TEST(b.size() < a.size());
    BOOST_TEST(shape::largest_error(each{}.decode(a), x) < 64);
    BOOST_TEST(shape::largest_error(once{}.decode(b, {}, threads(2)), x) < 64);
    BOOST_TEST(each::id != once::id);
}

BOOST_AUTO_TEST_CASE(limits_count_what_a_call_needs) {
    auto const x = shape::waves<std::uint8_t, 2>({400, 400}, 1);
    auto const bytes = small_lossless{}.encode(x);
    limits few;
    few.max_bytes = 300'000; // the picture and a tile, but not the planes of all
    BOOST_TEST((small_lossless{}.try_decode(bytes, few).error.code == errc::none));
    few.max_samples = 1000, few.max_bytes = 40'000;
    BOOST_TEST((small_lossless{}.try_decode(bytes, few).error.code == errc::limit));
    BOOST_TEST((small_lossless{}.try_decode_region<std::uint8_t, 2>(bytes, {{100, 100}, {20, 20}}, few).error.code ==
                errc::none));
}

BOOST_AUTO_TEST_SUITE_END()
