// families: names and descriptions, which streams depend on, and codecs under another schedule.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include <triptych/families.hpp>
#include <triptych/presets.hpp>

namespace {
using namespace triptych;

template <class Codec>
void is(std::string_view label, std::string const &description) {
    BOOST_TEST(Codec::label == label);
    BOOST_TEST((triptych::description<Codec, std::string>() == description));
}
auto slope(std::size_t h, std::size_t w) -> picture<std::uint8_t, 2> {
    picture<std::uint8_t, 2> p({h, w}, 1);
    for (std::size_t i = 0; i < p.size(); ++i) p.data()[i] = static_cast<std::uint8_t>(i % w + i / w + i * i % 7);
    return p;
}
} // namespace

BOOST_AUTO_TEST_SUITE(named_families)

BOOST_AUTO_TEST_CASE(names_and_panels_stay) {
    is<near_lossless>("near-lossless", "codec<identity,uniform,range<predictive>>");
    is<families::dct>("dct", "codec<chain<colour<ycbcr>,dct<8>>,dead_zone,range<neighbourhood>>");
    is<families::wavelet>("wavelet", "codec<chain<colour<ycbcr>,wavelet<cdf97,5>>,dead_zone,range<neighbourhood>>");
    is<families::jpeg_like>("jpeg-like",
                            "codec<chain<colour<ycbcr420>,dct<8>>,matrix<annex_k,uniform>,run_length<huffman<table>>>");
    is<families::pca>("pca", "codec<pca<8,8,192>,dead_zone,range<neighbourhood>>");
    is<families::icons>("icons", "codec<identity,none,range<pretrained>>");
    is<families::palette>("palette", "codec<identity,palette,range<pretrained>>");
    is<families::levels2>("levels2", "codec<identity,levels<2>,range<pretrained>>");
    is<families::levels3>("levels3", "codec<identity,levels<3>,range<pretrained>>");
    is<families::levels4>("levels4", "codec<identity,levels<4>,range<pretrained>>");
    is<families::levels6>("levels6", "codec<identity,levels<6>,range<pretrained>>");
    is<families::scans>("scans", "codec<eigenpicture,learned_dead_zone,range<conditional_scale>>");
    is<families::mixture>("mixture", "codec<mixture<eigenpicture,32>,learned_dead_zone,range<conditional_scale>>");
    is<families::blocks>("blocks", "codec<predicted_klt<16>,learned_dead_zone,range<conditional_scale>>");
    is<families::blocks8>("blocks8", "codec<predicted_klt<8>,learned_dead_zone,range<conditional_scale>>");
    is<families::registered>("registered", "codec<identity,none,range<autoregressive>>");
}

BOOST_AUTO_TEST_CASE(near_lossless_keeps_its_bound) {
    auto const p = slope(40, 50);
    auto const stream = near_lossless{}.encode(p, max_error(2));
    BOOST_TEST(peek(stream).value.label == "near-lossless");
    auto const again = near_lossless{}.decode(stream);
    int most = 0;
    for (std::size_t i = 0; i < p.size(); ++i) most = std::max(most, std::abs(p.data()[i] - again.data()[i]));
    BOOST_TEST((most >= 1 && most <= 2));
}

BOOST_AUTO_TEST_CASE(another_schedule_keeps_panels_and_name) {
    BOOST_TEST((with_schedule<photo, preset_schedule>::id == photo::id));
    BOOST_TEST((with_schedule<near_lossless, whole>::id == near_lossless::id));
    using small = with_schedule<lossless, tiles<16>>;
    BOOST_TEST(small::id != lossless::id);
    auto const p = slope(70, 90);
    auto const stream = small{}.encode(p, exact);
    BOOST_TEST(peek(stream).value.label == "lossless");
    auto const part = small{}.decode_region(stream, {{20, 30}, {5, 6}});
    for (std::size_t y = 0; y < 5; ++y)
        for (std::size_t x = 0; x < 6; ++x) BOOST_TEST(part.data()[y * 6 + x] == p.data()[(20 + y) * 90 + 30 + x]);
}

BOOST_AUTO_TEST_SUITE_END()
