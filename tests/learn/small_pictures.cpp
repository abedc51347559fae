// transform::eigenpicture, quantizer::learned_dead_zone and model::conditional_scale, learned together.
#include <triptych/conformance.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <random>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/storage/safetensors.hpp>
#include <triptych/learn/quantizer/learned_dead_zone.hpp>
#include <triptych/learn/transform/eigenpicture.hpp>
#include <triptych/presets.hpp>

namespace tt = triptych;

namespace {
using small =
    tt::codec<tt::transform::eigenpicture, tt::quantizer::learned_dead_zone, tt::coder::range<tt::model::conditional_scale>>;
using picture = tt::picture<std::uint8_t, 2>;
constexpr tt::extents<2> shape{12, 16};

/// Pictures of one family: a few waves of random height and phase, two components, and grain.
auto family(std::size_t n, unsigned seed) -> std::vector<picture> {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<picture> all;
    while (all.size() < n) {
        picture x(shape, 2);
        double height[4];
        for (auto &h : height) h = 30 * normal(random);
        for (std::size_t i = 0; i < shape[0]; ++i)
            for (std::size_t j = 0; j < shape[1]; ++j)
                for (std::size_t c = 0; c < 2; ++c) {
                    double v = c == 0 ? 120 : 90;
                    for (int k = 0; k < 4; ++k)
                        v += height[k] * std::cos(0.13 * (k + 1) * double(i) + 0.21 * (4 - k) * double(j)) /
                             (k + 1 + 0.5 * double(c));
                    x.data()[(i * shape[1] + j) * 2 + c] =
                        static_cast<std::uint8_t>(std::clamp(v + normal(random), 0.0, 255.0));
                }
        all.push_back(std::move(x));
    }
    return all;
}
auto options(unsigned threads = 1) {
    tt::fit_options o;
    o.aim.step = 12, o.threads = threads;
    return o;
}
auto psnr(picture const &a, picture const &b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double(a.data()[i]) - b.data()[i], 2);
    return 10 * std::log10(255.0 * 255 * double(a.size()) / sum);
}
auto bytes_of(small const &codec) {
    std::ostringstream out;
    tt::save(codec, out);
    return std::move(out).str();
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_small_pictures)

// A few waves are a few numbers: unseen pictures of the family take a few bytes, the photo codec ten times as many.
BOOST_AUTO_TEST_CASE(a_learned_family_costs_a_tenth_of_a_photograph) {
    auto const codec = tt::fit<small>(family(300, 1), options());
    double own = 0, general = 0, dB = 0;
    auto const unseen = family(40, 2);
    for (auto const &x : unseen) {
        auto const bytes = codec.encode(x, tt::step(12), tt::framing::record);
        auto const y = codec.decode(bytes, tt::framing::record, shape, 2);
        own += double(bytes.size()), dB += psnr(x, y) / double(unseen.size());
        general += double(tt::photo{}.encode(x, tt::psnr(psnr(x, y)), tt::framing::record).size());
    }
    BOOST_TEST_MESSAGE(own / 40 << " bytes, photo " << general / 40 << " at " << dB << " dB");
    BOOST_TEST(dB > 40);
    BOOST_TEST(own < general / 8);
}

BOOST_AUTO_TEST_CASE(prices_are_what_is_paid) {
    auto const corpus = family(200, 3);
    auto const codec = tt::fit<small>(corpus, options());
    double bits = 0, bytes = 0;
    for (auto const &x : corpus) {
        tt::bands<std::int16_t, 2> planes(tt::detail::component_planes(shape, 2, 8));
        tt::detail::samples_to_planes(x.data(), tt::detail::byte_map(), planes);
        auto const y = codec.transform().forward(std::move(planes));
        auto const setting = codec.quantizer().plan(y, {12, 0});
        auto const symbols = codec.quantizer().quantize(y.clone(), setting);
        auto const rates = codec.coder().rates(symbols);
        for (std::size_t k = 0; k < symbols.count(); ++k) bits += double(rates.bits(symbols, k, k, symbols.data()[k]));
        tt::byte_writer w;
        codec.coder().encode(symbols, w);
        bytes += double(w.size());
    }
    // Closing a stream takes up to a byte.
    BOOST_TEST(bits / 8 <= bytes);
    BOOST_TEST(bits / 8 + 200 >= bytes);
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_and_any_home_give_the_same_model) {
    auto const corpus = family(60, 4);
    auto const one = tt::fit<small>(corpus, options(1)), three = tt::fit<small>(corpus, options(3));
    BOOST_TEST(one.model() == three.model());
    auto const text = bytes_of(one);
    auto const loaded = tt::load<small>(std::as_bytes(std::span(text)));
    BOOST_TEST(loaded.model() == one.model());
    auto const stream = one.encode(corpus[5], tt::step(9));
    BOOST_TEST((loaded.decode(stream).samples().size()) == corpus[5].size());
}

// Another step than the learned one moves all classes; it must still pay to have learned.
BOOST_AUTO_TEST_CASE(one_model_serves_many_steps) {
    auto const corpus = family(300, 5), unseen = family(30, 6);
    auto const codec = tt::fit<small>(corpus, options());
    for (float const step : {4.0F, 30.0F}) {
        auto o = options();
        o.aim.step = step;
        auto const own = tt::fit<small>(corpus, o);
        std::size_t here = 0, there = 0;
        for (auto const &x : unseen) {
            here += codec.encode(x, tt::step(step), tt::framing::record).size();
            there += own.encode(x, tt::step(step), tt::framing::record).size();
        }
        BOOST_TEST(double(here) < 1.25 * double(there));
    }
}

BOOST_AUTO_TEST_CASE(other_pictures_are_carried_too) {
    auto const codec = tt::fit<small>(family(60, 7), options());
    picture x({5, 9}, 3);
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::uint8_t>(i * 37);
    auto const y = codec.decode(codec.encode(x, tt::max_error(2)));
    for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST(std::abs(int(x.data()[i]) - int(y.data()[i])) <= 2);
}

BOOST_AUTO_TEST_CASE(the_laws_hold_with_what_was_learned) {
    auto const codec = tt::fit<small>(family(60, 8), options());
    tt::conformance_options o;
    o.every = 40, o.mutations = 60;
    auto const report = tt::conformance<small, std::tuple<tt::picture<std::uint8_t, 2>>>(codec, o);
    BOOST_TEST(report.ok(), report.text());
    // Streams of the pictures that were learned, with bytes changed.
    tt::small_random random(3);
    auto const pictures = family(1, 9);
    auto const &x = pictures.front();
    auto const bytes = codec.encode(x, tt::step(12));
    for (int i = 0; i < 2000; ++i) {
        auto const y = codec.try_decode(tt::mutate_stream(bytes, random), {1 << 16, 1 << 22});
        BOOST_TEST((y.error || y.value.size() <= std::size_t{1} << 16));
    }
}

BOOST_AUTO_TEST_CASE(what_can_not_be_learned_from_is_told) {
    std::vector<picture> const none, one = family(1, 1);
    BOOST_CHECK_THROW(tt::fit<small>(none, options()), std::invalid_argument);
    BOOST_CHECK_THROW(tt::fit<small>(one, options()), std::invalid_argument);
    auto mixed = family(5, 1);
    mixed.emplace_back(tt::extents<2>{3, 4}, 2);
    BOOST_CHECK_THROW(tt::fit<small>(mixed, options()), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
