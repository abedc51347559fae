// bench_entropy [--only TEXT] [--dump FOLDER] PICTURES...: size and speed of every entropy coder on symbols of these pictures (files and folders; those
// that are not RGB of 8 bits are left out). --only: coders whose name holds TEXT. --dump: writes the residuals as bytes, a file a picture.
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "suites.hpp"

namespace {
void dump(bench::data_set const &d, std::string const &folder) {
    for (std::size_t i = 0; i < d.sheets.size(); ++i)
        for (auto const &band : d.sheets[i].by_band())
            std::ofstream(folder + "/" + std::to_string(i) + ".bytes", std::ios::binary)
                .write(reinterpret_cast<char const *>(band.data()), static_cast<std::streamsize>(band.size()));
}
} // namespace

int main(int argc, char **argv) try {
    std::vector<std::string> paths;
    std::string only, folder;
    for (int i = 1; i < argc; ++i) {
        std::string const a = argv[i];
        if (a == "--only" && i + 1 < argc)
            only = argv[++i];
        else if (a == "--dump" && i + 1 < argc)
            folder = argv[++i];
        else
            paths.push_back(a);
    }
    auto const pictures = bench::read_pictures(paths);
    if (pictures.empty()) return std::fprintf(stderr, "no RGB pictures of 8 bits there\n"), 1;
    if (!folder.empty()) return dump(bench::residuals(pictures), folder), 0;
    for (auto *const make : {bench::residuals, bench::residuals_in_contexts, bench::coefficients}) {
        auto const data = make(pictures);
        bench::table const out(data);
        bench::measure_ours(data, out, only);
        bench::measure_portable(data, out, only);
        bench::measure_sse4(data, out, only);
        bench::measure_avx2(data, out, only);
        bench::measure_avx512(data, out, only);
        bench::measure_peers(data, out, only);
    }
    if (only.empty()) bench::measure_engines();
} catch (std::exception const &e) {
    return std::fprintf(stderr, "%s\n", e.what()), 1;
}
