// triptych/coder/model/adaptive.hpp: adaptive statistics of order 0, for data whose neighbours tell nothing.
//
// Tokens (tokens.hpp) of each class of bands (see table.hpp) are a binary tree of adaptive counters, with raw bits
// behind. No table travels, so it suits records of a few hundred symbols, and statistics that drift.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/parts/digits.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {
/// Bands of as many classes have statistics of their own.
inline constexpr std::size_t adaptive_sets = 256;

/// Codes all symbols in buffer order: `value(set of the band, symbol, width) -> symbol`. False without memory.
template <class E, class B, class F>
auto code_by_class(E &engine, B &symbols, F &&value) noexcept(E::decoding) -> bool {
    using T = typename std::remove_const_t<B>::value_type;
    band_classes const classes(symbols.layout());
    if (!classes.ok()) return false;
    for (auto const &g : symbols.layout().groups()) {
        auto *at = symbols.data() + g.offset;
        for (std::size_t p = 0; p < g.samples; ++p) {
            if constexpr (requires { engine.exhausted(); })
                if (engine.exhausted()) return true;
            for (std::size_t k = 0; k < g.count; ++k, ++at) {
                auto const set = classes[g.first + k] % adaptive_sets;
                auto const v = value(set, static_cast<std::int32_t>(*at), width_of<T>(symbols.info(g.first + k)));
                if constexpr (E::decoding) *at = static_cast<T>(v);
                if constexpr (requires { engine.note(0, 0, 0, v); })
                    engine.note(static_cast<std::size_t>(at - symbols.data()), set, 0, v);
            }
        }
    }
    return true;
}

template <unsigned Fast, unsigned Slow>
class adaptive_state {
public:
    adaptive_state() noexcept : trees_(adaptive_sets * 128, {}) {}
    auto ok() const noexcept -> bool { return ok_ && trees_.ok(); }

    static constexpr std::size_t rate_rows = adaptive_sets; ///< see rate table.hpp

    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        ok_ = code_by_class(engine, symbols, [&](std::size_t set, std::int32_t v, unsigned width) {
            return value(engine, set, v, width);
        });
    }

private:
    template <class E>
    auto value(E &engine, std::size_t set, std::int32_t v, unsigned width) -> std::int32_t {
        auto const wanted = coder::token::of(v);
        auto *const tree = &trees_[set * 128];
        std::uint32_t node = 1;
        for (int i = 6; i >= 0; --i) {
            auto &c = tree[node];
            bool const b = engine.bit(std::clamp<std::uint32_t>(c.p(), 16, 65520), (wanted.value >> i) & 1);
            c.learn(b);
            node = node << 1 | static_cast<std::uint32_t>(b);
        }
        coder::token got{std::min(node & 127, coder::token::count - 1), 0};
        if (auto const n = coder::token::extra(got.value)) got.rest = engine.direct(wanted.rest, n);
        return sign_extend(static_cast<std::uint32_t>(got.symbol()), width);
    }

    triptych::detail::buffer<counter<Fast, Slow>> trees_;
    bool ok_ = true;
};

/// The same in digits.
class adaptive_digits {
    using digits = digit_statistics<6, adaptive_sets, 32>;

public:
    adaptive_digits() noexcept : digits_([](std::size_t) { return laplacian<digits::cdf>(16384); }) {}
    auto ok() const noexcept -> bool { return ok_ && digits_.ok(); }

    static constexpr std::size_t rate_rows = adaptive_sets; ///< see rate table.hpp

    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        ok_ = code_by_class(engine, symbols, [&](std::size_t set, std::int32_t v, unsigned width) {
            return digits_.value(engine, set, set % 32, v, width);
        });
    }

private:
    digits digits_;
    bool ok_ = true;
};
} // namespace detail

/// Adaptive, without neighbours, for `coder::range` and `coder::multisymbol`.
struct adaptive {
    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("adaptive"); }
    using statistics = detail::adaptive_state<5, 8>;
    using digits = detail::adaptive_digits;
};

} // namespace triptych::inline TRIPTYCH_ABI::model
