#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <triptych/coder/range.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/learn/coder/geometric.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/transform/chain.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/klt.hpp>

namespace tt = triptych;

namespace {
template <class S>
auto drawn(std::size_t side, std::size_t components, unsigned seed, double scale = 1) {
    tt::picture<S, 2> p({side, side}, components);
    std::mt19937 random(seed);
    double const a = double(random() % 100) / 50, b = double(random() % 100) / 200 + 0.2;
    for (std::size_t i = 0; i < side; ++i)
        for (std::size_t j = 0; j < side; ++j)
            for (std::size_t c = 0; c < components; ++c)
                p.data()[(i * side + j) * components + c] =
                    static_cast<S>(scale * std::round(120 + (c == 1 ? 50 : -30) * std::sin(b * double(i + 2 * j) + a) +
                                                      double(random() % 7)));
    return p;
}
template <class S>
auto corpus_of(std::size_t n, std::size_t components, double scale = 1) {
    std::vector<tt::picture<S, 2>> c;
    for (std::size_t i = 0; i < n; ++i) c.push_back(drawn<S>(40, components, static_cast<unsigned>(i), scale));
    return c;
}
using plain = tt::codec<tt::transform::pca<8, 8, 6>, tt::quantizer::uniform, tt::coder::range<>>;
using both = tt::codec<tt::transform::pca<8, 8, 6>, tt::quantizer::uniform, tt::coder::range<tt::model::geometric>>;

template <class P>
auto error(P const &a, P const &b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double(a.data()[i]) - double(b.data()[i]), 2);
    return sum / double(a.size());
}

/// Takes a learned number off each sample.
struct shift : tt::transform::identity {
    tt::frozen<std::int32_t> by;
    static constexpr void describe(auto &d) { d("shift"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("by", self.by);
    }
    constexpr auto valid() const noexcept -> bool { return by.empty() || by.shape() == tt::dims{1u}; }
    template <class B>
    auto forward(B x) const -> B {
        for (std::size_t i = 0; i < x.size() && !by.empty(); ++i)
            x.data()[i] = static_cast<typename B::value_type>(x.data()[i] - by[0]);
        return x;
    }
    auto amount() const { return by.empty() ? 0 : by[0]; }
    static auto of(std::int32_t v) {
        shift s;
        s.by = tt::frozen<std::int32_t>::owned(std::array{v}, {1u});
        return s;
    }
};
/// As shift, but found in steps, and with a diary: which pictures were observed and validated, each by its first sample.
struct slow_shift : shift {
    tt::frozen<std::int32_t> observed, validated, errors;
    static constexpr void describe(auto &d) { d("slow_shift"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("by", self.by), v("observed", self.observed), v("validated", self.validated), v("errors", self.errors);
    }
};
/// Two members of one kind.
struct shift_again : shift {
    static constexpr void describe(auto &d) { d("shift_again"); }
};
using shifts = tt::transform::chain<shift, tt::transform::identity, shift_again>;
template <class T>
using exactly = tt::codec<T, tt::quantizer::none, tt::coder::raw>;

/// The mean of the samples, in one pass.
template <class P>
struct mean_learner {
    template <class B>
    void observe(B const &x) {
        for (std::size_t i = 0; i < x.size(); ++i) sum_ += x.data()[i];
        count_ += static_cast<std::int64_t>(x.size());
    }
    void merge(mean_learner const &other) { sum_ += other.sum_, count_ += other.count_; }
    auto finish() -> P {
        P p;
        static_cast<shift &>(p) = shift::of(static_cast<std::int32_t>(sum_ / count_));
        return p;
    }

private:
    std::int64_t sum_ = 0, count_ = 0;
};
} // namespace

template <>
struct triptych::learner<shift> : mean_learner<shift> {};
template <>
struct triptych::learner<shift_again> : mean_learner<shift_again> {};

/// Goes half of the way to the mean in each pass, until what is held out does not gain any more.
template <>
struct triptych::learner<slow_shift> {
    static constexpr std::size_t held_out = 3;
    template <class B>
    void observe(B const &x) {
        note(observed_, x);
        for (std::size_t i = 0; i < x.size(); ++i) miss_ += x.data()[i] - now_;
        count_ += static_cast<std::int64_t>(x.size());
    }
    template <class B>
    void validate(B const &x) {
        note(validated_, x);
        for (std::size_t i = 0; i < x.size(); ++i) error_ += std::abs(x.data()[i] - now_);
    }
    void merge(learner const &other) {
        observed_.insert(observed_.end(), other.observed_.begin(), other.observed_.end());
        validated_.insert(validated_.end(), other.validated_.begin(), other.validated_.end());
        miss_ += other.miss_, count_ += other.count_, error_ += other.error_;
    }
    auto next_pass() -> bool {
        bool const better = errors_.empty() || error_ < errors_.back();
        if (better) best_ = now_;
        errors_.push_back(static_cast<std::int32_t>(error_));
        now_ += static_cast<std::int32_t>(miss_ / count_ / 2);
        miss_ = count_ = error_ = 0;
        return better;
    }
    auto branch() const -> learner {
        learner b;
        b.now_ = now_;
        return b;
    }
    auto finish() -> slow_shift {
        auto const array = [](std::vector<std::int32_t> const &v) {
            return frozen<std::int32_t>::owned(v, dims{static_cast<std::uint32_t>(v.size())});
        };
        slow_shift s;
        s.by = array({best_}), s.observed = array(observed_), s.validated = array(validated_),
        s.errors = array(errors_);
        return s;
    }

private:
    template <class B>
    static void note(std::vector<std::int32_t> &diary, B const &x) {
        diary.push_back(x.data()[0]);
    }
    std::vector<std::int32_t> observed_, validated_, errors_;
    std::int64_t miss_ = 0, count_ = 0, error_ = 0;
    std::int32_t now_ = 0, best_ = 0;
};

namespace {
/// Pictures of mean 40, as centred values, each with its number as the first sample.
auto numbered(std::size_t n) {
    std::vector<tt::picture<std::uint8_t, 2>> c;
    for (std::size_t k = 0; k < n; ++k) {
        tt::picture<std::uint8_t, 2> p({16, 16}, 1);
        for (std::size_t i = 0; i < p.size(); ++i) p.data()[i] = 168;
        p.data()[0] = static_cast<std::uint8_t>(128 + k);
        c.push_back(std::move(p));
    }
    return c;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_fit)

BOOST_AUTO_TEST_CASE(learned_codec_is_better_and_has_a_fingerprint) {
    auto const corpus = corpus_of<std::uint8_t>(10, 3);
    auto const c = tt::fit<plain>(corpus);
    BOOST_TEST(c.model() != 0u);
    BOOST_TEST(c.model() == tt::model_fingerprint(c));
    auto const unseen = drawn<std::uint8_t>(37, 3, 77);
    auto const learned = c.encode(unseen, tt::step(8)), untrained = plain{}.encode(unseen, tt::step(8));
    BOOST_TEST(error(unseen, c.decode(learned)) < 0.3 * error(unseen, plain{}.decode(untrained)));
    BOOST_CHECK_THROW(plain{}.decode(learned), tt::mismatch_error);
    BOOST_CHECK_THROW(c.encode(drawn<std::uint8_t>(37, 1, 77), tt::step(8)), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(threads_do_not_change_the_result) {
    auto const corpus = corpus_of<std::uint8_t>(23, 3);
    tt::fit_options o;
    auto const one = tt::fit<both>(corpus, o);
    for (unsigned const n : {2u, 3u, 9u}) {
        o.threads = n;
        BOOST_TEST(tt::fit<both>(corpus, o).model() == one.model());
    }
}

// The coder learns from what transform and quantizer, learned before it, hand to it.
BOOST_AUTO_TEST_CASE(panels_are_learned_in_order) {
    auto const corpus = corpus_of<std::uint8_t>(12, 3);
    std::vector<std::string> panels;
    tt::fit_options o;
    o.progress = [&](tt::learn::progress const &p) {
        if (panels.empty() || panels.back() != p.panel) panels.emplace_back(p.panel);
        BOOST_TEST(p.done <= p.total);
        BOOST_TEST(p.total == 12u);
        return true;
    };
    auto const c = tt::fit<both>(corpus, o);
    std::vector<std::string> const expected{"transform", "coder"};
    BOOST_TEST(panels == expected, boost::test_tools::per_element());
    BOOST_TEST(c.coder().model.odds.size() == 12u);
    BOOST_TEST(c.coder().model.probability(5, 0) > c.coder().model.probability(0, 0)); // later components are smaller
    auto const unseen = drawn<std::uint8_t>(40, 3, 77);
    both const half(c.transform(), {}, {});
    BOOST_TEST(c.encode(unseen, tt::step(8)).size() < half.encode(unseen, tt::step(8)).size());
    BOOST_TEST(error(unseen, c.decode(c.encode(unseen, tt::step(8)))) < 30);
}

BOOST_AUTO_TEST_CASE(can_be_stopped) {
    auto const corpus = corpus_of<std::uint8_t>(12, 1);
    tt::fit_options o;
    int calls = 0;
    o.progress = [&](tt::learn::progress const &) { return ++calls < 2; };
    BOOST_CHECK_THROW(tt::fit<plain>(corpus, o), tt::learn::cancelled);
    BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(member_of_a_chain_is_learned) {
    using chained = tt::codec<tt::transform::chain<tt::transform::identity, tt::transform::pca<8, 8, 6>>,
                              tt::quantizer::uniform, tt::coder::range<>>;
    auto const corpus = corpus_of<std::uint8_t>(8, 3);
    auto const c = tt::fit<chained>(corpus);
    auto const alone = tt::fit<plain>(corpus);
    BOOST_TEST(tt::model_fingerprint(c.transform().get<1>()) == tt::model_fingerprint(alone.transform()));
}

// Axes of each picture's own, as the encoder takes them, before the basis is learned: a rotation then costs next to nothing.
BOOST_AUTO_TEST_CASE(learners_see_what_the_encoder_fits_to_a_picture) {
    using pca = tt::transform::pca<8, 8, 24>;
    auto const corpus = [] {
        std::vector<tt::picture<std::uint8_t, 2>> c;
        std::mt19937 random(4);
        for (int n = 0; n < 8; ++n) {
            tt::picture<std::uint8_t, 2> p({64, 64}, 3);
            double const a = 0.3 + 0.05 * n;
            for (std::size_t i = 0; i < p.size(); ++i) {
                // Along an axis far from the fixed ones, and a little along another.
                double const y = double(i / 192), x = double(i / 3 % 64), wave = 60 * std::sin(a * (y + 2 * x)),
                             other = 9 * std::sin(y);
                double const along[] = {0.2, 0.9, -0.4}, across[] = {0.9, 0, 0.5};
                p.data()[i] = static_cast<std::uint8_t>(
                    std::lround(124 + along[i % 3] * wave + across[i % 3] * other + double(random() % 7)));
            }
            c.push_back(std::move(p));
        }
        return c;
    }();
    auto const judged = [&]<class T>(T) {
        using codec = tt::codec<T, tt::quantizer::uniform, tt::coder::range<>>;
        auto const c = tt::fit<codec>(corpus);
        double squares = 0;
        std::size_t bytes = 0;
        for (auto const &p : corpus) {
            auto const stream = c.encode(p, tt::step(8));
            bytes += stream.size(), squares += error(p, c.decode(stream));
        }
        return std::pair(double(bytes), squares);
    };
    auto const alone = judged(pca{}), behind = judged(tt::transform::chain<tt::transform::klt, pca>{});
    BOOST_TEST_MESSAGE(alone.first << " bytes, " << alone.second << "; behind klt " << behind.first << ", "
                                   << behind.second);
    BOOST_TEST(behind.first < 1.05 * alone.first);
    BOOST_TEST(behind.second < 1.05 * alone.second);
}

BOOST_AUTO_TEST_CASE(all_members_of_a_chain_are_learned) {
    std::vector<std::size_t> passes;
    tt::fit_options o;
    o.progress = [&](tt::learn::progress const &p) {
        if (p.done == p.total) passes.push_back(p.pass);
        return true;
    };
    auto const c = tt::fit<exactly<shifts>>(numbered(10), o);
    BOOST_TEST(c.transform().get<0>().amount() == 39);
    BOOST_TEST(c.transform().get<2>().amount() == 0); // of what the first leaves
    BOOST_TEST(!c.transform().get<2>().by.empty());
    BOOST_TEST(passes == (std::vector<std::size_t>{0, 1}), boost::test_tools::per_element());
    // One pass is not enough for two.
    tt::learner<shifts> l;
    l.observe(tt::bands<std::int16_t, 2>(tt::detail::component_planes<2>({4, 4}, 1, 8), std::int16_t{3}));
    BOOST_CHECK_THROW(l.finish(), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(what_is_kept_stays_as_it_is) {
    auto const corpus = numbered(10);
    exactly<shifts> const start(shifts(shift::of(30), {}, {}), {}, {});
    auto const c = tt::fit<exactly<shifts>, tt::keep<shift>>(corpus, {}, start);
    BOOST_TEST(c.transform().get<0>().amount() == 30);
    BOOST_TEST(c.transform().get<2>().amount() == 9);
    auto const without = tt::fit<exactly<shifts>, tt::keep<shift_again>>(corpus);
    BOOST_TEST(without.transform().get<0>().amount() == 39);
    BOOST_TEST(without.transform().get<2>().by.empty());
    // A whole panel.
    auto const pictures = corpus_of<std::uint8_t>(12, 3);
    auto const whole = tt::fit<both>(pictures);
    both const half(whole.transform(), {}, {});
    using basis = both::transform_type;
    BOOST_TEST((tt::fit<both, tt::keep<basis>>(pictures, {}, half).model() == whole.model()));
    BOOST_TEST((tt::parameter_count(tt::fit<both, tt::keep<basis>>(pictures).transform()) == 0u));
}

BOOST_AUTO_TEST_CASE(a_corpus_is_read_until_the_held_out_part_is_content) {
    auto const corpus = numbered(10);
    auto const one = tt::fit<exactly<slow_shift>>(corpus);
    auto const &t = one.transform();
    // 0, 20, 30, 35, 37, 38: halves of what is missing, which are integers.
    BOOST_TEST(t.amount() == 38);
    auto const passes = t.errors.size();
    BOOST_REQUIRE(passes > 3u);
    for (std::size_t p = 2; p + 1 < passes; ++p) BOOST_TEST(t.errors[p - 1] < t.errors[p - 2]);
    BOOST_TEST(t.errors[passes - 1] >= t.errors[passes - 2]);
    // All pictures in their order in each pass; every third is held out.
    BOOST_REQUIRE(t.observed.size() == 7 * passes);
    BOOST_REQUIRE(t.validated.size() == 3 * passes);
    int const observed[] = {0, 1, 3, 4, 6, 7, 9}, validated[] = {2, 5, 8};
    for (std::size_t i = 0; i < t.observed.size(); ++i) BOOST_TEST(t.observed[i] == observed[i % 7]);
    for (std::size_t i = 0; i < t.validated.size(); ++i) BOOST_TEST(t.validated[i] == validated[i % 3]);
    // A chain hands on what is asked of its member.
    auto const chained = tt::fit<exactly<tt::transform::chain<tt::transform::identity, slow_shift>>>(corpus);
    BOOST_TEST(tt::model_fingerprint(chained.transform().get<1>()) == tt::model_fingerprint(t));
    tt::fit_options o;
    for (unsigned const n : {2u, 3u, 9u}) {
        o.threads = n;
        BOOST_TEST(tt::fit<exactly<slow_shift>>(corpus, o).model() == one.model());
    }
}

BOOST_AUTO_TEST_CASE(other_samples_and_wrong_ones) {
    auto const wide = corpus_of<std::uint16_t>(6, 1, 200);
    auto const c = tt::fit<plain>(wide, {.aim = {800, 0.1F}, .threads = 1, .progress = {}});
    BOOST_TEST(error(wide[0], c.decode<std::uint16_t>(c.encode(wide[0], tt::step(800)))) < 250000);
    auto arrays = corpus_of<float>(6, 1);
    BOOST_TEST(tt::fit<plain>(arrays).model() != 0u);
    arrays[3].data()[5] = std::numeric_limits<float>::quiet_NaN();
    BOOST_CHECK_THROW(tt::fit<plain>(arrays), std::invalid_argument);
    BOOST_CHECK_THROW(tt::fit<plain>(std::vector<tt::picture<std::uint8_t, 2>>{}), std::invalid_argument);
    std::vector<tt::picture_view<std::uint8_t, 2>> views;
    auto const bytes = corpus_of<std::uint8_t>(6, 1);
    for (auto const &p : bytes) views.push_back(p.view());
    BOOST_TEST(tt::fit<plain>(views).model() == tt::fit<plain>(bytes).model());
    auto mixed = corpus_of<std::uint8_t>(3, 1);
    mixed.push_back(drawn<std::uint8_t>(40, 3, 1));
    tt::fit_options threads;
    threads.threads = 2;
    BOOST_CHECK_THROW(tt::fit<plain>(mixed, threads), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
