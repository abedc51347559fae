// Engines alone: how many decisions a second.
#include <cstdlib>
#include <vector>

#include <triptych/coder/engine/binary_engine.hpp>
#include <triptych/coder/engine/multisymbol_engine.hpp>
#include <triptych/conformance/hostile.hpp>
#include <triptych/stream/writer.hpp>

#include "suites.hpp"

namespace {
/// `next()` gives what is coded; `code(engine, decision)` codes it in either direction.
template <class Encoder, class Decoder, class Next, class Code>
void measure(char const *name, Next &&next, Code &&code) {
    constexpr std::size_t n = 1 << 22;
    std::vector<std::uint8_t> decisions(n), back(n);
    for (auto &d : decisions) d = static_cast<std::uint8_t>(next());
    triptych::byte_writer w;
    auto const encoding = bench::best_seconds([&] {
        w = {};
        Encoder e;
        auto state = code.start();
        for (auto const d : decisions) code(e, state, d);
        e.finish(w);
    });
    auto const decoding = bench::best_seconds([&] {
        triptych::byte_reader r(w.view());
        Decoder d(r);
        auto state = code.start();
        for (auto &v : back) v = static_cast<std::uint8_t>(code(d, state, 0));
        d.finish(r);
    });
    if (decisions != back) std::printf("%s: not decoded as encoded\n", name), std::exit(1);
    auto const m = static_cast<double>(n) / 1e6;
    std::printf("| %-46s | %6.0f | %6.0f |\n", name, m / encoding, m / decoding);
}

constexpr std::uint32_t p1 = 65536 / 5;
struct binary {
    static auto start() -> int { return 0; }
    template <class E>
    auto operator()(E &engine, int, unsigned d) const -> unsigned {
        return engine.bit(p1, d != 0);
    }
};
struct digits {
    static auto start() -> triptych::coder::adaptive_cdf<7> { return {}; }
    template <class E>
    auto operator()(E &engine, triptych::coder::adaptive_cdf<7> &cdf, unsigned d) const -> unsigned {
        return engine.digit(cdf, d);
    }
};
} // namespace

void bench::measure_engines() {
    namespace coder = triptych::coder;
    std::printf("\nEngines alone\n\n| %-46s | encode M/s | decode M/s |\n|%s|---:|---:|\n", "decisions a second",
                std::string(48, '-').c_str());
    triptych::small_random random(1);
    measure<coder::binary_encoder, coder::binary_decoder>(
        "binary, 1 with probability 1/5, which is known", [&] { return random.below(65536) < p1; }, binary{});
    measure<coder::multisymbol_encoder, coder::multisymbol_decoder>(
        "16 digits, small ones likelier, learned", [&] { return random.below(1 + random.below(16)); }, digits{});
}
