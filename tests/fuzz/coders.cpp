// fuzz_coders [N [SEED [CODER]]]: N mutated streams through each coder of the registry (or through those whose description holds CODER),
// without a codec around them: a few hundred symbols each, so that 10⁷ take minutes. Built with sanitizers, it finds what is undefined;
// in any build it checks that a decode ends in time, asks for little memory, leaves the reader within its bytes and the symbols within
// the width of their bands, and that what came of wrong bytes can be coded again.
//
// Seeds are encodings of all kinds of contents in layouts of all kinds, and every mutant that led to an outcome not seen before.
#include <triptych/conformance.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "../learned/instances.hpp"

namespace {
using namespace triptych;
using bytes = std::vector<std::byte>;

constexpr std::int64_t memory_bound = 1 << 25; // tables of models; the symbols are not counted
constexpr double seconds_bound = 10;           // of processor time; sanitizers slow things down

struct tally {
    std::uint64_t streams = 0, decoded = 0, truncated = 0, corrupt = 0, other = 0;
    double slowest = 0;
    std::int64_t most = 0;
    bool sound = true;
};

template <class C, class B>
auto encoded(C const &coder, B const &x) -> bytes {
    byte_writer w;
    coder.encode(x, w);
    return std::move(w).take();
}

/// Bands of one layout, and streams that fit them.
template <class C, class B>
class target_bands {
public:
    target_bands(C const &coder, layout<B::rank> const &where)
        : coder_(coder), symbols_(where, typename B::value_type{0}) {}

    void add(B const &x) { streams_.push_back(encoded(coder_, x)); }
    auto seeds() const -> std::size_t { return streams_.size(); }

    void attempt(small_random &random, tally &t) {
        auto mutant = streams_[random.below(streams_.size())];
        mutate(mutant, random);
        // Of exactly its size, so that the sanitizer sees a byte read behind it.
        auto const n = mutant.size();
        std::unique_ptr<std::byte[]> const exact(new std::byte[n]);
        std::copy(mutant.begin(), mutant.end(), exact.get());
        byte_reader r({exact.get(), n});
        detail::watch const w;
        coder_.decode(symbols_, r);
        auto const seconds = w.seconds();
        t.slowest = std::max(t.slowest, seconds), t.most = std::max(t.most, w.bytes());
        bool kept = seconds <= seconds_bound && w.bytes() <= memory_bound && r.position() <= n &&
                    (!r.ok() || detail::first_too_wide(symbols_) == symbols_.count());
        if (kept && r.ok() && random.below(64) == 0) {
            auto const again = encoded(coder_, symbols_);
            B back(symbols_.layout(), typename B::value_type{0});
            byte_reader s(again);
            coder_.decode(back, s);
            kept = s.ok() && s.remaining() == 0 && detail::same_values(symbols_, back);
        }
        ++t.streams;
        auto const code = r.error().code;
        ++(code == errc::none        ? t.decoded
           : code == errc::truncated ? t.truncated
           : code == errc::corrupt   ? t.corrupt
                                     : t.other);
        if (!kept) report(mutant, t);
        // How it ended, and after how many bytes.
        auto const ended = r.ok() ? r.position() : r.error().offset;
        if (streams_.size() < 400 && n < 2048 && seen_.insert(ended * 16 + static_cast<std::size_t>(code)).second)
            streams_.push_back(std::move(mutant));
    }

private:
    void report(bytes const &mutant, tally &t) const {
        t.sound = false;
        auto const path = "fuzz-" + std::to_string(crc32c(mutant)) + ".bytes";
        if (auto *const f = std::fopen(path.c_str(), "wb")) {
            std::fwrite(mutant.data(), 1, mutant.size(), f);
            std::fclose(f);
        }
        std::printf("%s breaks a promise on %s, %zu bands of %zu symbols: see %s\n",
                    description<C, std::string>().c_str(),
                    detail::bands_text<typename B::value_type, B::rank>().c_str(), symbols_.count(), symbols_.size(),
                    path.c_str());
    }

    C const &coder_;
    B symbols_;
    std::vector<bytes> streams_;
    std::unordered_set<std::size_t> seen_;
};

/// Bands of one type in layouts of all kinds.
template <class C, class B>
class targets {
public:
    targets(C const &coder, std::uint64_t seed) : coder_(coder) {
        using T = typename B::value_type;
        extents<B::rank> small;
        small.fill(B::rank == 2 ? 7 : 3);
        for (std::size_t variant = 0; variant < detail::layout_variants; ++variant)
            add(detail::layout_to_try<B::rank>(small, variant, 8 * sizeof(T)), seed);
        if constexpr (B::rank == 2) add(detail::layout_to_try<2>({12, 12}, 0, 8), seed); // as learned pictures are
        small_ = list_.size();
        if constexpr (B::rank == 2) add(detail::layout_to_try<2>({90, 96}, 0, 8), seed); // enough for all lanes
        if constexpr (std::is_same_v<B, bands<std::int16_t, 2>>) add_transform_blocks();
    }
    void attempt(small_random &random, tally &t) {
        auto const i = random.below(list_.size());
        // Large ones are for lanes and are slow: fewer of them.
        list_[i >= small_ && random.below(8) != 0 ? i % small_ : i].attempt(random, t);
    }

private:
    void add(layout<B::rank> const &where, std::uint64_t seed) {
        target_bands<C, B> one(coder_, where);
        B x(where);
        for (std::size_t kind = 0; kind < detail::content::kinds; ++kind) {
            detail::fill(x, kind, seed + kind);
            one.add(x);
        }
        list_.push_back(std::move(one));
    }
    /// What one model is made for: block sizes, and the coefficients of such blocks, at several steps.
    void add_transform_blocks() {
        auto const planes = detail::component_planes<2>({40, 32}, 3, 9);
        transform::adaptive_dct const dct;
        target_bands<C, B> one(coder_, dct.arrange(planes));
        for (float const step : {4.0F, 16.0F, 64.0F}) {
            B x(planes);
            detail::fill(x, 7, 1);
            auto y = detail::analyse(dct, std::move(x), target{step});
            quantizer::uniform const q;
            auto const setting = q.plan(y, target{step});
            one.add(q.quantize(std::move(y), setting));
        }
        list_.push_back(std::move(one));
    }

    C const &coder_;
    std::vector<target_bands<C, B>> list_;
    std::size_t small_ = 0;
};
} // namespace

int main(int argc, char **argv) {
    auto const rounds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
    auto const seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    std::string const only = argc > 3 ? argv[3] : "";
    bool sound = true, any = false;
    std::printf("%9s %9s %9s %9s %9s %9s %8s %9s  coder\n", "streams", "decoded", "truncated", "corrupt", "other",
                "slowest", "memory", "per s");
    auto const run = [&](auto const &coder, std::string const &name) {
        using C = std::remove_cvref_t<decltype(coder)>;
        if (name.find(only) == std::string::npos) return;
        any = true;
        small_random random(seed);
        tally t;
        targets<C, bands<std::int16_t, 2>> narrow(coder, seed);
        targets<C, bands<std::int32_t, 3>> wide(coder, seed);
        detail::watch const loop;
        for (std::uint64_t i = 0; i < rounds; ++i)
            if (random.below(4) != 0)
                narrow.attempt(random, t);
            else
                wide.attempt(random, t);
        std::printf("%9llu %9llu %9llu %9llu %9llu %7.3f s %5.1f MB %9.0f  %s\n",
                    static_cast<unsigned long long>(t.streams), static_cast<unsigned long long>(t.decoded),
                    static_cast<unsigned long long>(t.truncated), static_cast<unsigned long long>(t.corrupt),
                    static_cast<unsigned long long>(t.other), t.slowest, static_cast<double>(t.most) / 1e6,
                    static_cast<double>(t.streams) / std::max(loop.seconds(), 1e-3), name.c_str());
        std::fflush(stdout);
        sound = sound && t.sound;
    };
    registry::for_each<registry::coders>(
        [&]<class C>(std::type_identity<C>) { run(C{}, description<C, std::string>()); });
    registry::for_each<registry::learned>([&]<class I>(std::type_identity<I>) {
        using C = typename I::codec::coder_type;
        if constexpr (stateful<C>) run(I::make().coder(), description<C, std::string>() + " with the model " + I::name);
    });
    if (!any) std::printf("no coder is called so\n");
    return sound && any ? 0 : 1;
}
