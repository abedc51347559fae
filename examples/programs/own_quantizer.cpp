// A quantizer of one's own: it drops low bits.
#include <triptych/conformance.hpp> // first, so that it can count memory

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <utility>

#include <triptych/triptych.hpp>

/// Drops low bits. Gains are not looked at, so it is for integers that no transform has scaled.
struct low_bits {
    struct setting {
        std::uint8_t drop = 0;
        /// A band keeps one bit at least, and side information keeps all.
        auto of(auto const &band) const -> int {
            return band.at.kind == triptych::role::side ? 0 : std::min<int>(drop, std::max<int>(band.bits, 1) - 1);
        }
    };
    static constexpr bool can_be_exact = true;
    static constexpr void describe(auto &d) { d("low_bits"); }

    template <class B>
    auto plan(B const &, triptych::target const &aim) const -> setting {
        setting s;
        while (s.drop < 30 && static_cast<float>(2u << s.drop) <= aim.step) ++s.drop;
        return s;
    }
    template <std::size_t R>
    auto arrange(triptych::layout<R> in, setting const &s) const -> triptych::layout<R> {
        for (std::size_t b = 0; b < in.count(); ++b)
            in.relabel(b, [&](auto &band) { band.bits = static_cast<std::uint8_t>(band.bits - s.of(band)); });
        return in;
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        triptych::for_each_value(x, [&](std::size_t, std::size_t b, std::int32_t v) {
            return static_cast<typename B::value_type>(v >> s.of(x.info(b)));
        });
        auto where = arrange(x.layout(), s);
        return std::move(x).relabel(std::move(where));
    }
    template <class B>
    auto dequantize(B x, setting const &s, triptych::layout<B::rank> const &in) const -> B {
        x = std::move(x).relabel(in);
        // To the middle of what was dropped; unsigned, because no symbol may overflow.
        triptych::for_each_value(x, [&](std::size_t, std::size_t b, std::int32_t v) {
            auto const down = s.of(x.info(b));
            return static_cast<typename B::value_type>(static_cast<std::uint32_t>(v) << down | (1u << down) >> 1);
        });
        return x;
    }
    void write(setting const &s, triptych::byte_writer &w) const { w.u8(s.drop); }
    auto read(triptych::byte_reader &r) const -> setting {
        setting const s{r.u8()};
        if (s.drop > 30) r.fail(triptych::errc::corrupt);
        return r.ok() ? s : setting{};
    }
};
static_assert(triptych::quantizer_for<low_bits, triptych::bands<std::int16_t, 2>>);

int main() {
    using near = triptych::codec<triptych::transform::identity, low_bits, triptych::coder::range<>>;
    std::cout << triptych::description<near, std::string>() << '\n';
    triptych::picture<std::uint8_t, 2> picture({100, 100}, 1);
    for (std::size_t i = 0; i < picture.size(); ++i) picture.data()[i] = static_cast<std::uint8_t>(i % 100 + i / 100);
    for (double const most : {0, 1, 2, 4, 8}) {
        auto const decoded = near{}.decode(near{}.encode(picture, triptych::max_error(most)));
        std::cout << "no error above " << most << ": largest " << triptych::metric::max_error(picture, decoded) << '\n';
    }
    auto const report = triptych::conformance<low_bits>();
    std::cout << (report.ok() ? "keeps all laws\n" : report.text());
}
