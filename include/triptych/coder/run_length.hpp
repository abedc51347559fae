// triptych/coder/run_length.hpp: runs of zeros, or of equal symbols, over another coder.
//
// The symbols in buffer order become pairs (run, value), which another coder codes as two interleaved bands of rank 1: with
// `huffman` inside, the classic entropy coder of JPEG. Two readings of a pair: "so many zeros, then this value", which suits
// quantised coefficients, and "this value, so many times again", which suits palettes and masks; the encoder takes the one with fewer pairs.
//
// The number of pairs is sent first and may not exceed the number of symbols, so a decoder never asks for more memory than that.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include <triptych/coder/huffman.hpp>
#include <triptych/coder/order.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// Run lengths, coded by `Inner`. Any values; zeros after the last other symbol cost nothing.
template <class Inner = huffman<>>
struct run_length {
    using order = typename Inner::order;
    static constexpr void describe(auto &d) { d("run_length", part<Inner>{}); }

    constexpr run_length() = default;
    constexpr explicit run_length(Inner inner) : inner_(std::move(inner)) {}

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        if (symbols.size() == 0) return;
        auto const *const v = symbols.data();
        std::uint64_t zeros = 0, equals = 0;
        std::uint32_t longest_zeros = 0, longest_equals = 0;
        zero_runs(v, symbols.size(),
                  [&](std::uint32_t run, T) { ++zeros, longest_zeros = std::max(longest_zeros, run); });
        equal_runs(v, symbols.size(),
                   [&](std::uint32_t run, T) { ++equals, longest_equals = std::max(longest_equals, run); });
        bool const equal = equals < zeros;
        w.varint((equal ? equals : zeros) << 1 | (equal ? 1u : 0u));
        if ((equal ? equals : zeros) == 0) return;
        auto const run_bits = static_cast<std::uint8_t>(std::bit_width(equal ? longest_equals : longest_zeros) + 1);
        w.u8(run_bits);
        pairs_type pairs(pairs_layout(symbols.layout(), equal ? equals : zeros, run_bits));
        if (!pairs.ok()) triptych::detail::raise<std::length_error>("there is no memory for the runs");
        auto *out = pairs.data();
        auto const write = [&](std::uint32_t run, T value) {
            *out++ = static_cast<std::int32_t>(run), *out++ = static_cast<std::int32_t>(value);
        };
        if (equal)
            equal_runs(v, symbols.size(), write);
        else
            zero_runs(v, symbols.size(), write);
        inner_.encode(pairs, w);
    }

    /// Runs that add up to more than there are symbols are corrupt, and so are too few equal ones.
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
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
            inner_.decode(pairs, r);
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

private:
    using pairs_type = bands<std::int32_t, 1>;
    /// A longer run is cut; a cut run of zeros ends in an explicit zero.
    static constexpr std::uint32_t most_run = 1u << 30;

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

    [[no_unique_address]] Inner inner_;
};

static_assert(coder_for<run_length<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
