// The coders that use vector instructions where the compiler may: this file is compiled once for each instruction set, and
// TRIPTYCH_BENCH_WIDTH names it. Streams are the same for all.
#include "ours.hpp"

#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/multisymbol.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/describe.hpp>

#include "suites.hpp"

#define GLUE2(a, b) a##b
#define GLUE(a, b) GLUE2(a, b)
#define TEXT2(a) #a
#define TEXT(a) TEXT2(a)

void bench::GLUE(measure_, TRIPTYCH_BENCH_WIDTH)(data_set const &data, table const &out, std::string const &only) {
#if defined(__AVX512BW__)
    if (!__builtin_cpu_supports("avx512bw")) return;
#elif defined(__AVX2__)
    if (!__builtin_cpu_supports("avx2")) return;
#elif defined(__SSE4_1__)
    if (!__builtin_cpu_supports("sse4.1")) return;
#endif
    auto const add = [&]<class C>(std::type_identity<C>) {
        auto const name = triptych::description<C, std::string>() + ", " TEXT(TRIPTYCH_BENCH_WIDTH);
        if (name.find(only) != std::string::npos) measure<C>(data, out, name, true);
    };
    add(std::type_identity<triptych::coder::rans<>>{});
    add(std::type_identity<triptych::coder::huffman<>>{});
    add(std::type_identity<triptych::coder::multisymbol<triptych::model::adaptive>>{});
}
