// Coders of bytes in other libraries, on the same symbols: each band is a buffer of its own, as their tables have no other contexts.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "suites.hpp"

#if TRIPTYCH_BENCH_ZSTD
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#endif
#if TRIPTYCH_BENCH_HTSCODECS
#include <htscodecs/rANS_static4x16.h>
#endif

namespace {
using bench::data_set, bench::table;
using bytes = std::vector<std::uint8_t>;

/// `encode(in, out)` gives the number of bytes written to `out`, which is large enough; `decode(in, n, out)` fills `out`.
[[maybe_unused]] void measure(data_set const &data, table const &out, std::string const &name,
                              std::function<std::size_t(bytes const &, bytes &)> const &encode,
                              std::function<void(bytes const &, std::size_t, bytes &)> const &decode) {
    std::vector<bytes> in, coded, back;
    std::vector<std::size_t> sizes;
    for (auto const &s : data.sheets)
        for (auto &band : s.by_band())
            if (!band.empty()) in.push_back(std::move(band));
    for (auto const &b : in) coded.emplace_back(b.size() * 2 + (1 << 16)), back.emplace_back(b.size());
    sizes.resize(in.size());
    auto const encoding = bench::best_seconds([&] {
        for (std::size_t i = 0; i < in.size(); ++i) sizes[i] = encode(in[i], coded[i]);
    });
    auto const decoding = bench::best_seconds([&] {
        for (std::size_t i = 0; i < in.size(); ++i) decode(coded[i], sizes[i], back[i]);
    });
    std::size_t sum = 0;
    for (auto const n : sizes) sum += n;
    if (in != back) std::printf("%s does not decode what it encoded\n", name.c_str()), std::exit(1);
    out.row(name, sum, encoding, decoding);
}

#if TRIPTYCH_BENCH_ZSTD
/// Literals alone: four streams of Huffman codes for each block of 128 KB, or the bytes themselves.
void measure_zstd(data_set const &data, table const &out, std::string const &name) {
    auto *const c = ZSTD_createCCtx();
    auto *const d = ZSTD_createDCtx();
    ZSTD_CCtx_setParameter(c, ZSTD_c_blockDelimiters, ZSTD_sf_explicitBlockDelimiters);
    ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 1);
    measure(
        data, out, name,
        [&](bytes const &in, bytes &to) {
            std::vector<ZSTD_Sequence> blocks;
            for (std::size_t n = 0; n < in.size(); n += ZSTD_BLOCKSIZE_MAX)
                blocks.push_back(
                    {0, static_cast<unsigned>(std::min<std::size_t>(in.size() - n, ZSTD_BLOCKSIZE_MAX)), 0, 0});
            return ZSTD_compressSequences(c, to.data(), to.size(), blocks.data(), blocks.size(), in.data(), in.size());
        },
        [&](bytes const &in, std::size_t n, bytes &to) { ZSTD_decompressDCtx(d, to.data(), to.size(), in.data(), n); });
    ZSTD_freeCCtx(c), ZSTD_freeDCtx(d);
}
#endif

#if TRIPTYCH_BENCH_HTSCODECS
void measure_rans(data_set const &data, table const &out, std::string const &name, int order, int machine) {
    rans_set_cpu(machine);
    measure(
        data, out, name,
        [&](bytes const &in, bytes &to) {
            auto n = static_cast<unsigned>(to.size());
            rans_compress_to_4x16(const_cast<std::uint8_t *>(in.data()), static_cast<unsigned>(in.size()), to.data(),
                                  &n, order);
            return std::size_t{n};
        },
        [&](bytes const &in, std::size_t n, bytes &to) {
            auto size = static_cast<unsigned>(to.size());
            rans_uncompress_to_4x16(const_cast<std::uint8_t *>(in.data()), static_cast<unsigned>(n), to.data(), &size);
        });
}
#endif
} // namespace

void bench::measure_peers([[maybe_unused]] data_set const &data, [[maybe_unused]] table const &out,
                          [[maybe_unused]] std::string const &only) {
#if TRIPTYCH_BENCH_ZSTD
    if (std::string const name = "zstd " ZSTD_VERSION_STRING ", literals alone"; name.find(only) != std::string::npos)
        measure_zstd(data, out, name);
#endif
#if TRIPTYCH_BENCH_HTSCODECS
    struct machine {
        char const *name;
        int encode, decode;
        bool there;
    };
    for (auto const &m :
         {machine{"portable", 0, 0, true},
          machine{"sse4", RANS_CPU_ENC_SSE4, RANS_CPU_DEC_SSE4, __builtin_cpu_supports("sse4.1") != 0},
          machine{"avx2", RANS_CPU_ENC_AVX2, RANS_CPU_DEC_AVX2, __builtin_cpu_supports("avx2") != 0},
          machine{"avx512", RANS_CPU_ENC_AVX512, RANS_CPU_DEC_AVX512, __builtin_cpu_supports("avx512bw") != 0}})
        for (int const order : {0, 1})
            if (order == 1 && data.sheets.front().parts.size() > 1)
                continue; // the byte before is a context too many where bands are contexts already
            else if (auto const name = "htscodecs rANS 32x16, order " + std::to_string(order) + ", " + m.name;
                     m.there && name.find(only) != std::string::npos)
                measure_rans(data, out, name, order | RANS_ORDER_X32, m.encode | m.decode);
#endif
}
