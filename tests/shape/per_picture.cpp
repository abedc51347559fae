// What a panel fits to one picture travels ahead of the symbols; any panel may, and all three at once.
#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/chain.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <bit>

#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(per_picture_state)

namespace {
using namespace triptych;

/// Values become indices into the sorted list of those that occur, if they are at most 16; else everything stays as it is.
struct palette {
    static constexpr bool reversible = true;
    static constexpr void describe(auto &d) { d("test_palette"); }
    std::array<std::int16_t, 16> entry{};
    std::size_t count = 0; ///< 0: no palette

    auto arrange(layout<2> const &in) const -> layout<2> {
        auto out = in;
        for (std::size_t b = 0; count != 0 && b < in.count(); ++b)
            out.relabel(b, [this](auto &i) { i.bits = static_cast<std::uint8_t>(std::bit_width(count - 1) + 1); });
        return out;
    }
    template <class B>
    auto forward(B x) const -> B {
        auto where = arrange(x.layout());
        for (std::size_t i = 0; count != 0 && i < x.size(); ++i)
            for (std::size_t k = 0; k < count; ++k)
                if (entry[k] == x.data()[i]) {
                    x.data()[i] = static_cast<typename B::value_type>(k);
                    break;
                }
        return std::move(x).relabel(std::move(where));
    }
    template <class B>
    auto inverse(B x, layout<2> const &in) const -> B {
        for (std::size_t i = 0; count != 0 && i < x.size(); ++i)
            x.data()[i] =
                static_cast<typename B::value_type>(entry[static_cast<std::size_t>(x.data()[i]) % entry.size()]);
        return std::move(x).relabel(in);
    }

    template <class B>
    auto prepare(B const &x) const -> palette {
        palette fitted;
        for (std::size_t i = 0; i < x.size(); ++i) {
            auto const last = fitted.entry.begin() + static_cast<std::ptrdiff_t>(fitted.count);
            auto const v = static_cast<std::int16_t>(x.data()[i]);
            if (v != x.data()[i]) return {};
            auto const at = std::lower_bound(fitted.entry.begin(), last, v);
            if (at != last && *at == v) continue;
            if (fitted.count == fitted.entry.size()) return {};
            std::copy_backward(at, last, last + 1);
            *at = v, ++fitted.count;
        }
        return fitted;
    }
    template <class W>
    void write(W &w) const {
        w.u8(static_cast<std::uint8_t>(count));
        for (std::size_t k = 0; k < count; ++k) w.signed_varint(entry[k]);
    }
    auto restore(byte_reader &r) const -> palette {
        palette restored;
        restored.count = r.u8();
        if (restored.count > restored.entry.size()) r.fail(errc::corrupt);
        for (std::size_t k = 0; r.ok() && k < restored.count; ++k)
            restored.entry[k] = static_cast<std::int16_t>(r.signed_varint());
        return restored;
    }
};
static_assert(per_picture<palette, bands<std::int16_t, 2>>);

/// A quantizer that is told its largest value ahead, and a coder that is told its smallest.
struct bounded : quantizer::none {
    static constexpr void describe(auto &d) { d("test_bounded"); }
    std::int32_t most = 0;
    template <class B>
    auto prepare(B const &x) const -> bounded {
        bounded fitted;
        for (std::size_t i = 0; i < x.size(); ++i) fitted.most = std::max<std::int32_t>(fitted.most, x.data()[i]);
        return fitted;
    }
    using quantizer::none::write;
    template <class W>
    void write(W &w) const {
        w.varint(static_cast<std::uint64_t>(most));
    }
    auto restore(byte_reader &r) const -> bounded {
        bounded restored;
        restored.most = static_cast<std::int32_t>(r.varint(1 << 30));
        return restored;
    }
    template <class B>
    auto quantize(B x, setting const &) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = static_cast<typename B::value_type>(x.data()[i] - most);
        return x;
    }
    template <class B>
    auto dequantize(B x, setting const &, layout<B::rank> const &in) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = static_cast<typename B::value_type>(x.data()[i] + most);
        return std::move(x).relabel(in);
    }
};
struct from_lowest {
    static constexpr void describe(auto &d) { d("test_from_lowest"); }
    std::int32_t least = 0;
    template <class B>
    auto prepare(B const &x) const -> from_lowest {
        from_lowest fitted;
        for (std::size_t i = 0; i < x.size(); ++i) fitted.least = std::min<std::int32_t>(fitted.least, x.data()[i]);
        return fitted;
    }
    template <class W>
    void write(W &w) const {
        w.signed_varint(least);
    }
    auto restore(byte_reader &r) const -> from_lowest {
        from_lowest restored;
        restored.least = static_cast<std::int16_t>(r.signed_varint());
        return restored;
    }
    template <class B, class W>
    void encode(B const &x, W &w) const {
        for (std::size_t i = 0; i < x.size(); ++i) w.varint(static_cast<std::uint64_t>(x.data()[i] - least));
    }
    template <class B>
    void decode(B &x, byte_reader &r) const {
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = static_cast<typename B::value_type>(static_cast<std::int64_t>(r.varint(1 << 20)) + least);
    }
};

/// Few colours, far apart.
auto chart(std::size_t colours) -> picture<std::uint8_t, 2> {
    picture<std::uint8_t, 2> x({40, 40}, 1);
    std::uint32_t noise = 7;
    for (std::size_t i = 0; i < x.size(); ++i)
        noise = noise * 1664525u + 1013904223u, x.data()[i] = static_cast<std::uint8_t>((noise >> 20) % colours * 37);
    return x;
}
} // namespace

BOOST_AUTO_TEST_CASE(a_palette_is_fitted_and_travels) {
    using packed = codec<palette, quantizer::none, coder::raw>;
    for (std::size_t const colours : {1u, 2u, 4u, 6u}) {
        auto const x = chart(colours);
        auto const bytes = packed{}.encode(x);
        BOOST_TEST(shape::largest_error(x, packed{}.decode(bytes)) == 0);
        BOOST_TEST(bytes.size() < x.size() * 6 / 8);
    }
    // More colours than a palette takes: the policy falls back, and says so in one byte.
    auto const x = shape::waves<std::uint8_t, 2>({40, 40}, 1);
    BOOST_TEST(shape::largest_error(x, packed{}.decode(packed{}.encode(x))) == 0);
}
BOOST_AUTO_TEST_CASE(one_codec_many_pictures) {
    // The state lives in the stream, not in the codec: encoding one picture leaves no trace for the next.
    constexpr codec<palette, quantizer::none, coder::raw> c;
    auto const a = chart(3), b = chart(5);
    auto const first = c.encode(a);
    (void)c.encode(b);
    BOOST_TEST((c.encode(a) == first));
    BOOST_TEST(shape::largest_error(a, c.decode(first)) == 0);
}
BOOST_AUTO_TEST_CASE(all_three_panels_at_once) {
    using all = codec<palette, bounded, from_lowest>;
    for (auto const frame : {framing::file, framing::record, framing::bare}) {
        auto const x = chart(5);
        BOOST_TEST(shape::largest_error(x, all{}.decode(all{}.encode(x, exact, frame), frame, x.shape(), 1)) == 0);
    }
}
BOOST_AUTO_TEST_CASE(members_of_a_chain) {
    using chained = codec<transform::chain<palette, transform::identity>, quantizer::none, coder::range<>>;
    auto const x = chart(4);
    BOOST_TEST(shape::largest_error(x, chained{}.decode(chained{}.encode(x))) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
