// Streams that were written once decode for ever; and the encoder writes what it wrote, unless someone meant to change it.
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "pictures.hpp"

namespace {
std::string const folder = "tests/golden/";

auto bytes_of(std::string const &path) -> std::vector<std::byte> {
    std::ifstream file(path, std::ios::binary);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::byte> bytes;
    for (char const c : text) bytes.push_back(static_cast<std::byte>(c));
    return bytes;
}
} // namespace

BOOST_AUTO_TEST_SUITE(golden_streams)

BOOST_AUTO_TEST_CASE(every_stream_decodes_to_its_picture) {
    std::ifstream index(folder + "index.txt");
    std::size_t count = 0;
    for (std::string line; std::getline(index, line); ++count) {
        std::istringstream fields(line);
        std::string name, crc, codec;
        fields >> name >> crc >> codec;
        BOOST_TEST_CONTEXT(name << " of " << codec) {
            auto const bytes = bytes_of(folder + name);
            BOOST_TEST(!bytes.empty());
            BOOST_TEST(bytes.size() < 8192u);
            auto const y = golden::decode(bytes);
            BOOST_TEST(y.known, "no codec of the registry has this fingerprint");
            BOOST_TEST((y.code == triptych::errc::none), triptych::message(y.code));
            BOOST_TEST(y.digest == std::stoul(crc, nullptr, 16));
        }
    }
    BOOST_TEST(count > 0u);
}

BOOST_AUTO_TEST_CASE(the_encoder_writes_what_it_wrote) {
    std::map<std::string, std::string> noted;
    std::ifstream encoded(folder + "encoded.txt");
    for (std::string line; std::getline(encoded, line);)
        noted[line.substr(0, line.find(' '))] = line.substr(line.find(' ') + 1);
    golden::each_stream_of_all([&](golden::stream const &s) {
        std::ostringstream now;
        now << s.bytes.size() << ' ' << std::hex;
        now.width(8), now.fill('0');
        now << s.checksum();
        BOOST_TEST_CONTEXT(s.name << " of " << s.codec
                                  << "; a new codec or a better encoder? Then: bash tests/renew.sh") {
            BOOST_TEST(noted.count(s.name) == 1u);
#if !defined(__FAST_MATH__) && !defined(__FMA__)
            // Encoders may use floating point; where it is contracted or loose, they may decide otherwise now and then.
            BOOST_TEST(noted[s.name] == now.str());
#endif
        }
    });
}

/// The headers of tests/models are whole: their fingerprints are those of their arrays, and each learned part got some.
BOOST_AUTO_TEST_CASE(learned_instances_have_their_models) {
    registry::for_each<registry::learned>([]<class I>(std::type_identity<I>) {
        BOOST_TEST_CONTEXT(I::name) {
            auto const &codec = I::make();
            BOOST_TEST(codec.model() != 0u);
            BOOST_TEST(codec.model() == triptych::model_fingerprint(codec));
            // A closed loop leaves the quantizer as it is.
            constexpr bool open =
                !triptych::closed_loop_for<typename I::codec::transform_type, triptych::bands<std::int16_t, 2>>;
            auto const whole = [](auto const &panel) {
                return !triptych::stateful<std::remove_cvref_t<decltype(panel)>> ||
                       triptych::parameter_count(panel) != 0;
            };
            BOOST_TEST(whole(codec.transform()));
            BOOST_TEST((!open || whole(codec.quantizer())));
            BOOST_TEST(whole(codec.coder()));
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
