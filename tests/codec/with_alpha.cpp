// with_alpha: alpha comes back exactly, and what it costs; without_hidden: nothing that is seen changes, and the rest costs little.
#include <triptych/conformance.hpp> // before all else, so that memory is counted

#include <algorithm>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/coder/range.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/schedule/tiles.hpp>
#include <triptych/schedule/workers.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/with_alpha.hpp>

namespace {
using namespace triptych;
struct lossy : basic_codec<lossy, transform::dct<8>, quantizer::uniform, coder::range<>> {
    static constexpr std::string_view label = "lossy";
};
using exactly = codec<transform::identity, quantizer::none, coder::range<>>;
using both = with_alpha<lossy, exactly>;

/// Waves, seen through `opacity(y, x)`; noise where nothing is seen.
template <class S, class F>
auto seen_through(std::size_t h, std::size_t w, std::size_t n, F const &opacity) -> picture<S, 2> {
    constexpr unsigned scale = sizeof(S) == 1 ? 1 : 257;
    picture<S, 2> p({h, w}, n);
    std::mt19937 random(5);
    for (std::size_t y = 0; y < h; ++y)
        for (std::size_t x = 0; x < w; ++x) {
            auto *const at = p.data() + (y * w + x) * n;
            unsigned const a = opacity(y, x);
            for (std::size_t c = 0; c + 1 < n; ++c)
                at[c] = static_cast<S>(
                    scale * (a == 0 ? random() % 256
                                    : static_cast<unsigned>(128 + 100 * std::sin(double(y + x * (c + 1)) / 9))));
            at[n - 1] = static_cast<S>(scale * a);
        }
    return p;
}
auto disc(std::size_t y, std::size_t x) -> unsigned {
    return (y - 30) * (y - 30) + (x - 40) * (x - 40) < 500 ? 255 : 0;
}
template <class S>
auto differences(picture<S, 2> const &a, picture<S, 2> const &b, bool alpha) -> std::size_t {
    std::size_t n = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        n += (i % a.components() == a.components() - 1) == alpha && a.data()[i] != b.data()[i];
    return n;
}
} // namespace

BOOST_AUTO_TEST_SUITE(alpha)

BOOST_AUTO_TEST_CASE_TEMPLATE(alpha_comes_back_whatever_the_goal, S,
                              decltype(std::tuple<std::uint8_t, std::uint16_t>{})) {
    both const codec;
    for (std::size_t n : {std::size_t{2}, std::size_t{4}})
        for (auto const &goal : {scale(20), scale(75), psnr(35), bits_per_pixel(3)})
            for (auto frame : {framing::file, framing::record, framing::bare}) {
                auto const p = seen_through<S>(60, 80, n, disc);
                auto const stream = codec.encode(p, goal, frame);
                auto const again = codec.decode<S, 2>(stream, frame, p.shape(), n);
                BOOST_TEST(differences(p, again, true) == 0u);
                BOOST_TEST(differences(p, again, false) > 0u);
            }
}

BOOST_AUTO_TEST_CASE(a_constant_alpha_takes_three_bytes) {
    for (unsigned value : {0u, 255u, 100u}) {
        auto const p = seen_through<std::uint8_t>(60, 80, 4, [&](auto, auto) { return value; });
        auto const stream = both{}.encode(p, scale(75), framing::bare);
        auto const parts = detail::split_alpha(p.view());
        auto const colour = lossy{}.encode(parts.colour, scale(75), framing::bare);
        // The size of the colour part is a varint of two bytes here.
        BOOST_TEST(stream.size() == colour.size() + (colour.size() < 128 ? 1 : 2) + 2);
        auto const again = both{}.decode<std::uint8_t, 2>(stream, framing::bare, p.shape(), 4);
        BOOST_TEST(differences(p, again, true) == 0u);
    }
}

BOOST_AUTO_TEST_CASE(without_alpha_the_payload_is_that_of_the_colour_codec) {
    for (std::size_t n : {std::size_t{1}, std::size_t{3}, std::size_t{5}}) {
        auto const p = seen_through<std::uint8_t>(20, 30, n, disc);
        BOOST_TEST((both{}.encode(p, scale(60), framing::bare) == lossy{}.encode(p, scale(60), framing::bare)));
        auto const stream = both{}.encode(p, scale(60));
        BOOST_TEST(both{}.decode(stream).components() == n);
    }
}

BOOST_AUTO_TEST_CASE(goals_are_those_of_the_whole) {
    auto const p = seen_through<std::uint8_t>(60, 80, 4, [](std::size_t y, std::size_t) { return 100 + unsigned(y); });
    for (double const dB : {30., 38.}) {
        auto const again = both{}.decode(both{}.encode(p, psnr(dB)));
        BOOST_TEST(std::abs(detail::psnr_of(p.view(), again.data(), 255) - dB) < 0.2);
    }
    auto const noisy = seen_through<std::uint8_t>(60, 80, 4, disc);
    for (double const bits : {8., 12.})
        BOOST_TEST(std::abs(double(both{}.encode(noisy, bits_per_pixel(bits)).size()) * 8 / 4800 / bits - 1) < 0.02);
    BOOST_CHECK_THROW(both{}.encode(p, exact), std::invalid_argument);
}

std::size_t jobs_done = 0;
BOOST_AUTO_TEST_CASE(workers_do_the_tiles_of_both) {
    using tiled = with_alpha<codec<transform::dct<8>, quantizer::uniform, coder::range<>, tiles<16>>,
                             codec<transform::identity, quantizer::none, coder::range<>, tiles<16>>>;
    workers const crew(2, [](unsigned, std::size_t jobs, workers::job f) {
        for (std::size_t i = 0; i < jobs; ++i, ++jobs_done) f(jobs - 1 - i);
    });
    auto const p = seen_through<std::uint8_t>(60, 80, 4, disc);
    auto const jobs_of = [](auto const &f) { return jobs_done = 0, f(), jobs_done; };
    std::vector<std::byte> stream;
    auto const colour = tiled{}.colour();
    auto const parts = detail::split_alpha(p.view());
    auto const of_colour = jobs_of([&] { (void)colour.encode(parts.colour, scale(60), framing::bare, crew); });
    auto const of_alpha = jobs_of([&] { (void)tiled{}.alpha().encode(parts.alpha, exact, framing::bare, crew); });
    BOOST_TEST((of_colour > 0 && of_alpha > 0));
    BOOST_TEST(jobs_of([&] { stream = tiled{}.encode(p, scale(60), framing::file, crew); }) == of_colour + of_alpha);
    BOOST_TEST((stream == tiled{}.encode(p, scale(60))));
    auto const alone = tiled{}.decode(stream);
    picture<std::uint8_t, 2> again;
    BOOST_TEST(jobs_of([&] { again = tiled{}.decode(stream, {}, crew); }) >= 40u); // 20 tiles each
    BOOST_TEST((differences(alone, again, true) + differences(alone, again, false)) == 0u);
}

BOOST_AUTO_TEST_CASE(streams_say_whose_they_are) {
    auto const p = seen_through<std::uint8_t>(20, 30, 4, disc);
    auto const stream = both{}.encode(p, scale(60));
    auto const info = peek(stream);
    BOOST_REQUIRE(bool(info));
    BOOST_TEST(info.value.label == "lossy-alpha");
    BOOST_TEST(info.value.codec == both::id);
    BOOST_CHECK_THROW(lossy{}.decode(stream), mismatch_error);
    BOOST_CHECK_THROW((both{}.decode<std::uint16_t, 2>(stream)), mismatch_error);
    BOOST_TEST((description<both, std::string>() ==
                "with_alpha<" + description<lossy, std::string>() + "," + description<exactly, std::string>() + ">"));
}

BOOST_AUTO_TEST_CASE(hostile_bytes_give_an_error) {
    auto const p = seen_through<std::uint8_t>(20, 30, 4, disc);
    auto const good = both{}.encode(p, scale(60), framing::bare);
    for (std::size_t keep = 0; keep < good.size(); ++keep) {
        auto const cut = std::span(good).first(keep);
        auto const r = both{}.try_decode<std::uint8_t, 2>(cut, framing::bare, p.shape(), 4);
        if (keep < 4) BOOST_TEST(!bool(r));
    }
    std::mt19937 random(1);
    for (int i = 0; i < 500; ++i) {
        auto bad = good;
        bad[i < 100 ? std::size_t(i) % 8 : random() % bad.size()] = static_cast<std::byte>(random());
        (void)both{}.try_decode<std::uint8_t, 2>(bad, framing::bare, p.shape(), 4);
    }
    std::vector<std::byte> const kind{std::byte{0}, std::byte{2}};
    BOOST_TEST(
        (both{}.try_decode<std::uint8_t, 2>(kind, framing::bare, extents<2>{1, 1}, 2).error.code == errc::corrupt));
    limits few;
    few.max_samples = 20 * 30 * 4 - 1;
    BOOST_TEST((both{}.try_decode<std::uint8_t, 2>(good, framing::bare, p.shape(), 4, few).error.code == errc::limit));
    for (std::int64_t n = 0; n < 40; ++n) {
        detail::meter.fail_in = n;
        auto const r = both{}.try_decode<std::uint8_t, 2>(good, framing::bare, p.shape(), 4);
        detail::meter.fail_in = -1;
        BOOST_TEST((bool(r) || r.error.code == errc::memory || r.error.code == errc::limit));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_seen_stays_and_the_rest_costs_little, S,
                              decltype(std::tuple<std::uint8_t, std::uint16_t>{})) {
    for (std::size_t n : {std::size_t{2}, std::size_t{4}}) {
        auto const p = seen_through<S>(61, 83, n, disc);
        auto const freed = without_hidden(p.view());
        for (std::size_t i = 0; i < p.size(); i += n)
            if (p.data()[i + n - 1] != 0)
                BOOST_TEST(std::equal(p.data() + i, p.data() + i + n, freed.data() + i));
            else
                BOOST_TEST(freed.data()[i + n - 1] == 0);
        auto const blank = seen_through<S>(61, 83, n, [](auto, auto) { return 0u; });
        auto const nothing = without_hidden(blank.view());
        BOOST_TEST(std::all_of(nothing.data(), nothing.data() + nothing.size(), [](S v) { return v == 0; }));
        auto const cost = [](picture<S, 2> const &q) {
            return lossy{}.encode(detail::split_alpha(q.view()).colour, scale(75), framing::bare).size();
        };
        auto const whole = seen_through<S>(61, 83, n, [](auto, auto) { return 255u; });
        // No more than if all of it were seen, which is less than the noise takes.
        BOOST_TEST(cost(freed) < cost(whole));
        BOOST_TEST(cost(freed) * 2 < cost(p));
    }
    auto const plain = seen_through<S>(10, 10, 3, disc);
    BOOST_TEST(std::ranges::equal(without_hidden(plain.view()).samples(), plain.samples()));
}

BOOST_AUTO_TEST_SUITE_END()
