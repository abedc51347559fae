// Truths: centroids computed here from the values themselves, and costs counted from the bytes that a coder wrote.
#include <triptych/quantizer/dead_zone.hpp>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/metric/bd_rate.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/transform/dct.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace {
using namespace triptych;
using quantizer::dead_zone;
using planes = bands<std::int16_t, 2>;

class generator {
public:
    auto uniform() -> double {
        return (static_cast<double>((state_ = state_ * 1664525u + 1013904223u) >> 8) + 0.5) / (1 << 24);
    }
    auto laplacian(double scale) -> double {
        auto const u = uniform() - 0.5;
        return scale * (u < 0 ? std::log(1 + 2 * u) : -std::log(1 - 2 * u));
    }

private:
    std::uint32_t state_ = 99;
};

auto plane(std::size_t n, int bits = 12, role kind = role::signal) -> planes {
    layout<2> where;
    band_info<2> like;
    like.bits = static_cast<std::uint8_t>(bits), like.at.kind = kind;
    where.add({1, n}, like);
    return planes(where, 0);
}

/// Like a photograph in its statistics: smooth fields of every size, fainter the smaller they are, and discs with sharp edges.
constexpr std::size_t side = 256;
auto photograph() -> std::vector<std::uint8_t> {
    generator g;
    std::vector<double> v(side * side, 128);
    for (std::size_t cell = 128; cell >= 2; cell /= 2) {
        auto const n = side / cell + 2;
        std::vector<double> knots(n * n);
        for (auto &k : knots) k = g.laplacian(std::pow(static_cast<double>(cell), 0.75));
        for (std::size_t y = 0; y < side; ++y)
            for (std::size_t x = 0; x < side; ++x) {
                auto const *const k = knots.data() + y / cell * n + x / cell;
                auto const s = static_cast<double>(y % cell) / static_cast<double>(cell),
                           t = static_cast<double>(x % cell) / static_cast<double>(cell);
                v[y * side + x] += (1 - s) * ((1 - t) * k[0] + t * k[1]) + s * ((1 - t) * k[n] + t * k[n + 1]);
            }
    }
    for (int disc = 0; disc < 40; ++disc) {
        auto const cy = g.uniform() * side, cx = g.uniform() * side, r = 3 + g.uniform() * 25, add = g.laplacian(25);
        for (std::size_t y = 0; y < side; ++y)
            for (std::size_t x = 0; x < side; ++x)
                if (std::hypot(static_cast<double>(y) - cy, static_cast<double>(x) - cx) < r) v[y * side + x] += add;
    }
    std::vector<std::uint8_t> out;
    for (auto const s : v) out.push_back(static_cast<std::uint8_t>(std::clamp(s, 0.0, 255.0)));
    return out;
}

struct outcome {
    double bits = 0, distortion = 0; ///< distortion in units of step², summed
    metric::rate_point point;
};

/// Analysis, decisions, bytes and synthesis, as a codec does them, with or without prices and fitted points.
auto encode(std::vector<std::uint8_t> const &picture, float step, bool priced, bool fitted) -> outcome {
    coder::range<> const coder;
    transform::dct<8> const dct;
    dead_zone const q;
    target const aim{step};
    auto const in = detail::component_planes<2>({side, side}, 1, 8);
    planes x(in);
    detail::samples_to_planes(picture.data(), detail::byte_map(), x);
    auto const values = dct.forward(std::move(x));
    auto s = q.plan(values, aim);
    auto symbols = q.quantize(values.clone(), s);
    if (priced) {
        auto const rates = coder.rates(symbols);
        symbols = q.decide(std::move(symbols), values, s, rates, aim);
    }
    if (fitted) s = q.refit(values, symbols, s, aim);
    byte_writer w;
    q.write(s, w);
    coder.encode(symbols, w);
    auto const y = dct.inverse(q.dequantize(std::move(symbols), s, values.layout()), in);
    std::vector<std::uint8_t> decoded(picture.size());
    detail::planes_to_samples<std::uint8_t>(y, detail::byte_map(), decoded.data());
    picture_view<std::uint8_t, 2> const a{picture.data(), {side, side}, 1}, b{decoded.data(), {side, side}, 1};
    auto const bits = 8 * static_cast<double>(w.size());
    return {bits, metric::mse(a, b) * side * side / (step * step), {bits, metric::psnr(a, b)}};
}
} // namespace

BOOST_AUTO_TEST_SUITE(a_dead_zone)

BOOST_AUTO_TEST_CASE(weighed_decisions_lower_the_cost_and_the_rate_at_equal_quality) {
    auto const picture = photograph();
    std::vector<metric::rate_point> plain, priced;
    for (float const step : {8.0F, 16.0F, 32.0F, 64.0F}) {
        auto const a = encode(picture, step, false, true), b = encode(picture, step, true, true);
        BOOST_TEST(b.distortion + 0.1 * b.bits < a.distortion + 0.1 * a.bits);
        plain.push_back(a.point), priced.push_back(b.point);
    }
    auto const gain = metric::bd_rate(plain, priced);
    BOOST_REQUIRE(gain.has_value());
    BOOST_TEST_MESSAGE("rate-distortion optimised decisions: " << gain->percent << " %");
    BOOST_TEST(gain->percent < -1.5);
}

BOOST_AUTO_TEST_CASE(fitted_points_save_rate) {
    auto const picture = photograph();
    std::vector<metric::rate_point> usual, fitted;
    for (float const step : {8.0F, 16.0F, 32.0F, 64.0F})
        usual.push_back(encode(picture, step, false, false).point),
            fitted.push_back(encode(picture, step, false, true).point);
    auto const gain = metric::bd_rate(usual, fitted);
    BOOST_REQUIRE(gain.has_value());
    BOOST_TEST_MESSAGE("fitted points: " << gain->percent << " %");
    BOOST_TEST(gain->percent < -0.5);
}

BOOST_AUTO_TEST_CASE(points_are_the_centroids) {
    generator g;
    dead_zone const q;
    for (double const scale : {6.0, 15.0, 40.0}) {
        auto x = plane(200000);
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = static_cast<std::int16_t>(std::clamp(g.laplacian(scale), -2000.0, 2000.0));
        target const aim{20};
        auto s = q.plan(x, aim);
        auto const symbols = q.quantize(x.clone(), s);
        s = q.refit(x, symbols, s, aim);
        auto const back = q.dequantize(symbols.clone(), s, x.layout());
        for (int level = -2; level <= 2; ++level) {
            double sum = 0, n = 0;
            std::int16_t value = 0;
            for (std::size_t i = 0; i < x.size(); ++i)
                if (symbols.data()[i] == level) sum += x.data()[i], n += 1, value = back.data()[i];
            BOOST_TEST(std::abs(sum / n - value) < 0.8); // points lie 20/64 apart, and values are integers
        }
    }
}

BOOST_AUTO_TEST_CASE(a_decision_without_a_price_is_the_nearest) {
    struct free_of_charge {
        auto bits(planes const &, std::size_t, std::size_t, std::int32_t) const -> float { return 0; }
    };
    dead_zone const q;
    auto x = plane(2001);
    for (int i = 0; i < 2001; ++i) x.data()[i] = static_cast<std::int16_t>(i - 1000);
    target const aim{33};
    auto const s = q.plan(x, aim);
    auto const symbols = q.decide(q.quantize(x.clone(), s), x, s, free_of_charge{}, aim);
    auto const back = q.dequantize(symbols.clone(), s, x.layout());
    for (int i = 0; i < 2001; ++i) BOOST_REQUIRE(std::abs(back.data()[i] - x.data()[i]) <= 18);
}

BOOST_AUTO_TEST_CASE(a_decision_is_the_cheapest_of_its_candidates) {
    // A symbol costs 1 + 3 · |v| bits, and 2 more after a symbol that is not zero: prices come in the context of what is decided before.
    struct linear {
        auto bits(planes const &symbols, std::size_t, std::size_t at, std::int32_t v) const -> float {
            return 1.0F + 3.0F * static_cast<float>(std::abs(v)) +
                   (at > 0 && symbols.data()[at - 1] != 0 && v != 0 ? 2.0F : 0.0F);
        }
    };
    generator g;
    dead_zone const q;
    auto x = plane(3000);
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int16_t>(g.laplacian(60));
    target const aim{40, 0.15F};
    auto s = q.plan(x, aim);
    for (auto &p : s.shift) p = {0, 0, 0};
    auto const symbols = q.decide(q.quantize(x.clone(), s), x, s, linear{}, aim);
    for (std::size_t i = 0; i < x.size(); ++i) {
        auto const cost = [&](int v) {
            auto const d = (x.data()[i] - 40.0 * v) / 40;
            return d * d + 0.15 * linear{}.bits(symbols, 0, i, v);
        };
        auto const chosen = symbols.data()[i];
        auto const nearest = static_cast<int>(std::lround(x.data()[i] / 40.0));
        auto const lower = nearest - (nearest > 0) + (nearest < 0);
        BOOST_REQUIRE((chosen == nearest || chosen == lower || chosen == 0));
        if (std::abs(x.data()[i] % 40) != 20) // at a tie either neighbour is the nearest
            BOOST_REQUIRE(cost(chosen) <= std::min({cost(nearest), cost(lower), cost(0)}) + 1e-4);
    }
}

BOOST_AUTO_TEST_CASE(no_loss_and_side_bands_pass) {
    dead_zone const q;
    for (auto const kind : {role::signal, role::side})
        for (float const step : {0.0F, 50.0F}) {
            if (kind == role::signal && step != 0) continue;
            auto x = plane(65536, 16, kind);
            for (int i = 0; i < 65536; ++i) x.data()[i] = static_cast<std::int16_t>(i - 32768);
            auto const s = q.plan(target{step});
            auto const symbols = q.decide(q.quantize(x.clone(), s), x, s, coder::range<>{}.rates(x), target{step});
            auto const back = q.dequantize(symbols.clone(), q.refit(x, symbols, s, target{step}), x.layout());
            BOOST_TEST(std::equal(back.data(), back.data() + back.size(), x.data()));
        }
}

BOOST_AUTO_TEST_CASE(any_symbol_and_setting_give_values_within_the_band) {
    dead_zone const q;
    for (std::uint64_t const step :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{300}, std::uint64_t{1} << 20, detail::max_step})
        for (int const shift : {-31, 0, 31})
            for (int const bits : {0, 1, 8, 16, 255}) {
                auto x = plane(7, bits);
                std::int16_t const hostile[]{0, 1, -1, 2, -3, 32767, -32768};
                std::copy(std::begin(hostile), std::end(hostile), x.data());
                dead_zone::setting s;
                s.step = step;
                for (auto &p : s.shift) p.fill(static_cast<std::int8_t>(shift));
                auto const back = q.dequantize(x.clone(), s, x.layout());
                auto const reach = bits >= 1 && bits <= 16 ? 1 << (bits - 1) : 1 << 15;
                for (std::size_t i = 0; i < x.size(); ++i)
                    BOOST_REQUIRE((back.data()[i] >= -reach && back.data()[i] < reach));
                BOOST_TEST(back.data()[0] == 0);
            }
}

BOOST_AUTO_TEST_CASE(settings_are_validated) {
    dead_zone const q;
    auto const read = [&](std::vector<std::byte> const &bytes) {
        byte_reader r(bytes);
        auto const s = q.read(r);
        return std::pair{s, r.error().code};
    };
    dead_zone::setting s{1234, dead_zone::usual};
    byte_writer usual;
    q.write(s, usual);
    BOOST_TEST(usual.size() == 2u); // nothing but the step
    s.shift[1] = {-31, 31, 5}, s.shift[3] = {1, 2, 3};
    byte_writer own;
    q.write(s, own);
    BOOST_TEST(own.size() == 2u + 1 + 6);
    auto bytes = std::move(own).take();
    BOOST_TEST((read(bytes).first.shift == s.shift && read(bytes).first.step == 1234));
    for (std::size_t n = 0; n < bytes.size(); ++n)
        BOOST_TEST((read({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n)}).second == errc::truncated));
    bytes[3] = std::byte{32};
    BOOST_TEST((read(bytes).second == errc::corrupt));
    bytes[3] = std::byte{1}, bytes[2] = std::byte{0x10};
    BOOST_TEST((read(bytes).second == errc::corrupt));
    byte_writer far;
    far.varint(detail::max_step * 2 + 2);
    BOOST_TEST((read(std::move(far).take()).second == errc::corrupt));
}

BOOST_AUTO_TEST_SUITE_END()
