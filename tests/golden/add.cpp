// golden_add FOLDER [--renew]: adds a golden stream for each codec and picture that has none yet, and notes what today's encoder writes.
// With --renew all of them are written anew. Use `tests/renew.sh`.
//
//   *.tpc         streams; index.txt has a line for each: file, CRC-32C of its picture, codec, and the model if it is learned
//                 (tests/models/NAME.hpp). Only ever added to, once released.
//   pack-0.tpk    a pack that was appended to once
//   encoded.txt   file, length and checksum of what the encoder writes today; rewritten by every run
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "pack.hpp"
#include "pictures.hpp"

namespace {
void write(std::filesystem::path const &path, std::span<std::byte const> bytes) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<char const *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}
auto hexadecimal(std::uint32_t v) -> std::string {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(v));
    return text;
}
} // namespace

int main(int argc, char **argv) {
    bool const renew = argc == 3 && std::string_view(argv[2]) == "--renew";
    if (argc != 2 && !renew) return std::cerr << "golden_add FOLDER [--renew]\n", 1;
    std::filesystem::path const folder(argv[1]);
    std::set<std::string> known;
    {
        std::ifstream index(folder / "index.txt");
        for (std::string line; std::getline(index, line);) known.insert(line.substr(0, line.find(' ')));
    }
    if (renew) {
        for (auto const &name : known) std::filesystem::remove(folder / name);
        known.clear();
    }
    if (renew || !exists(folder / "pack-0.tpk")) write(folder / "pack-0.tpk", golden::pack());
    std::ofstream index(folder / "index.txt", renew ? std::ios::trunc : std::ios::app);
    std::ofstream encoded(folder / "encoded.txt");
    std::size_t added = 0;
    golden::each_stream_of_all([&](golden::stream const &s) {
        encoded << s.name << ' ' << s.bytes.size() << ' ' << hexadecimal(s.checksum()) << '\n';
        if (known.count(s.name)) return;
        auto const y = golden::decode(s.bytes);
        if (!y.known || y.code != triptych::errc::none) {
            std::cerr << s.name << ", " << s.codec << ": " << triptych::message(y.code) << '\n';
            std::exit(1);
        }
        write(folder / s.name, s.bytes);
        index << s.name << ' ' << hexadecimal(y.digest) << ' ' << s.codec << (s.model.empty() ? "" : " ") << s.model
              << '\n';
        ++added;
    });
    std::cout << added << " streams added, " << known.size() << " were there\n";
    return index && encoded ? 0 : 1;
}
