// Engines alone: how many decisions a second, under probabilities that stand still.
#include <vector>

#include <triptych/coder/binary_engine.hpp>
#include <triptych/conformance/hostile.hpp>
#include <triptych/stream/writer.hpp>

#include "suites.hpp"

void bench::measure_engines() {
    using namespace triptych;
    constexpr std::size_t n = 1 << 22;
    constexpr std::uint32_t p1 = 65536 / 5;
    std::printf("\nEngines alone\n\n| %-46s | encode M/s | decode M/s |\n|%s|---:|---:|\n", "decisions a second",
                std::string(48, '-').c_str());
    small_random random(1);
    std::vector<char> bits(n), back(n);
    for (auto &b : bits) b = random.below(65536) < p1;
    byte_writer w;
    auto const encoding = best_seconds([&] {
        w = {};
        coder::binary_encoder e;
        for (auto const b : bits) e.bit(p1, b != 0);
        e.finish(w);
    });
    auto const decoding = best_seconds([&] {
        byte_reader r(w.view());
        coder::binary_decoder d(r);
        for (auto &b : back) b = d.bit(p1, false);
        d.finish(r);
    });
    if (bits != back) std::printf("the binary engine does not decode what it encoded\n"), std::exit(1);
    auto const m = static_cast<double>(n) / 1e6;
    std::printf("| %-46s | %6.0f | %6.0f |\n", "binary, 1 with probability 1/5", m / encoding, m / decoding);
}
