// tests/archetypes.hpp: one stingy policy for each concept and refinement, that offers what its concept says and nothing more.
//
// A codec that compiles with these calls policies exactly as the pages in docs/concepts promise. Stingy means: no templates (one
// kind of bands), no conversions (a `greedy` argument type rejects anything that is not exactly right), no copies of bands, no
// default construction where none is asked for, and all other members deleted.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/stream/writer.hpp>

namespace archetype {
using namespace triptych;
using B = bands<std::int16_t, 2>;
using L = layout<2>;
using info = band_info<2>;

/// What no policy needs to offer: comparison, address, comma.
struct stingy {
    stingy() = default;
    void operator&() const = delete;
    template <class X>
    void operator,(X &&) const = delete;
    friend bool operator==(stingy const &, stingy const &) = delete;
};

/// Takes exactly T: any other type, even one that converts, is refused.
template <class T, class U>
concept exactly = std::same_as<std::remove_cvref_t<U>, T>;

// --- transforms -----------------------------------------------------------------------------------------------------------------

struct transform : stingy {
    auto arrange(exactly<L> auto const &in) const -> L { return in; }
    auto forward(B x) const -> B { return x; }
    auto inverse(B x, exactly<L> auto const &) const -> B { return x; }
    void arrange(L &&) = delete;
};

/// Enough to decode.
struct synthesis : stingy {
    auto arrange(L const &in) const -> L { return in; }
    auto inverse(B x, L const &) const -> B { return x; }
};

struct reversible_transform : transform {
    static constexpr bool reversible = true;
};

struct tileable_transform : transform {
    static constexpr std::size_t tile_height = 4, tile_margin = 0;
};

/// Only the form with a target.
struct target_aware_transform : stingy {
    auto arrange(L const &in) const -> L { return in; }
    auto forward(B x, exactly<target> auto const &) const -> B { return x; }
    auto inverse(B x, L const &) const -> B { return x; }
};

/// Only the inverse that is told the step.
struct step_aware_transform : stingy {
    auto arrange(L const &in) const -> L { return in; }
    auto forward(B x) const -> B { return x; }
    auto inverse(B x, exactly<L> auto const &, exactly<fixed_step> auto const &step) const -> B {
        told = step.q8;
        return x;
    }
    static inline std::uint64_t told = 0;
};

/// Each value is predicted by the one that the decoder will have had before it.
struct closed_loop_transform : stingy {
    auto arrange(L const &in) const -> L { return in; }
    template <class Symbol, class Value>
    requires requires(Symbol const &s, Value const &v, std::int32_t x, info const &i) {
        { s(x, i) } -> std::same_as<std::int32_t>;
        { v(x, i) } -> std::same_as<std::int32_t>;
    }
    auto forward(B x, Symbol const &symbol, Value const &value) const -> B {
        for (std::size_t b = 0; b < x.count(); ++b) {
            info const &i = x.info(b);
            std::int32_t before = 0;
            for (std::size_t p = 0; p < x[b].size(); ++p) {
                auto &v = x.data()[i.offset + p];
                std::int32_t const q = symbol(v - before, i);
                before = static_cast<std::int16_t>(before + value(q, i));
                v = static_cast<std::int16_t>(q);
            }
        }
        return x;
    }
    template <class Value>
    auto inverse(B x, L const &, Value const &value) const -> B {
        for (std::size_t b = 0; b < x.count(); ++b) {
            info const &i = x.info(b);
            std::int32_t before = 0;
            for (std::size_t p = 0; p < x[b].size(); ++p) {
                auto &v = x.data()[i.offset + p];
                before = static_cast<std::int16_t>(before + value(v, i));
                v = static_cast<std::int16_t>(before);
            }
        }
        return x;
    }
};

/// Subtracts the first sample of the first band, which travels ahead. Not default-constructed by the codec's panels: only copied.
struct per_picture_transform : stingy {
    auto arrange(L const &in) const -> L { return in; }
    auto forward(B x) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int16_t>(x.data()[i] - first);
        return x;
    }
    auto inverse(B x, L const &) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int16_t>(x.data()[i] + first);
        return x;
    }
    auto prepare(exactly<B> auto const &x) const -> per_picture_transform {
        per_picture_transform fitted;
        fitted.first = x.size() ? x.data()[0] : std::int16_t{0};
        return fitted;
    }
    void write(exactly<byte_writer> auto &w) const { w.signed_varint(first); }
    auto restore(byte_reader &r) const -> per_picture_transform {
        per_picture_transform restored;
        restored.first = static_cast<std::int16_t>(r.signed_varint());
        return restored;
    }
    std::int16_t first = 0;
};

// --- quantizers -----------------------------------------------------------------------------------------------------------------

struct quantizer : stingy {
    struct setting : stingy {
        std::int32_t step = 1;
    };
    auto plan(exactly<B> auto const &, exactly<target> auto const &aim) const -> setting {
        setting s;
        s.step = aim.step > 1 ? static_cast<std::int32_t>(aim.step) : 1;
        return s;
    }
    auto arrange(exactly<L> auto const &in, exactly<setting> auto const &) const -> L { return in; }
    auto quantize(B x, exactly<setting> auto const &s) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int16_t>(x.data()[i] / s.step);
        return x;
    }
    auto dequantize(B x, exactly<setting> auto const &s, exactly<L> auto const &) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int16_t>(x.data()[i] * s.step);
        return x;
    }
    void write(exactly<setting> auto const &s, exactly<byte_writer> auto &w) const {
        w.varint(static_cast<std::uint64_t>(s.step));
    }
    auto read(byte_reader &r) const -> setting {
        setting s;
        s.step = static_cast<std::int32_t>(r.varint(1 << 15));
        if (s.step == 0) r.fail(errc::corrupt);
        return s;
    }
};

/// Of a band and a setting made ahead, for strips.
struct planning_quantizer : quantizer {
    using quantizer::plan;
    auto plan(exactly<target> auto const &aim) const -> setting { return quantizer::plan(B(), aim); }
};

struct scalar_quantizer : quantizer {
    struct loop : stingy {
        auto symbol(std::int32_t v, exactly<info> auto const &) -> std::int32_t { return v / step; }
        auto value(std::int32_t q, exactly<info> auto const &) -> std::int32_t { return q * step; }
        std::int32_t step = 1;
    };
    auto scalar(exactly<setting> auto const &s) const -> loop {
        loop l;
        l.step = s.step;
        return l;
    }
};

/// Only the form with a target.
struct target_using_quantizer : quantizer {
    auto quantize(B x, exactly<setting> auto const &s, exactly<target> auto const &) const -> B {
        return quantizer::quantize(std::move(x), s);
    }
    auto quantize(B x, exactly<setting> auto const &s) const -> B = delete;
};

/// Says its step.
struct stepping_quantizer : quantizer {
    auto step(exactly<setting> auto const &s) const -> fixed_step { return {static_cast<std::uint64_t>(s.step) << 8}; }
};

struct exact_quantizer : quantizer {
    static constexpr bool can_be_exact = true;
};

/// Drops a value to zero where a price says so.
struct rate_using_quantizer : quantizer {
    template <class Rates>
    requires requires(Rates const &r, B const &x) {
        { r.bits(x, std::size_t{}, std::size_t{}, std::int32_t{}) } -> std::convertible_to<float>;
    }
    auto decide(B q, exactly<B> auto const &, exactly<setting> auto const &, Rates const &rates,
                exactly<target> auto const &) const -> B {
        for (std::size_t b = 0; b < q.count(); ++b)
            for (std::size_t p = 0; p < q[b].size(); ++p) {
                auto const at = q.info(b).offset + p;
                if (static_cast<float>(rates.bits(q, b, at, q.data()[at])) > 12) q.data()[at] = 0;
            }
        return q;
    }
};

/// Sends how large the largest symbol was, for it could not know before.
struct refitting_quantizer : quantizer {
    struct setting : quantizer::setting {
        std::int16_t largest = 0;
    };
    auto plan(exactly<B> auto const &x, exactly<target> auto const &aim) const -> setting {
        return {quantizer::plan(x, aim), 0};
    }
    auto arrange(exactly<L> auto const &in, exactly<setting> auto const &) const -> L { return in; }
    auto quantize(B x, exactly<setting> auto const &s) const -> B { return quantizer::quantize(std::move(x), same(s)); }
    auto refit(exactly<B> auto const &, exactly<B> auto const &symbols, exactly<setting> auto const &s,
               exactly<target> auto const &) const -> setting {
        setting better = s;
        for (std::size_t i = 0; i < symbols.size(); ++i)
            if (symbols.data()[i] > better.largest) better.largest = symbols.data()[i];
        return better;
    }
    auto dequantize(B x, exactly<setting> auto const &s, exactly<L> auto const &in) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i)
            if (x.data()[i] > s.largest) x.data()[i] = s.largest;
        return quantizer::dequantize(std::move(x), same(s), in);
    }
    void write(exactly<setting> auto const &s, exactly<byte_writer> auto &w) const {
        quantizer::write(same(s), w);
        w.signed_varint(s.largest);
    }
    auto read(byte_reader &r) const -> setting {
        setting s{quantizer::read(r), 0};
        s.largest = static_cast<std::int16_t>(r.signed_varint());
        return s;
    }

private:
    static auto same(quantizer::setting const &s) -> quantizer::setting const & { return s; }
};

// --- coders ---------------------------------------------------------------------------------------------------------------------

struct coder : stingy {
    void encode(exactly<B> auto const &x, exactly<byte_writer> auto &w) const {
        for (std::size_t i = 0; i < x.size(); ++i) w.signed_varint(x.data()[i]);
    }
    void decode(B &x, byte_reader &r) const {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int16_t>(r.signed_varint());
    }
};

/// Is told the step of its symbols, both ways.
struct step_aware_coder : stingy {
    void encode(exactly<B> auto const &x, exactly<byte_writer> auto &w, exactly<fixed_step> auto const &step) const {
        w.varint(step.q8), coder().encode(x, w);
    }
    void decode(B &x, byte_reader &r, exactly<fixed_step> auto const &step) const {
        if (r.varint() != step.q8) r.fail(errc::corrupt);
        coder().decode(x, r);
    }
};

struct rate_aware_coder : coder {
    struct estimator {
        auto bits(exactly<B> auto const &, std::size_t, std::size_t, std::int32_t v) const -> float {
            return v > -64 && v < 64 ? 8 : 16;
        }
    };
    auto rates(B const &) const -> estimator { return {}; }
};

struct streaming_coder : coder {
    struct encoder_type : stingy {
        void put(exactly<B> auto const &x, exactly<byte_writer> auto &w) { coder().encode(x, w); }
        void finish(exactly<byte_writer> auto &w) { w.u8(0x5a); }
    };
    struct decoder_type : stingy {
        void get(B &x, byte_reader &r) { coder().decode(x, r); }
        void finish(byte_reader &r) {
            if (r.u8() != 0x5a) r.fail(errc::corrupt);
        }
    };
    auto encoder() const -> encoder_type { return {}; }
    auto decoder(byte_reader &) const -> decoder_type { return {}; }
};

/// Decides symbols by itself, from the coefficients: all that are small are zeros.
struct optimising_coder : coder {
    struct estimator : rate_aware_coder::estimator {
        template <class Unit>
        void optimise(exactly<B> auto &symbols, exactly<B> auto const &x, Unit const &unit, float lambda) const {
            for (std::size_t b = 0; b < x.count(); ++b)
                for (std::size_t p = 0; p < x[b].size(); ++p) {
                    auto const at = x.info(b).offset + p;
                    if (static_cast<float>(x.data()[at]) * unit(b) < lambda) symbols.data()[at] = 0;
                }
        }
    };
    auto rates(B const &) const -> estimator { return {}; }
};

/// All high bytes, then all low ones, which may be missing.
struct embedded_coder : coder {
    void encode(exactly<B> auto const &x, exactly<byte_writer> auto &w) const {
        for (unsigned const shift : {8u, 0u})
            for (std::size_t i = 0; i < x.size(); ++i)
                w.u8(static_cast<std::uint8_t>(static_cast<std::uint16_t>(x.data()[i]) >> shift));
    }
    void decode(B &x, byte_reader &r) const {
        for (unsigned const shift : {8u, 0u})
            for (std::size_t i = 0; i < x.size(); ++i) set(x.data()[i], shift, r.u8());
    }
    void decode_prefix(B &x, byte_reader &r) const {
        for (unsigned const shift : {8u, 0u})
            for (std::size_t i = 0; i < x.size(); ++i)
                set(x.data()[i], shift, r.remaining() > 0 ? r.u8() : 0x80u >> shift);
    }

private:
    static void set(std::int16_t &v, unsigned shift, unsigned byte) {
        auto const before = shift ? 0u : static_cast<unsigned>(static_cast<std::uint16_t>(v));
        v = static_cast<std::int16_t>(before | byte << shift);
    }
};

} // namespace archetype
