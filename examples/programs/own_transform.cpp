// A transform of one's own is a plain type with three functions. The compiler checks its shape, `conformance` its laws.
#include <triptych/conformance.hpp> // first, so that it can count memory

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <utility>

#include <triptych/triptych.hpp>
#include <xtensor/xtensor.hpp>

struct negative {
    static constexpr bool reversible = true;
    static constexpr void describe(auto &d) { d("negative"); }

    template <std::size_t R>
    auto arrange(triptych::layout<R> const &in) const -> triptych::layout<R> {
        return in;
    }
    template <class B>
    auto forward(B x) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<typename B::value_type>(~x.data()[i]);
        return x;
    }
    template <class B>
    auto inverse(B x, triptych::layout<B::rank> const &) const -> B {
        return forward(std::move(x));
    }
};
static_assert(triptych::transform_for<negative, triptych::bands<std::int16_t, 2>>);

// Its own name in the streams, and any other panels behind it.
using film = triptych::codec<triptych::transform::chain<negative, triptych::transform::dct<8>>,
                             triptych::quantizer::uniform, triptych::coder::huffman<>>;
using film_archive = triptych::codec<negative, triptych::quantizer::none, triptych::coder::range<>>;

int main() {
    std::cout << triptych::description<film, std::string>() << '\n';

    xt::xtensor<std::uint8_t, 2> picture({48, 64});
    for (std::size_t i = 0; i < picture.size(); ++i)
        picture.flat(i) = static_cast<std::uint8_t>(i % 64 * 3 + i * i % 13);
    auto const decoded = film{}.decode(film{}.encode(picture, triptych::psnr(38)));
    auto const archived = film_archive{}.decode(film_archive{}.encode(picture));
    std::cout << "film: " << (triptych::metric::psnr(picture, decoded) > 37.9 ? "38 dB\n" : "worse than asked\n")
              << "archive: " << (triptych::to_array(archived) == picture ? "exact\n" : "not exact\n");

    auto const report = triptych::conformance<negative>();
    std::cout << (report.ok() ? "keeps all laws" : report.text()) << ", as " << report.roles() << '\n';
    return report.ok() ? 0 : 1;
}
