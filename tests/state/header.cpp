#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>

#include <triptych/learn/storage/header.hpp>

#include "generated_list.hpp"
#include "generated_text.hpp"
#include "registry.hpp"
#include "toy.hpp"

namespace {
// What a product does: a literal, made without copying an array.
constexpr toy_codec from_list{toy_list};
constexpr toy_codec from_text{toy_text};
static_assert(from_list.model() == from_text.model() && from_list.model() != 0);

auto text_of(char const *file) {
    // Tests run in the source tree; __FILE__ may be relative to anywhere.
    std::ifstream in(std::string("tests/state/") + file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}
auto generated(std::string const &name, std::size_t literals_above) {
    std::ostringstream out;
    triptych::write_header(out, name, make_toy_codec(), literals_above);
    return out.str();
}
template <class A>
auto equal(A const &x, A const &y) {
    if (x.shape() != y.shape()) return false;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (x[i] != y[i]) return false;
    return true;
}
} // namespace

BOOST_AUTO_TEST_SUITE(state_header)

BOOST_AUTO_TEST_CASE(writes_the_same_text_as_ever) {
    BOOST_TEST(generated("toy_list", 100'000) == text_of("generated_list.hpp"));
    BOOST_TEST(generated("toy_text", 100) == text_of("generated_text.hpp"));
}

BOOST_AUTO_TEST_CASE(holds_every_value) {
    auto const t = make_toy();
    for (auto const *codec : {&from_list, &from_text}) {
        auto const &got = codec->transform().get<1>();
        BOOST_TEST(
            (equal(got.a, t.a) && equal(got.b, t.b) && equal(got.c, t.c) && equal(got.d, t.d) && equal(got.e, t.e)));
        BOOST_TEST(codec->model() == make_toy_codec().model());
        BOOST_TEST(triptych::model_fingerprint(*codec) == codec->model());
    }
    BOOST_TEST(from_text.transform().get<1>().c.data() == nullptr);
    BOOST_TEST(from_list.transform().get<1>().c.data() != nullptr);
}

/// Every policy of the library, and every part that its description names, is in a header that there is.
BOOST_AUTO_TEST_CASE(headers_of_policies_are_known) {
    triptych::detail::header_collector found;
    auto const add = [&]<class... P>(std::type_identity<std::tuple<P...>>) { (found.add<P>(), ...); };
    add(std::type_identity<registry::transforms>{});
    add(std::type_identity<registry::quantizers>{});
    add(std::type_identity<registry::coders>{});
    add(std::type_identity<registry::codecs>{});
    BOOST_TEST(found.headers.size() > 40u);
    for (auto const &header : found.headers) BOOST_TEST(std::filesystem::exists("include/" + header), header);
    for (auto const &type : found.others) BOOST_TEST(false, "nobody knows the header of " << type);
}

BOOST_AUTO_TEST_CASE(streams_are_exchanged_between_homes) {
    std::array<std::uint8_t, 6> const samples{1, 2, 3, 4, 5, 6};
    triptych::picture_view<std::uint8_t, 2> const view{samples.data(), {2, 3}, 1};
    auto const stream = make_toy_codec().encode(view);
    BOOST_TEST(from_text.decode(stream).data()[5] == 6);
    BOOST_CHECK_THROW(toy_codec{}.decode(stream), triptych::mismatch_error);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    std::ostringstream out;
    BOOST_CHECK_THROW(triptych::write_header(out, "7up", make_toy_codec()), std::invalid_argument);
    BOOST_CHECK_THROW(triptych::write_header(out, "a b", make_toy_codec()), std::invalid_argument);
    BOOST_CHECK_THROW(triptych::write_header(out, "", make_toy_codec()), std::invalid_argument);
    BOOST_CHECK_THROW(triptych::write_header(out, "empty", toy_codec{}), std::invalid_argument);
    BOOST_CHECK_THROW(triptych::write_header("no-such-folder/x.hpp", "x", make_toy_codec()), std::runtime_error);
    out.setstate(std::ios::failbit);
    BOOST_CHECK_THROW(triptych::write_header(out, "x", make_toy_codec()), std::runtime_error);
    constexpr triptych::model_view nothing{1, {}};
    BOOST_CHECK_THROW(toy_codec{nothing}, std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
