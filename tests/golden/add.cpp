// golden_add FOLDER: adds a golden stream for each codec and picture that has none yet, and notes what today's encoder writes.
//
//   *.tpc         streams; index.txt has a line for each: file, CRC-32C of its picture, codec. Only ever added to, once released. Those that are
//                 no picture of pictures.hpp (`*-regions`: large enough for regions and 32 lanes) were added by hand.
//   encoded.txt   file, length and checksum of what the encoder writes today; rewritten by every run.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>

#include "pictures.hpp"

int main(int argc, char **argv) {
    if (argc != 2) return std::cerr << "golden_add FOLDER\n", 1;
    std::string const folder = std::string(argv[1]) + "/";
    std::set<std::string> known;
    {
        std::ifstream index(folder + "index.txt");
        for (std::string line; std::getline(index, line);) known.insert(line.substr(0, line.find(' ')));
    }
    std::ofstream index(folder + "index.txt", std::ios::app);
    std::ofstream encoded(folder + "encoded.txt");
    std::size_t added = 0;
    auto const hexadecimal = [](std::uint32_t v) {
        char text[9];
        std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(v));
        return std::string(text);
    };
    golden::each_stream_of_all([&](golden::stream const &s) {
        encoded << s.name << ' ' << s.bytes.size() << ' ' << hexadecimal(s.checksum()) << '\n';
        if (known.count(s.name)) return;
        auto const y = golden::decode(s.bytes);
        if (!y.known || y.code != triptych::errc::none) {
            std::cerr << s.codec << ": " << triptych::message(y.code) << '\n';
            std::exit(1);
        }
        std::ofstream file(folder + s.name, std::ios::binary);
        file.write(reinterpret_cast<char const *>(s.bytes.data()), static_cast<std::streamsize>(s.bytes.size()));
        index << s.name << ' ' << hexadecimal(y.digest) << ' ' << s.codec << '\n';
        ++added;
    });
    std::cout << added << " streams added, " << known.size() << " were there\n";
    return index && encoded ? 0 : 1;
}
