// The model of transform blocks: exact for any symbols, better on blocks, and estimates that are what the coder pays.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <triptych/coder/model/transform_blocks.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

namespace {
using blocks_coder = coder::range<model::transform_blocks>;

/// As an adaptive cosine transform lays out planes of rows x cols superblocks.
auto superblocks(std::size_t rows, std::size_t cols, std::size_t planes, unsigned bits, layout<2> l = {}) -> layout<2> {
    l.add({4 * rows, 4 * cols}, info_of<2>(4, 0, 0, 0, role::side));
    for (std::size_t c = 0; c < planes; ++c) l.add({32 * rows, 32 * cols}, info_of<2>(bits, c));
    return l;
}

/// A random quadtree in the side band of each run.
template <class T>
void plant(bands<T, 2> &x, std::mt19937 &random) {
    for (std::size_t b = 0; b < x.count(); ++b) {
        if (x.info(b).at.kind != role::side) continue;
        auto cells = x[b];
        auto const fill = [&](std::size_t y, std::size_t c, std::size_t n, int log2) {
            for (std::size_t j = 0; j < n; ++j)
                for (std::size_t i = 0; i < n; ++i) cells(y + j, c + i) = static_cast<T>(log2);
        };
        for (std::size_t y = 0; y < cells.shape()[0]; y += 4)
            for (std::size_t c = 0; c < cells.shape()[1]; c += 4) {
                fill(y, c, 4, 5);
                if (random() % 3 == 0) continue;
                for (std::size_t k = 0; k < 4; ++k) fill(y + k / 2 * 2, c + k % 2 * 2, 2, random() % 2 ? 4 : 3);
            }
    }
}

/// Coefficients of blocks whose deviation falls with frequency, the later components following the first, in stored units.
auto coefficients(layout<2> const &where, unsigned seed, double deviation) -> bands<std::int16_t, 2> {
    bands<std::int16_t, 2> x(where, 0);
    std::mt19937 random(seed);
    plant(x, random);
    std::normal_distribution<double> normal;
    for (std::size_t b = 1; b < x.count(); ++b)
        for (std::size_t y = 0; y < x.info(b).shape[0]; ++y)
            for (std::size_t c = 0; c < x.info(b).shape[1]; ++c) {
                auto const n = std::size_t{1} << x[0](y / 8, c / 8);
                auto const f = static_cast<double>(y % n + c % n) * 32 / static_cast<double>(n);
                auto const follows = b > 1 ? 0.5 * x[1](y, c) : 0.0;
                x[b](y, c) = static_cast<std::int16_t>(
                    std::lround(std::clamp(normal(random) * deviation * std::exp(-f / 6) + follows, -3e4, 3e4)));
            }
    return x;
}

template <class T>
auto extremes(layout<2> const &where, unsigned seed, unsigned rarity) -> bands<T, 2> {
    auto x = noise<T>(where, seed);
    std::mt19937 random(seed);
    for (std::size_t b = 0; b < x.count(); ++b)
        for (std::size_t i = 0; i < x[b].size(); ++i) {
            auto const low = -(std::int64_t{1} << (x.info(b).bits - 1));
            auto &v = x.data()[x.info(b).offset + i];
            if (random() % rarity != 0)
                v = 0;
            else if (random() % 2)
                v = static_cast<T>(random() % 2 ? low : -low - 1);
        }
    plant(x, random);
    return x;
}
} // namespace

BOOST_AUTO_TEST_SUITE(transform_blocks)

BOOST_AUTO_TEST_CASE(any_values_come_back) {
    blocks_coder const c;
    unsigned seed = 1;
    for (std::size_t const planes : {1u, 2u, 3u, 4u, 6u})
        for (unsigned const rarity : {1u, 3u, 40u, 2000u}) {
            BOOST_TEST(survives(c, extremes<std::int16_t>(superblocks(2, 3, planes, 16), ++seed, rarity)));
            BOOST_TEST(survives(c, extremes<std::int32_t>(superblocks(2, 1, planes, 32), ++seed, rarity)));
            BOOST_TEST(survives(c, extremes<std::int32_t>(superblocks(1, 2, planes, 9), ++seed, rarity)));
            BOOST_TEST(survives(c, extremes<std::int16_t>(superblocks(1, 1, planes, 1), ++seed, rarity)));
        }
    for (double const deviation : {0.2, 3.0, 60.0, 9000.0})
        BOOST_TEST(survives(c, coefficients(superblocks(3, 2, 3, 16), ++seed, deviation)));
}

BOOST_AUTO_TEST_CASE(one_value_everywhere_comes_back) {
    blocks_coder const c;
    for (std::int32_t const v :
         {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max(), -32768, 32768, 1}) {
        bands<std::int32_t, 2> x(superblocks(2, 2, 4, 32), v);
        for (int const log2 : {3, 4, 5}) {
            for (std::size_t i = 0; i < x[0].size(); ++i) x.data()[i] = log2;
            BOOST_TEST(survives(c, x));
        }
    }
}

// Side bands that are no quadtree, runs beside other bands, shapes that only nearly fit.
BOOST_AUTO_TEST_CASE(layouts_that_are_not_blocks_come_back) {
    blocks_coder const c;
    auto broken = extremes<std::int16_t>(superblocks(2, 2, 3, 12), 1, 5);
    for (auto const v : {-8, 7, 0, 3, 5}) {
        broken.data()[5] = static_cast<std::int16_t>(v);
        BOOST_TEST(survives(c, broken));
    }
    auto two = superblocks(1, 2, 2, 12, superblocks(2, 1, 3, 12));
    BOOST_TEST(survives(c, extremes<std::int16_t>(two, 2, 5)));
    auto const mixed = superblocks(1, 1, 1, 12, blocks(40, 56, 8, 11));
    BOOST_TEST(survives(c, noise<std::int16_t>(mixed, 3)));
    auto alone = superblocks(1, 1, 0, 12);
    alone.add({32, 31}, info_of<2>(12));
    BOOST_TEST(survives(c, extremes<std::int16_t>(alone, 4, 2)));
    layout<2> odd;
    odd.add({3, 4}, info_of<2>(4, 0, 0, 0, role::side));
    odd.add({24, 32}, info_of<2>(12));
    odd.add({0, 0}, info_of<2>(4, 0, 0, 0, role::side));
    odd.add({0, 0}, info_of<2>(12));
    BOOST_TEST(survives(c, noise<std::int16_t>(odd, 5)));
}

BOOST_AUTO_TEST_CASE(blocks_cost_less_than_with_a_model_for_anything) {
    auto const x = coefficients(superblocks(8, 12, 3, 14), 9, 12);
    auto const own = encoded(blocks_coder{}, x).size(), other = encoded(coder::range<>{}, x).size();
    BOOST_TEST(static_cast<double>(own) < 0.92 * static_cast<double>(other));
}

// A picture that goes on across borders: with signs and DCs expected from them, a smooth wave costs less than the same blocks out of step.
BOOST_AUTO_TEST_CASE(what_continues_its_borders_is_cheap) {
    auto const smooth = [](bool continues) {
        bands<std::int16_t, 2> x(superblocks(6, 6, 1, 14), 0);
        for (std::size_t i = 0; i < x[0].size(); ++i) x.data()[i] = 3;
        std::mt19937 random(4);
        auto const pi = std::acos(-1.0);
        for (std::size_t y = 0; y < 192; y += 8)
            for (std::size_t c = 0; c < 192; c += 8) {
                double block[8][8];
                auto const phase = continues ? 0.0 : static_cast<double>(random() % 1000);
                for (std::size_t j = 0; j < 8; ++j)
                    for (std::size_t i = 0; i < 8; ++i)
                        block[j][i] = 20 * std::sin(0.21 * static_cast<double>(y + j) +
                                                    0.13 * static_cast<double>(c + i) + phase);
                for (std::size_t u = 0; u < 8; ++u)
                    for (std::size_t v = 0; v < 8; ++v) {
                        double sum = 0;
                        for (std::size_t j = 0; j < 8; ++j)
                            for (std::size_t i = 0; i < 8; ++i)
                                sum += block[j][i] * std::cos(pi * static_cast<double>((2 * j + 1) * u) / 16) *
                                       std::cos(pi * static_cast<double>((2 * i + 1) * v) / 16);
                        auto const norm = (u ? 0.5 : std::sqrt(0.125)) * (v ? 0.5 : std::sqrt(0.125));
                        x[1](y + u, c + v) = static_cast<std::int16_t>(std::lround(sum * norm));
                    }
            }
        return encoded(blocks_coder{}, x).size();
    };
    BOOST_TEST(static_cast<double>(smooth(true)) < 0.9 * static_cast<double>(smooth(false)));
}

BOOST_AUTO_TEST_CASE(prices_sum_to_the_size) {
    for (double const deviation : {1.0, 8.0, 200.0}) {
        auto x = coefficients(superblocks(6, 7, 4, 16, {}), 3, deviation);
        auto const rates = blocks_coder{}.rates(x);
        double bits = 0;
        for (std::size_t b = 0; b < x.count(); ++b)
            for (std::size_t i = 0; i < x[b].size(); ++i) {
                auto const at = x.info(b).offset + i;
                bits += static_cast<double>(rates.bits(x, b, at, x.data()[at]));
            }
        BOOST_TEST(bits / 8 == static_cast<double>(encoded(blocks_coder{}, x).size()),
                   boost::test_tools::tolerance(0.02));
    }
}

BOOST_AUTO_TEST_CASE(larger_levels_cost_more) {
    auto const x = coefficients(superblocks(4, 4, 3, 16), 3, 20.0);
    auto const rates = blocks_coder{}.rates(x);
    auto const at = x.info(2).offset + 3 * x.info(2).shape[1] + 2;
    float last = 0;
    for (int const v : {0, 2, 40, 900}) {
        auto const bits = rates.bits(x, 2, at, v);
        BOOST_TEST(bits > last);
        last = bits;
    }
}

BOOST_AUTO_TEST_CASE(optimising_lowers_size_and_cost) {
    using Q = quantizer::dead_zone;
    Q const q;
    blocks_coder const c;
    static_assert(optimising_rates<model::transform_blocks::estimator, bands<std::int16_t, 2>>);
    for (double const step : {4.0, 12.0}) {
        auto const x = coefficients(superblocks(6, 6, 3, 14), 7, 40);
        target const aim{static_cast<float>(step), 0.1F};
        auto const s = q.plan(x, aim);
        auto const plain = q.quantize(x.clone(), s);
        auto const best = q.decide(plain.clone(), x, s, c.rates(plain), aim);
        BOOST_TEST((best.layout() == plain.layout()));
        auto const distortion = [&](bands<std::int16_t, 2> const &symbols) {
            double sum = 0;
            for (std::size_t i = x[0].size(); i < x.size(); ++i) {
                auto const miss = x.data()[i] / step - symbols.data()[i];
                sum += miss * miss;
            }
            return sum;
        };
        auto const nearest = quantizer::uniform{}.quantize(x.clone(), quantizer::uniform{}.plan(aim));
        auto const before = encoded(c, plain).size(), after = encoded(c, best).size(),
                   most = encoded(c, nearest).size();
        auto const cost = [&](double d, std::size_t bytes) { return d + 0.1 * 8 * static_cast<double>(bytes); };
        BOOST_TEST(after < most);
        BOOST_TEST(cost(distortion(best), after) < 0.97 * cost(distortion(nearest), most));
        BOOST_TEST(cost(distortion(best), after) < 0.995 * cost(distortion(plain), before));
        BOOST_TEST(std::equal(x.data(), x.data() + x[0].size(), best.data())); // sizes
        for (std::size_t y = 0; y < 192; y += 32)                              // DCs are rounded
            for (std::size_t col = 0; col < 192; col += 32)
                BOOST_TEST(std::abs(x[1](y, col) / step - best[1](y, col)) <= 0.51);
    }
}

BOOST_AUTO_TEST_CASE(optimising_leaves_other_bands_alone) {
    auto x = noise<std::int16_t>(superblocks(1, 1, 2, 9), 3); // noise is no quadtree
    auto y = x.clone();
    blocks_coder{}.rates(x).optimise(
        y, x, [](std::size_t) { return 0.01F; }, 1.0F);
    BOOST_TEST(same(x, y));
}

BOOST_AUTO_TEST_CASE(wrong_bytes_stay_within_bounds) {
    blocks_coder const c;
    std::mt19937 random(8);
    auto const x = coefficients(superblocks(2, 2, 4, 11), 5, 30);
    auto const wide = extremes<std::int32_t>(superblocks(1, 2, 3, 32), 6, 3);
    auto const narrow = encoded(c, x), large = encoded(c, wide);
    auto const try_one = [&]<class B>(B const &like, std::vector<std::byte> const &bytes) {
        B y(like.layout());
        byte_reader r(bytes);
        c.decode(y, r);
        if (!r.ok()) return true;
        for (std::size_t b = 0; b < y.count(); ++b)
            for (std::size_t i = 0; i < y[b].size(); ++i) {
                std::int64_t const v = y.data()[y.info(b).offset + i], most = std::int64_t{1} << (y.info(b).bits - 1);
                if (v < -most || v >= most) return false;
            }
        return true;
    };
    bool safe = true;
    for (int i = 0; i < 400; ++i) {
        auto bytes = i % 2 ? narrow : large;
        for (unsigned flips = 1 + random() % 4; flips-- > 0;)
            bytes[random() % (flips ? bytes.size() : std::min<std::size_t>(bytes.size(), 40))] ^=
                static_cast<std::byte>(1u << random() % 8);
        if (i % 5 == 0)
            for (auto &v : bytes) v = static_cast<std::byte>(i % 3 == 0 ? 0xff : i % 3 == 1 ? random() & 3 : random());
        if (i % 7 == 0) bytes.resize(random() % bytes.size());
        safe = safe && (i % 2 ? try_one(x, bytes) : try_one(wide, bytes));
    }
    BOOST_TEST(safe);
}

BOOST_AUTO_TEST_SUITE_END()
