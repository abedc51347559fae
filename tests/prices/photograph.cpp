// What each rate-aware coder of the registry says that symbols cost, beside what they cost, on a photograph.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <triptych/describe.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/stream/writer.hpp>

#include "../learned/instances.hpp"
#include "../png.hpp"

namespace {
using namespace triptych;
using B = bands<std::int16_t, 2>;

/// Rows of the photograph that a coder is asked about: all, or a sixth where a symbol takes microseconds.
template <class C>
constexpr std::size_t rows = 576;
template <>
constexpr std::size_t rows<coder::range<model::pretrained>> = 96;

template <std::size_t Rows>
auto const &photograph() {
    static auto const x = [] {
        auto const p = test::read_png("examples/pictures/dog.png");
        B planes(detail::component_planes<2>({Rows, p.shape()[1]}, p.components(), 8));
        detail::samples_to_planes(p.data(), detail::byte_map(), planes);
        return planes;
    }();
    return x;
}
/// Residuals of the median-edge detector behind YCoCg-R; the same for all.
template <std::size_t Rows>
auto const &residuals() {
    static auto const x = registry::chain<registry::colour<registry::colour_kind::ycocg_r>,
                                          registry::difference<registry::predictor::median>>{}
                              .forward(photograph<Rows>().clone());
    return x;
}
/// Quantised blocks of 8 × 8, about a bit a sample.
template <std::size_t Rows>
auto const &coefficients() {
    static auto const x = [] {
        auto y = registry::photo_transform{}.forward(photograph<Rows>().clone());
        quantizer::uniform const q;
        return q.quantize(std::move(y), q.plan(y, target{20}));
    }();
    return x;
}

/// Sum of the prices of all symbols, in bytes.
template <class C>
auto priced(C const &coder, B const &x) -> double {
    auto const rates = coder.rates(x);
    double bits = 0;
    for (auto const &g : x.layout().groups())
        for (std::size_t i = 0; i < g.samples * g.count; ++i)
            bits += static_cast<double>(rates.bits(x, g.first + i % g.count, g.offset + i, x.data()[g.offset + i]));
    return bits / 8;
}
template <class C>
void agrees(C const &coder, std::string const &name, char const *what, B const &x) {
    byte_writer w;
    coder.encode(x, w);
    auto const real = static_cast<double>(w.size()), sum = priced(coder, x);
    BOOST_TEST_MESSAGE(name << ", " << what << ": " << real << " bytes, prices say " << sum << " ("
                            << 100 * (sum / real - 1) << " %)");
    BOOST_TEST(std::abs(sum / real - 1) <= 0.01, name << ", " << what << ": " << real << " bytes, " << sum);
}
} // namespace

BOOST_AUTO_TEST_SUITE(photograph_prices)

BOOST_AUTO_TEST_CASE_TEMPLATE(add_up_to_the_size, C, registry::coders) {
    if constexpr (rate_aware<C, B>) {
        auto const name = description<C, std::string>();
        agrees(C{}, name, "residuals", residuals<rows<C>>());
        agrees(C{}, name, "coefficients", coefficients<rows<C>>());
    }
}

/// Of a photograph that the model has not seen.
BOOST_AUTO_TEST_CASE_TEMPLATE(add_up_with_a_model, I, registry::learned) {
    using C = typename I::codec::coder_type;
    if constexpr (stateful<C> && rate_aware<C, B>)
        agrees(I::make().coder(), std::string("with the model ") + I::name, "coefficients", coefficients<96>());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rise_with_magnitude, C, registry::coders) {
    if constexpr (rate_aware<C, B>) {
        auto const &x = coefficients<rows<C>>();
        C const coder{}; // outlives its estimator
        auto const rates = coder.rates(x);
        for (std::size_t const band : {9u, 70u}) {
            auto const e = x.info(band).offset + 64 * std::min<std::size_t>(1000, x[band].size() - 1);
            int const most = (1 << (x.info(band).bits - 1)) - 1;
            BOOST_TEST(rates.bits(x, band, e, 0) <= rates.bits(x, band, e, 3));
            BOOST_TEST(rates.bits(x, band, e, 3) <= rates.bits(x, band, e, 60));
            BOOST_TEST(rates.bits(x, band, e, 60) <=
                       rates.bits(x, band, e, most) + 1); // what was seen once has the price of that once
            BOOST_TEST(rates.bits(x, band, e, INT16_MIN) < 500);
            BOOST_TEST(rates.bits(x, band, e, INT16_MAX) < 500);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
