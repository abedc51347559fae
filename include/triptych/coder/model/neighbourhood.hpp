// triptych/coder/model/neighbourhood.hpp: quantised coefficients, in the context of neighbouring magnitudes.
//
// A symbol becomes decisions: is it zero, its magnitude in unary up to 15, then an Exp-Golomb escape, then its sign.
// Each decision mixes three contexts in the logistic domain: neighbours in the same band (blocks, for a block
// transform) by exact band; the coefficients next to it in its own block by coarse band; and the co-located symbols
// of the component before and of the coarser level. Such contexts are those of embedded wavelet coders (Wu, ECECOW,
// 1997) and of H.264's and HEVC's coefficient coding; the mixing is PAQ's.
//
// It works for any layout and rank: missing neighbours count as zero. For pictures that nothing has predicted yet use
// `model::predictive`.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/detail/neighbourhood_digits.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/coder/parts/neighbours.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {

/// What adapts during one stream. Fast and Slow are the rates of the counters, see `counter`; weights move by 2^-Mixing.
template <unsigned Fast, unsigned Slow, unsigned Mixing>
class neighbourhood_state {
public:
    neighbourhood_state() noexcept
        : bands_(zones * 14 * decisions, {}), blocks_(4 * 8 * 10 * 10 * decisions, {}),
          others_(4 * 8 * 8 * 10 * decisions, {}), signs_(4 * 27, {}), escapes_(4 * 12 * 32, {}),
          mixes_(zones * 4, {}) {}

    auto ok() const noexcept -> bool {
        return bands_.ok() && blocks_.ok() && others_.ok() && signs_.ok() && escapes_.ok() && mixes_.ok();
    }

    /// Codes all symbols in buffer order. `E` is an engine for bits; when it decodes, the symbols are written.
    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        for (std::size_t g = 0; g < symbols.layout().groups().size(); ++g)
            if (!code_group(engine, symbols, g)) return zero_rest(symbols, g);
    }
    /// Codes one group; false if the stream ended early.
    template <class E, class B>
    auto code_group(E &engine, B &symbols, std::size_t g) noexcept(E::decoding) -> bool {
        return code_sites(engine, symbols, g, [&](auto const &s, auto const &info, std::int32_t v, unsigned width) {
            return value(engine, context_of(s, info), v, width);
        });
    }

    /// What the coder paid, on average, for each outcome of each decision in each context. Filled by an engine with `last()`, the
    /// cost of the bit just coded; summed over the same symbols, the rates are what the coder paid.
    class rates {
    public:
        rates()
            : bands_(zones * 14 * decisions, {}), blocks_(4 * 8 * 10 * 10 * decisions, {}),
              single_(4 * 27 + 4 * 12 * 32, {}) {}
        auto ok() const noexcept -> bool { return bands_.ok() && blocks_.ok() && single_.ok(); }
        void note(std::size_t band, std::size_t block, bool b, float bits) noexcept {
            bands_[band].add(b, bits), blocks_[block].add(b, bits);
        }
        void note(std::size_t single, bool b, float bits) noexcept { single_[single].add(b, bits); }
        auto of(std::size_t band, std::size_t block, bool b) const noexcept -> float {
            return (bands_[band].rate(b) + blocks_[block].rate(b)) / 2;
        }
        auto of(std::size_t single, bool b) const noexcept -> float { return single_[single].rate(b); }

    private:
        struct cell {
            std::array<float, 2> bits{}, seen{};
            void add(bool b, float v) noexcept { bits[b] += v, seen[b] += 1; }
            auto rate(bool b) const noexcept -> float {
                // An outcome that was never seen is dear, the more so the oftener the other one was.
                return seen[b] > 0 ? bits[b] / seen[b] : 1.5F + std::log2(1 + seen[!b]);
            }
        };
        triptych::detail::buffer<cell> bands_, blocks_, single_;
    };

    /// Bits of the value v as if it stood at element `element` of band `band`.
    template <class B>
    static auto rate(rates const &paid, B const &symbols, std::size_t group, std::size_t band, std::size_t element,
                      std::int32_t v) -> float {
        auto const c = context_of(site_of(symbols, group, band, element), symbols.info(band));
        auto const wanted = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        float bits = v != 0 ? paid.of(c.sign, v < 0) : 0.0F;
        for (std::uint32_t m = 0; m < decisions; ++m) {
            bits += paid.of(c.bands + m, c.blocks + m, wanted > m);
            if (wanted <= m) return bits;
        }
        auto const length = static_cast<unsigned>(std::bit_width(wanted - decisions + 1)) - 1;
        for (unsigned n = 0; n <= length && n < 31; ++n) bits += paid.of(first_escape + c.escape + n, n < length);
        return bits + static_cast<float>(length);
    }

private:
    static constexpr std::size_t zones = 4 * 64, decisions = 15, first_escape = 4 * 27;
    using learner = counter<Fast, Slow>;

    /// Where the counters of a symbol begin.
    struct context {
        std::size_t bands, blocks, others, mix, sign, escape;
    };

    template <class T, std::size_t R>
    static auto context_of(site<T> const &s, band_info<R> const &info) noexcept -> context {
        std::size_t const component = info.at.kind == role::side ? 3 : std::min<std::size_t>(info.at.component, 2);
        auto const zone = zone_of(s, info.at);
        auto const w = s.w(), n = s.north(), nw = s.nw(), ne = s.ne();
        auto const around = 2 * w + 2 * n + nw + ne + 2 * s.past();
        auto const inside = s.n > 1 ? s.inside() : s.ww() + s.nn() + w + n;
        auto const near = around + beside(s);
        auto const colocated = s.colocated ? magnitude(*s.colocated) : 0;
        auto const parent = s.parent ? magnitude(*s.parent) : 0;
        auto const coarse = s.n == 1 ? std::min<std::size_t>(info.at.level, 7)
                                     : std::min<std::size_t>(log_class(static_cast<std::uint32_t>(zone_sum(s)), 7), 7);
        context c{};
        c.bands = ((component * 64 + zone) * 14 + log_class(around, 13)) * decisions;
        c.blocks = (((component * 8 + coarse) * 10 + log_class(inside, 9)) * 10 + log_class(near, 9)) * decisions;
        c.others = (((component * 8 + log_class(colocated, 7)) * 8 + log_class(parent, 7)) * 10 +
                    log_class(inside + near / 2, 9)) *
                   decisions;
        c.mix = (component * 64 + zone) * 4;
        c.escape = (component * 12 + log_class(around >> 3, 11)) * 32;
        constexpr auto sign = [](T v) -> std::size_t { return v < 0 ? 2 : v > 0 ? 1 : 0; };
        c.sign = component * 27;
        if (s.n == 1 || s.k == 0)
            c.sign += (s.x > 0 ? sign(*(s.at - s.n)) : 0) + 3 * (s.y > 0 ? sign(*(s.at - s.row)) : 0);
        c.sign += 9 * (s.colocated ? sign(*s.colocated) : 0);
        return c;
    }
    template <class T>
    static auto zone_sum(site<T> const &s) noexcept -> std::size_t {
        return s.side ? s.k / s.side + s.k % s.side : s.k;
    }

    template <class E>
    auto value(E &engine, context const &c, std::int32_t v, unsigned width) -> std::int32_t {
        auto const wanted = v < 0 ? 0u - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
        auto const code = [&](bool b) { return [&engine, b](std::uint32_t p) { return engine.bit(p, b); }; };
        std::uint32_t m = 0;
        for (; m < decisions; ++m) {
            std::array<learner *, 3> const contexts{&bands_[c.bands + m], &blocks_[c.blocks + m],
                                                    &others_[c.others + m]};
            bool const more =
                mixed_bit<Mixing>(contexts, mixes_[c.mix + std::min<std::size_t>(m, 3)], code(wanted > m));
            if constexpr (requires { engine.last(); }) engine.paid.note(c.bands + m, c.blocks + m, more, engine.last());
            if (!more) break;
        }
        if (m == 0) return 0;
        auto const single = [&](learner &l, [[maybe_unused]] std::size_t index, bool b) {
            b = engine.bit(std::clamp<std::uint32_t>(l.p(), 64, 65472), b);
            if constexpr (requires { engine.last(); }) engine.paid.note(index, b, engine.last());
            l.learn(b);
            return b;
        };
        if (m == decisions) {
            // Exp-Golomb: the length is bounded, whatever the bytes say.
            auto const rest = wanted - m + 1;
            unsigned const length = E::decoding ? 0 : static_cast<unsigned>(std::bit_width(rest)) - 1;
            unsigned n = 0;
            while (n < 31 && single(escapes_[c.escape + n], first_escape + c.escape + n, n < length)) ++n;
            m += (1u << n) - 1 + engine.direct(rest & ((1u << n) - 1), n);
        }
        bool const negative = single(signs_[c.sign], c.sign, v < 0);
        return sign_extend(negative ? 0u - m : m, width);
    }

    triptych::detail::buffer<learner> bands_, blocks_, others_, signs_, escapes_;
    triptych::detail::buffer<weights<3>> mixes_;
};

} // namespace detail

/// Adaptive contexts from coded neighbours, for `coder::range` and `coder::multisymbol`. About 20 ns a decision, 0.4 MB.
struct neighbourhood {
    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("neighbourhood"); }

    using statistics = detail::neighbourhood_state<4, 7, 14>;
    using digits = detail::neighbourhood_digits;
};

} // namespace triptych::inline TRIPTYCH_ABI::model
