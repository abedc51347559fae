// The worked bytes of the format's pages are those of this folder's examples, which decode and encode as the pages say.
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include "example.hpp"

namespace {
/// The fenced blocks of a page that begin with `codec<`: head, bytes, samples.
auto blocks_of(std::filesystem::path const &page) -> std::vector<std::array<std::string, 3>> {
    std::vector<std::array<std::string, 3>> blocks;
    std::ifstream file(page);
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("    ", 0) != 0) {
            inside = false;
            continue;
        }
        line = line.substr(4);
        if (line.rfind("codec<", 0) == 0) {
            blocks.push_back({line, "", ""}), inside = true;
        } else if (inside && line.rfind("= ", 0) == 0) {
            blocks.back()[2] = line.substr(2), inside = false;
        } else if (inside) {
            auto &bytes = blocks.back()[1];
            std::istringstream words(line.substr(0, line.find('#')));
            for (std::string word; words >> word;) bytes += (bytes.empty() ? "" : " ") + word;
        }
    }
    return blocks;
}
} // namespace

BOOST_AUTO_TEST_SUITE(pages)

BOOST_AUTO_TEST_CASE(every_example_decodes_to_its_samples_and_is_what_the_encoder_writes) {
    for (auto const &e : worked::all()) BOOST_TEST_CONTEXT(e.head) e.check();
}

BOOST_AUTO_TEST_CASE(pages_and_examples_are_the_same) {
    std::multiset<std::string> of_tests, of_pages;
    for (auto const &e : worked::all()) of_tests.insert(e.head + "\n" + e.bytes + "\n" + e.samples);
    for (auto const *page :
         {"format.md", "format/transform.md", "format/quantizer.md", "format/coder.md", "format/model.md"})
        for (auto const &[head, bytes, samples] : blocks_of(std::filesystem::path("docs") / page))
            of_pages.insert(head + "\n" + bytes + "\n" + samples);
    BOOST_TEST(of_pages.size() > 20u);
    for (auto const &text : of_pages)
        BOOST_TEST(of_tests.count(text) == of_pages.count(text), "only in a page: " << text);
    for (auto const &text : of_tests) BOOST_TEST(of_pages.count(text) == 1u, "in no page: " << text);
}

BOOST_AUTO_TEST_SUITE_END()
