// bench/entropy/table.hpp: timing, and the rows of the table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <string>

#include "data.hpp"

namespace bench {

/// Processor time of the quickest of several runs: at most 15, for about a second.
template <class F>
auto best_seconds(F &&f) -> double {
    double best = 1e9, all = 0;
    for (int n = 0; n == 0 || (n == 1 && all < 3) || (n < 15 && all < 1); ++n) {
        auto const began = std::clock();
        f();
        auto const took = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
        best = std::min(best, took), all += took;
    }
    return best;
}

/// Prints rows of one data set, in Markdown.
class table {
public:
    explicit table(data_set const &d) : name_(d.name), symbols_(static_cast<double>(d.size())), entropy_(d.entropy()) {
        std::printf("\n%s: %.2f M symbols, entropy %.3f bits a symbol\n\n", name_.c_str(), symbols_ / 1e6, entropy_);
        std::printf("| %-46s | bits a symbol | over entropy | encode MB/s | decode MB/s |\n", "coder");
        std::printf("|%s|---:|---:|---:|---:|\n", std::string(48, '-').c_str());
    }
    void row(std::string const &coder, std::size_t bytes, double encode_seconds, double decode_seconds) const {
        auto const bits = 8 * static_cast<double>(bytes) / symbols_;
        auto const encode = symbols_ / 1e6 / encode_seconds, decode = symbols_ / 1e6 / decode_seconds;
        std::printf("| %-46s | %6.3f | %+6.2f %% | %6.*f | %6.*f |\n", coder.c_str(), bits, 100 * (bits / entropy_ - 1),
                    encode < 100 ? 1 : 0, encode, decode < 100 ? 1 : 0, decode);
        std::fflush(stdout);
    }
    void left_out(std::string const &coder, double seconds) const {
        std::printf("| %-46s | left out: %.0f s for the first picture; --only takes it |\n", coder.c_str(), seconds);
        std::fflush(stdout);
    }

private:
    std::string name_;
    double symbols_, entropy_;
};

} // namespace bench
