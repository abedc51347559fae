// Speed and size of the presets, whole streams: encode and decode at the steps given, in bytes of 8-bit samples.
#include <string>
#include <type_traits>

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

int main(int argc, char **argv) {
    auto const add = []<class C>(std::type_identity<C>, std::string const &name, triptych::quality goal) {
        benchmark::RegisterBenchmark((name + "/encode").c_str(), encode<C>, goal);
        benchmark::RegisterBenchmark((name + "/decode").c_str(), decode<C>, goal);
    };
    for (int const step : {12, 40})
        add(std::type_identity<triptych::photo>{}, "photo/step_" + std::to_string(step), triptych::step(step));
    add(std::type_identity<triptych::lossless>{}, "lossless", triptych::exact);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
