// triptych/conformance/transform.hpp: the laws of transforms, open and closed; docs/concepts/transform.md has them in words.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/conformance/cases.hpp>
#include <triptych/detail/call.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

template <class P>
auto tolerance_of(conformance_options const &o) -> double {
    if (o.tolerance >= 0) return o.tolerance;
    if constexpr (requires { static_cast<double>(P::tolerance); })
        return static_cast<double>(P::tolerance);
    else
        return -1;
}

/// Stands for a quantizer with a step, in a closed loop.
template <std::size_t R>
struct loop_quantizer {
    std::int32_t step;
    auto symbol() const {
        return [s = step](std::int32_t v, band_info<R> const &) -> std::int32_t {
            return v < 0 ? -((s / 2 - v) / s) : (s / 2 + v) / s;
        };
    }
    auto value() const {
        return [s = step](std::int32_t q, band_info<R> const &) -> std::int32_t {
            return static_cast<std::int32_t>(static_cast<std::uint32_t>(q) * static_cast<std::uint32_t>(s));
        };
    }
};

template <class P, class B>
auto forward_for(P const &policy, B x, std::int32_t step) -> B {
    if constexpr (closed_loop_for<P, B>) {
        loop_quantizer<B::rank> const q{step};
        return policy.forward(std::move(x), q.symbol(), q.value());
    } else {
        return analyse(policy, std::move(x), target{static_cast<float>(step == 1 ? 0 : step)});
    }
}
template <class P, class B>
auto inverse_for(P const &policy, B x, layout<B::rank> const &in, std::int32_t step) -> B {
    if constexpr (closed_loop_for<P, B>)
        return policy.inverse(std::move(x), in, loop_quantizer<B::rank>{step}.value());
    else
        return synthesise(policy, std::move(x), in, fixed_step{static_cast<std::uint64_t>(step == 1 ? 0 : 256 * step)});
}

/// The largest difference, in units of the samples, between planes and what an inverse made of them.
template <class B>
auto largest_error(B const &was, B const &is) -> double {
    double worst = 0;
    for (std::size_t b = 0; b < was.count(); ++b) {
        auto const o = was.info(b).offset;
        int const frac = is.info(b).frac;
        for (std::size_t i = 0; i < was[b].size(); ++i) {
            std::int64_t v = is.data()[o + i];
            if (frac > 0) v = (v + (std::int64_t{1} << (frac - 1))) >> frac;
            worst = std::max(worst, std::abs(static_cast<double>(v - was.data()[o + i])));
        }
    }
    return worst;
}

/// What stands before a transform has gains already: of a chain, of a pyramid. All of them times three are those of the result times three; where
/// they differ, a band's gain lies among those of the components that it may be made of.
template <class B, class P>
void gain_law(P const &policy, conformance_report &report) {
    constexpr auto R = B::rank;
    extents<R> shape;
    for (std::size_t axis = 0; axis < R; ++axis) shape[axis] = axis + 2 < R ? 2 : 13;
    for (std::size_t components = 1; components <= 5; ++components) {
        auto const with_gains = [&](auto &&times) {
            auto in = component_planes<R>(shape, components, 8);
            for (std::size_t c = 0; c < components; ++c)
                in.relabel(c, [&](band_info<R> &b) { b.gain = static_cast<std::uint16_t>(b.gain * times(c)); });
            return policy.arrange(in);
        };
        auto const once = with_gains([](std::size_t) { return 1u; }),
                   thrice = with_gains([](std::size_t) { return 3u; });
        auto const rising = with_gains([](std::size_t c) { return 1 + c; });
        bool multiplied = once.count() == thrice.count(), between = once.count() == rising.count();
        for (std::size_t b = 0; b < once.count(); ++b) {
            if (once[b].at.kind == role::side) continue;
            std::int64_t const gain = once[b].gain;
            // Each of them is rounded.
            multiplied = multiplied && std::abs(thrice[b].gain - 3 * gain) <= 3;
            between = between && rising[b].gain >= gain - 1 &&
                      rising[b].gain <= (gain + 1) * static_cast<std::int64_t>(components);
        }
        auto const where = [&] {
            return std::to_string(components) + " components in " + bands_text<typename B::value_type, R>();
        };
        report.check(multiplied, "arrange multiplies the gain that it finds by its own", where);
        report.check(between, "a gain lies among those of the components", where);
    }
}

template <class B, class P>
void transform_laws(P const &policy, conformance_options const &o, conformance_report &report) {
    using T = typename B::value_type;
    constexpr auto R = B::rank;
    report.role("transform of " + bands_text<T, R>());
    auto const tolerance = tolerance_of<P>(o);
    // Samples of 8 bits in int16; of 16, of all bits (which exact coding of int32 and float needs) and of 24 in int32.
    auto const widths = sizeof(T) == 2  ? std::vector<std::uint8_t>{8}
                        : reversible<P> ? std::vector<std::uint8_t>{16, 32}
                                        : std::vector<std::uint8_t>{16, 24};
    std::size_t turn = 0, accepted = 0;
    for (auto const &shape : shapes_to_try<R>(o))
        for (std::size_t components = 1; components <= 5; ++components, ++turn) {
            auto const bits = widths[turn / 5 % widths.size()];
            auto const kind = turn % content::kinds;
            auto const step = turn % 3 == 0 ? 3 : 1;
            auto const in = component_planes<R>(shape, components, bits);
            auto const where = [&] {
                return shape_text(shape) + ", " + std::to_string(components) + " components of " +
                       std::to_string(bits) + " bits in " + bands_text<T, R>() + ", content " + std::to_string(kind);
            };
            auto const arranged = policy.arrange(in);
            report.check(policy.arrange(in) == arranged, "arrange gives one layout for one layout", where);
            if (!arranged.ok()) continue; // a transform may refuse a layout; it shall not refuse all
            ++accepted;
            bool sound = true;
            for (auto const &band : arranged)
                sound = sound && band.bits > 0 && band.bits <= 8 * sizeof(T) && band.gain > 0;
            report.check(sound, "arrange gives bits that fit the integers, and a gain", where);
            B x(in);
            fill(x, kind, o.seed + turn);
            auto const y = forward_for(policy, x.clone(), step);
            if (!report.check(y.ok() && y.layout() == arranged, "forward gives the layout of arrange", where)) continue;
            report.check(first_too_wide(y) == y.count(), "forward keeps values within the bits of their band", where);
            report.check(same_values(y, forward_for(policy, x.clone(), step)), "forward is deterministic", where);
            auto const z = inverse_for(policy, y.clone(), in, step);
            if (!report.check(z.ok() && same_places(z.layout(), in), "inverse gives the layout it is asked for", where))
                continue;
            report.check(same_values(z, inverse_for(policy, y.clone(), in, step)), "inverse is deterministic", where);
            if (step != 1) continue;
            if constexpr (reversible<P>)
                report.check(same_values(z, x), "a reversible transform gives back every integer", where);
            else if (tolerance >= 0)
                report.check(largest_error(x, z) <= tolerance, "the error is within the tolerance",
                             [&] { return where() + ", error " + std::to_string(largest_error(x, z)); });
        }
    report.check(accepted != 0, "arrange accepts some layout", [] { return bands_text<T, R>(); });
    gain_law<B>(policy, report);

    layout<R> nothing;
    nothing.fail();
    report.check(!policy.arrange(nothing).ok(), "a layout that is not ok gives one that is not",
                 [] { return bands_text<T, R>(); });

    // Side bands are somebody else's: they pass.
    if constexpr (!closed_loop_for<P, B>)
        for (std::size_t side = 9; side < 40; side += 10) {
            extents<R> shape;
            for (auto &e : shape) e = 3;
            band_info<R> like;
            like.bits = 4, like.at.kind = role::side;
            layout<R> in;
            in.add(shape, like);
            for (auto &e : shape) e = side;
            like.bits = 8, like.at.kind = role::signal, in.add(shape, like);
            if (!policy.arrange(in).ok()) continue;
            B x(in);
            fill(x, 4, o.seed);
            auto const z = inverse_for(policy, forward_for(policy, x.clone(), 3), in, 3);
            bool same = z.ok() && z.info(0) == in[0];
            for (std::size_t i = 0; same && i < x[0].size(); ++i) same = z.data()[i] == x.data()[i];
            report.check(same, "side bands pass unchanged", [&] { return shape_text(shape) + " beside a side band"; });
            if (R > 2) break;
        }

    // Symbols that no encoder makes, and memory that runs out.
    extents<R> shape;
    for (std::size_t axis = 0; axis < R; ++axis) shape[axis] = axis + 2 < R ? 2 : 13;
    for (std::size_t components = 1; components <= 5; ++components) {
        auto const in = component_planes<R>(shape, components, 8);
        auto const arranged = policy.arrange(in);
        if (!arranged.ok()) continue;
        auto const where = [&] { return shape_text(shape) + ", " + std::to_string(components) + " components"; };
        small_random random(o.seed);
        B y(arranged);
        for (std::size_t round = 0; round < 8; ++round) {
            for (std::size_t i = 0; i < y.size(); ++i)
                y.data()[i] = round == 0   ? std::numeric_limits<T>::max()
                              : round == 1 ? std::numeric_limits<T>::min()
                              : round == 2 ? (i % 2 ? std::numeric_limits<T>::max() : std::numeric_limits<T>::min())
                                           : static_cast<T>(random() >> random.below(24));
            auto const z = inverse_for(policy, y.clone(), in, 1);
            // Side bands may hold what no encoder writes: then the inverse may refuse.
            report.check(!z.ok() || same_places(z.layout(), in), "inverse takes any integers", where);
        }
        y = forward_for(policy, B(in, T{1}), 1);
        starve([&] {
            auto copy = y.clone();
            bool const starved = !copy.ok() || !inverse_for(policy, std::move(copy), in, 1).ok();
            return starved;
        });
        if (o.threads != 0) {
            B x(in);
            fill(x, 7, o.seed);
            auto const once = forward_for(policy, x.clone(), 1);
            report.check(on_threads(o.threads,
                                    [&](std::size_t) {
                                        auto again = forward_for(policy, x.clone(), 1);
                                        bool const same = same_values(again, once);
                                        auto const back = inverse_for(policy, std::move(again), in, 1);
                                        return same && back.ok();
                                    }),
                         "one const transform serves several threads", where);
        }
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
