// transform::mixture of eigenpictures, learned: pictures of several families in one corpus.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/storage/header.hpp>
#include <triptych/learn/storage/safetensors.hpp>
#include <triptych/learn/quantizer/learned_dead_zone.hpp>
#include <triptych/learn/transform/mixture.hpp>
#include <triptych/quantizer/learned_dead_zone.hpp>

namespace tt = triptych;

namespace {
template <class Transform>
using whole = tt::codec<Transform, tt::quantizer::learned_dead_zone, tt::coder::range<tt::model::conditional_scale>>;
using single = whole<tt::transform::eigenpicture>;
using mixed = whole<tt::transform::mixture<tt::transform::eigenpicture, 8>>;
using picture = tt::picture<std::uint8_t, 2>;
constexpr tt::extents<2> shape{12, 12};
constexpr std::size_t families = 4;

/// Picture i is of family i mod 4: five waves of random heights, of frequencies and phases that the family says, about a mean of its own.
auto pictures(std::size_t n, unsigned seed) -> std::vector<picture> {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<picture> all;
    while (all.size() < n) {
        auto const family = all.size() % families;
        picture x(shape, 1);
        std::array<double, 5> height{};
        for (auto &h : height) h = 25 * normal(random);
        for (std::size_t i = 0; i < shape[0]; ++i)
            for (std::size_t j = 0; j < shape[1]; ++j) {
                auto v = 100 + 12 * static_cast<double>(family);
                for (std::size_t k = 0; k < height.size(); ++k)
                    v += height[k] * std::cos(0.17 * static_cast<double>((k + 3 * family + 1) * i) +
                                              0.29 * static_cast<double>((families - family) * j + k));
                x.data()[i * shape[1] + j] = static_cast<std::uint8_t>(std::clamp(v + normal(random), 0.0, 255.0));
            }
        all.push_back(std::move(x));
    }
    return all;
}
auto options(unsigned threads = 1) {
    tt::fit_options o;
    o.aim.step = 16, o.threads = threads;
    return o;
}
struct result {
    double bytes = 0, squares = 0;
};
template <class Codec>
auto judged(Codec const &codec, std::vector<picture> const &unseen) -> result {
    result r;
    for (auto const &x : unseen) {
        auto const bytes = codec.encode(x, tt::step(16), tt::framing::record);
        auto const y = codec.decode(bytes, tt::framing::record, shape, 1);
        r.bytes += double(bytes.size());
        for (std::size_t i = 0; i < x.size(); ++i) r.squares += std::pow(double(x.data()[i]) - y.data()[i], 2);
    }
    return r;
}
auto planes_of(picture const &x) {
    tt::bands<std::int16_t, 2> planes(tt::detail::component_planes(shape, 1, 8));
    tt::detail::samples_to_planes(x.data(), tt::detail::byte_map(), planes);
    return planes;
}
template <class Codec>
auto bytes_of(Codec const &codec) {
    std::ostringstream out;
    tt::save(codec, out);
    return std::move(out).str();
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_mixture)

// Four families of five waves each span twenty dimensions, of which a picture needs to name the family and five.
BOOST_AUTO_TEST_CASE(families_get_members_of_their_own) {
    auto const corpus = pictures(1200, 1), unseen = pictures(80, 2);
    auto const one = tt::fit<single>(corpus, options());
    auto const many = tt::fit<mixed>(corpus, options());
    BOOST_TEST(many.transform().count() >= families);
    // Pictures of each family by the number that they travel with.
    std::map<int, std::array<std::size_t, families>> members;
    for (std::size_t i = 0; i < unseen.size(); ++i)
        ++members[many.transform().forward(planes_of(unseen[i]), {16, 0.1F}).data()[0]][i % families];
    std::size_t at_home = 0; // in a member that serves their family most
    for (auto const &[number, of] : members) at_home += *std::max_element(of.begin(), of.end());
    BOOST_TEST(members.size() >= families);
    BOOST_TEST(at_home >= 76u);
    auto const a = judged(one, unseen), b = judged(many, unseen);
    BOOST_TEST_MESSAGE(a.bytes / 80 << " bytes, mixture " << b.bytes / 80 << "; squares " << a.squares << ", "
                                    << b.squares);
    BOOST_TEST(b.bytes < 0.85 * a.bytes);
    BOOST_TEST(b.squares < 1.05 * a.squares);
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_and_any_home_give_the_same_model) {
    auto const corpus = pictures(400, 3);
    auto const one = tt::fit<mixed>(corpus, options(1)), three = tt::fit<mixed>(corpus, options(3));
    BOOST_TEST(one.model() == three.model());
    BOOST_TEST(one.transform().count() == 4u); // a hundred pictures a member
    auto const text = bytes_of(one);
    auto const loaded = tt::load<mixed>(std::as_bytes(std::span(text)));
    BOOST_TEST(loaded.model() == one.model());
    BOOST_TEST(loaded.transform().count() == 4u);
    BOOST_TEST((loaded.encode(corpus[5], tt::step(9)) == one.encode(corpus[5], tt::step(9))));
    // Members that there are not have names in a header, and no elements.
    std::ostringstream header;
    tt::write_header(header, "mixture", one);
    BOOST_TEST(header.str().find("transform.3.basis") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_model_stays_within_its_limit) {
    auto const corpus = pictures(600, 4);
    for (std::uint64_t const bytes : {1000u, 20000u, 60000u}) {
        auto o = options();
        o.model_size = bytes;
        auto const codec = tt::fit<mixed>(corpus, o);
        std::uint64_t basis = 0;
        for (auto const &m : codec.transform().members) basis += 2 * m.basis.size();
        BOOST_TEST(basis <= bytes);
        BOOST_TEST(2 * basis > bytes);
    }
}

// Of a corpus that is too large every second picture is kept, by its number, whoever has seen it.
BOOST_AUTO_TEST_CASE(large_corpora_are_thinned_alike_however_they_are_cut) {
    using learner = tt::learner<mixed::transform_type>;
    auto const corpus = pictures(300, 5);
    auto const fresh = [] {
        learner l;
        l.most_values = 100 * 144, l.aim.step = 16;
        return l;
    };
    auto whole = fresh();
    for (auto const &x : corpus) whole.observe(planes_of(x));
    auto merged = fresh();
    for (std::size_t i = 0; i < corpus.size(); i += 60) {
        auto part = fresh();
        for (std::size_t j = i; j < i + 60; ++j) part.observe(planes_of(corpus[j]));
        merged.merge(part);
    }
    auto const a = whole.finish(), b = merged.finish();
    BOOST_TEST(tt::model_fingerprint(a) == tt::model_fingerprint(b));
    BOOST_TEST(a.count() == 1u); // 75 pictures are left
}

BOOST_AUTO_TEST_CASE(what_can_not_be_learned_from_is_told) {
    std::vector<picture> const none, one = pictures(1, 1);
    BOOST_CHECK_THROW(tt::fit<mixed>(none, options()), std::invalid_argument);
    BOOST_CHECK_THROW(tt::fit<mixed>(one, options()), std::invalid_argument);
    auto odd = pictures(5, 1);
    odd.emplace_back(tt::extents<2>{3, 4}, 1);
    BOOST_CHECK_THROW(tt::fit<mixed>(odd, options()), std::invalid_argument);
    // Pictures that are all the same have nothing to cluster.
    std::vector<picture> same;
    while (same.size() < 200) same.push_back(std::move(pictures(1, 1).front()));
    BOOST_CHECK_THROW(tt::fit<mixed>(same, options()), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
