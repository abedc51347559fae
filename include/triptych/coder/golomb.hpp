// triptych/coder/golomb.hpp: Golomb, Rice and exponential Golomb codes, one parameter for each class of bands.
//
// S. W. Golomb, Run-length encodings (1966): a quotient in unary and a remainder in binary, optimal for a geometric
// distribution. R. F. Rice (1979) took powers of two, which need no division. J. Teuhola (1978) let the steps double,
// for heavier tails. The encoder fits the parameters and sends them; there is no table, so a decoder is a page of
// code. As in JPEG-LS the quotient is limited: a symbol too large for its parameter takes 24 bits and its own.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

enum class golomb_kind { rice, general, exponential };

namespace detail {
/// One code of a kind: non-negative numbers v below 2^32, folded symbols, as bits, lowest first.
template <golomb_kind K>
struct golomb_code {
    static constexpr unsigned limit = 24; ///< zeros of an escape

    /// The divisor of Golomb's code, from 1 on; else k, below 32, for 2^k.
    std::uint32_t parameter = K == golomb_kind::general ? 1 : 0;

    /// How a number is coded: zeros, a one, then the lowest `bits` bits of `rest`.
    struct parts {
        std::uint64_t zeros;
        unsigned bits;
        std::uint64_t rest;
    };
    auto of(std::uint32_t v) const noexcept -> parts {
        if constexpr (K == golomb_kind::general) {
            // The first `width` bits say whether another one follows.
            auto const r = v % parameter, few = short_remainders();
            auto const width = short_width();
            if (r < few) return {v / parameter, width, r};
            auto const x = r + few;
            return {v / parameter, width + (parameter > 1), x >> 1 | std::uint64_t{x & 1} << width};
        } else if constexpr (K == golomb_kind::rice) {
            return {v >> parameter, parameter, v};
        } else {
            auto const raised = v + (std::uint64_t{1} << parameter);
            auto const bits = static_cast<unsigned>(std::bit_width(raised)) - 1;
            return {bits - parameter, bits, raised};
        }
    }
    /// Bits of a number, a symbol of a band that has `width`.
    auto cost(std::uint32_t v, unsigned width) const noexcept -> std::uint64_t {
        auto const p = of(v);
        return p.zeros < limit ? p.zeros + 1 + p.bits : limit + width;
    }

    template <class W>
    void write(std::int32_t symbol, unsigned width, bit_writer &bits, W &w) const {
        auto const p = of(fold(symbol));
        if (p.zeros >= limit) return bits.put(0, limit, w), bits.put(static_cast<std::uint32_t>(symbol), width, w);
        auto const zeros = static_cast<unsigned>(p.zeros);
        auto const rest = static_cast<std::uint32_t>(p.rest & ((std::uint64_t{1} << p.bits) - 1));
        if (zeros + 1 + p.bits <= 32) return bits.put((rest << 1 | 1) << zeros, zeros + 1 + p.bits, w);
        bits.put(1u << zeros, zeros + 1, w);
        bits.put(rest, p.bits, w);
    }
    /// A symbol, perhaps wider than its band. Of an exponential code's number beyond 2^32, the lowest bits.
    auto read(unsigned width, bit_reader &bits) const noexcept -> std::int32_t {
        auto const zeros = static_cast<unsigned>(std::countr_zero(bits.peek(limit) | 1u << limit));
        if (zeros == limit) return bits.take(limit), static_cast<std::int32_t>(bits.get(width));
        bits.take(zeros + 1);
        std::uint32_t v = 0;
        if constexpr (K == golomb_kind::general) {
            auto r = bits.get(short_width());
            if (auto const few = short_remainders(); r >= few && parameter > 1) r = (r << 1 | bits.get(1)) - few;
            v = zeros * parameter + r;
        } else if constexpr (K == golomb_kind::rice) {
            v = zeros << parameter | bits.get(parameter);
        } else {
            auto const size = std::min(zeros + parameter, 32u);
            v = static_cast<std::uint32_t>((std::uint64_t{1} << size | bits.get(size)) -
                                           (std::uint64_t{1} << parameter));
        }
        return static_cast<std::int32_t>(v >> 1 ^ (0u - (v & 1)));
    }

    /// Sends the parameter, five bits and, of a divisor, those below its highest; both ways. False where there is none such.
    template <class Bits>
    auto code(Bits &&bits) -> bool {
        if constexpr (K != golomb_kind::general) return parameter = bits(parameter, 5), true;
        auto const width = bits(static_cast<std::uint32_t>(std::bit_width(parameter)), 5);
        if (width == 0) return false;
        auto const top = 1u << (width - 1);
        parameter = top | bits(parameter & (top - 1), width - 1);
        return true;
    }

    static constexpr auto fold(std::int32_t symbol) noexcept -> std::uint32_t {
        return static_cast<std::uint32_t>(symbol) << 1 ^ static_cast<std::uint32_t>(symbol >> 31);
    }

private:
    auto short_width() const noexcept -> unsigned {
        return parameter > 1 ? static_cast<unsigned>(std::bit_width(parameter - 1)) - 1 : 0;
    }
    /// Remainders below this take a bit less than the others.
    auto short_remainders() const noexcept -> std::uint32_t {
        return static_cast<std::uint32_t>((std::uint64_t{1} << std::bit_width(parameter - 1)) - parameter);
    }
};

/// Numbers of a class, counted on a scale that is exact below 16 and has eight steps an octave above.
struct golomb_counts {
    static constexpr std::size_t steps = 240;
    std::array<std::uint32_t, steps> count{};
    std::array<std::uint64_t, steps> sum{};

    void add(std::uint32_t v) noexcept {
        std::size_t step = v;
        if (v >= 16) {
            auto const e = static_cast<unsigned>(std::bit_width(v)) - 1;
            step = 8 * e - 16 + (v >> (e - 3) & 7);
        }
        ++count[step], sum[step] += v;
    }
    template <golomb_kind K>
    auto cost(golomb_code<K> const &code, unsigned width) const noexcept -> std::uint64_t {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < steps; ++i)
            if (count[i] > 0) bits += count[i] * code.cost(static_cast<std::uint32_t>(sum[i] / count[i]), width);
        return bits;
    }
    /// The best code: from what suits the mean, in steps that shrink.
    template <golomb_kind K>
    auto best(unsigned width) const -> golomb_code<K> {
        constexpr auto least = K == golomb_kind::general ? 1u : 0u, most = K == golomb_kind::general ? 1u << 30 : 31u;
        std::uint64_t n = 1, total = 0;
        for (std::size_t i = 0; i < steps; ++i) n += count[i], total += sum[i];
        // A geometric distribution halves in ln 2 times its mean.
        auto const half = static_cast<std::uint32_t>(std::min<std::uint64_t>(total / n * 11 / 16 + 1, 1u << 30));
        golomb_code<K> code;
        code.parameter = K == golomb_kind::general ? half : static_cast<std::uint32_t>(std::bit_width(half)) - 1;
        auto bits = cost(code, width);
        for (auto step = K == golomb_kind::general ? half / 4 + 1 : 4u; step > 0;) {
            bool better = false;
            for (auto const next : {code.parameter + step, code.parameter - step}) {
                if (next < least || next > most) continue; // below zero is above the most
                golomb_code<K> other;
                other.parameter = next;
                if (auto const b = cost(other, width); b < bits) code = other, bits = b, better = true;
            }
            if (!better) step /= 2;
        }
        return code;
    }
};
} // namespace detail

/// Golomb codes. Little more than bit packing in speed and size of code; from half a bit to a bit above the entropy where that is low. Any values.
template <golomb_kind K = golomb_kind::rice>
struct golomb {
    using order = fifo;
    static constexpr void describe(auto &d) {
        d("golomb", K == golomb_kind::rice ? "rice" : K == golomb_kind::general ? "general" : "exponential");
    }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        if (symbols.size() == 0) return;
        fitted fit(symbols);
        detail::bit_writer bits;
        for (auto &c : fit.of_class) c.code([&](std::uint32_t v, unsigned n) { return bits.put(v, n, w), v; });
        each_symbol(symbols, fit.classes, [&](T v, std::size_t of, unsigned width) {
            if (auto const &c = fit.of_class[of]; !c.constant) c.golomb.write(v, width, bits, w);
        });
        bits.finish(w);
    }

    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        if (symbols.size() == 0) return;
        model::detail::band_classes const classes(symbols.layout());
        triptych::detail::buffer<class_code> of_class(classes.count(), class_code{});
        if (!classes.ok() || !of_class.ok()) return r.fail(errc::memory);
        detail::bit_reader bits(r.rest());
        for (auto &c : of_class)
            if (!c.code([&](std::uint32_t, unsigned n) { return bits.get(n); })) return r.fail(errc::corrupt);
        each_symbol(symbols, classes, [&](T &v, std::size_t of, unsigned width) {
            auto const &c = of_class[of];
            auto const symbol = c.constant ? c.value : c.golomb.read(width, bits);
            v = static_cast<T>(sign_extend(static_cast<std::uint32_t>(symbol), width));
        });
        bits.finish(r);
    }

    /// What symbols cost, exactly.
    template <class B>
    auto rates(B const &symbols) const {
        return estimator(fitted(symbols));
    }

private:
    /// The code of a class, or the one value that it has.
    struct class_code {
        bool constant = true;
        std::int32_t value = 0;
        detail::golomb_code<K> golomb{};

        template <class Bits>
        auto code(Bits &&bits) -> bool {
            constant = bits(constant, 1) != 0;
            if (!constant) return golomb.code(bits);
            value = static_cast<std::int32_t>(bits(static_cast<std::uint32_t>(value), 32));
            return true;
        }
    };
    struct fitted {
        model::detail::band_classes classes;
        triptych::detail::buffer<class_code> of_class;

        template <class T, std::size_t R>
        explicit fitted(bands<T, R> const &symbols)
            : classes(symbols.layout()), of_class(classes.count(), class_code{}) {
            triptych::detail::buffer<detail::golomb_counts> counts(classes.count(), {});
            triptych::detail::buffer<std::uint8_t> widest(classes.count(), std::uint8_t{0});
            if (!classes.ok() || !of_class.ok() || !counts.ok() || !widest.ok())
                triptych::detail::raise<std::length_error>("there is no memory for the parameters");
            each_symbol(symbols, classes, [&](T v, std::size_t of, unsigned width) {
                auto &c = of_class[of];
                if (widest[of] == 0) c.value = v;
                c.constant = c.constant && v == c.value;
                widest[of] = std::max(widest[of], static_cast<std::uint8_t>(width));
                counts[of].add(detail::golomb_code<K>::fold(v));
            });
            for (std::size_t i = 0; i < classes.count(); ++i)
                if (!of_class[i].constant) of_class[i].golomb = counts[i].template best<K>(widest[i]);
        }
    };
    class estimator {
    public:
        explicit estimator(fitted fit) : fit_(std::move(fit)) {}
        template <class T, std::size_t R>
        auto bits(bands<T, R> const &symbols, std::size_t band, std::size_t, std::int32_t v) const noexcept -> float {
            auto const &c = fit_.of_class[fit_.classes[band]];
            if (c.constant && c.value == v) return 0;
            return static_cast<float>(c.golomb.cost(detail::golomb_code<K>::fold(v), width_of<T>(symbols.info(band))));
        }

    private:
        fitted fit_;
    };

    /// Each symbol in buffer order, with the class and the width of its band.
    template <class B, class F>
    static void each_symbol(B &symbols, model::detail::band_classes const &classes, F &&f) {
        using T = typename std::remove_const_t<B>::value_type;
        for (auto const &g : symbols.layout().groups()) {
            auto *at = symbols.data() + g.offset;
            for (std::size_t p = 0; p < g.samples && g.count == 1;) {
                auto const of = classes[g.first];
                auto const width = width_of<T>(symbols.info(g.first));
                for (; p < g.samples; ++p) f(*at++, of, width);
            }
            for (std::size_t p = 0; p < g.samples && g.count > 1; ++p)
                for (std::size_t k = 0; k < g.count; ++k)
                    f(*at++, classes[g.first + k], width_of<T>(symbols.info(g.first + k)));
        }
    }
};

static_assert(coder_for<golomb<>, bands<std::int16_t, 2>> && rate_aware<golomb<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
