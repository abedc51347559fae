// Differential coding in a closed loop: what the encoder predicts from is what the decoder has, so errors do not add up.
#include <triptych/codec.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>

#include <boost/test/unit_test.hpp>

#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(closed_loop)

namespace {
using namespace triptych;

/// Predicts by the mean of left and upper neighbours along the last two axes. Values wrap at the width of the integers.
struct dpcm {
    static constexpr bool reversible = true;
    static constexpr void describe(auto &d) { d("test_dpcm"); }

    template <std::size_t R>
    auto arrange(layout<R> const &in) const -> layout<R> {
        auto out = in;
        for (std::size_t b = 0; b < in.count(); ++b) // differences need a bit more
            out.relabel(b, [](auto &i) { i.bits = static_cast<std::uint8_t>(std::min(i.bits + 2, 32)); });
        return out;
    }
    template <class B, class Symbol, class Value>
    auto forward(B x, Symbol const &symbol, Value const &value) const -> B {
        auto const where = arrange(x.layout());
        auto decoded = x.clone();
        walk(x, decoded, [&](auto &v, auto &known, std::int64_t guess, auto const &info) {
            auto const q = symbol(static_cast<std::int32_t>(v - guess), info);
            known = static_cast<typename B::value_type>(guess + value(q, info));
            v = static_cast<typename B::value_type>(q);
        });
        return std::move(x).relabel(where);
    }
    template <class B, class Value>
    auto inverse(B x, layout<B::rank> const &in, Value const &value) const -> B {
        auto decoded = x.clone();
        walk(x, decoded, [&](auto &q, auto &known, std::int64_t guess, auto const &info) {
            known = static_cast<typename B::value_type>(guess + value(q, info));
        });
        return std::move(decoded).relabel(in);
    }

private:
    template <class B, class F>
    void walk(B &x, B &decoded, F &&f) const {
        constexpr auto R = B::rank;
        for (std::size_t b = 0; b < x.count(); ++b) {
            auto const info = x.info(b);
            std::size_t const columns = info.shape[R - 1], rows = R > 1 ? info.shape[R - 2] : 1;
            for (std::size_t p = 0; p < x[b].size(); ++p) {
                auto const column = p % columns, row = p / columns % rows;
                auto *const at = decoded.data() + info.offset + p;
                std::int64_t const left = column ? at[-1] : row ? *(at - columns) : 0;
                std::int64_t const above = row ? *(at - columns) : left;
                f(x.data()[info.offset + p], *at, (left + above) >> 1, info);
            }
        }
    }
};
static_assert(closed_loop_for<dpcm, bands<std::int16_t, 2>> && closed_loop_for<dpcm, bands<std::int32_t, 3>>);

using plain = codec<dpcm, quantizer::uniform, coder::range<>>;
using in_colour =
    codec<transform::chain<transform::colour<transform::ycocg_r>, dpcm>, quantizer::uniform, coder::range<>>;

template <class S, std::size_t R>
void keeps_bounds(extents<R> const &extent, std::size_t components, double unit) {
    auto const x = shape::waves<S, R>(extent, components);
    // Differences of an open loop would drift by half a step a sample; in a closed loop no sample misses by more than half a step.
    for (double const s : {1.0, 3.0, 9.0, 31.0}) {
        auto const y = plain{}.decode<S, R>(plain{}.encode(x, step(s * unit)));
        BOOST_TEST(shape::largest_error(x, y) <= s * unit / 2 + unit);
    }
    for (double const e : {0.0, 2.0, 7.0}) {
        auto const bytes = plain{}.encode(x, max_error(e * unit));
        BOOST_TEST(shape::largest_error(x, plain{}.decode<S, R>(bytes)) <= e * unit);
    }
    if constexpr (!std::is_same_v<S, float>) {
        auto const bytes = plain{}.encode(x, exact);
        BOOST_TEST(shape::largest_error(x, plain{}.decode<S, R>(bytes)) == 0);
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(bytes_of_rank_2_and_3) {
    keeps_bounds<std::uint8_t, 2>({33, 41}, 1, 1);
    keeps_bounds<std::uint8_t, 2>({17, 9}, 3, 1);
    keeps_bounds<std::uint8_t, 3>({4, 11, 13}, 2, 1);
}
BOOST_AUTO_TEST_CASE(wider_samples) {
    keeps_bounds<std::uint16_t, 2>({20, 31}, 1, 16);
    keeps_bounds<std::int16_t, 3>({3, 8, 9}, 1, 16);
    keeps_bounds<std::int32_t, 2>({12, 15}, 2, 4096);
    keeps_bounds<float, 3>({2, 9, 10}, 1, 0.25);
}
BOOST_AUTO_TEST_CASE(a_chain_that_ends_closed_is_closed) {
    auto const x = shape::waves<std::uint8_t, 2>({37, 29}, 3);
    BOOST_TEST(shape::largest_error(x, in_colour{}.decode(in_colour{}.encode(x, exact))) == 0);
    auto const y = in_colour{}.decode(in_colour{}.encode(x, step(6)));
    BOOST_TEST(shape::largest_error(x, y) > 0);
    BOOST_TEST(shape::largest_error(x, y) <= 12);
}
BOOST_AUTO_TEST_CASE(it_is_worth_it) {
    // Prediction leaves less to code than the samples themselves, to a coder that looks at no neighbours of its own.
    using blind = coder::range<model::adaptive>;
    auto const x = shape::waves<std::uint8_t, 2>({64, 64}, 1);
    auto const with = codec<dpcm, quantizer::uniform, blind>{}.encode(x, step(4));
    auto const without = codec<transform::identity, quantizer::uniform, blind>{}.encode(x, step(4));
    BOOST_TEST(with.size() * 10 < without.size() * 8);
}

BOOST_AUTO_TEST_SUITE_END()
