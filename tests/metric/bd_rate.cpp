// BD-rate against SciPy's PCHIP (the numbers are printed by reference.py), and sizes by hand.
#include <triptych/metric/bd_rate.hpp>
#include <triptych/metric/size.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

namespace {
using namespace triptych;
using curve = std::vector<metric::rate_point>;

// Means over the Kodak pictures, bits a pixel and dB.
curve const jpeg_420{{0.22115, 23.8522}, {0.32659, 26.6718}, {0.50827, 29.1445}, {0.65979, 30.4915},
                     {0.84921, 31.8221}, {1.03659, 32.9076}, {1.3676, 34.5221},  {2.12094, 37.3303}};
curve const jpeg_444{{0.31516, 23.9994}, {0.42461, 26.9363}, {0.61802, 29.5108}, {0.78426, 30.9095},
                     {0.99699, 32.3125}, {1.21319, 33.4649}, {1.60105, 35.1997}, {2.52438, 38.3409}};
curve const mozjpeg{{0.08253, 23.0942}, {0.15916, 25.7171}, {0.30527, 28.1448}, {0.43465, 29.5377},
                    {0.60362, 30.9261}, {0.77375, 32.0872}, {1.06771, 33.7989}, {1.71182, 36.5767}};

struct two_arrays {
    frozen<std::int16_t> basis;
    frozen<std::uint8_t> table;
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("basis", self.basis), v("table", self.table);
    }
};
} // namespace

BOOST_AUTO_TEST_SUITE(rates)

BOOST_AUTO_TEST_CASE(equals_scipy) {
    struct truth {
        curve const &test;
        double least, most, percent, low, high;
    };
    for (auto const &t :
         {truth{jpeg_420, 0, 0, 0, 23.8522, 37.3303}, truth{jpeg_420, 0.1, 2, 0, 23.8522, 36.9368794459},
          truth{jpeg_444, 0, 0, 14.1788958811, 23.9994, 37.3303},
          truth{jpeg_444, 0.1, 2, 14.5191048168, 23.9994, 36.9368794459},
          truth{jpeg_444, 0.4, 1.2, 10.8134919246, 27.8610124599, 33.7444795747},
          truth{mozjpeg, 0, 0, -25.4063933128, 23.8522, 36.5767},
          truth{mozjpeg, 0.1, 2, -25.4063933128, 23.8522, 36.5767},
          truth{mozjpeg, 0.4, 1.2, -17.8561018785, 27.8610124599, 33.7444795747}}) {
        auto const d = metric::bd_rate(jpeg_420, t.test, t.least, t.most);
        BOOST_REQUIRE(d.has_value());
        BOOST_TEST(std::abs(d->percent - t.percent) < 1e-8);
        BOOST_TEST(std::abs(d->low - t.low) < 1e-8);
        BOOST_TEST(std::abs(d->high - t.high) < 1e-8);
    }
}

BOOST_AUTO_TEST_CASE(a_constant_ratio_is_its_percentage) {
    curve half = jpeg_420;
    for (auto &p : half) p.rate /= 2;
    std::swap(half[1], half[5]);
    auto const d = metric::bd_rate(jpeg_420, half);
    BOOST_TEST(std::abs(d->percent + 50) < 1e-9);
    BOOST_TEST(std::abs(metric::bd_rate(half, jpeg_420)->percent - 100) < 1e-9);
    curve const line{{1, 30}, {2, 36}}, doubled{{2, 30}, {4, 36}};
    BOOST_TEST(std::abs(metric::bd_rate(line, doubled)->percent - 100) < 1e-9);
}

BOOST_AUTO_TEST_CASE(curves_that_do_not_compare) {
    curve const low{{1, 10}, {2, 20}}, high{{1, 30}, {2, 40}}, point{{1, 15}}, falling{{1, 20}, {2, 10}};
    BOOST_TEST(!metric::bd_rate(low, high).has_value());
    BOOST_TEST(!metric::bd_rate(low, point).has_value());
    BOOST_TEST(!metric::bd_rate(low, falling).has_value());
    BOOST_TEST(!metric::bd_rate(low, {}).has_value());
}

BOOST_AUTO_TEST_CASE(sizes_of_streams_and_models) {
    std::vector<std::uint16_t> const samples(6 * 4 * 3);
    picture_view<std::uint16_t, 2> const x{samples.data(), {6, 4}, 3};
    BOOST_TEST(metric::ratio(x, 36) == 4.0);
    BOOST_TEST(metric::bits_per_pixel(x, 36) == 12.0);
    std::vector<std::int16_t> const basis(12);
    std::vector<std::uint8_t> const table(5);
    two_arrays const model{frozen<std::int16_t>::owned(basis, {3, 4}), frozen<std::uint8_t>::owned(table, {5})};
    BOOST_TEST(metric::parameters(model) == 17u);
    BOOST_TEST(metric::model_bytes(model) == 29u);
    BOOST_TEST(metric::model_bytes(0) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
