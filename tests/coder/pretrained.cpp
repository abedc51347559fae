// model::pretrained: any layout comes back whatever the arrays say, and what it costs beside what is known of the data.
#include <boost/test/unit_test.hpp>

#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/range.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

using pretrained = coder::range<model::pretrained>;
static_assert(stateful<pretrained> && streaming_coder<pretrained, bands<std::int32_t, 3>>);

namespace {
/// Arrays of the right extents, full of anything.
auto hostile(unsigned seed) -> pretrained {
    std::mt19937 random(seed);
    auto const fill = [&]<class T>(frozen<T> &a, std::uint32_t rows, std::uint32_t columns) {
        std::vector<T> v(std::size_t{rows} * columns);
        for (auto &x : v) x = static_cast<T>(random());
        a = frozen<T>::owned(v, columns > 1 ? dims{rows, columns} : dims{rows});
    };
    pretrained c;
    fill(c.model.slots, 4000, 1);
    std::size_t k = 0;
    for (auto *a : {&c.model.flags, &c.model.colours, &c.model.values}) {
        fill(a->corpus, 16, 128), fill(a->picture, 16, 225);
        fill(a->weights, static_cast<std::uint32_t>(model::detail::mixers[k++]), 33);
    }
    return c;
}
auto bytes_of(pretrained const &c, bands<std::int16_t, 2> const &x) -> std::size_t {
    byte_writer w;
    c.encode(x, w);
    return w.view().size();
}
/// Discs of few colours on nothing, mirrored: what the model is for. Components R, G, B, A.
auto icon(std::size_t side, unsigned seed) -> bands<std::int16_t, 2> {
    bands<std::int16_t, 2> x(planes<2>({side, side}, 4, 8), -128);
    std::mt19937 random(seed);
    for (int disc = 0; disc < 5; ++disc) {
        auto const centre = static_cast<int>(random() % side), half = static_cast<int>(side / 2),
                   r = 3 + static_cast<int>(random() % 12);
        std::array<std::int16_t, 4> const colour{static_cast<std::int16_t>(int(random() % 256) - 128),
                                                 static_cast<std::int16_t>(int(random() % 256) - 128),
                                                 static_cast<std::int16_t>(int(random() % 256) - 128), 127};
        for (std::size_t i = 0; i < side; ++i)
            for (std::size_t j = 0; j < side; ++j) {
                auto const dy = static_cast<int>(i) - centre, dx = static_cast<int>(j) - half;
                if (dy * dy + dx * dx <= r * r)
                    for (std::size_t c = 0; c < 4; ++c) x[c](i, j) = colour[c];
            }
    }
    return x;
}
} // namespace

BOOST_AUTO_TEST_SUITE(pretrained_model)

BOOST_AUTO_TEST_CASE(every_layout_comes_back_with_and_without_state) {
    for (auto const &c : {pretrained{}, hostile(1), hostile(2)}) {
        unsigned seed = 1;
        for (auto const &l :
             {planes<2>({9, 14}, 3, 9), planes<2>({1, 1}, 1, 1), planes<2>({13, 9}, 2, 8), planes<2>({8, 21}, 4, 8),
              planes<2>({5, 7}, 6, 16), planes<2>({0, 7}, 2, 8), blocks(16, 24, 8, 11), pyramid(17, 13, 2, 12)}) {
            BOOST_TEST(survives(c, noise<std::int16_t>(l, seed)));
            BOOST_TEST(survives(c, geometric<std::int32_t>(l, seed, [](std::size_t) { return 2.0; })));
            ++seed;
        }
        BOOST_TEST(survives(c, noise<std::int32_t>(planes<2>({6, 9}, 4, 32), 3)));
    }
}

BOOST_AUTO_TEST_CASE(arrays_of_other_extents_are_refused) {
    auto c = hostile(1);
    BOOST_TEST(c.model.valid());
    c.model.values.weights = c.model.flags.weights;
    BOOST_TEST(!c.model.valid());
    bands<std::int16_t, 2> x(planes<2>({3, 3}, 1, 8), 0);
    byte_writer w;
    BOOST_CHECK_THROW(c.encode(x, w), std::length_error);
    std::vector<std::byte> const zeros(20);
    byte_reader r(zeros);
    c.decode(x, r);
    BOOST_TEST(!r.ok());
}

BOOST_AUTO_TEST_CASE(noise_costs_its_entropy_and_not_much_more) {
    // 64 x 64 x 3 samples of 6 bits: 9216 bytes.
    auto const n = bytes_of(pretrained{}, noise<std::int16_t>(planes<2>({64, 64}, 3, 6), 5));
    BOOST_TEST(n > 9216u);
    BOOST_TEST(n < 9216u * 108 / 100);
    // 64 x 64 samples of 1 bit: 512 bytes.
    auto const m = bytes_of(pretrained{}, noise<std::int16_t>(planes<2>({64, 64}, 1, 1), 5));
    BOOST_TEST(m > 512u);
    BOOST_TEST(m < 512u * 108 / 100);
}

BOOST_AUTO_TEST_CASE(flat_pictures_cost_next_to_nothing) {
    BOOST_TEST(bytes_of(pretrained{}, bands<std::int16_t, 2>(planes<2>({256, 256}, 4, 8), 77)) < 32u);
    BOOST_TEST(bytes_of(pretrained{}, bands<std::int16_t, 2>(planes<2>({256, 256}, 1, 8), 77)) < 64u);
}

BOOST_AUTO_TEST_CASE(drawn_pictures_cost_their_outlines) {
    // Five discs: centre, radius and colour are 5 x 6 bytes; the rest is what an outline costs to find out about, twice mirrored.
    BOOST_TEST(bytes_of(pretrained{}, icon(64, 1)) < 200u);
    BOOST_TEST(bytes_of(pretrained{}, icon(64, 2)) < 200u);
}

BOOST_AUTO_TEST_CASE(transparent_pixels_of_a_colour_come_back) {
    auto x = icon(32, 3);
    BOOST_TEST(survives(pretrained{}, x));
    x[0](3, 5) = 12;
    BOOST_TEST(survives(pretrained{}, x));
}

BOOST_AUTO_TEST_SUITE_END()
