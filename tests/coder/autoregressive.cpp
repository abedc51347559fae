// model::autoregressive: any layout comes back whatever the arrays say; its law is the logistic one; and the cost of a field whose model is
// known is its entropy.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include <triptych/coder/model/autoregressive.hpp>
#include <triptych/coder/range.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

using autoregressive = coder::range<model::autoregressive>;
static_assert(stateful<autoregressive> && streaming_coder<autoregressive, bands<std::int32_t, 3>>);

namespace {
template <class T>
auto filled(dims shape, T v) -> frozen<T> {
    return frozen<T>::owned(std::vector<T>(shape.size(), v), shape);
}
/// A model for h x w that says the same everywhere.
auto uniform(std::uint32_t h, std::uint32_t w, std::vector<double> const &weights, double deviation) -> autoregressive {
    std::vector<std::int16_t> all;
    for (std::uint32_t i = 0; i < h * w; ++i)
        for (auto const v : weights) all.push_back(static_cast<std::int16_t>(std::lround(v * 8192)));
    autoregressive c;
    auto &m = c.model;
    m.bias = filled(dims{h, w}, std::int32_t{0});
    m.weight = frozen<std::int16_t>::owned(all, dims{h, w, static_cast<std::uint32_t>(weights.size())});
    m.spread = filled(dims{h, w}, static_cast<std::uint8_t>(std::lround(16 * std::log2(16 * deviation))));
    m.response = filled(dims{32}, std::int8_t{0});
    return c;
}
/// Arrays of the right extents, full of anything.
auto hostile(std::uint32_t h, std::uint32_t w, std::uint32_t taps, unsigned seed) -> autoregressive {
    std::mt19937 random(seed);
    auto const fill = [&]<class T>(frozen<T> &a, dims shape) {
        std::vector<T> v(shape.size());
        for (auto &x : v) x = static_cast<T>(random());
        a = frozen<T>::owned(v, shape);
    };
    autoregressive c;
    fill(c.model.bias, dims{h, w}), fill(c.model.weight, dims{h, w, taps});
    fill(c.model.spread, dims{h, w}), fill(c.model.response, dims{32});
    return c;
}
auto bytes_of(autoregressive const &c, bands<std::int16_t, 2> const &x) -> std::vector<std::byte> {
    byte_writer w;
    c.encode(x, w);
    return std::move(w).take();
}
} // namespace

BOOST_AUTO_TEST_SUITE(autoregressive_model)

BOOST_AUTO_TEST_CASE(places_are_all_that_come_before_by_distance) {
    auto const check = [](auto const &places, int most) {
        std::vector<std::array<int, 4>> wanted; // squared distance, up, right
        for (int up = 0; up <= 9; ++up)
            for (int right = -9; right <= 9; ++right)
                if ((up > 0 || right < 0) && up * up + right * right <= most)
                    wanted.push_back({up * up + right * right, up, right, 0});
        std::sort(wanted.begin(), wanted.end());
        BOOST_TEST_REQUIRE(wanted.size() == places.size());
        for (std::size_t i = 0; i < wanted.size(); ++i)
            BOOST_TEST((places[i].up == wanted[i][1] && places[i].right == wanted[i][2]));
    };
    check(model::autoregressive::taps, 37);
    check(model::detail::error_field::places, 13);
    for (auto const &p : model::autoregressive::taps)
        BOOST_TEST(
            (p.up <= int(model::autoregressive::reach) && std::abs(p.right) <= int(model::autoregressive::reach)));
}

BOOST_AUTO_TEST_CASE(the_law_is_logistic) {
    for (double const deviation : {0.1, 0.7, 3.0, 40.0, 1000.0})
        for (double const centre : {0.0, 0.3, -17.5, 100.0}) {
            model::detail::logistic_law law;
            law.width = 12, law.centre = std::lround(16 * centre);
            law.spread = static_cast<std::uint32_t>(std::lround(16 * std::log2(16 * std::max(deviation, 1 / 16.0))));
            // E|x| of the logistic law of scale s is 2 s ln 2.
            auto const s = std::exp2(law.spread / 16.0) / 16 / (2 * std::log(2.0));
            double worst = 0;
            std::int64_t before = -1;
            for (std::int64_t v = -2048; v <= 2048; ++v) {
                auto const x = (double(v) - 0.5 - double(law.centre) / 16) / s;
                auto const wanted = 1 / (1 + std::exp(-x)) + double(v + 2048) / 4096 / 2048;
                worst = std::max(worst, std::abs(double(law.below(v)) * std::exp2(-46) - wanted));
                BOOST_TEST(law.below(v) > before);
                before = law.below(v);
            }
            BOOST_TEST(worst < 3e-5); // 2^(1/16) is known to 16 bits
        }
}

BOOST_AUTO_TEST_CASE(decisions_add_up_to_the_law) {
    model::detail::logistic_law law{.centre = 37, .spread = 70, .width = 8};
    double all = 0, lost = 0;
    for (int v = -128; v < 128; ++v) {
        double p = 1;
        auto const got = law.code(v, [&](std::uint32_t p1, bool b) {
            p *= (b ? p1 : 65536 - p1) / 65536.0;
            return b;
        });
        BOOST_TEST(got == v);
        all += p;
        auto const wanted = double(law.below(v + 1) - law.below(v)) / double(law.below(128) - law.below(-128));
        lost += wanted * std::log2(wanted / p);
    }
    BOOST_TEST(std::abs(all - 1) < 1e-12);
    BOOST_TEST(lost < 1e-4); // bits a symbol
}

BOOST_AUTO_TEST_CASE(every_layout_comes_back_with_and_without_state) {
    for (auto const &c : {autoregressive{}, hostile(9, 14, 60, 1), hostile(13, 9, 7, 2), hostile(4, 6, 1, 3)}) {
        unsigned seed = 1;
        for (auto const &l :
             {planes<2>({9, 14}, 3, 9), planes<2>({1, 1}, 1, 1), planes<2>({13, 9}, 2, 8), planes<2>({8, 21}, 4, 8),
              planes<2>({5, 7}, 6, 16), planes<2>({0, 7}, 2, 8), blocks(16, 24, 4, 11), pyramid(17, 13, 2, 12)}) {
            BOOST_TEST(survives(c, noise<std::int16_t>(l, seed)));
            BOOST_TEST(survives(c, geometric<std::int32_t>(l, seed, [](std::size_t) { return 2.0; })));
            ++seed;
        }
        BOOST_TEST(survives(c, noise<std::int32_t>(planes<2>({9, 14}, 2, 32), 3)));
        BOOST_TEST(survives(c, noise<std::int32_t>(planes<3>({2, 13, 9}, 1, 31), 4)));
    }
}

BOOST_AUTO_TEST_CASE(a_field_of_a_known_model_costs_its_entropy) {
    // x = 0.95 W + 0.95 N - 0.9025 NW + noise; taps are W, N, NW.
    constexpr double sigma = 9;
    auto const mean_error = sigma * std::sqrt(2 / 3.14159265358979);
    auto const x = field(64, 64, sigma, 4);
    auto const entropy = 64 * 64 * std::log2(sigma * std::sqrt(2 * 3.14159265358979 * 2.718281828)) / 8;
    auto const n = double(bytes_of(uniform(64, 64, {0.95, 0.95, -0.9025}, mean_error), x).size());
    BOOST_TEST_MESSAGE(n << " bytes, entropy " << entropy);
    BOOST_TEST(n > 0.99 * entropy);
    BOOST_TEST(n < 1.02 * entropy); // a logistic law for a Gaussian one, and what is kept for surprises
    // The errors around tell a scale that is four times as large as the field's, where they are listened to.
    auto wrong = uniform(64, 64, {0.95, 0.95, -0.9025}, 4 * mean_error);
    auto const deaf = double(bytes_of(wrong, x).size());
    wrong.model.response = {};
    std::vector<std::int8_t> response;
    for (int c = 0; c < 32; ++c) response.push_back(static_cast<std::int8_t>(4 * c - 53)); // an octave for an octave
    wrong.model.response = frozen<std::int8_t>::owned(response, dims{32});
    BOOST_TEST(double(bytes_of(wrong, x).size()) < deaf - 0.5 * (deaf - n));
}

BOOST_AUTO_TEST_CASE(other_extents_and_arrays_that_do_not_fit_are_as_no_state) {
    auto const x = field(20, 30, 5, 1);
    auto const plain = bytes_of(autoregressive{}, x);
    BOOST_TEST((bytes_of(hostile(30, 20, 60, 1), x) == plain));
    auto c = hostile(20, 30, 60, 1);
    BOOST_TEST(c.model.valid());
    BOOST_TEST((bytes_of(c, x) == plain) == false);
    c.model.bias = filled(dims{20, 29}, std::int32_t{0});
    BOOST_TEST(!c.model.valid());
    BOOST_TEST((bytes_of(c, x) == plain));
    c = hostile(20, 30, 61, 1);
    BOOST_TEST(!c.model.valid());
}

BOOST_AUTO_TEST_CASE(weights_may_be_text_in_a_header) {
    static constexpr char16_t text[] = u"\u1e66\u1e66\ue31f\u1e66\u1e66\ue31f";
    auto written = uniform(1, 2, {0.95, 0.95, -0.9025}, 3), owned = written;
    written.model.weight = frozen<std::int16_t>(text, dims{1, 2, 3});
    BOOST_TEST(model_fingerprint(written) == model_fingerprint(owned));
    auto const x = noise<std::int16_t>(planes<2>({1, 2}, 1, 8), 1);
    BOOST_TEST((bytes_of(written, x) == bytes_of(owned, x)));
    BOOST_TEST(survives(written, x));
}

BOOST_AUTO_TEST_CASE(without_a_model_noise_costs_its_entropy_and_not_much_more) {
    auto const n = bytes_of(autoregressive{}, noise<std::int16_t>(planes<2>({64, 64}, 1, 8), 5)).size();
    BOOST_TEST(n > 4096u);
    BOOST_TEST(n < 4096u * 108 / 100);
    BOOST_TEST(bytes_of(autoregressive{}, bands<std::int16_t, 2>(planes<2>({64, 64}, 1, 8), 77)).size() < 100u);
}

BOOST_AUTO_TEST_SUITE_END()
