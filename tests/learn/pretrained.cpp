// learner<coder::range<model::pretrained>>: what a corpus is worth, and that the result depends on nothing else.
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <random>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <triptych/learn/coder/pretrained.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/storage/header.hpp>
#include <triptych/learn/storage/safetensors.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

namespace tt = triptych;
using icons = tt::codec<tt::transform::identity, tt::quantizer::none, tt::coder::range<tt::model::pretrained>>;

namespace {
/// Three of eight glyphs, in two of six colours; `components` 1 (black on white) or 4.
auto drawn(std::size_t components, unsigned seed) {
    static constexpr std::array<std::array<std::uint8_t, 8>, 8> glyphs{{{0x18, 0x24, 0x42, 0x7e, 0x42, 0x42, 0x42, 0},
                                                                        {0x7c, 0x42, 0x42, 0x7c, 0x42, 0x42, 0x7c, 0},
                                                                        {0x3c, 0x42, 0x40, 0x40, 0x40, 0x42, 0x3c, 0},
                                                                        {0x78, 0x44, 0x42, 0x42, 0x42, 0x44, 0x78, 0},
                                                                        {0x7e, 0x40, 0x40, 0x7c, 0x40, 0x40, 0x7e, 0},
                                                                        {0x3c, 0x7e, 0xff, 0xff, 0xff, 0x7e, 0x3c, 0},
                                                                        {0x42, 0x42, 0x42, 0x7e, 0x42, 0x42, 0x42, 0},
                                                                        {0x08, 0x1c, 0x3e, 0x7f, 0x3e, 0x1c, 0x08, 0}}};
    tt::picture<std::uint8_t, 2> p({24, 24}, components);
    for (std::size_t i = 0; i < p.size(); ++i) p.data()[i] = 0;
    std::mt19937 random(seed);
    for (int n = 0; n < 3; ++n) {
        auto const &g = glyphs[random() % 8];
        auto const y0 = random() % 17, x0 = random() % 17, colour = random() % 6;
        for (std::size_t y = 0; y < 8; ++y)
            for (std::size_t x = 0; x < 8; ++x)
                if (g[y] >> (7 - x) & 1)
                    for (std::size_t c = 0; c < components; ++c)
                        p.data()[((y0 + y) * 24 + x0 + x) * components + c] =
                            static_cast<std::uint8_t>(c + 1 == components ? 255 : 40 * colour + 7 * c);
    }
    return p;
}
auto corpus_of(std::size_t components, std::size_t n) {
    std::vector<tt::picture<std::uint8_t, 2>> c;
    for (std::size_t i = 0; i < n; ++i) c.push_back(drawn(components, static_cast<unsigned>(i)));
    return c;
}
auto bytes_of(icons const &c, std::size_t components) {
    std::size_t n = 0;
    for (unsigned seed = 1000; seed < 1020; ++seed) {
        auto const p = drawn(components, seed);
        auto const s = c.encode(p, tt::exact, tt::framing::record);
        auto const again = c.try_decode<std::uint8_t, 2>(s, tt::framing::record, p.shape(), components);
        BOOST_TEST(!again.error);
        BOOST_TEST(std::equal(p.data(), p.data() + p.size(), again.value.data()));
        n += s.size();
    }
    return n;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_pretrained)

BOOST_AUTO_TEST_CASE(unseen_pictures_of_the_kind_take_less_than_half) {
    for (std::size_t const components : {1u, 4u}) {
        auto const learned = tt::fit<icons>(corpus_of(components, 150));
        BOOST_TEST(2 * bytes_of(learned, components) < bytes_of(icons{}, components));
    }
}

BOOST_AUTO_TEST_CASE(pictures_of_another_kind_cost_little_more_than_without_a_model) {
    auto const learned = tt::fit<icons>(corpus_of(4, 60));
    tt::picture<std::uint8_t, 2> noise({24, 24}, 4);
    std::mt19937 random(3);
    for (std::size_t i = 0; i < noise.size(); ++i) noise.data()[i] = static_cast<std::uint8_t>(random());
    auto const size = learned.encode(noise, tt::exact, tt::framing::record).size();
    BOOST_TEST(size > noise.size());
    BOOST_TEST(size < 2 * noise.size());
}

BOOST_AUTO_TEST_CASE(threads_do_not_matter_and_the_size_is_kept) {
    auto const corpus = corpus_of(4, 40);
    tt::fit_options options;
    auto const one = tt::fit<icons>(corpus, options);
    options.threads = 3;
    BOOST_TEST(tt::fit<icons>(corpus, options).model() == one.model());
    options.model_size = 60'000;
    auto const small = tt::fit<icons>(corpus, options);
    BOOST_TEST(small.coder().model.slots.size() == 5000u);
    BOOST_TEST(2 * tt::parameter_count(small) <= 60'000u);
    BOOST_TEST(bytes_of(small, 4) > bytes_of(one, 4));
}

BOOST_AUTO_TEST_CASE(files_and_headers_carry_it) {
    auto const learned = tt::fit<icons>(corpus_of(1, 30));
    std::stringstream file;
    tt::save(learned, file);
    auto const text = file.str();
    BOOST_TEST(tt::load<icons>(std::as_bytes(std::span(text))).model() == learned.model());
    std::ostringstream header;
    tt::write_header(header, "digits", learned);
    BOOST_TEST(header.str().find("coder.model.values.weights") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_to_learn_from_leaves_the_model_alone) {
    tt::learner<tt::coder::range<tt::model::pretrained>> l;
    BOOST_TEST(l.finish().model.slots.empty());
    tt::bands<std::int32_t, 2> wide;
    tt::layout<2> where;
    tt::band_info<2> info;
    info.bits = 20;
    where.add({2, 2}, info);
    BOOST_CHECK_THROW(l.observe(tt::bands<std::int32_t, 2>(where, 0)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
