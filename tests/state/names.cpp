#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "toy.hpp"

namespace {
struct single {
    triptych::frozen<std::int16_t> w;
    static constexpr void state(auto &self, auto &&v) { v("w", self.w); }
};
} // namespace

BOOST_AUTO_TEST_SUITE(state_names)

BOOST_AUTO_TEST_CASE(names_nest) {
    std::vector<std::string> names;
    auto const codec = make_toy_codec();
    toy_codec::state(codec, [&](std::string_view name, auto const &) { names.emplace_back(name); });
    std::vector<std::string> const expected{"transform.1.a", "transform.1.b", "transform.1.c", "transform.1.d",
                                            "transform.1.e"};
    BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(parameters_are_counted) {
    BOOST_TEST(triptych::parameter_count(make_toy_codec()) == 4u + 3 + 120 + 120 + 2);
    BOOST_TEST(triptych::parameter_count(toy_codec{}) == 0u);
}

// CRC-32C as in RFC 3720, bit by bit, over the bytes that the definition names.
BOOST_AUTO_TEST_CASE(fingerprint_is_as_defined) {
    single s;
    s.w = triptych::frozen<std::int16_t>::owned(std::array<std::int16_t, 2>{-2, 258}, triptych::dims{1u, 2u});
    std::vector<unsigned> const bytes{'w', 2, 2, 1, 0, 0, 0, 2, 0, 0, 0, 0xfe, 0xff, 0x02, 0x01};
    std::uint32_t crc = 0xffffffff;
    for (auto const b : bytes) {
        crc ^= b;
        for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0u);
    }
    BOOST_TEST(triptych::model_fingerprint(s) == ~crc);
    s.w = triptych::frozen<std::int16_t>::owned(std::array<std::int16_t, 2>{-2, 258}, triptych::dims{2u, 1u});
    BOOST_TEST(triptych::model_fingerprint(s) != ~crc);
    BOOST_TEST(triptych::model_fingerprint(triptych::transform::identity{}) == 0u);
}

BOOST_AUTO_TEST_CASE(owned_arrays_copy_and_move) {
    auto a = make_toy().c;
    auto const b = a;
    BOOST_TEST(a.data() != b.data());
    BOOST_TEST(b[119] == 32767);
    auto const c = std::move(a);
    BOOST_TEST(c[0] == -32768);
    BOOST_TEST(a.empty());
}

// Kernels read numbers and the text of a header alike.
BOOST_AUTO_TEST_CASE(kernels_read_values_and_text) {
    constexpr char16_t text[] = u"\x0001\xffff\x8000\x7fff";
    constexpr std::int16_t values[] = {1, -1, -32768, 32767};
    triptych::frozen<std::int16_t> const of_values(values, {4u}), of_text(text, {2u, 2u});
    for (auto const *array : {&of_values, &of_text}) {
        triptych::detail::loaded const copy(*array);
        BOOST_REQUIRE(copy.ok());
        for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(copy[i] == values[i]);
        for (std::size_t first = 0; first < 4; ++first) {
            int calls = 0;
            triptych::detail::elements(*array, first).read([&](auto const *at) {
                ++calls;
                BOOST_TEST(static_cast<std::int16_t>(at[0]) == values[first]);
            });
            BOOST_TEST(calls == 1);
        }
    }
    BOOST_TEST(triptych::detail::loaded(of_values).data() == values); // nothing is copied that need not be
    BOOST_TEST(triptych::detail::loaded(triptych::frozen<std::int16_t>{}).ok());
    triptych::detail::elements<std::int16_t>{}.read([](auto const *) { BOOST_TEST(false); });
}

BOOST_AUTO_TEST_SUITE_END()
