// triptych/quantizer/residual.hpp: a vector quantizer of more entries than can be stored, as sums of the entries of
// small books.
//
// Each stage has a book for what the stages before it left over (Juang and Gray 1982, multiple stage vector
// quantization). So Stages books of K entries stand for K^Stages vectors, and every stage sees all elements. A beam
// search looks for the nearest sum, because the entry that is nearest in the first stage need not be part of it.
// Entries are learned, <triptych/learn/quantizer/residual.hpp>. As with `codebook` their number bounds the quality,
// whatever the goal; where none fit, the quantizer does nothing.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/quantizer/detail/code_book.hpp>
#include <triptych/quantizer/detail/no_setting.hpp>
#include <triptych/quantizer/detail/residual_search.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// At most Stages books of K entries are learned: `entries` are stages × entries × bands. Symbols are side bands and a band of indices for each
/// stage, in the place of the first signal band. `Beam` sums go on from stage to stage in the encoder; streams do not tell.
template <std::size_t Stages, std::size_t K = 256, std::size_t Beam = 8>
struct residual : detail::code_book<3>, detail::no_setting {
    static_assert(Stages >= 1 && Stages <= max_lists, "residual: 1 to 64 stages");
    static_assert(K >= 1 && K <= max_entries, "residual: 1 to 32768 entries");
    static_assert(Beam >= 1, "residual: a beam of at least one sum");

    static constexpr bool can_be_exact = false;
    static constexpr void describe(auto &d) { d("residual", Stages, K); }

    auto stages() const noexcept -> std::size_t { return entries.shape().extent[0]; }

    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &) const -> layout<R> {
        return in.ok() && fits(in) ? index_layout(in, std::bit_width(count() - 1) + 1, stages()) : in;
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        if (!x.ok() || !fits(x.layout())) return x;
        B out(arrange(x.layout(), s));
        if (!out.ok()) return out;
        auto const k = count(), m = elements();
        std::vector<std::size_t> signal;
        for (std::size_t b = 0; b < x.count(); ++b)
            if (x.info(b).at.kind == role::signal) signal.push_back(b);
        // In the units of the bands; element by element, so that distances to all entries of a stage are a loop of vectors.
        std::vector<double> columns(stages() * m * k);
        for (std::size_t j = 0; j < stages(); ++j)
            for (std::size_t i = 0; i < k; ++i)
                for (std::size_t e = 0; e < m; ++e)
                    columns[(j * m + e) * k + i] = std::ldexp(entries[(j * k + i) * m + e], x.info(signal[e]).frac);
        auto const distances = [&](std::size_t stage, double const *rest, double *to) {
            std::fill(to, to + k, 0.0);
            for (std::size_t e = 0; e < m; ++e) {
                auto const *const column = columns.data() + (stage * m + e) * k;
                for (std::size_t i = 0; i < k; ++i) to[i] += (rest[e] - column[i]) * (rest[e] - column[i]);
            }
        };
        auto const subtract = [&](std::size_t stage, std::size_t i, double *rest) {
            for (std::size_t e = 0; e < m; ++e) rest[e] -= columns[(stage * m + e) * k + i];
        };
        detail::residual_search<double> search(stages(), k, m, Beam);
        std::vector<double> vector(m);
        write_indices(x, out, stages(), [&](std::size_t p, std::size_t *to) {
            for (std::size_t e = 0; e < m; ++e) {
                auto const &info = x.info(signal[e]);
                vector[e] = static_cast<double>(x.data()[info.offset + p * info.stride.back()]);
            }
            search(vector.data(), distances, subtract, to);
        });
        return out;
    }
    /// Indices that there are not are taken for the nearest that there is; sums are clamped to 32 bits.
    template <class B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        if (!in.ok() || !fits(in)) return std::move(x).relabel(in);
        // Symbols that are not laid out as they should be have no memory to read.
        if (!x.ok() || x.size() != arrange(in, s).size()) return detail::no_memory<B>();
        return from_indices(x, in, stages(), [&](std::size_t b, std::size_t element) {
            return [this, &band = in[b], element, n = stages()](auto const &symbol) {
                std::int64_t sum = 0;
                for (std::size_t j = 0; j < n; ++j)
                    sum += entries[(j * count() + entry(symbol(j))) * elements() + element];
                constexpr std::int64_t high = 2147483647;
                return value<typename B::value_type>(
                    static_cast<std::int32_t>(std::clamp<std::int64_t>(sum, -high - 1, high)), band);
            };
        });
    }
};

static_assert(quantizer_for<residual<2>, bands<std::int16_t, 2>> && plans_ahead<residual<2>> && stateful<residual<2>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
