#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/residual.hpp>

#include "toy.hpp"

namespace tt = triptych;

namespace {
/// A texture of one orientation, as a basis of its own likes and a cosine basis does not.
auto stripes(std::size_t h, std::size_t w) {
    tt::picture<std::uint8_t, 2> p({h, w}, 3);
    std::mt19937 random(3);
    for (std::size_t i = 0; i < h; ++i)
        for (std::size_t j = 0; j < w; ++j) {
            double const v =
                std::sin(0.7 * double(i) + 0.9 * double(j)) + 0.6 * std::sin(1.9 * double(i) - 1.1 * double(j));
            for (std::size_t c = 0; c < 3; ++c)
                p.data()[(i * w + j) * 3 + c] =
                    static_cast<std::uint8_t>(std::lround(128 + (c == 1 ? 60 : -40) * v + double(random() % 5)));
        }
    return p;
}
auto error(tt::picture<std::uint8_t, 2> const &a, tt::picture<std::uint8_t, 2> const &b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double(a.data()[i]) - b.data()[i], 2);
    return sum / double(a.size());
}
using own = tt::codec<tt::per_image<tt::transform::pca<8, 8, 16>>, tt::quantizer::dead_zone, tt::coder::range<>>;
using fixed = tt::codec<tt::transform::pca<8, 8, 16>, tt::quantizer::dead_zone, tt::coder::range<>>;
} // namespace

BOOST_AUTO_TEST_SUITE(state_per_image)

BOOST_AUTO_TEST_CASE(a_basis_of_its_own_travels_with_the_picture) {
    auto const p = stripes(256, 256);
    auto const learned = own{}.encode(p, tt::step(8)), plain = fixed{}.encode(p, tt::step(8));
    auto const from_learned = own{}.decode(learned), from_plain = fixed{}.decode(plain);
    BOOST_TEST_MESSAGE("own basis " << learned.size() << " B, mse " << error(p, from_learned) << "; cosines "
                                    << plain.size() << " B, mse " << error(p, from_plain));
    BOOST_TEST(error(p, from_learned) < 0.2 * error(p, from_plain));
    BOOST_TEST(own{}.model() == 0u);
    BOOST_TEST(tt::parameter_count(own{}) == 0u);
    BOOST_TEST(own::id != fixed::id);
    static_assert(tt::per_picture<tt::per_image<tt::transform::pca<8, 8, 16>>, tt::bands<std::int16_t, 2>>);
    static_assert(!tt::stateful<tt::per_image<tt::transform::pca<8, 8, 16>>>);
}

BOOST_AUTO_TEST_CASE(small_and_empty_pictures_are_served) {
    for (auto const &[h, w] : {std::pair<std::size_t, std::size_t>{0, 0}, {1, 1}, {9, 3}, {8, 8}, {40, 40}}) {
        auto const p = stripes(h, w);
        auto const again = own{}.decode(own{}.encode(p, tt::step(2)));
        BOOST_TEST(again.size() == p.size());
    }
}

BOOST_AUTO_TEST_CASE(all_types_and_edges_come_back) {
    tt::per_image<toy> const sent(make_toy());
    tt::byte_writer w;
    sent.write(w);
    w.u8(77);
    tt::byte_reader r(w.view());
    auto const got = sent.restore(r);
    BOOST_TEST(r.ok());
    BOOST_TEST(r.u8() == 77);
    BOOST_TEST(tt::model_fingerprint(got.policy()) == tt::model_fingerprint(make_toy()));
    BOOST_TEST(w.size() < 600u); // 495 bytes of noise

    tt::byte_writer none;
    tt::per_image<toy>{}.write(none);
    BOOST_TEST(none.size() == 5u);
    tt::byte_reader again(none.view());
    BOOST_TEST(sent.restore(again).policy().a.empty());
    BOOST_TEST(again.ok());
}

BOOST_AUTO_TEST_CASE(what_decoders_would_refuse_is_not_written) {
    tt::quantizer::residual<2> book;
    std::vector<std::int32_t> const numbers((1 << 22) + 4096);
    book.entries = tt::frozen<std::int32_t>::owned(numbers, tt::dims{1, 1025, 4096});
    BOOST_REQUIRE(book.valid());
    tt::byte_writer w;
    BOOST_CHECK_THROW(tt::per_image<tt::quantizer::residual<2>>(book).write(w), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(hostile_states_are_refused) {
    auto const restore = [](std::vector<std::uint8_t> const &v, tt::limits const &most = {}) {
        tt::byte_reader r(std::as_bytes(std::span(v)), most);
        (void)tt::per_image<tt::transform::pca<1, 2, 1>>{}.restore(r);
        return r.error().code;
    };
    BOOST_TEST((restore({}) == tt::errc::truncated));
    BOOST_TEST((restore({5}) == tt::errc::corrupt));
    BOOST_TEST((restore({1, 0xff, 0xff, 0xff, 0xff, 0x0f}) == tt::errc::limit));
    BOOST_TEST((restore({4, 0xff, 0xff, 1, 0xff, 0xff, 1, 0xff, 0xff, 1, 0xff, 0xff, 1}) == tt::errc::limit));
    BOOST_TEST((restore({1, 0x80, 0x80, 1, 0}, tt::limits{1000, 1000}) == tt::errc::limit));
    BOOST_TEST((restore({1, 2, 40}) == tt::errc::corrupt));
    BOOST_TEST((restore({0, 0}) == tt::errc::none));
    // Arrays that can be read but do not fit the policy.
    tt::byte_writer w;
    tt::transform::pca<1, 2, 2> p;
    p.mean = tt::frozen<std::int32_t>::owned(std::array<std::int32_t, 2>{1, 2}, tt::dims{2u});
    p.basis = tt::frozen<std::int16_t>::owned(std::array<std::int16_t, 4>{1, 2, 3, 4}, tt::dims{2u, 2u});
    tt::per_image<tt::transform::pca<1, 2, 2>>{p}.write(w);
    std::vector<std::uint8_t> bytes;
    for (auto const b : w.view()) bytes.push_back(static_cast<std::uint8_t>(b));
    BOOST_TEST((restore(bytes) == tt::errc::corrupt));

    auto const stream = own{}.encode(stripes(64, 64), tt::step(8), tt::framing::bare);
    auto const decode = [](std::vector<std::byte> const &b) {
        tt::extents<2> const shape{64, 64};
        tt::limits const most{1 << 16, 1 << 24};
        return bool(own{}.try_decode<std::uint8_t, 2>(b, tt::framing::bare, shape, 3, most));
    };
    std::mt19937 random(5);
    for (int i = 0; i < 300; ++i) {
        auto changed = stream;
        changed[random() % std::min<std::size_t>(changed.size(), i < 200 ? 40 : changed.size())] =
            static_cast<std::byte>(random());
        (void)decode(changed);
        changed.resize(random() % stream.size());
        BOOST_TEST(!decode(changed));
    }
}

BOOST_AUTO_TEST_SUITE_END()
