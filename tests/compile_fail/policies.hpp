// tests/compile_fail/policies.hpp: policies that are right, for the others to be wrong in one thing.
#pragma once

#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

using namespace triptych;
using B = bands<std::int16_t, 2>;

struct good_transform {
    static constexpr bool reversible = true;
    auto arrange(layout<2> const &in) const -> layout<2> { return in; }
    auto forward(B x) const -> B { return x; }
    auto inverse(B x, layout<2> const &) const -> B { return x; }
};

struct closed_transform {
    static constexpr bool reversible = true;
    auto arrange(layout<2> const &in) const -> layout<2> { return in; }
    template <class Symbol, class Value>
    auto forward(B x, Symbol const &symbol, Value const &) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = static_cast<std::int16_t>(symbol(x.data()[i], x.info(0)));
        return x;
    }
    template <class Value>
    auto inverse(B x, layout<2> const &, Value const &value) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = static_cast<std::int16_t>(value(x.data()[i], x.info(0)));
        return x;
    }
};

struct good_quantizer {
    struct setting {};
    auto plan(B const &, target const &) const -> setting { return {}; }
    auto arrange(layout<2> const &in, setting const &) const -> layout<2> { return in; }
    auto quantize(B x, setting const &) const -> B { return x; }
    auto dequantize(B x, setting const &, layout<2> const &) const -> B { return x; }
    void write(setting const &, byte_writer &) const {}
    auto read(byte_reader &) const -> setting { return {}; }
};

struct good_coder {
    void encode(B const &, byte_writer &) const {}
    void decode(B &, byte_reader &) const {}
};

inline constexpr picture_view<std::uint8_t, 2> some{};
