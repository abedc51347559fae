// Speed of each transform of the registry, forward and inverse, in bytes of 8-bit samples.
#include <benchmark/benchmark.h>

#include "../tests/registry.hpp"
#include "picture.hpp"
#include "register.hpp"

namespace {
using B = triptych::bands<std::int16_t, 2>;

template <class T>
void forward(benchmark::State &state) {
    T const transform{};
    auto const x = bench::planes();
    for (auto _ : state) {
        auto const y = triptych::detail::analyse(transform, x.clone(), triptych::target{16});
        benchmark::DoNotOptimize(y.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bench::picture().bytes());
}

template <class T>
void inverse(benchmark::State &state) {
    T const transform{};
    auto const x = bench::planes();
    auto const y = triptych::detail::analyse(transform, x.clone(), triptych::target{16});
    for (auto _ : state) {
        auto const z = transform.inverse(y.clone(), x.layout());
        benchmark::DoNotOptimize(z.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bench::picture().bytes());
}

struct transforms {
    template <class T>
    static void add(std::string const &name) {
        if constexpr (triptych::detail::has_inverse<T, B> && triptych::transform_for<T, B> &&
                      !triptych::closed_loop_for<T, B>) {
            benchmark::RegisterBenchmark((name + "/forward").c_str(), forward<T>);
            benchmark::RegisterBenchmark((name + "/inverse").c_str(), inverse<T>);
        }
    }
};
} // namespace

int main(int argc, char **argv) {
    bench::add_all<transforms>(std::type_identity<registry::transforms>{});
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
