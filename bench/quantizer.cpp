// Speed of each quantizer of the registry on coefficients of an 8×8 DCT at step 16, in bytes of 8-bit samples.
#include <benchmark/benchmark.h>

#include <triptych/detail/call.hpp>
#include <triptych/transform/dct.hpp>

#include "../tests/registry.hpp"
#include "picture.hpp"
#include "register.hpp"

namespace {
using B = triptych::bands<std::int16_t, 2>;
constexpr triptych::target aim{16};

auto coefficients() -> B {
    return triptych::transform::dct<8>{}.forward(bench::planes());
}

template <class Q>
void quantize(benchmark::State &state) {
    Q const quantizer{};
    auto const x = coefficients();
    auto const setting = quantizer.plan(x, aim);
    for (auto _ : state) {
        auto const y = triptych::detail::first_symbols(quantizer, x.clone(), setting, aim);
        benchmark::DoNotOptimize(y.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bench::picture().bytes());
}

template <class Q>
void dequantize(benchmark::State &state) {
    Q const quantizer{};
    auto const x = coefficients();
    auto const setting = quantizer.plan(x, aim);
    auto const y = triptych::detail::first_symbols(quantizer, x.clone(), setting, aim);
    for (auto _ : state) {
        auto const z = quantizer.dequantize(y.clone(), setting, x.layout());
        benchmark::DoNotOptimize(z.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bench::picture().bytes());
}

struct quantizers {
    template <class Q>
    static void add(std::string const &name) {
        if constexpr (triptych::quantizer_for<Q, B>) {
            benchmark::RegisterBenchmark((name + "/quantize").c_str(), quantize<Q>);
            benchmark::RegisterBenchmark((name + "/dequantize").c_str(), dequantize<Q>);
        }
    }
};
} // namespace

int main(int argc, char **argv) {
    bench::add_all<quantizers>(std::type_identity<registry::quantizers>{});
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
