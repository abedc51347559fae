// triptych/coder/run_length.hpp: runs of zeros, or of equal symbols, over another coder.
//
// The symbols in buffer order become pairs (run, value), which another coder codes as two interleaved bands of rank 1: with
// `huffman` inside, the classic entropy coder of JPEG. Two readings of a pair: "so many zeros, then this value", which suits
// quantised coefficients, and "this value, so many times again", which suits palettes and masks; the encoder takes the one with fewer pairs.
//
// The number of pairs is sent first and may not exceed the number of symbols, so a decoder never asks for more memory than that. It stands
// outside what the inner coder writes, which is why there are no strips.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <triptych/coder/huffman.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/detail/call.hpp>
#include <triptych/refinement.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// Run lengths, coded by `Inner`. Any values; zeros after the last other symbol cost nothing.
template <class Inner = huffman<>>
struct run_length : triptych::detail::forwarding<Inner> {
    using pairs_type = bands<std::int32_t, 1>;
    using triptych::detail::forwarding<Inner>::forwarding, triptych::detail::forwarding<Inner>::inner;
    static constexpr void describe(auto &d) { d("run_length", part<Inner>{}); }
    static constexpr std::array refuses{
        refusal{refinement::streaming,
                "pairs are counted ahead of them, in bytes that the coder inside does not write"},
        refusal{refinement::embedded, "symbols behind a run that is not yet exact would lie in other places"},
        refusal{refinement::optimising_rates,
                "pairs do not lie as the coefficients do that are to be decided together"}};

    /// What the coder inside is given: `runs` of one band, values of another.
    template <class B>
    static auto given(B const &symbols) -> pairs_type {
        return runs_of(symbols).pairs;
    }

    template <class T, std::size_t R, class W, class... Step>
    requires requires(Inner const &c, pairs_type const &p, W &w, Step const &...step) { c.encode(p, w, step...); }
    void encode(bands<T, R> const &symbols, W &w, Step const &...step) const {
        if (symbols.size() == 0) return;
        auto const found = runs_of(symbols);
        w.varint(static_cast<std::uint64_t>(found.count) << 1 | (found.equal ? 1u : 0u));
        if (found.count == 0) return;
        w.u8(found.run_bits);
        inner.encode(found.pairs, w, step...);
    }

    /// Runs that add up to more than there are symbols are corrupt, and so are too few equal ones.
    template <class T, std::size_t R, class... Step>
    requires requires(Inner const &c, pairs_type &p, byte_reader &r, Step const &...step) { c.decode(p, r, step...); }
    void decode(bands<T, R> &symbols, byte_reader &r, Step const &...step) const noexcept {
        if (symbols.size() == 0) return;
        auto const head = r.varint(static_cast<std::uint64_t>(symbols.size()) << 1 | 1);
        auto const count = head >> 1;
        bool const equal = head & 1;
        unsigned run_bits = 1;
        if (r.ok() && count > 0) run_bits = r.u8();
        if (count > symbols.size() || run_bits == 0 || run_bits > 32) r.fail(errc::corrupt);
        if (count > r.limits().max_bytes / (2 * sizeof(std::int32_t))) r.fail(errc::limit);
        if (!r.ok()) return;
        auto *at = symbols.data(), *const end = at + symbols.size();
        if (count > 0) {
            pairs_type pairs(pairs_layout(symbols.layout(), count, static_cast<std::uint8_t>(run_bits)));
            if (!pairs.ok()) return r.fail(errc::memory);
            inner.decode(pairs, r, step...);
            if (!r.ok()) return;
            for (auto const *p = pairs.data(), *const last = p + pairs.size(); p != last; p += 2) {
                auto const run = static_cast<std::uint32_t>(p[0]);
                if (p[0] < 0 || run >= static_cast<std::uint64_t>(end - at)) return r.fail(errc::corrupt);
                auto const value = static_cast<T>(p[1]), filler = equal ? value : T{0};
                for (auto *const stop = at + run; at != stop; ++at) *at = filler;
                *at++ = value;
            }
        }
        if (equal && at != end) return r.fail(errc::corrupt);
        for (; at != end; ++at) *at = T{0};
        at = symbols.data();
        for (auto const &g : symbols.layout().groups())
            for (std::size_t p = 0; p < g.samples; ++p)
                for (std::size_t k = 0; k < g.count; ++k, ++at)
                    *at = static_cast<T>(
                        sign_extend(static_cast<std::uint32_t>(*at), width_of<T>(symbols.info(g.first + k))));
    }

    /// A pair is paid for by the symbol that ends it; the others of its run are free. Another value in its place splits the run, or joins
    /// two, and its rate is what that changes. Runs are those of the symbols that the estimator was made from.
    template <class Rates>
    class estimator_type;
    template <class B, class I = Inner>
    requires rate_aware<I, pairs_type>
    auto rates(B const &symbols, fixed_step step = {}) const {
        using of_pairs = decltype(triptych::detail::rates(std::declval<I const &>(),
                                                          std::declval<pairs_type const &>(), step));
        return estimator_type<of_pairs>(inner, symbols, step);
    }

    template <class B, class I = Inner>
    requires per_picture<I, pairs_type>
    auto prepare(B const &symbols) const -> run_length {
        return run_length(inner.prepare(given(symbols)));
    }
    auto restore(byte_reader &r) const -> run_length requires triptych::detail::restores<Inner> {
        return run_length(inner.restore(r));
    }

private:
    /// A longer run is cut; a cut run of zeros ends in an explicit zero.
    static constexpr std::uint32_t most_run = 1u << 30;

    struct runs {
        pairs_type pairs;
        std::size_t count = 0;
        bool equal = false; ///< runs of one value; else of zeros, with a value behind
        std::uint8_t run_bits = 0;
    };
    /// The reading with fewer pairs.
    template <class B>
    static auto runs_of(B const &symbols) -> runs {
        auto const *const v = symbols.data();
        std::size_t zeros = 0, equals = 0;
        std::uint32_t longest_zeros = 0, longest_equals = 0;
        auto const n = symbols.size();
        zero_runs(v, n, [&](std::uint32_t run, auto) { ++zeros, longest_zeros = std::max(longest_zeros, run); });
        equal_runs(v, n, [&](std::uint32_t run, auto) { ++equals, longest_equals = std::max(longest_equals, run); });
        runs found;
        found.equal = equals < zeros, found.count = std::min(zeros, equals);
        found.run_bits = static_cast<std::uint8_t>(std::bit_width(found.equal ? longest_equals : longest_zeros) + 1);
        found.pairs = pairs_type(pairs_layout(symbols.layout(), found.count, found.run_bits));
        if (!found.pairs.ok()) triptych::detail::raise<std::length_error>("there is no memory for the runs");
        auto *out = found.pairs.data();
        auto const write = [&](std::uint32_t run, auto value) {
            *out++ = static_cast<std::int32_t>(run), *out++ = static_cast<std::int32_t>(value);
        };
        if (found.equal)
            equal_runs(v, n, write);
        else
            zero_runs(v, n, write);
        return found;
    }

    template <std::size_t R>
    static auto pairs_layout(layout<R> const &symbols, std::uint64_t pairs, std::uint8_t run_bits) -> layout<1> {
        std::uint8_t value_bits = 1;
        for (auto const &b : symbols)
            value_bits = std::max(value_bits, static_cast<std::uint8_t>(width_of<std::int32_t>(b)));
        layout<1> l;
        l.add_group({static_cast<std::size_t>(pairs)}, 2, [&](std::size_t k) {
            band_info<1> info;
            info.at.index = static_cast<std::uint32_t>(k), info.bits = k == 0 ? run_bits : value_bits;
            return info;
        });
        return l;
    }

    template <class T, class F>
    static void zero_runs(T const *v, std::size_t n, F &&f) {
        std::uint32_t run = 0;
        for (std::size_t i = 0; i < n; ++i) {
            if (v[i] != 0 || run == most_run)
                f(run, v[i]), run = 0;
            else
                ++run;
        }
    }
    template <class T, class F>
    static void equal_runs(T const *v, std::size_t n, F &&f) {
        std::uint32_t run = 0;
        for (std::size_t i = 0; i < n; ++i) {
            if (i + 1 < n && v[i + 1] == v[i] && run < most_run)
                ++run;
            else
                f(run, v[i]), run = 0;
        }
    }
};

template <class Inner>
template <class Rates>
class run_length<Inner>::estimator_type {
public:
    template <class B>
    estimator_type(Inner const &inner, B const &symbols, fixed_step step)
        : runs_(runs_of(symbols)), rates_(triptych::detail::rates(inner, runs_.pairs, step)), pair_(symbols.size()), end_(runs_.count) {
        if (!pair_.ok() || !end_.ok()) triptych::detail::raise<std::length_error>("there is no memory for the runs");
        std::size_t at = 0;
        for (std::size_t p = 0; p < runs_.count; ++p) {
            auto const length = static_cast<std::size_t>(runs_.pairs.data()[2 * p]) + 1;
            for (std::size_t i = 0; i < length; ++i) pair_[at++] = static_cast<std::uint32_t>(p);
            end_[p] = at - 1;
        }
        for (; at < pair_.size(); ++at) pair_[at] = static_cast<std::uint32_t>(runs_.count); // zeros at the end
    }

    template <class T, std::size_t R>
    auto bits(bands<T, R> const &symbols, std::size_t band, std::size_t element, std::int32_t v) const -> float {
        if (runs_.count == 0) return v == 0 ? 0 : static_cast<float>(width_of<T>(symbols.info(band)));
        std::size_t const p = pair_[element], before = element - (p > 0 ? end_[p - 1] + 1 : 0);
        float const change = runs_.equal ? among_equals(p, before, v) : among_zeros(p, before, v);
        return std::max(change, 0.0F);
    }

private:
    /// The run of this many, or the value, as if it stood in pair p.
    auto run(std::size_t p, std::size_t n) const -> float {
        p = std::min(p, runs_.count - 1);
        return rates_.bits(runs_.pairs, 0, 2 * p, static_cast<std::int32_t>(n));
    }
    auto value(std::size_t p, std::int32_t v) const -> float {
        p = std::min(p, runs_.count - 1);
        return rates_.bits(runs_.pairs, 1, 2 * p + 1, v);
    }
    auto length(std::size_t p) const -> std::size_t { return static_cast<std::size_t>(runs_.pairs.data()[2 * p]); }

    auto among_zeros(std::size_t p, std::size_t before, std::int32_t v) const -> float {
        bool const behind_all = p == runs_.count, ends = !behind_all && before == length(p);
        if (v != 0) {
            auto const own = run(p, before) + value(p, v);
            return ends || behind_all ? own : own + run(p, length(p) - before - 1) - run(p, length(p));
        }
        if (!ends) return 0;
        // This run and the next become one, which is paid for by the value behind the next.
        if (p + 1 < runs_.count) return run(p + 1, before + 1 + length(p + 1)) - run(p + 1, length(p + 1));
        return runs_.pairs.data()[2 * p + 1] == 0 ? run(p, before) + value(p, 0) : 0; // a cut run ends in a zero
    }
    auto among_equals(std::size_t p, std::size_t before, std::int32_t v) const -> float {
        auto const n = length(p), after = n - before;
        auto const old = runs_.pairs.data()[2 * p + 1];
        auto const piece = [&](std::size_t samples) {
            return samples > 0 ? run(p, samples - 1) + value(p, old) : 0.0F;
        };
        float const whole = piece(n + 1);
        if (v == old) return after == 0 ? whole : 0;
        auto const split = piece(before) + run(p, 0) + value(p, v) + piece(after);
        return after == 0 ? split : split - whole;
    }

    runs runs_;
    Rates rates_;
    triptych::detail::buffer<std::uint32_t> pair_; ///< that each symbol belongs to
    triptych::detail::buffer<std::size_t> end_;    ///< last symbol of each pair
};

static_assert(coder_for<run_length<>, bands<std::int16_t, 2>> && rate_aware<run_length<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
