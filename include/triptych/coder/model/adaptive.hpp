// triptych/coder/model/adaptive.hpp: order 0, learned on the way; for data whose neighbours say nothing.
//
// Tokens (tokens.hpp) of each class of bands (see table.hpp) as a binary tree of adaptive counters, with raw bits behind. No table travels, so it suits
// records of a few hundred symbols, and statistics that drift.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/model/logistic.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/order.hpp>
#include <triptych/coder/tokens.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {
template <unsigned Fast, unsigned Slow>
class adaptive_state {
    static constexpr std::size_t sets = 256;

public:
    adaptive_state() noexcept : trees_(sets * 128, {}) {}
    auto ok() const noexcept -> bool { return ok_ && trees_.ok(); }

    static constexpr std::size_t price_rows = sets; ///< see ledger.hpp

    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        using T = typename std::remove_const_t<B>::value_type;
        band_classes const classes(symbols.layout());
        if (!classes.ok()) {
            ok_ = false;
            return;
        }
        for (auto const &g : symbols.layout().groups()) {
            auto *at = symbols.data() + g.offset;
            for (std::size_t p = 0; p < g.samples; ++p) {
                if constexpr (requires { engine.exhausted(); })
                    if (engine.exhausted()) return;
                for (std::size_t k = 0; k < g.count; ++k, ++at) {
                    auto const v = value(engine, classes[g.first + k], static_cast<std::int32_t>(*at),
                                         coder::width_of<T>(symbols.info(g.first + k)));
                    if constexpr (E::decoding) *at = static_cast<T>(v);
                    if constexpr (requires { engine.note(0, 0, 0, v); })
                        engine.note(static_cast<std::size_t>(at - symbols.data()), classes[g.first + k] % sets, 0, v);
                }
            }
        }
    }

private:
    template <class E>
    auto value(E &engine, std::size_t kind, std::int32_t v, unsigned width) -> std::int32_t {
        auto const wanted = coder::token::of(v);
        auto *const tree = &trees_[(kind % sets) * 128];
        std::uint32_t node = 1;
        for (int i = 6; i >= 0; --i) {
            auto &c = tree[node];
            bool const b = engine.bit(std::clamp<std::uint32_t>(c.p(), 16, 65520), (wanted.value >> i) & 1);
            c.learn(b);
            node = node << 1 | static_cast<std::uint32_t>(b);
        }
        coder::token got{std::min(node & 127, coder::token::count - 1), 0};
        if (auto const n = coder::token::extra(got.value)) got.rest = engine.direct(wanted.rest, n);
        return coder::sign_extend(static_cast<std::uint32_t>(got.symbol()), width);
    }

    triptych::detail::buffer<counter<Fast, Slow>> trees_;
    bool ok_ = true;
};
} // namespace detail

/// Adaptive, without neighbours, for `coder::range`.
struct adaptive {
    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("adaptive"); }
    using statistics = detail::adaptive_state<5, 8>;
};

} // namespace triptych::inline TRIPTYCH_ABI::model
