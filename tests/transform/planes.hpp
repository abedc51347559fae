// What the tests of transforms share: planes with values, round trips, gains by unit impulses, hostile values.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/concepts.hpp>

namespace {

/// A small deterministic generator (splitmix64).
class generator {
public:
    auto word() -> std::uint64_t {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    auto operator()(std::int64_t low, std::int64_t high) -> int {
        return static_cast<int>(low + static_cast<std::int64_t>(word() % static_cast<std::uint64_t>(high - low + 1)));
    }

private:
    std::uint64_t state_ = 1;
};

template <std::size_t R>
auto planes(triptych::extents<R> const &shape, std::size_t components, std::uint8_t bits) -> triptych::layout<R> {
    triptych::layout<R> out;
    for (std::size_t c = 0; c < components; ++c) {
        triptych::band_info<R> like;
        like.at.component = static_cast<std::uint16_t>(c), like.bits = bits;
        out.add(shape, like);
    }
    return out;
}

/// The i-th element of a band in row-major order, wherever it lies.
template <class B>
auto value_at(B &x, std::size_t b, std::size_t i) -> auto & {
    auto const &band = x.info(b);
    return x.data()[band.offset + i * band.stride[B::rank - 1]];
}
template <class B, class F>
void fill(B &x, std::size_t b, F &&value) {
    for (std::size_t i = 0; i < x[b].size(); ++i) value_at(x, b, i) = static_cast<typename B::value_type>(value(i));
}

/// A sample as the codec would round it.
template <class B>
auto rounded(B const &x, std::size_t b, std::size_t i) -> int {
    auto const v = static_cast<std::int64_t>(value_at(x, b, i));
    int const frac = x.info(b).frac;
    return static_cast<int>(frac > 0 ? (v + (std::int64_t{1} << (frac - 1))) >> frac : v);
}
template <class B>
auto rounded_at(B const &x, std::size_t b, std::size_t r, std::size_t c) -> int {
    return rounded(x, b, r * x.info(b).shape[1] + c);
}

template <class F>
void each_small_shape(F &&f) {
    using triptych::extents;
    for (std::size_t h = 0; h <= 17; ++h)
        for (std::size_t w = 0; w <= 17; ++w) f(extents<2>{h, w});
    for (std::size_t n : {0u, 1u, 2u, 3u, 7u, 8u, 9u, 17u, 100u}) f(extents<1>{n});
    for (extents<3> const &e : {extents<3>{0, 3, 4}, {2, 0, 5}, {1, 1, 1}, {3, 5, 9}, {2, 8, 3}}) f(e);
    for (extents<4> const &e : {extents<4>{2, 3, 5, 9}, {1, 1, 1, 1}, {2, 2, 9, 1}, {3, 0, 2, 2}}) f(e);
    f(extents<3>{std::size_t{1} << 40, 0, 5}); // nothing to do, a trillion times
}

/// Are all values within the width that the layout states?
template <class B>
void check_bits(B const &x) {
    for (std::size_t b = 0; b < x.count(); ++b) {
        auto const limit = std::int64_t{1} << (x.info(b).bits - 1);
        std::int64_t low = 0, high = 0;
        for (std::size_t i = 0; i < x[b].size(); ++i)
            low = std::min<std::int64_t>(low, value_at(x, b, i)),
            high = std::max<std::int64_t>(high, value_at(x, b, i));
        if (low < -limit || high >= limit)
            BOOST_ERROR("band " << b << ": values from " << low << " to " << high << " in " << int{x.info(b).bits}
                                << " bits");
    }
}

/// Random values, the extremes at random, in a checkerboard, in blocks, and constant.
template <class B>
auto patterns(triptych::layout<B::rank> const &in) -> std::vector<B> {
    std::vector<B> all;
    static generator next;
    for (int kind = 0; kind < 6; ++kind) {
        B x(in);
        for (std::size_t b = 0; b < x.count(); ++b) {
            auto const limit = std::int64_t{1} << (x.info(b).bits - 1);
            auto const cols = std::max<std::size_t>(1, x.info(b).shape[B::rank - 1]);
            fill(x, b, [&](std::size_t i) -> std::int64_t {
                switch (kind) {
                case 0:
                    return next(-limit, limit - 1);
                case 1:
                    return next(0, 1) ? limit - 1 : -limit;
                case 2:
                    return (i / cols + i % cols) % 2 ? limit - 1 : -limit;
                case 3:
                    return (i / cols / 4 + i % cols / 4) % 2 ? limit - 1 : -limit;
                case 4:
                    return -limit;
                default:
                    return limit - 1;
                }
            });
        }
        all.push_back(std::move(x));
    }
    return all;
}

/// The laws of every transform on one shape: `forward` lays out as `arrange` says and keeps to `bits`, and the inverse gives
/// back each integer, or comes as near as stated.
template <class B, class T>
void check_round_trip(T const &t, triptych::extents<B::rank> const &shape, std::size_t components, std::uint8_t bits,
                      int largest_error = 0) {
    auto const in = planes<B::rank>(shape, components, bits);
    for (auto &x : patterns<B>(in)) {
        auto y = t.forward(x.clone());
        BOOST_REQUIRE(y.ok());
        BOOST_REQUIRE(y.layout() == t.arrange(in));
        check_bits(y);
        auto const z = t.inverse(std::move(y), in);
        BOOST_REQUIRE(z.ok());
        BOOST_REQUIRE(z.count() == components);
        std::int64_t worst = 0;
        for (std::size_t b = 0; b < components; ++b) {
            if (largest_error == 0) BOOST_REQUIRE(z.info(b) == in[b]);
            BOOST_REQUIRE(z.info(b).shape == in[b].shape);
            for (std::size_t i = 0; i < z[b].size(); ++i)
                worst = std::max(worst, std::abs(std::int64_t{rounded(z, b, i)} - std::int64_t{value_at(x, b, i)}));
        }
        if (worst > largest_error)
            BOOST_ERROR("error " << worst << " at last extent " << shape[B::rank - 1] << ", " << int{bits} << " bits");
    }
}

template <class T>
void check_exact() {
    each_small_shape([](auto const &shape) {
        constexpr auto R = std::tuple_size_v<std::remove_cvref_t<decltype(shape)>>;
        for (std::size_t components : {1u, 3u, 4u, 5u}) {
            check_round_trip<triptych::bands<std::int16_t, R>>(T{}, shape, components, 8);
            check_round_trip<triptych::bands<std::int32_t, R>>(T{}, shape, components, 16);
        }
        check_round_trip<triptych::bands<std::int32_t, R>>(T{}, shape, 3, 1);
        check_round_trip<triptych::bands<std::int32_t, R>>(T{}, shape, 3, 32);
    });
}

/// Inverts a large value at an inner coefficient of each band and compares the norm of what comes out with `gain`.
template <class B, class T>
void check_gains(T const &t, triptych::extents<B::rank> const &shape, std::size_t components, double tolerance = 0.01) {
    auto const in = planes<B::rank>(shape, components, 20);
    auto const coefficients = t.arrange(in);
    for (std::size_t b = 0; b < coefficients.count(); ++b) {
        auto const &band = coefficients[b];
        if (triptych::volume(band.shape) == 0) continue;
        B y(coefficients, 0);
        std::size_t middle = 0;
        for (std::size_t axis = 0; axis < B::rank; ++axis)
            middle += band.shape[axis] / 2 * (band.stride[axis] / band.stride[B::rank - 1]);
        double const amplitude = 1 << 20;
        value_at(y, b, middle) = 1 << 20;
        auto const z = t.inverse(std::move(y), in);
        double sum = 0;
        for (std::size_t c = 0; c < z.count(); ++c) {
            double const unit = std::ldexp(1.0, band.frac - z.info(c).frac) / amplitude;
            for (std::size_t i = 0; i < z[c].size(); ++i) sum += std::pow(unit * value_at(z, c, i), 2);
        }
        BOOST_TEST(std::abs(std::sqrt(sum) * 256 - band.gain) <= tolerance * band.gain,
                   "band " << b << ": norm " << std::sqrt(sum) * 256 << ", gain " << band.gain);
    }
}

/// Inverts values from the whole range of the work type, at several shapes and ranks. It is for the sanitizers to object.
template <class T>
void check_hostile(T const &t) {
    auto const attack = [&]<class B>(B, triptych::extents<B::rank> const &shape, std::uint8_t bits) {
        using value = typename B::value_type;
        constexpr std::int64_t low = std::numeric_limits<value>::min(), high = std::numeric_limits<value>::max();
        auto const in = planes<B::rank>(shape, 3, bits);
        auto const coefficients = t.arrange(in);
        generator next;
        for (int kind = 0; kind < 4; ++kind) {
            B y(coefficients);
            for (std::size_t i = 0; i < y.size(); ++i)
                y.data()[i] = static_cast<value>(kind == 0   ? next(low, high)
                                                 : kind == 1 ? (next(0, 1) ? low : high)
                                                 : kind == 2 ? low
                                                             : high);
            auto const z = t.inverse(std::move(y), in);
            BOOST_TEST(z.ok());
        }
        // An encoder may meet values beyond the stated width too; it need not keep them, but it must not misbehave.
        B x(in);
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<value>(next(0, 1) ? low : high);
        BOOST_TEST(t.forward(std::move(x)).ok());
    };
    attack(triptych::bands<std::int16_t, 2>{}, {19, 13}, 8);
    attack(triptych::bands<std::int16_t, 1>{}, {37}, 8);
    attack(triptych::bands<std::int16_t, 3>{}, {2, 5, 9}, 9);
    attack(triptych::bands<std::int32_t, 2>{}, {13, 19}, 24);
    attack(triptych::bands<std::int32_t, 2>{}, {9, 9}, 32);
}

} // namespace
