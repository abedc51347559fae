// A coder of one's own, as small as it can be and keep its laws.
#include <triptych/conformance.hpp> // first, so that it can count memory

#include <cstddef>
#include <cstdint>
#include <iostream>

#include <triptych/triptych.hpp>

/// Calls f(value, band) for all values. Sample p of a band lies p times the last stride behind its first.
void for_values(auto &x, auto &&f) {
    for (std::size_t b = 0; b < x.count(); ++b)
        for (std::size_t p = 0; p < triptych::volume(x.info(b).shape); ++p)
            f(x.data()[x.info(b).offset + p * x.info(b).stride.back()], x.info(b));
}

/// One to five bytes a symbol: fewer for small ones.
struct varints {
    static constexpr void describe(auto &d) { d("varints"); }

    template <class T, std::size_t R>
    void encode(triptych::bands<T, R> const &x, triptych::byte_writer &w) const {
        for_values(x, [&](T v, auto const &) { w.signed_varint(v); });
    }
    template <class T, std::size_t R>
    void decode(triptych::bands<T, R> &y, triptych::byte_reader &r) const {
        for_values(y, [&](T &v, auto const &band) {
            auto const symbol = r.signed_varint();
            int const bits = band.bits != 0 ? band.bits : 8 * static_cast<int>(sizeof(T)); // 0 is the whole type
            if (auto const sign = symbol >> (bits - 1); sign != 0 && sign != -1) r.fail(triptych::errc::corrupt);
            v = static_cast<T>(symbol);
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
