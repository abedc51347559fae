// decode_hashes STREAM...: what each golden stream, and 40 mutations of each, decode to: a digest or an error code. Built with several compilers and
// flags, without exceptions and RTTI, the output must be the same to the letter: decoding is integer arithmetic with no undefined
// behaviour to exploit.
#include <cstdio>
#include <string>
#include <vector>

#include <triptych/conformance/hostile.hpp>

#include "../golden/streams.hpp"

int main(int argc, char **argv) {
    triptych::limits const small{1 << 16, 1 << 22};
    for (int i = 1; i < argc; ++i) {
        auto *const file = std::fopen(argv[i], "rb");
        if (!file) return std::fprintf(stderr, "%s: cannot be read\n", argv[i]), 1;
        std::vector<std::byte> stream;
        for (int c = 0; (c = std::fgetc(file)) != EOF;) stream.push_back(static_cast<std::byte>(c));
        std::fclose(file);
        auto const print = [](golden::outcome const &y) {
            std::printf(" %d:%08x", static_cast<int>(y.code), static_cast<unsigned>(y.digest));
        };
        std::string const path = argv[i];
        std::printf("%s", path.substr(path.rfind('/') + 1).c_str());
        print(golden::decode(stream));
        triptych::small_random random(stream.size());
        for (int n = 0; n < 40; ++n) print(golden::decode(triptych::mutate_stream(stream, random), small));
        std::printf("\n");
    }
}
