// What an encoder and a decoder hold beside the picture, in bytes a sample, counted.
#define TRIPTYCH_COUNT_ALLOCATIONS
#include <triptych/presets.hpp>

#include <boost/test/unit_test.hpp>

#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(memory)

namespace {
using namespace triptych;

/// The most bytes that `f` held at a time, beyond those that were held before, for each of n samples.
template <class F>
auto peak(std::size_t n, F &&f) -> double {
    auto const before = detail::meter.held;
    detail::meter.peak = before;
    f();
    return static_cast<double>(detail::meter.peak - before) / static_cast<double>(n);
}
} // namespace

BOOST_AUTO_TEST_CASE(one_copy_of_the_coefficients) {
    // Coefficients and their symbols, two bytes each, are what photo needs: it used to take four copies.
    auto const x = shape::waves<std::uint8_t, 2>({512, 768}, 3);
    std::vector<std::byte> bytes;
    BOOST_TEST(peak(x.size(), [&] { bytes = photo{}.encode(x, scale(75)); }) <= 5.0);
    BOOST_TEST(peak(x.size(), [&] { (void)photo{}.decode(bytes); }) <= 4.5);
}

BOOST_AUTO_TEST_CASE(tiles_need_what_a_tile_needs) {
    auto const x = shape::waves<std::uint8_t, 2>({1300, 1400}, 3);
    std::vector<std::byte> bytes;
    BOOST_TEST(peak(x.size(), [&] { bytes = photo{}.encode(x, scale(50)); }) <= 1.5);
    BOOST_TEST(peak(x.size(), [&] { (void)photo{}.decode(bytes); }) <= 2.5); // the result, of one byte, is among them
}

BOOST_AUTO_TEST_SUITE_END()
