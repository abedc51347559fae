// quantizer::escape_codebook against the definition, and what codecs promise with it.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/quantizer/codebook_dbscan.hpp>
#include <triptych/learn/quantizer/codebook_som.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/escape_codebook.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/identity.hpp>

#include "vectors.hpp"

namespace tt = triptych;
using tt::quantizer::entries_by;
using vectors::noise;
using vectors::planes;
using vectors::signal_of;

namespace {
/// A side band, and behind it signal bands: interleaved, or each by itself with another side band among them.
auto layout_of(std::size_t components, bool interleaved) {
    tt::layout<2> l;
    tt::band_info<2> like;
    like.bits = 12;
    auto side = like;
    side.at.kind = tt::role::side;
    l.add({3, 4}, side);
    if (interleaved) {
        l.add_group({20, 30}, components, [&](std::size_t) { return like; });
        return l;
    }
    for (std::size_t c = 0; c < components; ++c) {
        l.add({20, 30}, like);
        if (c == 0) l.add({2, 2}, side);
    }
    return l;
}
auto book_of(std::vector<std::int32_t> const &entries, std::uint32_t elements) {
    tt::quantizer::escape_codebook<64> q;
    q.entries = tt::frozen<std::int32_t>::owned(entries, tt::dims{std::uint32_t(entries.size() / elements), elements});
    return q;
}
/// Drawn shapes in six colours that waver by two, over which single pixels of any colour are strewn.
auto drawing() {
    tt::picture<std::uint8_t, 2> p({48, 64}, 3);
    std::mt19937 random(3);
    for (std::size_t y = 0; y < 48; ++y)
        for (std::size_t x = 0; x < 64; ++x) {
            auto const shape = 3 * (y / 24) + (x + y / 4) / 27 % 3;
            bool const strewn = random() % 20 == 0;
            for (std::size_t c = 0; c < 3; ++c)
                p.data()[(y * 64 + x) * 3 + c] = static_cast<std::uint8_t>(
                    strewn ? random() % 256 : 20 + (shape * (37 + 50 * c)) % 200 + random() % 3);
        }
    return p;
}
auto largest_error(tt::picture<std::uint8_t, 2> const &a, tt::picture<std::uint8_t, 2> const &b) {
    int most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(int(a.data()[i]) - int(b.data()[i])));
    return most;
}
template <entries_by By, std::size_t K = 8>
using escaping =
    tt::codec<tt::transform::identity, tt::per_image<tt::quantizer::escape_codebook<K, By>>, tt::coder::range<>>;
} // namespace

BOOST_AUTO_TEST_SUITE(quantizer_escape_codebook)

BOOST_AUTO_TEST_CASE(what_no_entry_is_near_to_is_sent_itself) {
    std::mt19937 random(4);
    for (std::size_t const m : {1u, 2u, 4u})
        for (std::size_t const k : {1u, 5u, 64u})
            for (bool const interleaved : {false, true})
                for (int const bound : {0, 3, 8}) {
                    std::vector<std::int32_t> entries;
                    for (std::size_t i = 0; i < k * m; ++i) entries.push_back(std::int32_t(random() % 64) - 32);
                    auto const q = book_of(entries, std::uint32_t(m));
                    auto const x = noise(layout_of(m, interleaved), unsigned(m + k), 32);
                    tt::target const aim{float(2 * bound + 1), 0};
                    auto const s = q.plan(x, aim);
                    auto const symbols = q.quantize(x.clone(), s, aim);
                    BOOST_REQUIRE((symbols.layout() == q.arrange(x.layout(), s)));
                    auto const y = q.dequantize(symbols.clone(), s, x.layout());
                    auto const signal = signal_of(x);
                    auto const indices = std::size_t(signal_of(symbols)[0]);
                    BOOST_TEST(symbols.info(indices).bits == std::bit_width(k) + 1);
                    BOOST_TEST(symbols.count() == x.count() - m + 1 + (s.escapes ? m : 0));
                    std::size_t escapes = 0;
                    for (std::size_t i = 0; i < 20; ++i)
                        for (std::size_t j = 0; j < 30; ++j) {
                            std::int64_t least = std::numeric_limits<std::int64_t>::max(), index = 0;
                            for (std::size_t e = 0; e < k; ++e) {
                                std::int64_t sum = 0, most = 0;
                                for (std::size_t c = 0; c < m; ++c) {
                                    std::int64_t const d = x[signal[c]](i, j) - entries[e * m + c];
                                    sum += d * d, most = std::max(most, d < 0 ? -d : d);
                                }
                                if (most <= bound && sum < least) least = sum, index = std::int64_t(e) + 1;
                            }
                            if (symbols[indices](i, j) != index) BOOST_TEST(symbols[indices](i, j) == index);
                            escapes += index == 0;
                            for (std::size_t c = 0; c < m; ++c) {
                                auto const v = x[signal[c]](i, j), w = y[signal[c]](i, j);
                                // Escaped: the nearest multiple of an odd step, which is within the bound.
                                bool const right = index == 0 ? w % (2 * bound + 1) == 0 && std::abs(v - w) <= bound
                                                              : w == entries[std::size_t(index - 1) * m + c];
                                if (!right) BOOST_TEST(right, v << " became " << w);
                            }
                        }
                    BOOST_TEST(escapes == s.escapes);
                    for (std::size_t b = 0; b < x.count(); ++b)
                        if (x.info(b).at.kind == tt::role::side)
                            for (std::size_t i = 0; i < x.info(b).shape[0] * x.info(b).shape[1]; ++i)
                                BOOST_TEST(y.data()[x.info(b).offset + i] == x.data()[x.info(b).offset + i]);
                }
}

BOOST_AUTO_TEST_CASE(an_escape_has_its_price) {
    auto const q = book_of({0, 0, 0, 0, 16, 16, 16, 16}, 4);
    auto const x = noise(layout_of(4, true), 2, 32);
    std::uint64_t before = 20 * 30 + 1;
    for (float const lambda : {0.01F, 0.1F, 0.5F, 2.0F, 50.0F}) {
        auto const s = q.plan(x, {9, lambda});
        BOOST_TEST(s.escapes < before);
        before = s.escapes;
        // What was not worth a price was nearer than what was.
        auto const symbols = q.quantize(x.clone(), s, {9, lambda});
        double kept = 0, sent = 1e9;
        for (std::size_t i = 0; i < 20; ++i)
            for (std::size_t j = 0; j < 30; ++j) {
                double least = 1e9;
                for (int const e : {0, 16}) {
                    double sum = 0;
                    for (std::size_t c = 1; c < 5; ++c) sum += (x[c](i, j) - e) * (x[c](i, j) - e);
                    least = std::min(least, sum);
                }
                if (symbols[1](i, j) == 0)
                    sent = std::min(sent, least);
                else
                    kept = std::max(kept, least);
            }
        BOOST_TEST(kept < sent);
    }
    BOOST_TEST(before == 0u);
}

BOOST_AUTO_TEST_CASE(bounds_hold_for_every_way_to_learn) {
    auto const p = drawing();
    auto const all = [&](auto const &codec) {
        for (int const bound : {1, 2, 6, 20}) {
            auto const bytes = codec.encode(p, tt::max_error(bound));
            BOOST_TEST(largest_error(p, codec.decode(bytes)) <= bound);
        }
        auto const bytes = codec.encode(p, tt::exact);
        BOOST_TEST(largest_error(p, codec.decode(bytes)) == 0);
        for (double const wanted : {32.0, 40.0}) {
            auto const found = tt::metric::psnr(p, codec.decode(codec.encode(p, tt::psnr(wanted))));
            BOOST_TEST(std::abs(found - wanted) < 1, found << " for " << wanted);
        }
    };
    all(escaping<entries_by::k_means>{}), all(escaping<entries_by::som>{}), all(escaping<entries_by::dbscan>{});
    using blocks =
        tt::codec<tt::transform::dct<4>, tt::per_image<tt::quantizer::escape_codebook<8>>, tt::coder::range<>>;
    auto const bytes = blocks{}.encode(p, tt::max_error(9));
    BOOST_TEST(largest_error(p, blocks{}.decode(bytes)) <= 9);
}

BOOST_AUTO_TEST_CASE(a_decoder_needs_not_know_how_entries_were_learned) {
    auto const p = drawing();
    auto const bytes = escaping<entries_by::dbscan>{}.encode(p, tt::max_error(2));
    BOOST_TEST(largest_error(p, escaping<entries_by::k_means>{}.decode(bytes)) <= 2);
}

BOOST_AUTO_TEST_CASE(dbscan_finds_the_colours_and_leaves_what_is_strewn) {
    auto const p = drawing();
    tt::layout<2> where;
    tt::band_info<2> like;
    like.bits = 8;
    for (std::size_t c = 0; c < 3; ++c) where.add({48, 64}, like);
    planes x(where);
    for (std::size_t i = 0; i < 48 * 64; ++i)
        for (std::size_t c = 0; c < 3; ++c) x.data()[x.info(c).offset + i] = std::int16_t(p.data()[3 * i + c] - 128);
    tt::learner<tt::quantizer::escape_codebook<16, entries_by::dbscan>> l;
    l.observe(x);
    auto const q = l.finish();
    BOOST_TEST(q.count() == 6u);
    auto const s = q.plan(x, {3, 0});     // a bound of 1 about each colour, which wavers by 1
    BOOST_TEST(s.escapes < 48 * 64 / 14); // one in twenty was strewn
    BOOST_TEST(s.escapes > 48 * 64 / 28);
}

BOOST_AUTO_TEST_CASE(bands_that_do_not_fit_are_quantised_as_by_uniform) {
    auto const q = book_of({0, 0, 5, 5}, 2);
    auto const x = noise(layout_of(3, true), 1, 32);
    auto const s = q.plan(x, {5});
    auto const symbols = q.quantize(x.clone(), s, {5}), same = tt::quantizer::uniform{}.quantize(x.clone(), {s.step});
    BOOST_TEST((symbols.layout() == same.layout()));
    BOOST_TEST(std::equal(same.data(), same.data() + same.size(), symbols.data()));
}

BOOST_AUTO_TEST_CASE(any_symbols_and_settings) {
    auto const q = book_of({0, 0, 5, 7}, 2);
    auto const where = layout_of(2, false);
    BOOST_TEST(q.arrange(where, {256, 600}).ok());
    BOOST_TEST(!q.arrange(where, {256, 601}).ok());                    // more than there are vectors
    BOOST_TEST(!q.arrange(where, {256, std::uint64_t{1} << 48}).ok()); //
    BOOST_TEST(!q.arrange(layout_of(3, true), {256, 1}).ok());         // nothing fits, nothing can escape
    planes symbols(q.arrange(where, {256, 2}), std::int16_t{1});
    auto const index = signal_of(symbols)[0];
    symbols[index](0, 0) = 0, symbols[index](0, 1) = -7, symbols[index](0, 2) = 0, symbols[index](0, 3) = 99;
    symbols[symbols.count() - 2](0, 0) = 11, symbols[symbols.count() - 1](0, 0) = 12;
    symbols[symbols.count() - 2](0, 1) = 32767, symbols[symbols.count() - 1](0, 1) = -32768;
    auto const y = q.dequantize(symbols.clone(), {256, 2}, where);
    auto const signal = signal_of(y);
    auto const is = [&](std::size_t j, int a, int b) {
        BOOST_TEST(y[signal[0]](0, j) == a);
        BOOST_TEST(y[signal[1]](0, j) == b);
    };
    is(0, 11, 12), is(1, 2047, -2048);     // below 0 is an escape too; values keep the band's bits
    is(2, 0, 0), is(3, 5, 7), is(4, 0, 0); // nothing more was sent; the last entry; the first
    BOOST_TEST(!q.dequantize(std::move(symbols), {256, 3}, where).ok());
}

BOOST_AUTO_TEST_SUITE_END()
