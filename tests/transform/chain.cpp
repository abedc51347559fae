#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/codec.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/difference.hpp>
#include <triptych/transform/wavelet.hpp>

#include "planes.hpp"

BOOST_AUTO_TEST_SUITE(chain)

using namespace triptych;
using transform::colour, transform::ycbcr, transform::ycbcr420, transform::ycocg_r, transform::wavelet,
    transform::cdf53, transform::cdf97, transform::haar, transform::dct, transform::identity;
template <class... P>
using chain_of = transform::chain<P...>;

namespace {
using B16 = bands<std::int16_t, 2>;
using B32 = bands<std::int32_t, 2>;

/// Looks at the target: multiplies by 3 where no step is asked for, else by 5.
struct careful {
    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        return in;
    }
    template <class B>
    auto forward(B x, target const &aim) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = static_cast<typename B::value_type>(x.data()[i] * (aim.step > 0 ? 5 : 3));
        return x;
    }
    template <class B>
    auto inverse(B x, layout<B::rank> const &) const -> B {
        return x;
    }
};

/// Subtracts the first value of the picture, which it sends ahead.
struct centred {
    int first = 0;
    static constexpr bool reversible = true;
    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        return in;
    }
    template <class B>
    auto shifted(B x, int by) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<typename B::value_type>(x.data()[i] + by);
        return x;
    }
    template <class B>
    auto forward(B x) const -> B {
        return shifted(std::move(x), -first);
    }
    template <class B>
    auto inverse(B x, layout<B::rank> const &) const -> B {
        return shifted(std::move(x), first);
    }
    template <class B>
    auto prepare(B const &x) const -> centred {
        return {x.size() ? x.data()[0] : 0};
    }
    template <class W>
    void write(W &w) const {
        w.signed_varint(first);
    }
    auto restore(byte_reader &r) const -> centred { return {static_cast<int>(r.signed_varint())}; }
};

/// DPCM from the left in a closed loop.
struct loop {
    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        return in;
    }
    template <class B, class Symbol, class Value>
    auto forward(B x, Symbol const &symbol, Value const &value) const -> B {
        for (std::size_t b = 0; b < x.count(); ++b)
            for (std::int32_t i = 0, last = 0; i < static_cast<std::int32_t>(x[b].size()); ++i) {
                auto &v = value_at(x, b, static_cast<std::size_t>(i));
                auto const q = symbol(v - last, x.info(b));
                last += value(q, x.info(b));
                v = static_cast<typename B::value_type>(q);
            }
        return x;
    }
    template <class B, class Value>
    auto inverse(B x, layout<B::rank> const &, Value const &value) const -> B {
        for (std::size_t b = 0; b < x.count(); ++b)
            for (std::int32_t i = 0, last = 0; i < static_cast<std::int32_t>(x[b].size()); ++i) {
                auto &v = value_at(x, b, static_cast<std::size_t>(i));
                last += value(v, x.info(b));
                v = static_cast<typename B::value_type>(last);
            }
        return x;
    }
};

/// Learned arrays for the names.
struct remembers {
    frozen<std::int16_t> basis;
    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        return in;
    }
    template <class B>
    auto forward(B x) const -> B {
        return x;
    }
    template <class B>
    auto inverse(B x, layout<B::rank> const &) const -> B {
        return x;
    }
    template <class Self, class V>
    static constexpr void state(Self &self, V &&v) {
        v("basis", self.basis);
    }
};

/// Symbols as raw words.
struct words {
    static constexpr void describe(auto &d) { d("words"); }
    template <class B, class W>
    void encode(B const &x, W &w) const {
        for (std::size_t i = 0; i < x.size(); ++i) w.u32(static_cast<std::uint32_t>(x.data()[i]));
    }
    template <class B>
    void decode(B &x, byte_reader &r) const {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<typename B::value_type>(r.u32());
    }
};
/// Loses nothing itself, but may stand behind a transform that does.
struct plain : quantizer::none {
    static constexpr bool exact_only = false, can_be_exact = false;
};

static_assert(reversible<chain_of<colour<ycocg_r>, wavelet<cdf53, 3>>>);
static_assert(!reversible<chain_of<colour<ycbcr>, wavelet<cdf53, 3>>>);
static_assert(tileable<chain_of<colour<ycbcr420>, dct<8>>> && chain_of<colour<ycbcr420>, dct<8>>::tile_height == 16);
static_assert(!tileable<chain_of<colour<ycbcr>, wavelet<cdf97, 2>>>);
static_assert(target_aware<chain_of<identity, careful>, B16> && !target_aware<chain_of<identity>, B16>);
static_assert(per_picture<chain_of<identity, centred>, B16> && !per_picture<chain_of<identity>, B16>);
static_assert(closed_loop_for<chain_of<identity, loop>, B16> && transform_for<chain_of<identity, loop>, B16>);
static_assert(!transform_for<chain_of<loop, identity>, B16> && !closed_loop_for<chain_of<identity>, B16>);
static_assert(stateful<chain_of<identity, remembers>> && !stateful<chain_of<identity>>);

template <class A, class B>
auto same(A const &x, B const &y) -> bool {
    return x.layout() == y.layout() && std::equal(x.data(), x.data() + x.size(), y.data());
}
} // namespace

BOOST_AUTO_TEST_CASE(three_in_a_row_are_two_nested) {
    using flat = chain_of<colour<ycbcr420>, wavelet<haar, 1>, dct<4>>;
    using left = chain_of<chain_of<colour<ycbcr420>, wavelet<haar, 1>>, dct<4>>;
    using right = chain_of<colour<ycbcr420>, chain_of<wavelet<haar, 1>, dct<4>>>;
    auto const in = planes<2>({21, 34}, 3, 8);
    for (auto const &x : patterns<B16>(in)) {
        auto const y = flat{}.forward(x.clone());
        BOOST_CHECK(y.layout() == flat{}.arrange(in));
        BOOST_CHECK(same(y, left{}.forward(x.clone())) && same(y, right{}.forward(x.clone())));
        auto const z = flat{}.inverse(y.clone(), in);
        BOOST_CHECK(same(z, left{}.inverse(y.clone(), in)) && same(z, right{}.inverse(y.clone(), in)));
    }
}

BOOST_AUTO_TEST_CASE(reversible_members_give_back_every_sample) {
    check_exact<chain_of<colour<ycocg_r>, transform::difference<>, wavelet<cdf53, 2>>>();
}

BOOST_AUTO_TEST_CASE(colour_and_cosines_keep_samples) {
    each_small_shape([](auto const &shape) {
        constexpr auto R = std::tuple_size_v<std::remove_cvref_t<decltype(shape)>>;
        check_round_trip<bands<std::int16_t, R>>(chain_of<colour<ycbcr>, dct<8>>{}, shape, 3, 8, 1);
        check_round_trip<bands<std::int32_t, R>>(chain_of<colour<ycbcr>, dct<8>>{}, shape, 3, 16, 1);
        // Blue takes 1.772 times the error of its chroma band.
        check_round_trip<bands<std::int16_t, R>>(chain_of<colour<ycbcr>, wavelet<cdf97, 3>>{}, shape, 3, 8, 2);
    });
}

BOOST_AUTO_TEST_CASE(gains_multiply) {
    check_gains<B32>(chain_of<colour<ycbcr>, dct<8>>{}, {24, 24}, 3);
    check_gains<B32>(chain_of<colour<ycbcr>, wavelet<cdf97, 2>>{}, {128, 128}, 3);
}

BOOST_AUTO_TEST_CASE(the_target_reaches_members) {
    B16 const x(planes<2>({1, 1}, 1, 8), 2);
    chain_of<identity, careful, identity> const t;
    BOOST_TEST(t.forward(x.clone(), target{0}).data()[0] == 6);
    BOOST_TEST(t.forward(x.clone(), target{1}).data()[0] == 10);
}

BOOST_AUTO_TEST_CASE(members_are_prepared_in_order) {
    B16 x(planes<2>({1, 3}, 1, 8));
    fill(x, 0, [](std::size_t i) { return 7 * (static_cast<int>(i) + 1); });
    chain_of<centred, centred, identity, centred> const t;
    auto const fitted = t.prepare(x);
    BOOST_TEST(fitted.get<0>().first == 7);
    BOOST_TEST(fitted.get<1>().first == 0); // the first member has taken the 7 away already
    byte_writer w;
    fitted.write(w);
    byte_reader r(w.view());
    auto const restored = t.restore(r);
    BOOST_TEST((r.ok() && r.remaining() == 0));
    BOOST_TEST(restored.get<0>().first == 7);
    auto const z = restored.inverse(fitted.forward(x.clone()), x.layout());
    BOOST_CHECK(same(x, z));
}

BOOST_AUTO_TEST_CASE(a_closed_loop_may_be_last) {
    auto const in = planes<2>({3, 5}, 3, 8);
    chain_of<colour<ycocg_r>, loop> const t;
    auto const symbol = [](std::int32_t v, band_info<2> const &) { return v; };
    for (auto const &x : patterns<B16>(in)) {
        auto const z = t.inverse(t.forward(x.clone(), symbol, symbol), in, symbol);
        BOOST_CHECK(same(x, z));
    }
}

BOOST_AUTO_TEST_CASE(names_nest) {
    using t = chain_of<identity, remembers, chain_of<remembers>>;
    t c;
    std::vector<std::string> names;
    t::state(c, [&](std::string_view name, auto &) { names.emplace_back(name); });
    BOOST_CHECK((names == std::vector<std::string>{"1.basis", "2.0.basis"}));
    BOOST_TEST((description<chain_of<colour<ycbcr>, dct<8>, wavelet<cdf97, 2>>, std::string>()) ==
               "chain<colour<ycbcr>,dct<8>,wavelet<cdf97,2>>");
}

BOOST_AUTO_TEST_CASE(hostile_values_pass_a_chain) {
    check_hostile(chain_of<colour<ycbcr420>, dct<8>>{});
    check_hostile(chain_of<colour<ycbcr>, wavelet<cdf97, 4>>{});
    check_hostile(chain_of<dct<8>, dct<8>>{});
    check_hostile(chain_of<wavelet<cdf53, 2>, dct<4>, transform::difference<>>{});
}

BOOST_AUTO_TEST_CASE(a_whole_codec) {
    generator next;
    std::vector<std::uint8_t> samples(37 * 51 * 3);
    for (auto &v : samples) v = static_cast<std::uint8_t>(next(0, 255));
    picture_view<std::uint8_t, 2> const view{samples.data(), {37, 51}, 3};
    codec<chain_of<colour<ycbcr>, dct<8>>, plain, words> const lossy;
    auto const near = lossy.decode(lossy.encode(view));
    for (std::size_t i = 0; i < samples.size(); ++i) BOOST_TEST(std::abs(near.data()[i] - samples[i]) <= 1);
    codec<chain_of<colour<ycocg_r>, wavelet<cdf53, 4>>, quantizer::none, words> const lossless;
    auto const equal = lossless.decode(lossless.encode(view));
    BOOST_TEST(std::equal(samples.begin(), samples.end(), equal.data()));
    codec<chain_of<identity, centred>, quantizer::none, words> const fitted;
    auto const again = fitted.decode(fitted.encode(view));
    BOOST_TEST(std::equal(samples.begin(), samples.end(), again.data()));
}

BOOST_AUTO_TEST_SUITE_END()
