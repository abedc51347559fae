// triptych/conformance/coder.hpp: the laws of coders; docs/concepts/coder.md has them in words.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/conformance/cases.hpp>
#include <triptych/conformance/quantizer.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

template <class C, class B>
auto coded(C const &coder, B const &x) -> std::vector<std::byte> {
    byte_writer w;
    coder.encode(x, w);
    return std::move(w).take();
}

template <class B, class P>
void coder_laws(P const &policy, conformance_options const &o, conformance_report &report) {
    using T = typename B::value_type;
    constexpr auto R = B::rank;
    report.role("coder of " + bands_text<T, R>());
    std::size_t turn = 0;
    for (auto const &shape : shapes_to_try<R>(o)) {
        auto const variant = turn++, kind = turn / 5 % content::kinds;
        auto const where = [&] {
            return shape_text(shape) + " of " + bands_text<T, R>() + ", layout " +
                   std::to_string(variant % layout_variants) + ", content " + std::to_string(kind);
        };
        B x(layout_to_try<R>(shape, variant, 8 * sizeof(T)));
        fill(x, kind, o.seed + turn);
        auto const bytes = coded(policy, x);
        report.check(coded(policy, x) == bytes, "encode is deterministic", where);
        byte_reader r(bytes);
        B y(x.layout(), T{0});
        policy.decode(y, r);
        report.check(r.ok() && same_values(x, y), "decode gives back what was encoded", where);
        report.check(r.ok() && r.remaining() == 0, "decode takes exactly the bytes of encode", where);
        auto followed = bytes;
        followed.insert(followed.end(), 9, std::byte{0xb5});
        byte_reader longer(followed);
        B again(x.layout(), T{0});
        policy.decode(again, longer);
        report.check(longer.ok() && longer.remaining() == 9 && same_values(x, again),
                     "decode takes exactly its bytes, whatever follows", where);
        if constexpr (streaming_coder<P, B>) {
            byte_writer one;
            auto single = policy.encoder();
            single.put(x, one), single.finish(one);
            report.check(std::equal(bytes.begin(), bytes.end(), one.view().begin(), one.view().end()),
                         "one strip gives the bytes of encode", where);
            byte_writer w;
            auto encoder = policy.encoder();
            B const other(layout_to_try<R>(shape, variant + 1, 8 * sizeof(T)), T{1});
            encoder.put(x, w), encoder.put(other, w), encoder.put(x, w), encoder.finish(w);
            byte_reader s(w.view());
            auto decoder = policy.decoder(s);
            B a(x.layout(), T{0}), b(other.layout(), T{0}), c(x.layout(), T{0});
            decoder.get(a, s), decoder.get(b, s), decoder.get(c, s), decoder.finish(s);
            report.check(s.ok() && s.remaining() == 0 && same_values(a, x) && same_values(b, other) &&
                             same_values(c, x),
                         "a streaming coder gives back strip after strip", where);
        }
        if constexpr (rate_aware<P, B>) {
            auto const rates = policy.rates(x);
            bool sound = true;
            for (std::size_t b = 0; b < x.count(); ++b)
                for (std::size_t i = 0; i < std::min<std::size_t>(x[b].size(), 3); ++i) {
                    auto const n = x.layout().groups()[0].count ? i * x.info(b).stride[R - 1] : i;
                    auto const at = x.info(b).offset + (i < x.info(b).shape[R - 1] ? n : 0);
                    float const rate = rates.bits(x, b, at, x.data()[at]);
                    sound = sound && rate >= 0 && rate < 1e4F;
                }
            report.check(sound, "prices of symbols are numbers that are not negative", where);
        }
        if (o.threads != 0 && turn % 16 == 0)
            report.check(on_threads(o.threads,
                                    [&](std::size_t) {
                                        B z(x.layout(), T{0});
                                        byte_reader s(bytes);
                                        policy.decode(z, s);
                                        return coded(policy, x) == bytes && same_values(x, z);
                                    }),
                         "one const coder serves several threads", where);
    }

    // Bytes that no encoder writes, and memory that runs out.
    extents<R> shape;
    for (std::size_t axis = 0; axis < R; ++axis) shape[axis] = axis + 2 < R ? 2 : 9;
    small_random random(o.seed);
    std::size_t truncations = 0, unnoticed = 0;
    for (std::size_t variant = 0; variant < layout_variants; ++variant) {
        B x(layout_to_try<R>(shape, variant, 8 * sizeof(T)));
        fill(x, 7, o.seed + variant);
        auto const bytes = coded(policy, x);
        auto const attempt = [&](std::vector<std::byte> const &wrong, char const *what) -> bool {
            auto const where = [&] {
                return std::string(what) + ", layout " + std::to_string(variant) + " of " + bands_text<T, R>();
            };
            watch const w;
            byte_reader r(wrong);
            B y(x.layout(), T{0});
            policy.decode(y, r);
            report.check(w.seconds() <= o.seconds, "wrong bytes end in time", where);
            report.check(w.bytes() <= o.memory, "wrong bytes ask for little memory", where);
            report.check(!r.ok() || first_too_wide(y) == y.count(), "decoded symbols lie within the bits of their band",
                         where);
            return r.ok();
        };
        auto const cuts = std::max<std::size_t>(bytes.size() / 300, 1);
        for (std::size_t n = 0; n < bytes.size(); n += cuts)
            ++truncations, unnoticed +=
                           attempt({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n)}, "truncated bytes");
        for (std::size_t round = 0; round < o.mutations / layout_variants; ++round) {
            auto wrong = bytes;
            mutate(wrong, random);
            (void)attempt(wrong, "mutated bytes");
            wrong.assign(random.below(2 * bytes.size() + 8), std::byte{0});
            auto const fill_with = random.below(8);
            for (auto &b : wrong) b = static_cast<std::byte>(fill_with == 0 ? 0xff : fill_with == 1 ? 0 : random());
            (void)attempt(wrong, "random bytes");
        }
        starve([&] {
            B y(x.layout(), T{0});
            if (!y.ok()) return true;
            byte_reader r(bytes);
            policy.decode(y, r);
            auto const where = [&] { return "layout " + std::to_string(variant) + " of " + bands_text<T, R>(); };
            report.check(!r.ok() || same_values(x, y), "a coder without memory reports it", where);
            return !r.ok();
        });
    }
    // A coder that leaves out what its decoder can guess can't tell each cut from an end.
    report.check(10 * unnoticed <= truncations, "missing bytes are an error, nearly always", [&] {
        return std::to_string(unnoticed) + " of " + std::to_string(truncations) + " truncations went unnoticed";
    });
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
