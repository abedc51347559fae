#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include <triptych/stream/writer.hpp>
#include <triptych/transform/klt.hpp>

#include "planes.hpp"

BOOST_AUTO_TEST_SUITE(klt)

using namespace triptych;
using B16 = bands<std::int16_t, 2>;
using B32 = bands<std::int32_t, 2>;

namespace {
/// A picture whose components are fixed multiples of one random walk, and a little noise.
auto correlated(std::array<double, 3> const &weights, double noise) -> B16 {
    generator next;
    B16 x(planes<2>({64, 64}, 3, 8));
    double walk = 0;
    for (std::size_t i = 0; i < 64 * 64; ++i) {
        walk = std::clamp(walk + next(-6, 6), -60.0, 60.0);
        for (std::size_t c = 0; c < 3; ++c)
            value_at(x, c, i) = static_cast<std::int16_t>(std::lround(weights[c] * walk + noise * next(-10, 10) / 10));
    }
    return x;
}

template <class B>
auto energy(B const &x, std::size_t b) -> double {
    double sum = 0;
    for (std::size_t i = 0; i < x[b].size(); ++i) {
        double const v = std::ldexp(static_cast<double>(value_at(x, b, i)), -x.info(b).frac);
        sum += v * v;
    }
    return sum;
}

template <class B>
void check_round_trip(transform::klt const &t, B const &x, int most) {
    auto const y = t.forward(x.clone());
    BOOST_TEST_REQUIRE(y.ok());
    BOOST_TEST((y.layout() == t.arrange(x.layout())));
    check_bits(y);
    auto const z = t.inverse(y.clone(), x.layout());
    BOOST_TEST_REQUIRE(z.ok());
    for (std::size_t b = 0; b < x.count(); ++b)
        for (std::size_t i = 0; i < x[b].size(); ++i)
            if (std::abs(rounded(z, b, i) - static_cast<int>(value_at(x, b, i))) > most) {
                BOOST_ERROR("band " << b << " sample " << i << ": " << value_at(x, b, i) << " became "
                                    << rounded(z, b, i));
                return;
            }
}
} // namespace

BOOST_AUTO_TEST_CASE(finds_the_axis_of_the_differences) {
    std::array<double, 3> const weights{0.8, 0.5, 0.33};
    auto const x = correlated(weights, 1);
    auto const fitted = transform::klt{}.prepare(x);
    auto const y = fitted.forward(x.clone());
    double const all = energy(x, 0) + energy(x, 1) + energy(x, 2);
    BOOST_TEST(energy(y, 0) > 0.995 * all);
    BOOST_TEST(energy(y, 1) + energy(y, 2) < 0.005 * all);
    // The usual axes do much worse here, so the axes are really this picture's.
    auto const usual = transform::klt{}.forward(x.clone());
    BOOST_TEST(energy(usual, 0) < 0.97 * all);
}

BOOST_AUTO_TEST_CASE(gives_back_samples) {
    generator next;
    for (std::size_t components = 1; components <= 18; ++components)
        for (extents<2> const &shape : {extents<2>{0, 5}, {1, 1}, {1, 9}, {7, 5}, {50, 60}}) {
            B16 x(planes<2>(shape, components, 8));
            B32 w(planes<2>(shape, components, 16));
            for (std::size_t i = 0; i < x.size(); ++i) {
                x.data()[i] = static_cast<std::int16_t>(next(-128, 127));
                w.data()[i] = next(0, 1) ? 32767 : next(-32768, 32767);
            }
            transform::klt const t;
            check_round_trip(t.prepare(x), x, 1);
            // Axes are rounded to 1/128, and inverted exactly: what is lost is the rounding of two fractional bits.
            check_round_trip(t.prepare(w), w, 1);
        }
}

BOOST_AUTO_TEST_CASE(small_pictures_keep_the_usual_axes) {
    byte_writer w;
    B16 const x(planes<2>({10, 10}, 3, 8), std::int16_t{3});
    transform::klt{}.prepare(x).write(w);
    BOOST_TEST(w.size() == 1u);
}

BOOST_AUTO_TEST_CASE(axes_travel) {
    auto const x = correlated({0.2, 0.9, 0.1}, 2);
    auto const fitted = transform::klt{}.prepare(x);
    byte_writer w;
    fitted.write(w);
    BOOST_TEST(w.size() == 10u);
    byte_reader r(w.view());
    auto const restored = transform::klt{}.restore(r);
    BOOST_TEST((r.ok() && r.remaining() == 0));
    auto const y = fitted.forward(x.clone());
    auto const a = fitted.inverse(y.clone(), x.layout()), b = restored.inverse(y.clone(), x.layout());
    for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST_REQUIRE(a.data()[i] == b.data()[i]);

    for (unsigned count : {17u, 255u}) {
        std::array<std::byte, 1> const bad{static_cast<std::byte>(count)};
        byte_reader hostile(bad);
        (void)transform::klt{}.restore(hostile);
        BOOST_TEST((hostile.error().code == errc::corrupt));
    }
    std::array<std::byte, 4> const cut{std::byte{3}};
    byte_reader truncated(cut);
    (void)transform::klt{}.restore(truncated);
    BOOST_TEST((truncated.error().code == errc::truncated));
}

BOOST_AUTO_TEST_CASE(alpha_and_grey_pass_unchanged) {
    generator next;
    for (std::size_t components : {1u, 2u, 4u, 17u}) {
        B16 x(planes<2>({9, 9}, components, 8));
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int16_t>(next(-128, 127));
        auto const y = transform::klt{}.forward(x.clone());
        auto const first = components == 4 ? 3u : 0u;
        for (std::size_t b = first; b < components; ++b)
            for (std::size_t i = 0; i < 81; ++i) BOOST_TEST_REQUIRE(value_at(y, b, i) == value_at(x, b, i));
    }
}

BOOST_AUTO_TEST_CASE(any_values_and_axes_are_inverted_without_harm) {
    for (auto const &in : {planes<2>({5, 6}, 3, 8), planes<2>({4, 4}, 16, 8)}) {
        generator next;
        std::array<std::byte, 1 + 256> stream{};
        stream[0] = static_cast<std::byte>(in.count());
        for (std::size_t i = 1; i < stream.size(); ++i)
            stream[i] = next(0, 1) ? std::byte{0x80} : static_cast<std::byte>(next(0, 255));
        byte_reader r(stream);
        auto const t = transform::klt{}.restore(r);
        BOOST_TEST(r.ok());
        B16 y(t.arrange(in));
        for (std::size_t i = 0; i < y.size(); ++i)
            y.data()[i] = static_cast<std::int16_t>(next(0, 1) ? -32768 : next(-32768, 32767));
        BOOST_TEST(t.inverse(std::move(y), in).ok());
        B32 z(t.arrange(in));
        for (std::size_t i = 0; i < z.size(); ++i)
            z.data()[i] =
                next(0, 1) ? std::numeric_limits<std::int32_t>::min() : static_cast<std::int32_t>(next.word());
        BOOST_TEST(t.inverse(std::move(z), in).ok());
        // An encoder that is given such axes makes something of them too.
        BOOST_TEST(t.forward(B16(in, std::int16_t{100})).ok());
    }
}

BOOST_AUTO_TEST_SUITE_END()
