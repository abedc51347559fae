// A coder of one's own, as small as it can be and keep its laws.
#include <triptych/conformance.hpp> // first, so that it can count memory

#include <cstddef>
#include <cstdint>
#include <iostream>

#include <triptych/triptych.hpp>

/// One to five bytes a symbol: fewer for small ones.
struct varints {
    static constexpr void describe(auto &d) { d("varints"); }

    template <class T, std::size_t R>
    void encode(triptych::bands<T, R> const &x, triptych::byte_writer &w) const {
        triptych::for_each_value(x, [&](std::size_t, std::size_t, T v) { w.signed_varint(v); });
    }
    template <class T, std::size_t R>
    void decode(triptych::bands<T, R> &y, triptych::byte_reader &r) const {
        triptych::for_each_value(y, [&](std::size_t, std::size_t b, T) {
            auto const symbol = r.signed_varint();
            auto const &band = y.info(b);
            int const bits = band.bits != 0 ? band.bits : 8 * static_cast<int>(sizeof(T)); // 0 is the whole type
            if (auto const sign = symbol >> (bits - 1); sign != 0 && sign != -1) r.fail(triptych::errc::corrupt);
            return static_cast<T>(symbol);
        });
    }
};
static_assert(triptych::coder_for<varints, triptych::bands<std::int16_t, 2>>);

int main() {
    using mine = triptych::codec<triptych::transform::difference<>, triptych::quantizer::none, varints>;
    std::cout << triptych::description<mine, std::string>() << '\n';
    triptych::picture<std::uint16_t, 2> picture({100, 100}, 1);
    for (std::size_t i = 0; i < picture.size(); ++i) picture.data()[i] = static_cast<std::uint16_t>(i % 100 * i / 100);
    auto const bytes = mine{}.encode(picture);
    std::cout << "largest error " << triptych::metric::max_error(picture, mine{}.decode<std::uint16_t>(bytes)) << ", "
              << (bytes.size() < picture.size() * 2 ? "smaller" : "larger") << " than the samples\n";
    auto const report = triptych::conformance<varints>();
    std::cout << (report.ok() ? "keeps all laws\n" : report.text());
}
