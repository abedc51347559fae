// quantizer::codebook, given and learned, against the definition.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <stdexcept>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/quantizer/codebook_dbscan.hpp>
#include <triptych/learn/quantizer/codebook_som.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/codebook.hpp>
#include <triptych/transform/identity.hpp>

#include "vectors.hpp"

namespace tt = triptych;
using tt::quantizer::entries_by;
using vectors::layout_of;
using vectors::noise;
using vectors::planes;

namespace {
auto book_of(std::vector<std::int32_t> const &entries, std::uint32_t elements) {
    tt::quantizer::codebook<64> q;
    q.entries = tt::frozen<std::int32_t>::owned(entries, tt::dims{std::uint32_t(entries.size() / elements), elements});
    return q;
}
} // namespace

BOOST_AUTO_TEST_SUITE(quantizer_codebook)

BOOST_AUTO_TEST_CASE(takes_the_nearest_entry) {
    std::mt19937 random(4);
    for (std::size_t const m : {1u, 3u, 5u})
        for (std::size_t const k : {1u, 2u, 37u})
            for (bool const interleaved : {false, true}) {
                std::vector<std::int32_t> entries;
                for (std::size_t i = 0; i < k * m; ++i) entries.push_back((std::int32_t(random() % 40) - 20) * 13);
                auto const q = book_of(entries, std::uint32_t(m));
                auto const x = noise(layout_of(m, 0, interleaved), unsigned(m + k));
                auto const symbols = q.quantize(x.clone(), {});
                BOOST_REQUIRE(symbols.count() == 2u);
                BOOST_TEST(symbols.info(1).bits == std::bit_width(k - 1) + 1);
                auto const y = q.dequantize(symbols.clone(), {}, x.layout());
                for (std::size_t i = 0; i < 20; ++i)
                    for (std::size_t j = 0; j < 30; ++j) {
                        std::int64_t least = std::numeric_limits<std::int64_t>::max(), index = -1;
                        for (std::size_t e = 0; e < k; ++e) {
                            std::int64_t s = 0;
                            for (std::size_t c = 0; c < m; ++c) {
                                std::int64_t const d = x[c + 1](i, j) - entries[e * m + c];
                                s += d * d;
                            }
                            if (s < least) least = s, index = std::int64_t(e);
                        }
                        if (symbols[1](i, j) != index) BOOST_TEST(symbols[1](i, j) == index);
                        for (std::size_t c = 0; c < m; ++c)
                            if (y[c + 1](i, j) != entries[std::size_t(index) * m + c]) BOOST_TEST(false, "value");
                    }
                for (std::size_t i = 0; i < 12; ++i) BOOST_TEST(y.data()[i] == x.data()[i]); // the side band
            }
}

BOOST_AUTO_TEST_CASE(fractions_and_widths) {
    auto const q = book_of({3, 1 << 20, -3, -(1 << 20)}, 2);
    for (int const frac : {-1, 0, 3, 6}) {
        auto const where = layout_of(2, static_cast<std::int8_t>(frac));
        planes symbols(q.arrange(where, {}), std::int16_t{0});
        symbols[1](0, 1) = 1, symbols[1](0, 2) = 999, symbols[1](0, 3) = -999;
        auto const y = q.dequantize(std::move(symbols), {}, where);
        BOOST_TEST(y[1](0, 0) == (frac < 0 ? 2 : 3 << frac));     // 1.5 is rounded up,
        BOOST_TEST(y[1](0, 1) == (frac < 0 ? -1 : -(3 << frac))); // and so is -1.5
        BOOST_TEST(y[2](0, 0) == 2047);
        BOOST_TEST(y[2](0, 1) == -2048);
        BOOST_TEST(y[1](0, 2) == y[1](0, 1)); // indices that there are not
        BOOST_TEST(y[1](0, 3) == y[1](0, 0));
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_passes) {
    auto const q = book_of({0, 0, 160, 160}, 2);
    auto const x = noise(layout_of(3), 1);
    BOOST_TEST((q.arrange(x.layout(), {}) == x.layout()));
    auto const y = q.quantize(x.clone(), {});
    BOOST_TEST(std::equal(y.data(), y.data() + y.size(), x.data()));
    BOOST_TEST(!tt::quantizer::codebook<>{}.trained());
}

BOOST_AUTO_TEST_CASE(few_colours_are_a_palette_without_loss) {
    tt::picture<std::uint8_t, 2> p({30, 40}, 3);
    std::mt19937 random(3);
    for (std::size_t i = 0; i < 1200; ++i) {
        auto const colour = random() % 20;
        for (std::size_t c = 0; c < 3; ++c) p.data()[3 * i + c] = static_cast<std::uint8_t>(colour * (7 + 2 * c));
    }
    using codec = tt::codec<tt::transform::identity, tt::per_image<tt::quantizer::codebook<32>>, tt::coder::range<>>;
    auto const bytes = codec{}.encode(p, tt::step(8));
    auto const y = codec{}.decode(bytes);
    BOOST_TEST(std::equal(y.samples().begin(), y.samples().end(), p.samples().begin()));
    BOOST_TEST(bytes.size() < 1200); // 4.3 bits a pixel and sixty numbers

    using smaller = tt::codec<tt::transform::identity, tt::per_image<tt::quantizer::codebook<8>>, tt::coder::range<>>;
    auto const z = smaller{}.decode(smaller{}.encode(p, tt::step(8)));
    std::set<std::vector<std::uint8_t>> colours;
    for (std::size_t i = 0; i < 1200; ++i)
        colours.insert({z.samples().begin() + 3 * std::ptrdiff_t(i), z.samples().begin() + 3 * std::ptrdiff_t(i) + 3});
    BOOST_TEST(colours.size() == 8u);
}

BOOST_AUTO_TEST_CASE(learns_as_k_means_and_merges) {
    using policy = tt::quantizer::codebook<4>;
    planes x(layout_of(2)); // four clouds
    std::mt19937 random(8);
    for (std::size_t i = 0; i < 20; ++i)
        for (std::size_t j = 0; j < 30; ++j)
            for (std::size_t c = 0; c < 2; ++c)
                x[c + 1](i, j) = static_cast<std::int16_t>(int((i + (c ? j : 0)) % 2) * 100 + int(random() % 9));
    tt::learner<policy> one, two, other;
    one.observe(x), one.observe(x), two.observe(x), other.observe(x), two.merge(other);
    auto const p = one.finish(), q = two.finish();
    BOOST_TEST(tt::model_fingerprint(p) == tt::model_fingerprint(q));
    BOOST_TEST(p.entries.size() == 8u);
    for (std::size_t i = 0; i < 8; ++i) {
        double const v = double(p.entries[i]);
        BOOST_TEST(std::min(std::abs(v - 4), std::abs(v - 104)) < 1);
    }
    tt::learner<policy> nothing;
    BOOST_CHECK_THROW(nothing.finish(), std::invalid_argument);
    BOOST_CHECK_THROW(one.observe(noise(layout_of(3), 1)), std::invalid_argument);
}

namespace {
/// Twelve small clouds along the direction (3, -1), in no order, and `alone` single vectors far away from it.
auto clouds(bool alone) {
    planes x(layout_of(2));
    std::mt19937 random(5);
    for (std::size_t i = 0; i < 20; ++i)
        for (std::size_t j = 0; j < 30; ++j) {
            auto const cloud = int((i * 7 + j * 5) % 12);
            x[1](i, j) = std::int16_t(30 * cloud - 150 + int(random() % 3));
            x[2](i, j) = std::int16_t(-10 * cloud + int(random() % 3));
            if (alone && i == 4 && j % 10 == 0) x[2](i, j) = std::int16_t(180 + 20 * j);
        }
    return x;
}
template <entries_by By, std::size_t K>
auto learned() {
    tt::learner<tt::quantizer::codebook<K, By>> l;
    l.observe(clouds(By == entries_by::dbscan));
    return l.finish();
}
} // namespace

BOOST_AUTO_TEST_CASE(entries_lie_in_order) {
    // Along the axis of the clouds, towards the greater sum, though sums of neighbours waver.
    auto const q = learned<entries_by::k_means, 12>();
    for (std::size_t i = 2; i < q.entries.size(); i += 2)
        BOOST_TEST(3 * (q.entries[i] - q.entries[i - 2]) - (q.entries[i + 1] - q.entries[i - 1]) > 0);
}

BOOST_AUTO_TEST_CASE(dbscan_finds_the_clouds_and_a_chain_has_neighbours_that_are_alike) {
    auto const q = learned<entries_by::dbscan, 12>();
    BOOST_TEST(q.count() == 12u);
    for (std::size_t i = 0; i < q.count(); ++i) {
        BOOST_TEST(std::abs(double(q.entries[2 * i]) - (30 * double(i) - 149)) <= 1);
        BOOST_TEST(std::abs(double(q.entries[2 * i + 1]) - (1 - 10 * double(i))) <= 1);
    }
    // Each unit of the map is nearer to the next than to the one after it, with few exceptions.
    auto const chain = learned<entries_by::som, 20>();
    auto const apart = [&](std::size_t i, std::size_t j) {
        return std::hypot(double(chain.entries[2 * i] - chain.entries[2 * j]),
                          double(chain.entries[2 * i + 1] - chain.entries[2 * j + 1]));
    };
    std::size_t folds = 0;
    for (std::size_t i = 0; i + 2 < chain.count(); ++i) folds += apart(i, i + 1) > apart(i, i + 2);
    BOOST_TEST(chain.count() == 20u);
    BOOST_TEST(folds <= 2u);
}

BOOST_AUTO_TEST_CASE(few_vectors_are_entries_whatever_learns) {
    planes x(layout_of(2), std::int16_t{5});
    tt::learner<tt::quantizer::codebook<4, entries_by::dbscan>> l;
    l.observe(x);
    BOOST_TEST(l.finish().count() == 1u);
    tt::learner<tt::quantizer::codebook<4, entries_by::som>> nothing;
    BOOST_CHECK_THROW(nothing.finish(), std::invalid_argument);
    auto lenient = tt::learner<tt::quantizer::codebook<4, entries_by::som>>::for_one_picture();
    BOOST_TEST(!lenient.finish().trained());
}

BOOST_AUTO_TEST_SUITE_END()
