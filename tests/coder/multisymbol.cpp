// The multi-symbol engine and its thresholds, against the definitions on docs/format/coder.md written out one by one.
#include <boost/test/unit_test.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/multisymbol.hpp>
#include <triptych/state.hpp>

#include "symbols.hpp"

using namespace triptych;
using namespace triptych::test;

namespace {
using cdf = coder::adaptive_cdf<7>;

/// Thresholds as the page has them.
struct thresholds {
    std::array<int, 16> t{};
    unsigned n = 0;

    void learn(int d) {
        auto const shift = std::min(3 + static_cast<int>(std::bit_width(n)) / 2, 7);
        for (int i = 1; i < 16; ++i) {
            auto &v = t[static_cast<std::size_t>(i)];
            v += static_cast<int>(std::floor(((i <= d ? 32768 - i : 16 - i) - v) / std::exp2(shift)));
        }
        n = std::min(n + 1, 255u);
    }
};
/// Symbols 0 ... 15, one of which a corpus has shown to be likely.
struct taught {
    frozen<std::uint8_t> likely;

    static constexpr void describe(auto &d) { d("taught"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("likely", self.likely);
    }
    class digits {
    public:
        explicit digits(taught const &m) noexcept {
            for (int i = 0; i < 20 && !m.likely.empty(); ++i) cdf_.learn(m.likely[0] & 15u);
        }
        static auto ok() noexcept -> bool { return true; }
        template <class E, class B>
        void code(E &engine, B &symbols) noexcept(E::decoding) {
            for (std::size_t i = 0; i < symbols.size(); ++i) {
                auto const d = engine.digit(cdf_, static_cast<unsigned>(symbols.data()[i]) & 15u);
                if constexpr (E::decoding)
                    symbols.data()[i] = static_cast<typename std::remove_const_t<B>::value_type>(d);
            }
        }

    private:
        cdf cdf_;
    };
};
} // namespace

BOOST_AUTO_TEST_SUITE(multisymbol)

BOOST_AUTO_TEST_CASE(thresholds_learn_as_defined) {
    std::mt19937 random(1);
    for (unsigned const kind : {0u, 1u, 2u, 3u}) {
        cdf c;
        thresholds t;
        for (unsigned i = 1; i < 16; ++i) t.t[i] = static_cast<int>(16 - i + ((16 - i) * 2048 * 32737 >> 15));
        bool same = true, whole = true;
        for (int n = 0; n < 3000; ++n) {
            auto const d = kind == 0   ? static_cast<unsigned>(random() % 16)
                           : kind == 1 ? 0u
                           : kind == 2 ? 15u
                                       : static_cast<unsigned>(n / 500 % 16);
            c.learn(d), t.learn(static_cast<int>(d));
            std::uint32_t sum = 0;
            for (unsigned i = 1; i < 16; ++i) same = same && c.at_least(i) == static_cast<unsigned>(t.t[i]);
            for (unsigned i = 0; i < 16; ++i) whole = whole && c.frequency(i) >= 1, sum += c.frequency(i);
            whole = whole && sum == 32768;
        }
        BOOST_TEST(same);
        BOOST_TEST(whole);
    }
}

BOOST_AUTO_TEST_CASE(every_point_lies_in_one_digit) {
    std::mt19937 random(2);
    for (std::uint32_t const range : {32768u, 32769u, 50000u, 65534u, 65535u}) {
        cdf c;
        for (int n = 0; n < 40; ++n) c.learn(static_cast<unsigned>(random() % (1 + random() % 16)));
        std::uint16_t edges[32];
        bool sound = true;
        for (std::uint32_t x = 0; x < range; ++x) {
            unsigned digit = 0; // how many thresholds lie above
            for (unsigned i = 1; i < 16; ++i) digit += (range * c.at_least(i)) / 32768 > x;
            sound = sound && c.find(range, x, edges) == digit && edges[digit + 1] <= x && x < edges[digit];
        }
        BOOST_TEST(sound);
    }
}

BOOST_AUTO_TEST_CASE(the_engine_ends_to_the_byte) {
    std::mt19937 random(3);
    for (unsigned n = 0; n < 300; ++n) {
        struct step {
            unsigned digit, bits, value;
        };
        std::vector<step> steps(n);
        coder::multisymbol_encoder e;
        byte_writer w;
        cdf c;
        double ideal = 0;
        for (auto &s : steps) {
            // Long runs of the least and the most likely digit make carries.
            s = {static_cast<unsigned>(n % 3 == 0   ? random() % 16
                                       : n % 3 == 1 ? 15 * (random() % 50 == 0)
                                                    : 15),
                 static_cast<unsigned>(random() % 7 == 0 ? random() % 33 : 0), static_cast<unsigned>(random())};
            ideal -= std::log2(c.frequency(s.digit) / 32768.0);
            ideal += s.bits;
            e.digit(c, s.digit), e.direct(s.value, s.bits);
            if (random() % 4 == 0) e.flush(w);
        }
        e.finish(w);
        BOOST_TEST(static_cast<double>(w.size()) <= ideal * 1.002 / 8 + 1.4);
        for (int const tail : {-1, 0, 0x5a, 255}) {
            std::vector<std::byte> bytes(w.view().begin(), w.view().end());
            if (tail >= 0) bytes.resize(bytes.size() + 7, static_cast<std::byte>(tail));
            byte_reader r(bytes);
            coder::multisymbol_decoder d(r);
            cdf known;
            bool same = true;
            for (auto const &s : steps) {
                same = same && d.digit(known) == s.digit;
                auto const mask = s.bits == 32 ? ~0u : (1u << s.bits) - 1;
                same = same && d.direct(0, s.bits) == (s.value & mask);
            }
            d.finish(r);
            BOOST_TEST((same && r.ok() && r.position() == w.size()));
        }
    }
}

BOOST_AUTO_TEST_CASE(another_end_is_damage) {
    byte_writer w;
    coder::multisymbol_encoder e;
    cdf c;
    for (unsigned i = 0; i < 50; ++i) e.digit(c, i * i % 16);
    e.finish(w);
    std::size_t unnoticed = 0;
    for (unsigned v = 0; v < 256; ++v) {
        std::vector<std::byte> bytes(w.view().begin(), w.view().end());
        bytes.back() = static_cast<std::byte>(v);
        byte_reader r(bytes);
        coder::multisymbol_decoder d(r);
        cdf known;
        for (unsigned i = 0; i < 50; ++i) d.digit(known);
        d.finish(r);
        unnoticed += r.ok();
    }
    BOOST_TEST(unnoticed < 128u);
}

// Classes tile the numbers: each is a digit, and the bits behind it say the rest.
BOOST_AUTO_TEST_CASE(classes_tile) {
    using namespace model::detail;
    for (unsigned c = 0; c < escape_digit; ++c) {
        BOOST_TEST(log_class(class_start(c), escape_digit) == c);
        BOOST_TEST(class_start(c) + (1u << class_bits(c)) ==
                   (c + 1 == escape_digit ? escape_from : class_start(c + 1)));
    }
}

// A drifting mean costs little more than if it were known.
BOOST_AUTO_TEST_CASE(adapts) {
    bands<std::int16_t, 2> x(planes<2>({300, 400}, 1, 12));
    std::mt19937 random(4);
    double entropy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        double const q = 1 / (1 + 0.1 + 20.0 * static_cast<double>(i) / static_cast<double>(x.size()));
        auto const m = std::geometric_distribution<int>(q)(random);
        x.data()[i] = static_cast<std::int16_t>(random() & 1 ? m : -m);
        entropy += (-q * std::log2(q) - (1 - q) * std::log2(1 - q)) / q + (1 - q);
    }
    auto const size = static_cast<double>(encoded(coder::multisymbol<model::adaptive>{}, x).size());
    BOOST_TEST(size * 8 <= entropy * 1.03);
}

// What docs/concepts/coder-catalogue.md says of constant data.
BOOST_AUTO_TEST_CASE(constants_cost_a_little) {
    auto const rate = [](int v) {
        bands<std::int16_t, 2> const x(planes<2>({1000, 1000}, 1, 12), static_cast<std::int16_t>(v));
        return 8e-6 * static_cast<double>(encoded(coder::multisymbol<model::adaptive>{}, x).size());
    };
    BOOST_TEST(rate(0) < 0.0007);
    for (int const v : {1, -1, 3, 10}) {
        BOOST_TEST(rate(v) > 0.003);
        BOOST_TEST(rate(v) < 0.007);
    }
}

// A model of digits may have learned something: it is the coder's state, and what adapts is made from it.
BOOST_AUTO_TEST_CASE(a_learned_model_is_the_coders_state) {
    coder::multisymbol<taught> c, untaught;
    c.model.likely = frozen<std::uint8_t>::owned(std::vector<std::uint8_t>{9}, dims{1u});
    BOOST_TEST(parameter_count(c) == 1u);
    BOOST_TEST(model_fingerprint(c) != model_fingerprint(untaught));
    std::string name;
    c.state(c, [&](std::string_view n, auto const &) { name = n; });
    BOOST_TEST(name == "model.likely");
    bands<std::int16_t, 2> x(planes<2>({1, 4}, 1, 5), std::int16_t{9});
    BOOST_TEST(encoded(c, x).size() < encoded(untaught, x).size());
    BOOST_TEST(survives(c, x));
    BOOST_TEST(!stateful<coder::multisymbol<>>);
}

BOOST_AUTO_TEST_SUITE_END()
