// triptych/conformance/model.hpp: the four laws of a model of symbols; docs/concepts/coder.md has them in words.
//
// A model says how likely each symbol is, in integers, and a coder decodes nothing but nonsense where these do not fit together:
// what may occur has a chance, what may not has none, the chances fill the whole without a gap, and nothing is certain while there is
// an alternative. (The constraints of R. Bamler's constriction, src/stream/model.rs.) Static models are asked for their intervals; adaptive
// ones code bands through an engine that looks at each probability, once as an encoder and once with bits that no encoder wrote.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include <triptych/coder/engine/adaptive_coding.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/conformance/cases.hpp>
#include <triptych/conformance/quantizer.hpp>
#include <triptych/quality.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// A model with tables that are counted, for `coder::rans` and `coder::huffman`.
template <class M>
concept counted_model = requires(typename M::histogram const &h) {
    M::intervals(h, 12u);
    { M::intervals(h, 12u)[0].freq } -> std::convertible_to<std::uint32_t>;
};
/// A model that codes bands through an engine for bits, for `coder::range`.
template <class M>
concept stepping_model = requires(typename M::statistics const &s) {
    { s.ok() } -> std::same_as<bool>;
};

template <counted_model M>
void static_model_laws(conformance_options const &o, conformance_report &report) {
    report.role("static model");
    small_random random(o.seed);
    typename M::histogram h{};
    for (std::size_t round = 0; round < 600; ++round) {
        // None, one, two, some or all tokens; counts alike, or from 1 to 2^24.
        for (auto &c : h) c = 0;
        auto const kinds = round % 6 < 3 ? round % 6 : round % 6 == 3 ? h.size() : 1 + random.below(h.size());
        for (std::size_t i = 0; i < kinds; ++i) {
            auto const at = kinds == h.size() ? i : random.below(h.size());
            h[at] = static_cast<std::uint32_t>(1 + (random.below(1u << 24) >> (round % 2 ? 0 : random.below(24))));
        }
        auto const occurring =
            static_cast<std::size_t>(std::count_if(h.begin(), h.end(), [](auto c) { return c > 0; }));
        for (unsigned bits = 12; bits <= 16; ++bits) {
            auto const where = [&] {
                return std::to_string(occurring) + " tokens in " + std::to_string(bits) + " bits, round " +
                       std::to_string(round);
            };
            auto const table = M::intervals(h, bits);
            auto const whole = std::uint64_t{1} << bits;
            std::uint64_t next = 0;
            bool adjacent = true, possible = true, impossible = true, certain = false;
            for (std::size_t i = 0; i < table.size(); ++i) {
                adjacent = adjacent && (table[i].freq == 0 || table[i].start == next);
                next += table[i].freq;
                possible = possible && (h[i] == 0 || table[i].freq > 0);
                impossible = impossible && (h[i] > 0 || occurring == 0 || table[i].freq == 0);
                certain = certain || table[i].freq >= whole;
            }
            report.check(possible, "what occurs has a probability above zero", where);
            report.check(impossible, "what does not occur has none", where);
            report.check(adjacent && next == whole, "intervals cover the whole without a gap", where);
            report.check(!certain || occurring < 2, "nothing is certain that has an alternative", where);
        }
    }
}

/// A static model whose tables follow from a scale and the largest token: that and all below may occur.
template <class M>
concept family_of_tables = requires(typename M::parameters const &p) {
    { M::scales } -> std::convertible_to<std::uint32_t>;
    M::intervals(p, coder::alphabet(), 12u);
};
template <family_of_tables M>
void family_laws(conformance_report &report) {
    report.role("family of static tables");
    for (auto const bits : {12u, 16u})
        for (auto const split : {4u, 6u, 8u})
            for (std::uint32_t variant = 0; variant < 3; ++variant) {
                coder::alphabet letters;
                letters.split = split, letters.counts = variant > 0, letters.base = variant == 2 ? -7 : 0;
                for (std::uint32_t scale = 0; scale < M::scales; ++scale)
                    for (auto top : {0u, 1u, 2u, 17u, letters.tokens() - 1}) {
                        auto const where = [&] {
                            return "scale " + std::to_string(scale) + ", largest token " + std::to_string(top) +
                                   ", split " + std::to_string(split) + ", " + std::to_string(bits) + " bits";
                        };
                        auto const table = M::intervals({scale, top}, letters, bits);
                        std::uint64_t next = 0;
                        bool adjacent = true, possible = true, impossible = true, certain = false;
                        for (std::uint32_t i = 0; i < table.size(); ++i) {
                            adjacent = adjacent && (table[i].freq == 0 || table[i].start == next);
                            next += table[i].freq;
                            possible = possible && (i > top || table[i].freq > 0);
                            impossible = impossible && (i <= top || table[i].freq == 0);
                            certain = certain || table[i].freq >= 1u << bits;
                        }
                        report.check(possible, "what occurs has a probability above zero", where);
                        report.check(impossible, "what does not occur has none", where);
                        report.check(adjacent && next == 1u << bits, "intervals cover the whole without a gap", where);
                        report.check(!certain || top == 0, "nothing is certain that has an alternative", where);
                    }
            }
}

/// Looks at each probability. As a decoder it gives bits at random, more or less as likely as they are said to be.
template <bool Decoding>
class watching_engine {
public:
    static constexpr bool decoding = Decoding;
    explicit watching_engine(std::uint64_t seed) noexcept : random_(seed) {}

    auto bit(std::uint32_t p1, bool b = false) noexcept -> bool {
        ++asked_;
        sound_ = sound_ && p1 > 0 && p1 < 65536;
        return Decoding ? random_.below(65536) < (asked_ % 7 ? p1 : 32768u) : b;
    }
    auto direct(std::uint32_t v, unsigned n) noexcept -> std::uint32_t {
        sound_ = sound_ && n <= 32;
        return Decoding ? static_cast<std::uint32_t>(random_()) & static_cast<std::uint32_t>((1ull << n) - 1) : v;
    }
    auto sound() const noexcept -> bool { return sound_; }
    auto asked() const noexcept -> std::uint64_t { return asked_; }

private:
    small_random random_;
    std::uint64_t asked_ = 0;
    bool sound_ = true;
};

template <class B, stepping_model M>
void adaptive_model_laws(M const &model, conformance_options const &o, conformance_report &report) {
    using T = typename B::value_type;
    constexpr auto R = B::rank;
    report.role("adaptive model of " + bands_text<T, R>());
    extents<R> shape;
    for (std::size_t axis = 0; axis < R; ++axis) shape[axis] = axis + 2 < R ? 3 : 24;
    std::uint64_t asked = 0;
    std::size_t turn = 0;
    constexpr std::array<fixed_step, 4> steps{{{0}, {2048}, {1}, {std::uint64_t{1} << 40}}};
    for (std::size_t variant = 0; variant < layout_variants; ++variant)
        for (std::size_t kind = 0; kind < content::kinds; ++kind) {
            if (turn++ % std::max<std::size_t>(o.every / 2, 1) != 0) continue;
            auto const step = steps[(variant + kind) % steps.size()];
            auto const where = [&] {
                return bands_text<T, R>() + ", layout " + std::to_string(variant) + ", content " +
                       std::to_string(kind) + ", step " + std::to_string(step.q8) + " / 256";
            };
            B x(layout_to_try<R>(shape, variant, 8 * sizeof(T)));
            fill(x, kind, o.seed + variant);
            using statistics = typename M::statistics;
            auto encoding = coder::detail::fresh_statistics<statistics>(model, step);
            auto decoding = coder::detail::fresh_statistics<statistics>(model, step);
            watching_engine<false> writes(o.seed);
            watching_engine<true> reads(o.seed + 99 * variant + kind);
            B const &symbols = x;
            encoding.code(writes, symbols);
            report.check(writes.sound(), "every probability lies between 0 and 1, exclusive", where);
            B y(x.layout(), T{0});
            decoding.code(reads, y);
            report.check(reads.sound(), "every probability lies between 0 and 1, exclusive, whatever was decoded",
                         where);
            asked += writes.asked();
        }
    report.check(asked > 0, "a model asks for probabilities", [] { return std::string("no bit was coded"); });
}

/// Laws of a model, with bands as far as it needs any.
template <class B, class M>
void model_laws(M const &model, conformance_options const &o, conformance_report &report) {
    if constexpr (counted_model<M>) {
        if constexpr (std::is_same_v<B, bands<std::int16_t, 2>>) static_model_laws<M>(o, report);
    } else if constexpr (family_of_tables<M>) {
        if constexpr (std::is_same_v<B, bands<std::int16_t, 2>>) family_laws<M>(report);
    } else if constexpr (stepping_model<M>) {
        adaptive_model_laws<B>(model, o, report);
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
