// A transform written in expressions of xtensor: a band is a view, and what is assigned to the view are the band's values.
#include <triptych/conformance.hpp> // first, so that it can count memory

#include <cstddef>
#include <cstdint>
#include <iostream>

#include <triptych/triptych.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

/// Each row (of a volume: each slice) becomes what is new in it since the one before, as an exclusive or: zero where maps of
/// labels or masks stay the same. It needs no more bits, and no value can overflow.
struct changes {
    static constexpr bool reversible = true;
    static constexpr void describe(auto &d) { d("changes"); }

    template <std::size_t R>
    auto arrange(triptych::layout<R> const &in) const -> triptych::layout<R> {
        return in;
    }
    template <class B>
    auto forward(B x) const -> B {
        using namespace xt::placeholders;
        for (std::size_t b = 0; b < x.count(); ++b) {
            if (stays(x.info(b))) continue;
            auto rows = triptych::as_xtensor(x[b]);
            xt::view(rows, xt::range(1, _)) ^= xt::view(rows, xt::range(_, -1));
        }
        return x;
    }
    template <class B>
    auto inverse(B x, triptych::layout<B::rank> const &) const -> B {
        for (std::size_t b = 0; b < x.count(); ++b) {
            if (stays(x.info(b))) continue;
            auto rows = triptych::as_xtensor(x[b]);
            for (std::size_t i = 1; i < rows.shape(0); ++i) xt::view(rows, i) ^= xt::view(rows, i - 1);
        }
        return x;
    }

private:
    static auto stays(auto const &band) -> bool {
        return band.at.kind == triptych::role::side || band.shape[0] < 2 || triptych::volume(band.shape) == 0;
    }
};
static_assert(triptych::transform_for<changes, triptych::bands<std::int16_t, 2>>);

int main() {
    xt::xtensor<std::uint8_t, 3> labels({10, 60, 80}); // slices of a segmentation
    for (std::size_t i = 0; i < labels.size(); ++i) labels.flat(i) = static_cast<std::uint8_t>(i * i / 5000 % 80 / 20);

    using map_codec = triptych::codec<changes, triptych::quantizer::none, triptych::coder::range<>>;
    using plain_codec =
        triptych::codec<triptych::transform::identity, triptych::quantizer::none, triptych::coder::range<>>;
    auto const bytes = map_codec{}.encode(triptych::as_array(labels));
    std::cout << (triptych::to_array(map_codec{}.decode<std::uint8_t, 3>(bytes)) == labels ? "exact" : "not exact")
              << ", " << (bytes.size() < plain_codec{}.encode(triptych::as_array(labels)).size() ? "smaller" : "larger")
              << " than without\n";
    std::cout << (triptych::conformance<changes>().ok() ? "keeps all laws\n" : "breaks a law\n");
}
