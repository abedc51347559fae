// What instructions.py runs under Callgrind: each coder of the registry encodes and decodes the same symbols, and what it executes in
// each direction is dumped as a part of its own, "encode NAME" and "decode NAME". Prints the number of symbols.
//
// The symbols are the same on every machine: 32 planes of 32 × 32, two-sided geometric, of means from 1/4 to 8, made with integers alone.
#include <cstdio>
#include <string>

#include <valgrind/callgrind.h>

#include <triptych/conformance/hostile.hpp>
#include <triptych/stream/writer.hpp>

#include "../../tests/registry.hpp"

namespace {
using namespace triptych;
using B = bands<std::int16_t, 2>;
constexpr std::size_t planes = 32, side = 32;

auto symbols() -> B {
    layout<2> where;
    for (std::size_t b = 0; b < planes; ++b) {
        band_info<2> info;
        info.bits = 9;
        info.at.component = static_cast<std::uint16_t>(b % 3);
        info.at.level = static_cast<std::uint8_t>(b / 3);
        where.add({side, side}, info);
    }
    B x(where);
    small_random random(1);
    for (std::size_t i = 0; i < x.size(); ++i) {
        auto const go_on = 65536 - 65536 * 8 / (8 + (1 + i / (side * side)) * 2); // of 65536: one more
        int v = 0;
        while (v < 250 && random.below(65536) < go_on) ++v;
        x.data()[i] = static_cast<std::int16_t>(random.below(2) ? v : -v);
    }
    return x;
}

template <class C>
void count(B const &x, std::string const &name) {
    C const coder{};
    auto const encoding = "encode " + name, decoding = "decode " + name; // Callgrind reads them later than it seems
    byte_writer w;
    CALLGRIND_ZERO_STATS;
    CALLGRIND_START_INSTRUMENTATION;
    coder.encode(x, w);
    CALLGRIND_STOP_INSTRUMENTATION;
    CALLGRIND_DUMP_STATS_AT(encoding.c_str());
    B y(x.layout(), 0);
    byte_reader r(w.view());
    CALLGRIND_ZERO_STATS;
    CALLGRIND_START_INSTRUMENTATION;
    coder.decode(y, r);
    CALLGRIND_STOP_INSTRUMENTATION;
    CALLGRIND_DUMP_STATS_AT(decoding.c_str());
    if (!r.ok() || !std::equal(x.data(), x.data() + x.size(), y.data())) std::printf("%s is wrong\n", name.c_str());
}
} // namespace

int main() {
    auto const x = symbols();
    std::printf("%zu\n", x.size());
    registry::for_each<registry::coders>([&]<class C>(std::type_identity<C>) {
        if constexpr (coder_for<C, B>) count<C>(x, description<C, std::string>());
    });
}
