// encode_symbols and decode_symbols: coders without a codec, on integers of every type.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <tuple>
#include <vector>

#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>

using namespace triptych;

using coders =
    std::tuple<coder::raw, coder::huffman<>, coder::rans<>, coder::range<model::adaptive>, coder::run_length<>>;

namespace {
template <class C, class T>
auto survives(std::vector<T> const &symbols) -> bool {
    auto const bytes = coder::encode_symbols(C{}, symbols);
    auto longer = bytes;
    longer.push_back(std::byte{0});
    std::vector<T> back(symbols.size());
    return coder::decode_symbols<T>(C{}, bytes, symbols.size()) == symbols &&
           coder::try_decode_symbols(C{}, longer, std::span<T>(back)).code == errc::corrupt;
}
/// All values of a type where it has few, its extremes and what the generator gives where it has many.
template <class C, class T>
auto every_value_survives() -> bool {
    std::mt19937 random(1);
    std::vector<T> symbols{std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), 0, 1};
    for (std::uint32_t i = 0; i < 70000; ++i) symbols.push_back(static_cast<T>(sizeof(T) < 4 ? i : random()));
    return survives<C>(symbols) && survives<C>(std::vector<T>(symbols.begin(), symbols.begin() + 1)) &&
           survives<C>(std::vector<T>{});
}
} // namespace

BOOST_AUTO_TEST_SUITE(alone)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_value_of_every_type, C, coders) {
    BOOST_TEST((every_value_survives<C, std::int8_t>()));
    BOOST_TEST((every_value_survives<C, std::uint8_t>()));
    BOOST_TEST((every_value_survives<C, char>()));
    BOOST_TEST((every_value_survives<C, std::int16_t>()));
    BOOST_TEST((every_value_survives<C, std::uint16_t>()));
    BOOST_TEST((every_value_survives<C, std::int32_t>()));
    BOOST_TEST((every_value_survives<C, std::uint32_t>()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_costs_nothing, C, coders) {
    BOOST_TEST(coder::encode_symbols(C{}, std::vector<std::int16_t>{}).empty());
    std::vector<std::int16_t> none;
    BOOST_TEST((coder::try_decode_symbols(C{}, std::vector<std::byte>(1), std::span(none)).code == errc::corrupt));
}

BOOST_AUTO_TEST_CASE(a_value_that_the_type_lacks_is_corrupt) {
    // raw gives an unsigned byte nine bits; a negative number is none.
    auto bytes = coder::encode_symbols(coder::raw{}, std::vector<std::uint8_t>{7});
    BOOST_TEST(bytes.size() == 2u);
    std::uint8_t back = 0;
    BOOST_TEST((coder::try_decode_symbols(coder::raw{}, bytes, std::span(&back, 1)).code == errc::none));
    BOOST_TEST(back == 7);
    bytes[1] = std::byte{1};
    BOOST_TEST((coder::try_decode_symbols(coder::raw{}, bytes, std::span(&back, 1)).code == errc::corrupt));
}

BOOST_AUTO_TEST_CASE(errors_are_thrown_or_returned) {
    std::vector<std::int16_t> const symbols(1000, 3);
    auto const bytes = coder::encode_symbols(coder::raw{}, symbols);
    auto const half = std::span(bytes).first(bytes.size() / 2);
    BOOST_CHECK_EXCEPTION(coder::decode_symbols<std::int16_t>(coder::raw{}, half, 1000), format_error,
                          [](format_error const &e) { return e.code() == errc::truncated; });
    BOOST_CHECK_EXCEPTION(coder::decode_symbols<std::int16_t>(coder::raw{}, bytes, 1000, limits{999, 1 << 20}),
                          format_error, [](format_error const &e) { return e.code() == errc::limit; });
    std::vector<std::int16_t> back(1000);
    BOOST_TEST(
        (coder::try_decode_symbols(coder::raw{}, bytes, std::span(back), limits{1000, 1999}).code == errc::limit));
    BOOST_TEST((coder::try_decode_symbols(coder::raw{}, bytes, std::span(back)).code == errc::none));
    BOOST_TEST((back == symbols));
}

BOOST_AUTO_TEST_SUITE_END()
