#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <triptych/learn/storage/safetensors.hpp>
#include <triptych/transform/pca.hpp>

#include "toy.hpp"

namespace tt = triptych;

namespace {
auto saved() {
    std::ostringstream out;
    tt::save(make_toy_codec(), out);
    return out.str();
}
auto bytes_of(std::string const &s) {
    return std::as_bytes(std::span(s.data(), s.size()));
}
auto with_header(std::string json, std::string const &values = std::string(16, '\1')) {
    std::string file(8, '\0');
    for (unsigned i = 0; i < 8; ++i) file[i] = static_cast<char>(json.size() >> (8 * i));
    return file + json + values;
}
auto loads(std::string const &file) {
    try {
        (void)tt::load<toy_codec>(bytes_of(file));
        return true;
    } catch (tt::format_error const &) {
        return false;
    }
}
} // namespace

BOOST_AUTO_TEST_SUITE(state_safetensors)

BOOST_AUTO_TEST_CASE(file_holds_the_codec) {
    auto const again = tt::load<toy_codec>(bytes_of(saved()));
    BOOST_TEST(again.model() == make_toy_codec().model());
    BOOST_TEST(again.transform().get<1>().e[0] == std::numeric_limits<std::int32_t>::min());
    auto const *const scratch = std::getenv("TRIPTYCH_SCRATCH");
    auto const path = (scratch ? std::string(scratch) : std::string("/tmp")) + "/toy.safetensors";
    tt::save(make_toy_codec(), path);
    BOOST_TEST(tt::load<toy_codec>(path).model() == make_toy_codec().model());
    BOOST_CHECK_THROW(tt::save(make_toy_codec(), "no-such-folder/x"), std::runtime_error);
    BOOST_CHECK_THROW(tt::load<toy_codec>("no-such-file"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(metadata_of_others_stay) {
    std::ostringstream out;
    tt::save(make_toy_codec(), out, {{"note", "a \"quoted\" one,\nof two lines"}, {"step", "8"}});
    auto const file = out.str();
    auto const metadata = tt::metadata_of(bytes_of(file));
    BOOST_TEST(metadata.size() == 4u);
    BOOST_TEST(metadata.at("note") == "a \"quoted\" one,\nof two lines");
    BOOST_TEST(metadata.at("triptych.codec") == "codec<chain<identity,toy>,none,raw>");
    BOOST_TEST(tt::load<toy_codec>(bytes_of(file)).model() == make_toy_codec().model());
    BOOST_CHECK_THROW(tt::metadata_of(bytes_of(file.substr(0, 40))), tt::format_error);
}

// The layout of bytes as the format's own description gives it.
BOOST_AUTO_TEST_CASE(bytes_are_as_the_format_says) {
    auto const file = saved();
    std::size_t length = 0;
    for (unsigned i = 0; i < 8; ++i) length |= static_cast<std::size_t>(static_cast<unsigned char>(file[i])) << (8 * i);
    BOOST_TEST(length % 8 == 0u);
    auto const header = file.substr(8, length);
    BOOST_TEST(header[0] == '{');
    BOOST_TEST(header.find(R"("transform.1.a":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]})") !=
               std::string::npos);
    BOOST_TEST(header.find(R"("transform.1.e":{"dtype":"I32","shape":[1,2],"data_offsets":[487,495]})") !=
               std::string::npos);
    BOOST_TEST(header.find("codec<chain<identity,toy>,none,raw>") != std::string::npos);
    BOOST_TEST(file.size() == 8 + length + 495);
    BOOST_TEST(file.substr(8 + length, 4) == std::string("\x80\x7f\x00\xff", 4));
}

BOOST_AUTO_TEST_CASE(other_codecs_and_models_are_named) {
    using other = tt::codec<tt::transform::pca<2, 2, 2>, tt::quantizer::none, tt::coder::raw>;
    try {
        (void)tt::load<other>(bytes_of(saved()));
        BOOST_TEST(false);
    } catch (tt::mismatch_error const &e) {
        BOOST_TEST(e.found() == "codec<chain<identity,toy>,none,raw>");
        BOOST_TEST(e.expected() == "codec<pca<2,2,2>,none,raw>");
    }
    auto changed = saved();
    changed.back() = static_cast<char>(changed.back() ^ 1);
    BOOST_CHECK_THROW(tt::load<toy_codec>(bytes_of(changed)), tt::mismatch_error);

    // Extents that do not fit the type, without metadata to tell.
    std::string const values(2 * 12 + 12, '\1');
    auto const three = with_header(R"({"transform.mean":{"dtype":"I32","shape":[3],"data_offsets":[0,12]},)"
                                   R"("transform.basis":{"dtype":"I16","shape":[4,3],"data_offsets":[12,36]}})",
                                   values);
    BOOST_CHECK_THROW(tt::load<other>(bytes_of(three)), tt::mismatch_error);
    auto const four = with_header(R"({"transform.mean":{"dtype":"I32","shape":[4],"data_offsets":[0,16]},)"
                                  R"("transform.basis":{"dtype":"I16","shape":[2,4],"data_offsets":[16,32]}})",
                                  values);
    BOOST_TEST(tt::load<other>(bytes_of(four)).transform().components() == 1u);
    auto const typed = with_header(R"({"transform.mean":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},)"
                                   R"("transform.basis":{"dtype":"I16","shape":[2,4],"data_offsets":[16,32]}})",
                                   values);
    BOOST_CHECK_THROW(tt::load<other>(bytes_of(typed)), tt::mismatch_error);
}

BOOST_AUTO_TEST_CASE(hostile_files_are_refused) {
    auto const file = saved();
    for (std::size_t n = 0; n < file.size(); ++n) BOOST_TEST(!loads(file.substr(0, n)));
    std::string const a = R"("transform.1.a":{"dtype":"I8","shape":)";
    for (auto const &json : {std::string("{"),
                             std::string("[]"),
                             std::string("null"),
                             std::string("{}"),
                             std::string("\xff\xfe"),
                             std::string(R"({"__metadata__":[1,2]})"),
                             std::string(R"({"__metadata__":{"triptych.codec":7}})"),
                             "{" + a + R"([2,2],"data_offsets":[0,5]}})",
                             "{" + a + R"([2,2],"data_offsets":[4,0]}})",
                             "{" + a + R"([2,2],"data_offsets":[0,99999999999999999999]}})",
                             "{" + a + R"([-2,-2],"data_offsets":[0,4]}})",
                             "{" + a + R"([2.5],"data_offsets":[0,4]}})",
                             "{" + a + R"([4294967296,4294967296],"data_offsets":[0,4]}})",
                             "{" + a + R"([4294967295,4294967295,4294967295,4294967295],"data_offsets":[0,4]}})",
                             "{" + a + R"([1,1,1,1,4],"data_offsets":[0,4]}})",
                             "{" + a + R"("x","data_offsets":[0,4]}})",
                             "{" + a + R"([4],"data_offsets":[0]}})",
                             "{" + a + R"([4]}})",
                             "{" + a + R"([4],"data_offsets":[13,17]}})",
                             std::string(1000000, '['),
                             std::string(2000000, ' '),
                             R"({"a":)" + std::string(500000, '{') + "}"})
        BOOST_TEST(!loads(with_header(json)));
    auto lengthy = file;
    lengthy[7] = '\x7f';
    BOOST_TEST(!loads(lengthy));
    // Any byte changed: refused, or by luck the same arrays; never anything else.
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        auto changed = file;
        changed[random() % changed.size()] = static_cast<char>(random());
        try {
            BOOST_TEST(tt::load<toy_codec>(bytes_of(changed)).model() != 0u);
        } catch (tt::format_error const &) {
        }
    }
}

// As many objects as a header has room for are read in one go, and counted before anything is made of them.
BOOST_AUTO_TEST_CASE(arrays_are_counted) {
    auto const refused = [](std::size_t n) {
        std::string json = "{";
        for (std::size_t i = 0; i < n; ++i)
            json += (i ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
        try {
            (void)tt::metadata_of(bytes_of(with_header(json + "}")));
            return tt::errc::none;
        } catch (tt::format_error const &e) {
            return e.code();
        }
    };
    BOOST_TEST((refused(4096) == tt::errc::none));
    BOOST_TEST((refused(4097) == tt::errc::limit));
    BOOST_TEST((refused(16000) == tt::errc::limit));
}

BOOST_AUTO_TEST_CASE(a_number_without_axes_is_named) {
    auto const one = with_header(R"({"transform.1.a":{"dtype":"I8","shape":[],"data_offsets":[0,1]}})");
    BOOST_CHECK_EXCEPTION(tt::load<toy_codec>(bytes_of(one)), tt::mismatch_error, [](auto const &e) {
        return e.found() == "transform.1.a without axes, one number" && e.expected() == "1 to 4 axes";
    });
}

// The format's own package as judge, where there is one: $TRIPTYCH_PYTHON.
BOOST_AUTO_TEST_CASE(files_are_exchanged_with_python) {
    auto const *const python = std::getenv("TRIPTYCH_PYTHON");
    auto const available =
        python && std::system((std::string(python) + " -c 'import safetensors, numpy'").c_str()) == 0;
    if (!available) {
        BOOST_TEST_MESSAGE("skipped: TRIPTYCH_PYTHON names no Python with the packages safetensors and numpy");
        return;
    }
    auto const *const scratch = std::getenv("TRIPTYCH_SCRATCH");
    auto const folder = scratch ? std::string(scratch) : std::string("/tmp");
    auto const ours = folder + "/ours.safetensors", theirs = folder + "/theirs.safetensors";
    tt::save(make_toy_codec(), ours);
    BOOST_TEST(
        std::system((std::string(python) + " tests/state/exchange.py '" + ours + "' '" + theirs + "'").c_str()) == 0);
    auto const again = tt::load<toy_codec>(theirs);
    auto const &got = again.transform().get<1>();
    auto const sent = make_toy();
    BOOST_TEST(got.d[1] == 0xffff);
    BOOST_TEST(got.e[0] == std::numeric_limits<std::int32_t>::min());
    BOOST_TEST((got.c.shape() == sent.c.shape()));
    for (std::size_t i = 0; i < 120; ++i) BOOST_TEST(got.c[i] == sent.c[(4 - i / 24) * 24 + i % 24]);
}

BOOST_AUTO_TEST_SUITE_END()
