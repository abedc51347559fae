// Blocks that vary: what a transform chose for each block travels as a side band, through quantizers and coders as they are.
#include <triptych/codec.hpp>
#include <triptych/coder/huffman.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/dct.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(blocks)

namespace {
using namespace triptych;

/// Cuts rows into pieces of 16 samples; each piece is left alone, or halved by a Haar step 1, 2 or 3 times (blocks of 2, 4 or 8),
/// whatever leaves the smallest numbers. Lossless, so that any slip shows. One side band of two bits a piece, ahead of the signal.
struct pieces {
    static constexpr bool reversible = true;
    static constexpr std::size_t length = 16;
    static constexpr void describe(auto &d) { d("test_pieces"); }

    auto arrange(layout<2> const &in) const -> layout<2> {
        layout<2> out;
        for (auto const &b : in) {
            auto side = b;
            side.at.kind = role::side, side.bits = 3;
            out.add({b.shape[0], (b.shape[1] + length - 1) / length}, side);
            auto wider = b;
            wider.bits = static_cast<std::uint8_t>(std::min(b.bits + 1, 32));
            out.add(b.shape, wider);
        }
        return out;
    }
    template <class B>
    auto forward(B x) const -> B {
        B y(arrange(x.layout()));
        each_piece(x.layout(), y.layout(), [&](std::size_t from, std::size_t mode, std::size_t to, std::size_t n) {
            using T = typename B::value_type;
            std::int64_t best = -1;
            for (T depth = 0; depth < 4; ++depth) {
                T piece[length];
                std::copy_n(x.data() + from, n, piece);
                for (T d = 0; d < depth; ++d) halve(piece, n >> d);
                std::int64_t size = 0;
                for (std::size_t i = 0; i < n; ++i) size += std::abs(std::int64_t{piece[i]});
                if (best >= 0 && size >= best) continue;
                best = size, y.data()[mode] = depth;
                std::copy_n(piece, n, y.data() + to);
            }
        });
        return y;
    }
    template <class B>
    auto inverse(B y, layout<2> const &in) const -> B {
        B x(in);
        each_piece(in, y.layout(), [&](std::size_t to, std::size_t mode, std::size_t from, std::size_t n) {
            std::copy_n(y.data() + from, n, x.data() + to);
            // Any value may come out of wrong bytes; only four of them mean something.
            for (int d = static_cast<int>(y.data()[mode]) & 3; d-- > 0;) join(x.data() + to, n >> d);
        });
        return x;
    }

private:
    template <class F>
    static void each_piece(layout<2> const &plain, layout<2> const &cut, F &&f) {
        for (std::size_t b = 0; b < plain.count(); ++b) {
            auto const columns = plain[b].shape[1], pieces_a_row = cut[2 * b].shape[1];
            for (std::size_t row = 0; row < plain[b].shape[0]; ++row)
                for (std::size_t p = 0; p < pieces_a_row; ++p)
                    f(plain[b].offset + row * columns + p * length, cut[2 * b].offset + row * pieces_a_row + p,
                      cut[2 * b + 1].offset + row * columns + p * length, std::min(length, columns - p * length));
        }
    }
    template <class T>
    static void halve(T *v, std::size_t n) {
        T low[length], high[length];
        for (std::size_t i = 0; i + 1 < n; i += 2) {
            high[i / 2] = static_cast<T>(static_cast<std::uint32_t>(v[i + 1]) - static_cast<std::uint32_t>(v[i]));
            low[i / 2] =
                static_cast<T>(static_cast<std::uint32_t>(v[i]) + static_cast<std::uint32_t>(high[i / 2] >> 1));
        }
        std::copy_n(high, n / 2, v + n / 2);
        std::copy_n(low, n / 2, v);
    }
    template <class T>
    static void join(T *v, std::size_t n) {
        T whole[length];
        for (std::size_t i = 0; i < n / 2; ++i) {
            auto const first = static_cast<std::uint32_t>(v[i]) - static_cast<std::uint32_t>(v[n / 2 + i] >> 1);
            whole[2 * i] = static_cast<T>(first);
            whole[2 * i + 1] = static_cast<T>(first + static_cast<std::uint32_t>(v[n / 2 + i]));
        }
        std::copy_n(whole, n / 2 * 2, v);
    }
};
} // namespace

BOOST_AUTO_TEST_CASE(choices_travel_through_every_coder) {
    for (extents<2> const e : {extents<2>{40, 48}, {7, 32}, {1, 16}, {0, 16}, {3, 64}}) {
        auto const x = shape::waves<std::uint8_t, 2>(e, 3);
        auto const check = [&]<class C>(C const &c) {
            BOOST_TEST(shape::largest_error(x, c.decode(c.encode(x, exact))) == 0);
        };
        check(codec<pieces, quantizer::none, coder::raw>{});
        check(codec<pieces, quantizer::none, coder::range<>>{});
        check(codec<pieces, quantizer::uniform, coder::huffman<>>{});
    }
}
BOOST_AUTO_TEST_CASE(quantizers_leave_choices_alone) {
    using B = bands<std::int16_t, 2>;
    layout<2> in;
    band_info<2> like;
    like.bits = 9;
    in.add({8, 64}, like);
    B x(in);
    for (std::size_t i = 0; i < x.size(); ++i)
        x.data()[i] = static_cast<std::int16_t>(i / 64 < 4 ? 7 : (i * 77) % 255 - 128);
    auto const y = pieces{}.forward(std::move(x));
    std::set<int> modes;
    for (std::size_t i = 0; i < y[0].size(); ++i) modes.insert(y.data()[i]);
    BOOST_TEST(modes.size() > 1u); // else the test shows nothing
    auto const check = [&](auto const &q) {
        auto const s = q.plan(y, target{1000, 0});
        auto const z = q.dequantize(q.quantize(y.clone(), s), s, y.layout());
        bool same = true;
        for (std::size_t i = 0; i < y[0].size(); ++i) same = same && z.data()[i] == y.data()[i];
        BOOST_TEST(same);
        BOOST_TEST(z.data()[y.info(1).offset + 3] == 0);
    };
    check(quantizer::uniform{}), check(quantizer::dead_zone{});
}
BOOST_AUTO_TEST_CASE(a_cosine_transform_of_several_sizes) {
    // Half of the picture is smooth, where large blocks are cheaper; the other half is busy, where small ones are.
    auto x = shape::waves<std::uint8_t, 2>({128, 128}, 1);
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (i / 128 < 64) x.data()[i] = static_cast<std::uint8_t>(60 + (i / 128 + i % 128) / 3);
        if (i / 128 >= 64 && i % 24 < 2) x.data()[i] = 250;
    }
    using varied = codec<transform::adaptive_dct, quantizer::dead_zone, coder::range<>>;
    using fixed = codec<transform::dct<8>, quantizer::dead_zone, coder::range<>>;
    for (double const dB : {34.0, 40.0}) {
        auto const a = varied{}.encode(x, psnr(dB)), b = fixed{}.encode(x, psnr(dB));
        BOOST_TEST_MESSAGE(dB << " dB: " << a.size() << " bytes in blocks of several sizes, " << b.size()
                              << " in blocks of 8");
        BOOST_TEST(a.size() < b.size());
        BOOST_TEST(shape::mean_squared_error(x, varied{}.decode(a)) <= 255 * 255 * std::pow(10, -(dB - 0.2) / 10));
    }
}

BOOST_AUTO_TEST_SUITE_END()
