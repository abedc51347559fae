// Codecs that choose between codecs, codecs that write a foreign format, and goals that were or were not met.
#include <triptych/best_of.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/presets.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/identity.hpp>

#include <boost/test/unit_test.hpp>

#include <cstring>

BOOST_AUTO_TEST_SUITE(codecs_of_codecs)

namespace {
using namespace triptych;

auto noise(std::size_t h, std::size_t w) -> picture<std::uint8_t, 2> {
    picture<std::uint8_t, 2> x({h, w}, 1);
    std::uint32_t state = 5;
    for (std::size_t i = 0; i < x.size(); ++i)
        state = state * 1664525u + 1013904223u, x.data()[i] = static_cast<std::uint8_t>(state >> 24);
    return x;
}
auto flat(std::size_t h, std::size_t w, std::uint8_t v = 0) -> picture<std::uint8_t, 2> {
    picture<std::uint8_t, 2> x({h, w}, 1);
    std::fill_n(x.data(), x.size(), v);
    return x;
}
/// Two colours, hard edges.
auto chart() -> picture<std::uint8_t, 2> {
    picture<std::uint8_t, 2> x({64, 64}, 1);
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = (i / 7 % 3 == 0) != (i / 64 % 5 == 0) ? 250 : 3;
    return x;
}

/// A "foreign" format: its payload is one byte a sample, coarser by a step. Known to the library by two functions.
struct foreign {
    static auto encode(picture_view<std::uint8_t, 2> const &x, float step) -> std::vector<std::byte> {
        std::vector<std::byte> bytes{static_cast<std::byte>(std::max(1.0F, step))};
        for (std::size_t i = 0; i < x.size(); ++i)
            bytes.push_back(static_cast<std::byte>(x.data[i] / static_cast<int>(bytes[0])));
        return bytes;
    }
    static auto decode(std::span<std::byte const> bytes, extents<2> const &shape) -> picture<std::uint8_t, 2> {
        picture<std::uint8_t, 2> x(shape, 1);
        int const step = static_cast<int>(bytes[0]);
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = static_cast<std::uint8_t>(std::min(static_cast<int>(bytes[i + 1]) * step + step / 2, 255));
        return x;
    }
};
} // namespace

static_assert(codec_for<photo> && codec_for<lossless, float, 3> && codec_for<best_of<photo, lossless>>);
static_assert(!codec_for<transform::identity> && !codec_for<int>);

BOOST_AUTO_TEST_CASE(the_smaller_stream_wins_and_is_its_codecs_own) {
    best_of<photo, lossless> const c;
    auto const x = chart();
    auto const bytes = c.encode(x, scale(75));
    BOOST_TEST((bytes == lossless{}.encode(x)));
    BOOST_TEST(bytes.size() < photo{}.encode(x, scale(75)).size());
    BOOST_TEST((std::memcmp(c.decode(bytes).data(), x.data(), x.size()) == 0));
    auto const n = noise(64, 64);
    BOOST_TEST((c.encode(n, scale(50)) == photo{}.encode(n, scale(50))));
    BOOST_TEST((c.encode(n, exact) == lossless{}.encode(n)));
    BOOST_CHECK_THROW((void)best_of<photo>{}.encode(n, exact), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(streams_of_others_are_refused) {
    using other = codec<transform::identity, quantizer::uniform, coder::range<>>;
    auto const stream = other{}.encode(noise(8, 8), exact);
    BOOST_TEST((best_of<photo, lossless>{}.try_decode(stream).error.code == errc::codec));
    best_of<photo, lossless> const c;
    BOOST_CHECK_THROW((void)c.decode(stream), format_error);
}

BOOST_AUTO_TEST_CASE(a_goal_that_is_missed_is_said_to_be) {
    // The header alone takes more.
    auto const o = photo{}.meet(noise(8, 8), bits_per_pixel(0.01));
    BOOST_TEST(!o.met);
    BOOST_TEST(o.reached == 8 * static_cast<double>(o.bytes.size()) / 64);
    auto const p = photo{}.meet(noise(64, 64), psnr(36));
    BOOST_TEST((p.met && std::abs(p.reached - 36) <= 0.1));
    BOOST_TEST(photo{}.meet(noise(64, 64), scale(10)).met);
}

BOOST_AUTO_TEST_CASE(psnr_is_met_on_flat_pictures) {
    for (int const v : {0, 1, 77, 255})
        for (double const dB : {30.0, 40.0, 55.0}) {
            auto const x = flat(8, 8, static_cast<std::uint8_t>(v));
            auto const o = photo{}.meet(x, psnr(dB));
            BOOST_TEST(o.met);
            BOOST_TEST(metric::psnr(x, photo{}.decode(o.bytes)) >= dB - 0.1);
        }
}

BOOST_AUTO_TEST_CASE(a_foreign_format_meets_goals) {
    auto const x = noise(40, 30);
    int encodes = 0;
    auto const encode = [&](target const &aim) { return ++encodes, foreign::encode(x.view(), aim.step); };
    auto const decode = [&](std::span<std::byte const> bytes) { return foreign::decode(bytes, x.shape()); };
    auto const o = meet<std::uint8_t, 2>(x.view(), psnr(35), encode, decode);
    BOOST_TEST((metric::psnr(x, foreign::decode(o.bytes, x.shape())) >= 34.9));
    auto const within = meet<std::uint8_t, 2>(x.view(), max_error(5), encode, decode);
    auto const y = foreign::decode(within.bytes, x.shape());
    int worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(x.data()[i] - y.data()[i]));
    BOOST_TEST(worst <= 5);
    // A codec that says how large the step may be is encoded once.
    encodes = 0;
    abilities can;
    can.reversible = true, can.step_within = [](std::int64_t e) { return static_cast<float>(2 * e + 1); };
    (void)meet<std::uint8_t, 2>(x.view(), max_error(5), encode, decode, can);
    BOOST_TEST(encodes == 1);
}

BOOST_AUTO_TEST_SUITE_END()
