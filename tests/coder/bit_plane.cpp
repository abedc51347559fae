// Streams of bit planes: whole ones are exact, beginnings are coarser pictures that never say anything wrong.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>

#include <triptych/codec.hpp>
#include <triptych/coder/bit_plane.hpp>
#include <triptych/coder/prefix.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/wavelet.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

namespace {
template <class B>
auto begun(B const &like, std::span<std::byte const> bytes) -> B {
    B y(like.layout(), typename B::value_type{77});
    byte_reader r(bytes);
    coder::bit_plane<>{}.decode_prefix(y, r);
    BOOST_TEST((r.ok() && r.remaining() == 0));
    return y;
}
template <class B>
auto distance(B const &x, B const &y) -> double {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += std::pow(double(x.data()[i]) - double(y.data()[i]), 2);
    return sum;
}
auto picture_of(std::size_t h, std::size_t w) -> picture<std::uint8_t, 2> {
    picture<std::uint8_t, 2> p({h, w}, 1);
    auto const f = field(h, w, 5, 3);
    for (std::size_t i = 0; i < p.size(); ++i)
        p.data()[i] = static_cast<std::uint8_t>(std::min(255, std::max(0, f.data()[i] + 128)));
    return p;
}
} // namespace

BOOST_AUTO_TEST_SUITE(bit_plane)

static_assert(embedded_coder<coder::bit_plane<>, bands<std::int32_t, 3>> &&
              !embedded_coder<coder::range<>, bands<std::int32_t, 3>>);

BOOST_AUTO_TEST_CASE(beginnings_come_closer) {
    auto const x =
        geometric<std::int16_t>(pyramid(64, 80, 3, 12), 1, [](std::size_t b) { return 60.0 / (1 + double(b % 10)); });
    auto const bytes = encoded(coder::bit_plane<>{}, x);
    double before = distance(x, bands<std::int16_t, 2>(x.layout(), 0));
    BOOST_TEST(distance(x, begun(x, std::span(bytes.data(), 0))) == before);
    for (std::size_t tenth = 1; tenth <= 10; ++tenth) {
        auto const now = distance(x, begun(x, std::span(bytes.data(), bytes.size() * tenth / 10)));
        BOOST_TEST(now < before);
        before = now;
    }
    BOOST_TEST(before == 0);
}

// Nothing that a beginning says is taken back: signs are right, and magnitudes lie in the interval that their planes leave.
BOOST_AUTO_TEST_CASE(every_cut_tells_the_truth) {
    for (auto const &where : {pyramid(13, 22, 2, 12), blocks(16, 24, 8, 9), planes<2>({7, 9}, 3, 16)}) {
        auto const x = geometric<std::int16_t>(where, 2, [](std::size_t b) {
            return b % 3 == 0 ? 200.0 : b % 3 == 1 ? 3.0 : 0.2;
        });
        auto const bytes = encoded(coder::bit_plane<>{}, x);
        bool truth = true;
        for (std::size_t n = 0; n <= bytes.size(); ++n) {
            auto const y = begun(x, std::span(bytes.data(), n));
            for (std::size_t i = 0; i < x.size(); ++i)
                if (double const v = y.data()[i], u = x.data()[i]; v != 0)
                    truth = truth && u / v > 0.72 && u / v <= 1.5; // what lies within [m, 2m) stands as m + 3/8 m
        }
        BOOST_TEST(truth);
        BOOST_TEST(same(x, begun(x, bytes)));
    }
}

BOOST_AUTO_TEST_CASE(bits_are_settled_whatever_follows) {
    std::mt19937 random(5);
    byte_writer w;
    coder::binary_encoder e;
    std::vector<std::pair<std::uint32_t, bool>> bits(900);
    for (auto &[p, b] : bits)
        p = static_cast<std::uint32_t>(1 + random() % 65535), b = random() % 65536 < p, e.bit(p, b);
    e.finish(w);
    std::size_t most = 0;
    for (std::size_t n = 0; n <= w.size(); ++n) {
        byte_reader r(w.view().first(n));
        coder::binary_decoder d(r);
        std::size_t known = 0;
        bool right = true;
        for (; known < bits.size() && d.settled(bits[known].first); ++known)
            right = right && d.bit(bits[known].first) == bits[known].second;
        BOOST_TEST(right);
        BOOST_TEST(known >= most);
        most = known;
    }
    BOOST_TEST(most == bits.size());
}

BOOST_AUTO_TEST_CASE(a_codec_of_prefixes) {
    using whole = codec<transform::wavelet<transform::wavelet_filter::cdf97>, quantizer::dead_zone, coder::bit_plane<>>;
    using cut = codec<transform::wavelet<transform::wavelet_filter::cdf97>, quantizer::dead_zone,
                      coder::prefix<coder::bit_plane<>>>;
    static_assert(whole::id == cut::id);
    auto const x = picture_of(61, 83);
    auto const bytes = whole{}.encode(x, step(2), framing::bare);
    BOOST_TEST((bytes == cut{}.encode(x, step(2), framing::bare)));
    double before = 1e300;
    for (std::size_t const n : {bytes.size() / 40, bytes.size() / 8, bytes.size() / 2, bytes.size()}) {
        std::span const part(bytes.data(), n);
        if (n < bytes.size()) {
            auto const refused = whole{}.try_decode<std::uint8_t, 2>(part, framing::bare, x.shape(), 1);
            BOOST_TEST((refused.error.code == errc::truncated));
        }
        auto const y = cut{}.try_decode<std::uint8_t, 2>(part, framing::bare, x.shape(), 1);
        BOOST_TEST(!y.error);
        double now = 0;
        for (std::size_t i = 0; i < x.size(); ++i) now += std::pow(double(x.data()[i]) - double(y.value.data()[i]), 2);
        BOOST_TEST(now < before);
        before = now;
    }
    BOOST_TEST(before < 3.0 * static_cast<double>(x.size()));
}

BOOST_AUTO_TEST_SUITE_END()
