// triptych/conformance/quantizer.hpp: the laws of quantizers; docs/concepts/quantizer.md has them in words.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/conformance/cases.hpp>
#include <triptych/detail/call.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

inline constexpr std::size_t layout_variants = 9;

/// Layouts like those that transforms make: planes, an interleaved group with fractional bits, side bands, an empty band, no bands, a
/// pyramid of levels.
template <std::size_t R>
auto layout_to_try(extents<R> const &shape, std::size_t variant, std::uint8_t most_bits) -> layout<R> {
    layout<R> out;
    band_info<R> like;
    like.bits = static_cast<std::uint8_t>(std::min<int>(most_bits, 9 + static_cast<int>(variant % 4)));
    auto const interleaved = [&](std::size_t n) {
        out.add_group(shape, n, [&](std::size_t k) {
            auto b = like;
            b.at.index = static_cast<std::uint32_t>(k);
            b.bits = static_cast<std::uint8_t>(std::min<int>(most_bits, 12 - static_cast<int>(k % 4)));
            b.frac = static_cast<std::int8_t>(variant % 3), b.gain = static_cast<std::uint16_t>(256 + 32 * k);
            return b;
        });
    };
    switch (variant % layout_variants) {
    case 0:
        out.add(shape, like);
        break;
    case 1:
        for (std::uint16_t c = 0; c < 3; ++c) like.at.component = c, out.add(shape, like);
        break;
    case 2:
        interleaved(16);
        break;
    case 3: { // a side band of half the extents, as block sizes are sent, ahead of the signal
        auto half = shape;
        for (auto &e : half) e = (e + 1) / 2;
        auto side = like;
        side.at.kind = role::side, side.bits = 3;
        out.add(half, side);
        out.add(shape, like);
        break;
    }
    case 4:
        like.at.level = 1, out.add(extents<R>{}, like), interleaved(3), interleaved(1);
        break;
    case 5: // no bands
        break;
    case 6: // no width said: that of the integers
        like.bits = 0, out.add(shape, like);
        break;
    case 7: { // what two levels of a dyadic wavelet leave, the coarsest first
        std::array<extents<R>, 3> rough{shape, shape, shape};
        for (std::size_t level = 1; level < 3; ++level)
            for (std::size_t axis = 0; axis < R; ++axis) rough[level][axis] = (rough[level - 1][axis] + 1) / 2;
        like.at.level = 2, out.add(rough[2], like);
        for (std::uint8_t level = 2; level-- > 0;)
            for (std::uint32_t mask = 1; mask < 1U << R; ++mask) {
                auto fine = rough[level + 1U];
                for (std::size_t axis = 0; axis < R; ++axis)
                    if (mask >> (R - 1 - axis) & 1U) fine[axis] = rough[level][axis] - fine[axis];
                like.at.level = level, like.at.index = mask, out.add(fine, like);
            }
        break;
    }
    default: // the full width of the integers
        like.bits = most_bits, out.add(shape, like);
        break;
    }
    return out;
}

template <class B, class P>
void quantizer_laws(P const &policy, conformance_options const &o, conformance_report &report) {
    using T = typename B::value_type;
    constexpr auto R = B::rank;
    report.role("quantizer of " + bands_text<T, R>());
    constexpr bool can_be_exact = requires {
        requires bool(P::can_be_exact);
    };
    constexpr bool exact_only = requires {
        requires bool(P::exact_only);
    };
    auto const bytes_of = [&](typename P::setting const &s) {
        byte_writer w;
        policy.write(s, w);
        return std::move(w).take();
    };
    std::vector<float> const steps =
        exact_only ? std::vector<float>{0} : std::vector<float>{0, 0.3F, 1, 3, 17.5F, 400, 1e9F};
    std::size_t turn = 0;
    for (auto const &shape : shapes_to_try<R>(o)) {
        auto const variant = turn++;
        auto const in = layout_to_try<R>(shape, variant, 8 * sizeof(T));
        target aim{steps[turn % steps.size()]};
        if (aim.step == 0 && !can_be_exact) aim.step = 2;
        if (aim.step == 0) aim.lambda = 0;
        auto const kind = turn / 3 % content::kinds;
        auto const where = [&] {
            return shape_text(shape) + " of " + bands_text<T, R>() + ", layout " +
                   std::to_string(variant % layout_variants) + ", step " + std::to_string(aim.step) + ", content " +
                   std::to_string(kind);
        };
        B x(in);
        fill(x, kind, o.seed + turn);
        auto const setting = policy.plan(x, aim);
        auto const written = bytes_of(setting);
        report.check(bytes_of(policy.plan(x, aim)) == written, "plan is deterministic", where);
        if constexpr (plans_ahead<P>) {
            byte_reader ahead(written);
            (void)policy.plan(aim);
        }
        byte_reader r(written);
        auto const again = policy.read(r);
        report.check(r.ok() && r.remaining() == 0, "read takes exactly the bytes of write", where);
        report.check(bytes_of(again) == written, "read gives back the setting that was written", where);
        auto const arranged = policy.arrange(in, setting);
        if (!report.check(arranged.ok() && arranged == policy.arrange(in, again),
                          "arrange depends on layout and setting alone", where))
            continue;
        auto const q = first_symbols(policy, x.clone(), setting, aim);
        if (!report.check(q.ok() && q.layout() == arranged, "quantize gives the layout of arrange", where)) continue;
        report.check(first_too_wide(q) == q.count(), "symbols lie within the bits of their band", where);
        report.check(same_values(q, first_symbols(policy, x.clone(), setting, aim)), "quantize is deterministic",
                     where);
        auto const y = policy.dequantize(q.clone(), again, in);
        if (!report.check(y.ok() && y.layout() == in, "dequantize gives the layout it is asked for", where)) continue;
        report.check(same_values(y, policy.dequantize(q.clone(), setting, in)), "dequantize is deterministic", where);
        report.check(first_too_wide(y) == y.count(), "values lie within the bits of their band", where);
        if (can_be_exact && aim.step == 0)
            report.check(same_values(y, x), "a quantizer that can be exact is, at step 0", where);
        bool untouched = true;
        for (std::size_t b = 0; b < in.count(); ++b)
            for (std::size_t i = 0; in[b].at.kind == role::side && i < x[b].size(); ++i)
                untouched = untouched && y.data()[in[b].offset + i] == x.data()[in[b].offset + i];
        report.check(untouched, "side bands come back as they were", where);
        if constexpr (triptych::steps<P>)
            report.check(policy.step(again) == policy.step(setting), "read gives back the step", where);
        if constexpr (scalar_quantizer_for<P, B>) {
            // One object for values of all bands in turn gives what a fresh one gives.
            auto loop = policy.scalar(setting);
            bool alike = true;
            for (std::size_t b = 0; b < in.count(); ++b)
                for (std::size_t i = 0; i < std::min<std::size_t>(x[b].size(), 2); ++i) {
                    auto fresh = policy.scalar(again);
                    auto const v = static_cast<std::int32_t>(x.data()[in[b].offset + i * in[b].stride[R - 1]]);
                    auto const s = loop.symbol(v, in[b]);
                    alike = alike && s == fresh.symbol(v, in[b]) && loop.value(s, in[b]) == fresh.value(s, in[b]);
                }
            report.check(alike, "values one at a time do not depend on those before", where);
        }
        if (o.threads != 0 && turn % 16 == 0)
            report.check(on_threads(o.threads,
                                    [&](std::size_t) {
                                        auto other = first_symbols(policy, x.clone(), policy.plan(x, aim), aim);
                                        bool const same = same_values(other, q);
                                        return same && same_values(policy.dequantize(std::move(other), setting, in), y);
                                    }),
                         "one const quantizer serves several threads", where);
    }

    // Settings and symbols that no encoder makes, and memory that runs out.
    extents<R> shape;
    for (auto &e : shape) e = 3;
    small_random random(o.seed);
    auto const in = layout_to_try<R>(shape, 3, 8 * sizeof(T));
    B x(in);
    fill(x, 4, o.seed);
    auto const written = bytes_of(policy.plan(x, target{exact_only ? 0.F : 4.F, 0}));
    for (std::size_t round = 0; round < o.mutations; ++round) {
        std::vector<std::byte> bytes = written;
        if (round % 2) bytes.clear();
        for (std::size_t i = round % 2 ? random.below(40) : 0; i > 0; --i)
            bytes.push_back(static_cast<std::byte>(random()));
        if (round % 2 == 0) mutate(bytes, random);
        auto const where = [&] { return "a setting from " + std::to_string(bytes.size()) + " wrong bytes"; };
        byte_reader r(bytes);
        auto const setting = policy.read(r);
        if (!r.ok()) continue;
        auto const arranged = policy.arrange(in, setting);
        if (!arranged.ok() || arranged.size() > 1 << 20) continue;
        B q(arranged);
        for (std::size_t i = 0; i < q.size(); ++i)
            q.data()[i] = random.below(4)   ? static_cast<T>(random() >> random.below(24))
                          : random.below(2) ? std::numeric_limits<T>::max()
                                            : std::numeric_limits<T>::min();
        auto const y = policy.dequantize(std::move(q), setting, in);
        report.check(!y.ok() || same_places(y.layout(), in), "dequantize takes any setting that read lets pass", where);
    }
    target const aim{exact_only ? 0.F : 4.F, 0};
    auto const setting = policy.plan(x, aim);
    auto const q = first_symbols(policy, x.clone(), setting, aim);
    starve([&] {
        auto copy = q.clone();
        return !copy.ok() || !policy.dequantize(std::move(copy), setting, in).ok();
    });
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
