// The minimal quantizer of docs/concepts/quantizer.md.
#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/transform/identity.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <vector>

struct drop_a_bit { // step 2, always
    struct setting {};
    template <class B>
    auto plan(B const &, triptych::target const &) const -> setting {
        return {};
    }
    template <std::size_t R>
    auto arrange(triptych::layout<R> in, setting const &) const -> triptych::layout<R> {
        for (std::size_t b = 0; b < in.count(); ++b)
            in.relabel(b, [](auto &info) {
                info.bits = static_cast<std::uint8_t>(info.bits > 1 ? info.bits - 1 : info.bits);
            });
        return in;
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<typename B::value_type>(x.data()[i] >> 1);
        auto where = arrange(x.layout(), s);
        return std::move(x).relabel(std::move(where));
    }
    template <class B>
    auto dequantize(B x, setting const &, triptych::layout<B::rank> const &in) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = static_cast<typename B::value_type>(static_cast<std::uint32_t>(x.data()[i]) << 1);
        return std::move(x).relabel(in);
    }
    void write(setting const &, triptych::byte_writer &) const {}
    auto read(triptych::byte_reader &) const -> setting { return {}; }
};
static_assert(triptych::quantizer_for<drop_a_bit, triptych::bands<std::int16_t, 2>>);

BOOST_AUTO_TEST_SUITE(minimal_quantizer)

BOOST_AUTO_TEST_CASE(a_codec_of_it_drops_a_bit) {
    std::vector<std::uint8_t> samples;
    for (int i = 0; i < 256; ++i) samples.push_back(static_cast<std::uint8_t>(i));
    triptych::picture_view<std::uint8_t, 2> const x{samples.data(), {16, 16}, 1};
    triptych::codec<triptych::transform::identity, drop_a_bit, triptych::coder::raw> const c;
    auto const bytes = c.encode(x, triptych::step(2), triptych::framing::bare);
    BOOST_TEST(bytes.size() == 256u * 7 / 8);
    auto const y = c.decode(bytes, triptych::framing::bare, {16, 16}, 1);
    for (int i = 0; i < 256; ++i) BOOST_TEST(y.data()[i] == (i & ~1));
}

BOOST_AUTO_TEST_SUITE_END()
