// triptych/coder/engine/frequency_table.hpp: tables of frequencies, for the engines that are asymmetric numeral systems.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/engine/static_tables.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/coder/parts/width_coder.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

struct no_parameters {};
template <class Model>
struct parameters_of {
    using type = no_parameters;
};
template <parametric_model Model>
struct parameters_of<Model> {
    using type = typename Model::parameters;
};

/// The interval of [0, 2^12) that each token has, as a model makes them; a table of one token gives it all.
template <class Model>
struct frequency_table {
    static constexpr unsigned precision = 12;
    static constexpr std::uint32_t whole = 1u << precision;

    std::array<interval, alphabet::most_tokens> token{};

    [[no_unique_address]]
    typename parameters_of<Model>::type parameters{}; ///< from which the intervals follow, if there are any

    static auto of(typename Model::histogram const &counts, [[maybe_unused]] alphabet const &letters)
        -> frequency_table {
        frequency_table table;
        if constexpr (parametric_model<Model>) {
            table.parameters = Model::fit(counts, letters, precision).best;
            table.token = Model::intervals(table.parameters, letters, precision);
        } else {
            table.token = Model::intervals(counts, precision);
        }
        return table;
    }
    auto has(std::uint32_t t) const noexcept -> bool { return token[t].freq > 0; }
    /// All symbols are one token: nothing is coded.
    auto single() const noexcept -> bool {
        return std::any_of(token.begin(), token.end(), [](interval const &i) { return i.freq == whole; });
    }
    /// Bits of a token; many for one that does not occur.
    auto rate(std::uint32_t t) const noexcept -> float {
        return has(t) ? std::log2(static_cast<float>(whole) / static_cast<float>(token[t].freq)) : 14.0F;
    }

    /// The parameters, where the model has any: six bits of scale and eight of the largest token. Else frequencies as lengths and mantissas, or the
    /// one token there is. Both directions; false where they are beyond the alphabet, or do not add up to the whole.
    template <class E>
    auto code(E &engine, width_coder &numbers, alphabet const &letters) -> bool {
        if constexpr (parametric_model<Model>) {
            auto &p = parameters;
            p.scale = engine.direct(p.scale, 6), p.top = engine.direct(p.top, 8);
            if (p.top >= letters.tokens()) return false;
            token = Model::intervals(p, letters, precision);
            return true;
        } else {
            return code_frequencies(engine, numbers, letters.tokens());
        }
    }

private:
    template <class E>
    auto code_frequencies(E &engine, width_coder &numbers, std::uint32_t count) -> bool {
        std::uint32_t alone = 0;
        for (std::uint32_t t = 0; t < count; ++t)
            if (token[t].freq == whole) alone = t;
        if (engine.direct(token[alone].freq == whole, 1) != 0) {
            alone = engine.direct(alone, 8);
            token = {}, token[alone].freq = whole;
            return alone < count;
        }
        std::uint32_t sum = 0, t = 0;
        for (; t < count && sum < whole; ++t) {
            auto &f = token[t].freq;
            auto const length = numbers.code(engine, t, static_cast<std::uint32_t>(std::bit_width(f)));
            if (length > precision) return false;
            if (length > 1) f = 1u << (length - 1) | engine.direct(f & ((1u << (length - 1)) - 1), length - 1);
            if (length < 2) f = length;
            token[t].start = sum;
            sum += f;
        }
        numbers.end(t);
        for (; t < token.size(); ++t) token[t] = {whole, 0};
        return sum == whole;
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
