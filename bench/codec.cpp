// Speed and size of the presets, whole streams: encode and decode at the steps given, in bytes of 8-bit samples.
#include <benchmark/benchmark.h>

#include <triptych/presets.hpp>

#include "picture.hpp"

namespace {
void count(benchmark::State &state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bench::picture().bytes());
    state.counters["bpp"] = 8.0 * 3.0 * static_cast<double>(bytes) / static_cast<double>(bench::picture().bytes());
}

template <class C>
void encode(benchmark::State &state, triptych::quality goal) {
    std::size_t bytes = 0;
    for (auto _ : state) bytes = C{}.encode(bench::picture().view(), goal).size();
    count(state, bytes);
}

template <class C>
void decode(benchmark::State &state, triptych::quality goal) {
    auto const stream = C{}.encode(bench::picture().view(), goal);
    for (auto _ : state) {
        auto const decoded = C{}.decode(stream);
        benchmark::DoNotOptimize(decoded.data());
    }
    count(state, stream.size());
}
} // namespace

BENCHMARK_CAPTURE(encode<triptych::photo>, photo / step_12, triptych::step(12));
BENCHMARK_CAPTURE(decode<triptych::photo>, photo / step_12, triptych::step(12));
BENCHMARK_CAPTURE(encode<triptych::photo>, photo / step_40, triptych::step(40));
BENCHMARK_CAPTURE(decode<triptych::photo>, photo / step_40, triptych::step(40));
BENCHMARK_CAPTURE(encode<triptych::lossless>, lossless, triptych::exact);
BENCHMARK_CAPTURE(decode<triptych::lossless>, lossless, triptych::exact);
BENCHMARK_MAIN();
