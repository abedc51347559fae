// learner<coder::range<model::autoregressive>>: weights are those of the normal equations, unseen pictures of a known source cost its entropy.
#include <triptych/conformance.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <random>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <triptych/learn/coder/autoregressive.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/storage/header.hpp>
#include <triptych/learn/storage/safetensors.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

namespace tt = triptych;

namespace {
using coder = tt::coder::range<tt::model::autoregressive>;
using registered = tt::codec<tt::transform::identity, tt::quantizer::none, coder>;
using picture = tt::picture<std::uint8_t, 2>;
constexpr std::size_t h = 12, w = 14;

/// Every place leans on the one to the left and the one above by weights of its own, with noise of a deviation of its own.
struct source {
    std::mt19937 random;
    std::normal_distribution<double> normal;
    explicit source(unsigned seed) : random(seed) {}

    static auto lean(std::size_t i) -> double { return 0.2 + 0.5 * double(i * 7 % 11) / 11; }
    static auto deviation(std::size_t i) -> double { return 2 + double(i * 5 % 13); }
    auto next() -> picture {
        picture p({h, w}, 1);
        std::vector<double> v(h * w);
        for (std::size_t i = 0; i < h * w; ++i) {
            auto const a = lean(i);
            v[i] = (i % w > 0 ? a * v[i - 1] : 0) + (i >= w ? (0.9 - a) * v[i - w] : 0) + deviation(i) * normal(random);
            // What is coded is whole, and what follows leans on that.
            p.data()[i] = static_cast<std::uint8_t>(std::clamp(std::lround(v[i] + 120 + double(i % 9)), 0L, 255L));
            v[i] = double(p.data()[i]) - 120 - double(i % 9);
        }
        return p;
    }
    auto corpus(std::size_t n) -> std::vector<picture> {
        std::vector<picture> all;
        while (all.size() < n) all.push_back(next());
        return all;
    }
    static auto entropy() -> double {
        double bits = 0;
        for (std::size_t i = 0; i < h * w; ++i)
            bits += std::log2(deviation(i) * std::sqrt(2 * 3.14159265358979 * 2.718281828));
        return bits / 8;
    }
};
/// Gaussian elimination.
auto solved(std::vector<std::vector<double>> a, std::vector<double> b) -> std::vector<double> {
    auto const n = b.size();
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            if (j == i) continue;
            auto const f = a[j][i] / a[i][i];
            for (std::size_t k = 0; k < n; ++k) a[j][k] -= f * a[i][k];
            b[j] -= f * b[i];
        }
    for (std::size_t i = 0; i < n; ++i) b[i] /= a[i][i];
    return b;
}
auto mean_bytes(registered const &c, std::vector<picture> const &all) -> double {
    double n = 0;
    for (auto const &x : all) {
        auto const bytes = c.encode(x, tt::exact, tt::framing::record);
        auto const y = c.decode(bytes, tt::framing::record, x.shape(), x.components());
        BOOST_TEST(std::equal(x.data(), x.data() + x.size(), y.data()));
        n += double(bytes.size());
    }
    return n / double(all.size());
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_autoregressive)

BOOST_AUTO_TEST_CASE(weights_solve_the_normal_equations_of_their_place) {
    auto const corpus = source(1).corpus(48); // twelve taps
    auto const codec = tt::fit<registered>(corpus);
    auto const &m = codec.coder().model;
    BOOST_TEST_REQUIRE((m.weight.shape() == tt::dims{h, w, 12}));
    double worst = 0;
    for (std::size_t i = 0; i < h * w; ++i) {
        std::vector<std::size_t> there, taps;
        for (std::size_t t = 0; t < 12; ++t) {
            auto const y = int(i / w) - m.taps[t].up, x = int(i % w) + m.taps[t].right;
            if (y >= 0 && x >= 0 && x < int(w))
                there.push_back(std::size_t(y) * w + std::size_t(x)), taps.push_back(t);
            else
                BOOST_TEST(m.weight[i * 12 + t] == 0);
        }
        auto const mean = [&](std::size_t j) {
            double sum = 0;
            for (auto const &p : corpus) sum += p.data()[j] - 128.0;
            return sum / 48;
        };
        auto const covariance = [&](std::size_t j, std::size_t k) {
            double sum = 0;
            for (auto const &p : corpus) sum += (p.data()[j] - 128 - mean(j)) * (p.data()[k] - 128 - mean(k));
            return sum / 48;
        };
        std::vector<std::vector<double>> a(there.size(), std::vector<double>(there.size()));
        std::vector<double> b(there.size());
        for (std::size_t j = 0; j < there.size(); ++j) {
            for (std::size_t k = 0; k < there.size(); ++k) a[j][k] = covariance(there[j], there[k]) + (j == k) / 12.0;
            b[j] = covariance(there[j], i);
        }
        auto const x = solved(a, b);
        auto bias = mean(i);
        for (std::size_t j = 0; j < there.size(); ++j) {
            worst = std::max(worst, std::abs(x[j] * 8192 - m.weight[i * 12 + taps[j]]));
            bias -= x[j] * mean(there[j]);
        }
        worst = std::max(worst, std::abs(bias * 8192 - m.bias[i]));
    }
    BOOST_TEST(worst < 0.501);
}

BOOST_AUTO_TEST_CASE(unseen_pictures_of_a_known_source_cost_its_entropy) {
    auto const codec = tt::fit<registered>(source(2).corpus(800));
    auto const unseen = source(3).corpus(60);
    auto const n = mean_bytes(codec, unseen), plain = mean_bytes(registered{}, unseen), entropy = source::entropy();
    BOOST_TEST_MESSAGE(n << " bytes, without a model " << plain << ", entropy " << entropy);
    BOOST_TEST(n > entropy);
    BOOST_TEST(n < 1.06 * entropy + 3); // 60 weights of 800 pictures; checksum and end of the record
    BOOST_TEST(n < 0.9 * plain);
}

BOOST_AUTO_TEST_CASE(places_that_never_change_cost_next_to_nothing) {
    std::vector<picture> corpus;
    for (int i = 0; i < 200; ++i) {
        corpus.emplace_back(tt::extents<2>{h, w}, 1);
        for (std::size_t j = 0; j < h * w; ++j) corpus.back().data()[j] = static_cast<std::uint8_t>(j);
    }
    BOOST_TEST(mean_bytes(tt::fit<registered>(corpus), corpus) < 6);
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_and_any_home_give_the_same_model) {
    auto const corpus = source(4).corpus(61);
    tt::fit_options options;
    auto const one = tt::fit<registered>(corpus, options);
    options.threads = 3;
    BOOST_TEST(tt::fit<registered>(corpus, options).model() == one.model());
    std::stringstream file;
    tt::save(one, file);
    auto const text = file.str();
    auto const loaded = tt::load<registered>(std::as_bytes(std::span(text)));
    BOOST_TEST(loaded.model() == one.model());
    BOOST_TEST(mean_bytes(loaded, source(5).corpus(3)) == mean_bytes(one, source(5).corpus(3)));
    std::ostringstream header;
    tt::write_header(header, "scans", one);
    BOOST_TEST(header.str().find("coder.model.weight") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_size_is_kept) {
    auto const corpus = source(6).corpus(100);
    tt::fit_options options;
    options.model_size = 5'000; // 168 places: 5 bytes, and 2 for each tap
    auto const small = tt::fit<registered>(corpus, options).coder().model.weight.shape();
    BOOST_TEST((small == tt::dims{h, w, 12}));
    options.model_size = 1;
    BOOST_TEST((tt::fit<registered>(corpus, options).coder().model.weight.shape() == tt::dims{h, w, 1}));
}

BOOST_AUTO_TEST_CASE(of_a_large_corpus_every_second_picture_is_kept_and_so_on) {
    using learner = tt::learner<coder>;
    auto const planes_of = [](picture const &p) {
        tt::bands<std::int16_t, 2> x(tt::detail::component_planes(p.shape(), 1, 8));
        tt::detail::samples_to_planes(p.data(), tt::detail::byte_map(), x);
        return x;
    };
    auto const corpus = source(7).corpus(70);
    learner thinned, halves[2], every_second;
    for (auto *l : {&thinned, &halves[0], &halves[1]}) l->most_samples = 36 * h * w;
    for (std::size_t i = 0; i < corpus.size(); ++i) {
        thinned.observe(planes_of(corpus[i])), halves[i >= 31].observe(planes_of(corpus[i]));
        if (i % 2 == 0) every_second.observe(planes_of(corpus[i]));
    }
    auto const wanted = tt::model_fingerprint(every_second.finish());
    BOOST_TEST(tt::model_fingerprint(thinned.finish()) == wanted);
}

BOOST_AUTO_TEST_CASE(other_pictures_are_carried_too) {
    auto const codec = tt::fit<registered>(source(8).corpus(60));
    for (auto const &shape : {tt::extents<2>{5, 9}, tt::extents<2>{h, w}, tt::extents<2>{w, h}}) {
        picture x(shape, 3);
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::uint8_t>(i * i * 37);
        std::vector<picture> one;
        one.push_back(std::move(x));
        BOOST_TEST(mean_bytes(codec, one) > 0);
    }
}

BOOST_AUTO_TEST_CASE(the_laws_hold_with_what_was_learned) {
    auto const codec = tt::fit<registered>(source(9).corpus(60));
    tt::conformance_options o;
    o.every = 40, o.mutations = 60;
    auto const report = tt::conformance<registered, std::tuple<picture>>(codec, o);
    BOOST_TEST(report.ok(), report.text());
    tt::small_random random(3);
    auto const bytes = codec.encode(source(10).next(), tt::exact);
    for (int i = 0; i < 1000; ++i) {
        auto const y = codec.try_decode(tt::mutate_stream(bytes, random), {1 << 16, 1 << 22});
        BOOST_TEST((y.error || y.value.size() <= std::size_t{1} << 16));
    }
}

BOOST_AUTO_TEST_CASE(what_can_not_be_learned_from_is_told) {
    auto const refused = [](std::vector<picture> const &corpus, std::string const &why) {
        BOOST_CHECK_EXCEPTION(tt::fit<registered>(corpus), std::invalid_argument,
                              [&](auto const &e) { return std::string(e.what()).find(why) != std::string::npos; });
    };
    refused({}, "fewer than 8");
    refused(source(1).corpus(7), "fewer than 8");
    auto mixed = source(1).corpus(20);
    mixed.emplace_back(tt::extents<2>{h, w + 1}, 1);
    refused(mixed, "12 x 14 and 12 x 15");
    std::vector<picture> coloured, large;
    coloured.emplace_back(tt::extents<2>{h, w}, 3), large.emplace_back(tt::extents<2>{64, 65}, 1);
    refused(coloured, "one component");
    refused(large, "4160 samples");
    tt::learner<coder> l;
    tt::layout<2> wide;
    tt::band_info<2> info;
    info.bits = 17;
    wide.add({2, 2}, info);
    BOOST_CHECK_THROW(l.observe(tt::bands<std::int32_t, 2>(wide, 0)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
