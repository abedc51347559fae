// triptych/quantizer/product.hpp: a vector quantizer of more entries than can be stored, as a product of small books.
//
// A vector is divided into pieces, and each piece has a book of its own. So Pieces books of K entries stand for
// K^Pieces vectors (Jégou, Douze and Schmid 2011). No piece sees the others, which suits bands that a transform has
// decorrelated. Transforms order bands by falling variance, so bands are dealt to the pieces in turn: pieces of equal
// variance waste no entries (Ge, He, Ke and Sun 2013, who search for the fairest dealing). Entries are learned,
// <triptych/learn/quantizer/product.hpp>. As with `codebook` their number bounds the quality, whatever the goal;
// where none fit, the quantizer does nothing.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/quantizer/detail/code_book.hpp>
#include <triptych/quantizer/detail/nearest_entry.hpp>
#include <triptych/quantizer/detail/no_setting.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// At most K entries are learned for each piece. Of the m signal bands, all of one shape, piece j of n = min(Pieces, m) has the bands j, j + n, j + 2 n
/// and so on. Symbols are side bands and n bands of indices, in the place of the first signal band. Row i of `entries` is entry i of all books,
/// element by element in the order of the bands.
template <std::size_t Pieces, std::size_t K = 256>
struct product : detail::code_book<>, detail::no_setting {
    static_assert(Pieces >= 1 && Pieces <= max_elements, "product: 1 to 4096 pieces");
    static_assert(K >= 1 && K <= max_entries, "product: 1 to 32768 entries");

    static constexpr bool can_be_exact = false;
    static constexpr void describe(auto &d) { d("product", Pieces, K); }

    /// Of vectors of m elements.
    static constexpr auto pieces(std::size_t m) noexcept -> std::size_t { return std::min(Pieces, m); }

    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &) const -> layout<R> {
        return in.ok() && fits(in) ? index_layout(in, std::bit_width(count() - 1) + 1, pieces(elements())) : in;
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        if (!x.ok() || !fits(x.layout())) return x;
        B out(arrange(x.layout(), s));
        if (!out.ok()) return out;
        auto const n = pieces(elements());
        std::vector<detail::nearest_entry> books;
        for (std::size_t j = 0; j < n; ++j) books.emplace_back(*this, x, j, n);
        write_indices(x, out, n, [&](std::size_t p, std::size_t *to) {
            for (auto const &nearest : books) *to++ = nearest(x, p);
        });
        return out;
    }
    /// Indices that there are not are taken for the nearest that there is.
    template <class B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        if (!in.ok() || !fits(in)) return std::move(x).relabel(in);
        // Symbols that are not laid out as they should be have no memory to read.
        if (!x.ok() || x.size() != arrange(in, s).size()) return detail::no_memory<B>();
        auto const n = pieces(elements());
        return from_indices(x, in, n, [&](std::size_t b, std::size_t element) {
            return [this, &band = in[b], element, piece = element % n](auto const &symbol) {
                return value<typename B::value_type>(entries[entry(symbol(piece)) * elements() + element], band);
            };
        });
    }
};

static_assert(quantizer_for<product<4>, bands<std::int16_t, 2>> && plans_ahead<product<4>> && stateful<product<4>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
