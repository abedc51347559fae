// fuzz_mutate [N [SEED [CODEC]]]: N mutated streams, signed again, through each codec of the registry (or through those whose description
// holds CODEC). Built with sanitizers, it finds what is undefined; in any build it checks that a decode ends in time, stays within the
// stated bound of memory, and gives a picture of the extents that the header says.
//
// Seeds are the golden streams, a few larger ones, and every mutant that led to an outcome not seen before.
#include <triptych/conformance.hpp>
#include <triptych/conformance/tiles.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../golden/streams.hpp"

namespace {
constexpr triptych::limits small{1 << 16, 1 << 22};
// Twice the limit, and what does not depend on it: the tables of a model, and layouts, which have at most 2^18 bands.
constexpr std::int64_t memory_bound = 2 * (1 << 22) + (1 << 26);
constexpr double seconds_bound = 20; // of processor time; sanitizers slow things down

using bytes = std::vector<std::byte>;

/// By codec and model.
using identity = std::pair<std::uint32_t, std::uint32_t>;

auto seeds(std::string const &folder) -> std::map<identity, std::vector<bytes>> {
    std::map<identity, std::vector<bytes>> by_identity;
    std::vector<std::filesystem::path> paths;
    for (auto const &entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".tpc") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (auto const &path : paths) {
        std::ifstream file(path, std::ios::binary);
        std::string const text{std::istreambuf_iterator<char>(file), {}};
        bytes stream;
        for (char const c : text) stream.push_back(static_cast<std::byte>(c));
        auto const info = triptych::peek(stream).value;
        by_identity[{info.codec, info.model}].push_back(std::move(stream));
    }
    return by_identity;
}

struct tally {
    std::array<std::uint64_t, 12> outcomes{};
    double slowest = 0;
    std::int64_t most = 0;
};

/// One decode, watched. False if it broke a promise.
auto attempt(bytes const &stream, tally &t, golden::outcome &y) -> bool {
    triptych::detail::watch const w;
    y = golden::decode(stream, small);
    auto const seconds = w.seconds();
    t.slowest = std::max(t.slowest, seconds), t.most = std::max(t.most, w.bytes());
    ++t.outcomes[static_cast<std::size_t>(y.code)];
    return y.known && seconds <= seconds_bound && w.bytes() <= memory_bound;
}
/// A mutated tile has to be vouched for, too.
template <class I>
auto with_tiles_signed(bytes const &stream) -> bytes {
    auto const info = triptych::peek(stream).value;
    bytes out = stream;
    registry::for_each<typename I::pictures>([&]<class X>(std::type_identity<X>) {
        using S = typename X::value_type;
        if constexpr (triptych::has_tiles<typename I::codec, X::rank>)
            if (info.samples == triptych::detail::sample_type_of<S>::value && info.rank == X::rank)
                out = triptych::resign_tiles<S, X::rank>(I::make(), stream);
    });
    return out;
}
} // namespace

int main(int argc, char **argv) {
    auto const rounds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
    auto const seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    std::string const only = argc > 3 ? argv[3] : "";
    auto corpus = seeds("tests/golden");
    bool sound = true;
    std::printf("%9s %8s %8s %8s %8s %8s %9s %9s  codec\n", "streams", "ok", "truncat.", "corrupt", "limit", "other",
                "slowest", "memory");
    registry::for_each<registry::instances>([&]<class I>(std::type_identity<I>) {
        using C = typename I::codec;
        auto name = triptych::description<C, std::string>();
        if constexpr (requires { I::name; }) name += std::string(" with the model ") + I::name;
        if (name.find(only) == std::string::npos) return;
        auto &streams = corpus[{C::id, I::make().model()}];
        if (streams.empty()) {
            std::printf("no golden streams of %s: run tests/renew.sh\n", name.c_str());
            sound = false;
            return;
        }
        triptych::small_random random(seed + C::id);
        tally t;
        // The size of a picture that came of wrong bytes, and the error, make an outcome; new ones are worth going on from.
        std::map<std::uint64_t, bool> seen;
        for (std::uint64_t i = 0; i < rounds; ++i) {
            auto const &from = streams[random.below(streams.size())];
            auto mutant = triptych::mutate_stream(from, random);
            if (random.below(4) != 0) mutant = with_tiles_signed<I>(mutant);
            golden::outcome y;
            if (!attempt(mutant, t, y)) {
                auto const path =
                    "fuzz-" + std::to_string(C::id ^ I::make().model()) + "-" + std::to_string(i) + ".tpc";
                std::ofstream(path, std::ios::binary)
                    .write(reinterpret_cast<char const *>(mutant.data()), static_cast<std::streamsize>(mutant.size()));
                std::printf("%s breaks a promise: see %s\n", name.c_str(), path.c_str());
                sound = false;
            }
            auto const outcome = static_cast<std::uint64_t>(y.code) << 32 | mutant.size() / 8;
            triptych::stream_info info; // a header that can't be read leaves nothing to mutate behind it
            if (!seen[outcome] && streams.size() < 400 && mutant.size() < 8192 &&
                triptych::detail::read_header(mutant, info))
                seen[outcome] = true, streams.push_back(mutant);
        }
        using triptych::errc;
        auto const of = [&](errc code) {
            return static_cast<unsigned long long>(t.outcomes[static_cast<std::size_t>(code)]);
        };
        auto const usual = of(errc::none) + of(errc::truncated) + of(errc::corrupt) + of(errc::limit);
        std::printf("%9llu %8llu %8llu %8llu %8llu %8llu %7.2f s %6.1f MB  %s\n",
                    static_cast<unsigned long long>(rounds), of(errc::none), of(errc::truncated), of(errc::corrupt),
                    of(errc::limit), rounds - usual, t.slowest, static_cast<double>(t.most) / 1e6, name.c_str());
        std::fflush(stdout);
    });
    return sound ? 0 : 1;
}
