// Speed and size of each coder of the registry, on two kinds of symbols: an 8×8 DCT quantised at step 16, and the samples
// themselves after a reversible colour transform. Speed is in bytes of 8-bit samples; `bits` is the size in bits a sample.
#include <benchmark/benchmark.h>

#include <triptych/quantizer/uniform.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include "../tests/registry.hpp"
#include "picture.hpp"
#include "register.hpp"

namespace {
using namespace triptych;
using B = bands<std::int16_t, 2>;

auto lossy_symbols() -> B {
    auto x = transform::chain<transform::colour<transform::ycbcr>, transform::dct<8>>{}.forward(bench::planes());
    quantizer::uniform const q;
    auto const setting = q.plan(x, target{16});
    return q.quantize(std::move(x), setting);
}
auto lossless_symbols() -> B {
    return transform::colour<transform::ycocg_r>{}.forward(bench::planes());
}

template <class C, auto Symbols>
void encode(benchmark::State &state) {
    C const coder{};
    auto const x = Symbols();
    std::size_t bytes = 0;
    for (auto _ : state) {
        byte_writer w;
        coder.encode(x, w);
        bytes = w.size();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bench::picture().bytes());
    state.counters["bits"] = 8.0 * static_cast<double>(bytes) / static_cast<double>(bench::picture().bytes());
}

template <class C, auto Symbols>
void decode(benchmark::State &state) {
    C const coder{};
    auto const x = Symbols();
    byte_writer w;
    coder.encode(x, w);
    for (auto _ : state) {
        B y(x.layout());
        byte_reader r(w.view());
        coder.decode(y, r);
        benchmark::DoNotOptimize(y.data());
        if (!r.ok()) state.SkipWithError("does not decode what it encoded");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bench::picture().bytes());
}

struct coders {
    template <class C>
    static void add(std::string const &name) {
        if constexpr (coder_for<C, B>) {
            benchmark::RegisterBenchmark((name + "/dct/encode").c_str(), encode<C, lossy_symbols>);
            benchmark::RegisterBenchmark((name + "/dct/decode").c_str(), decode<C, lossy_symbols>);
            benchmark::RegisterBenchmark((name + "/samples/encode").c_str(), encode<C, lossless_symbols>);
            benchmark::RegisterBenchmark((name + "/samples/decode").c_str(), decode<C, lossless_symbols>);
        }
    }
};
} // namespace

int main(int argc, char **argv) {
    bench::add_all<coders>(std::type_identity<registry::coders>{});
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
