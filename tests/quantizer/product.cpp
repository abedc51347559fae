// quantizer::product, given and learned, against the definition.
#include <boost/test/unit_test.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <stdexcept>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/quantizer/product.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/product.hpp>
#include <triptych/transform/identity.hpp>

#include "vectors.hpp"

namespace tt = triptych;
using vectors::noise;
using vectors::planes;
using vectors::signal_of;

namespace {
/// Signal bands, interleaved or each by itself, and a side band behind the first of them.
auto layout_of(std::size_t components, bool interleaved = false) {
    tt::layout<2> l;
    tt::band_info<2> like;
    like.bits = 12, like.at.component = 5;
    auto side = like;
    side.at.kind = tt::role::side;
    if (interleaved) {
        l.add_group({20, 30}, components, [&](std::size_t) { return like; });
        l.add({3, 4}, side);
        return l;
    }
    for (std::size_t c = 0; c < components; ++c) {
        l.add({20, 30}, like);
        if (c == 0) l.add({3, 4}, side);
    }
    return l;
}
template <std::size_t Pieces>
auto book_of(std::vector<std::int32_t> const &entries, tt::dims shape) {
    tt::quantizer::product<Pieces, 64> q;
    q.entries = tt::frozen<std::int32_t>::owned(entries, shape);
    return q;
}
/// `of` says which elements each piece must have, written down by hand for the cases below.
template <std::size_t Pieces>
void takes_the_nearest_of_each_piece(std::vector<std::vector<std::size_t>> const &of) {
    std::mt19937 random(4);
    auto const n = of.size();
    std::size_t m = 0;
    for (auto const &piece : of) m += piece.size();
    for (std::size_t const k : {1u, 2u, 37u})
        for (bool const interleaved : {false, true}) {
            std::vector<std::int32_t> entries;
            for (std::size_t i = 0; i < k * m; ++i) entries.push_back((std::int32_t(random() % 40) - 20) * 13);
            auto const q = book_of<Pieces>(entries, {std::uint32_t(k), std::uint32_t(m)});
            auto const x = noise(layout_of(m, interleaved), unsigned(m + k));
            auto const signal = signal_of(x);
            auto const symbols = q.quantize(x.clone(), {});
            auto const indices = signal_of(symbols);
            BOOST_REQUIRE((symbols.layout() == q.arrange(x.layout(), {})));
            BOOST_REQUIRE(symbols.count() == n + 1);
            BOOST_REQUIRE(indices.size() == n);
            for (std::size_t j = 0; j < n; ++j) {
                BOOST_TEST(symbols.info(indices[j]).bits == std::bit_width(k - 1) + 1);
                BOOST_TEST(symbols.info(indices[j]).at.component == 5 + j);
            }
            auto const y = q.dequantize(symbols.clone(), {}, x.layout());
            for (std::size_t p = 0; p < 600; ++p)
                for (std::size_t j = 0; j < n; ++j) {
                    std::int64_t least = std::numeric_limits<std::int64_t>::max(), index = -1;
                    for (std::size_t e = 0; e < k; ++e) {
                        std::int64_t s = 0;
                        for (auto const c : of[j]) {
                            std::int64_t const d = x[signal[c]](p / 30, p % 30) - entries[e * m + c];
                            s += d * d;
                        }
                        if (s < least) least = s, index = std::int64_t(e);
                    }
                    auto const found = symbols[indices[j]](p / 30, p % 30);
                    if (found != index) BOOST_TEST(found == index);
                    for (auto const c : of[j])
                        if (y[signal[c]](p / 30, p % 30) != entries[std::size_t(index) * m + c])
                            BOOST_TEST(false, "value");
                }
            for (std::size_t b = 0; b < x.count(); ++b)
                for (std::size_t i = 0; x.info(b).at.kind == tt::role::side && i < 12; ++i)
                    BOOST_TEST(y.data()[y.info(b).offset + i] == x.data()[x.info(b).offset + i]);
        }
}
} // namespace

BOOST_AUTO_TEST_SUITE(quantizer_product)

BOOST_AUTO_TEST_CASE(takes_the_nearest) {
    takes_the_nearest_of_each_piece<1>({{0, 1, 2, 3, 4}});
    takes_the_nearest_of_each_piece<2>({{0, 2}, {1}}); // unequal pieces: the longer ahead
    takes_the_nearest_of_each_piece<3>({{0, 3, 6}, {1, 4, 7}, {2, 5}});
    takes_the_nearest_of_each_piece<4>({{0}, {1}}); // no more pieces than elements
    takes_the_nearest_of_each_piece<2>({{0, 2, 4}, {1, 3, 5}});
}

BOOST_AUTO_TEST_CASE(indices_that_there_are_not) {
    auto const q = book_of<2>({1, 2, 30, 40}, {2, 2});
    auto const where = layout_of(2);
    planes symbols(q.arrange(where, {}), std::int16_t{0});
    auto const indices = signal_of(symbols);
    symbols[indices[0]](0, 0) = 999, symbols[indices[1]](0, 0) = -999;
    auto const y = q.dequantize(std::move(symbols), {}, where);
    BOOST_TEST(y[0](0, 0) == 30);
    BOOST_TEST(y[2](0, 0) == 2);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_passes) {
    std::vector<std::int32_t> const eight(8, 3);
    for (auto const &shape : {tt::dims{4, 2}, tt::dims{2, 4}, tt::dims{8}, tt::dims{1, 8}, tt::dims{2, 2, 2}}) {
        auto const q = book_of<2>(eight, shape);
        BOOST_TEST(q.valid() == (shape.rank == 2));
        auto const x = noise(layout_of(3), 1);
        BOOST_TEST((q.arrange(x.layout(), {}) == x.layout()));
        auto const y = q.quantize(x.clone(), {});
        BOOST_TEST(std::equal(y.data(), y.data() + y.size(), x.data()));
        auto const z = q.dequantize(x.clone(), {}, x.layout());
        BOOST_TEST(std::equal(z.data(), z.data() + z.size(), x.data()));
    }
}

BOOST_AUTO_TEST_CASE(each_piece_is_learned_as_a_book_of_its_own) {
    auto const x = noise(layout_of(5), 3);
    auto const signal = signal_of(x);
    tt::learner<tt::quantizer::product<2, 8>> all;
    all.observe(x);
    auto const q = all.finish();
    BOOST_REQUIRE(q.entries.shape() == (tt::dims{8, 5}));
    for (std::size_t j = 0; j < 2; ++j) {
        std::size_t const n = 3 - j; // of five bands 0, 2 and 4, then 1 and 3
        tt::layout<2> some;
        for (std::size_t c = 0; c < n; ++c) some.add({20, 30}, x.info(signal[0]));
        planes part(some);
        for (std::size_t c = 0; c < n; ++c)
            for (std::size_t p = 0; p < 600; ++p) part[c](p / 30, p % 30) = x[signal[j + 2 * c]](p / 30, p % 30);
        tt::learner<tt::quantizer::codebook<8>> one;
        one.seed = j, one.observe(part);
        auto const book = one.finish();
        BOOST_REQUIRE(book.count() == 8u);
        for (std::size_t i = 0; i < 8; ++i)
            for (std::size_t c = 0; c < n; ++c) BOOST_TEST(q.entries[i * 5 + j + 2 * c] == book.entries[i * n + c]);
    }
}

BOOST_AUTO_TEST_CASE(merges_and_refuses) {
    vectors::merges_and_refuses<tt::quantizer::product<2, 4>>();
}

// 2^2 entries a piece stand for sixteen vectors, and nothing is lost of these; a piece of few entries is filled up.
BOOST_AUTO_TEST_CASE(products_are_free) {
    tt::picture<std::uint8_t, 2> p({30, 40}, 4);
    std::mt19937 random(3);
    for (std::size_t i = 0; i < 1200; ++i) {
        auto const a = random() % 4, b = random() % 3;
        for (std::size_t c = 0; c < 2; ++c) {
            p.data()[4 * i + 2 * c] = static_cast<std::uint8_t>(a * (60 + 10 * c));
            p.data()[4 * i + 2 * c + 1] = static_cast<std::uint8_t>(200 - b * (50 + 20 * c));
        }
    }
    using codec = tt::codec<tt::transform::identity, tt::per_image<tt::quantizer::product<2, 4>>, tt::coder::range<>>;
    auto const bytes = codec{}.encode(p, tt::step(8));
    auto const y = codec{}.decode(bytes);
    BOOST_TEST(std::equal(y.samples().begin(), y.samples().end(), p.samples().begin()));
    BOOST_TEST(bytes.size() < 700); // 3.6 bits a pixel and sixteen numbers
}

BOOST_AUTO_TEST_SUITE_END()
