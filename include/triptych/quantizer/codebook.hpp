// triptych/quantizer/codebook.hpp: a vector quantizer. The bands of a picture become one band of indices into a list
// of vectors.
//
// With `identity` the vectors are colours and the list is a palette: codec<identity, per_image<codebook<64>>,
// range<>>. Behind a block transform they are whole blocks (Gersho and Gray 1992). Entries are learned
// (<triptych/learn/quantizer/codebook.hpp>). Their number bounds the quality, so the goal of encoding changes
// nothing; `escape_codebook` follows goals. The surprise: where no entries fit the bands, the quantizer does nothing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/quantizer/detail/code_book.hpp>
#include <triptych/quantizer/detail/nearest_entry.hpp>
#include <triptych/quantizer/detail/no_setting.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// How the entries of a book are learned. Streams do not tell: a decoder needs the entries, not where they come from.
enum class entries_by {
    k_means, ///< the least squared error; <triptych/learn/quantizer/codebook.hpp>
    som,     ///< a chain of units, each like the next; <triptych/learn/quantizer/codebook_som.hpp>
    dbscan   ///< means of dense regions; what lies alone has no entry; <triptych/learn/quantizer/codebook_dbscan.hpp>
};

/// At most K entries are learned. Bands of role `side` pass untouched. Signal bands are quantised if they have one shape and there
/// are as many as an entry has elements; otherwise they pass untouched as well.
template <std::size_t K = 256, entries_by By = entries_by::k_means>
struct codebook : detail::code_book<>, detail::no_setting {
    static_assert(K >= 1 && K <= max_entries, "codebook: 1 to 32768 entries");

    static constexpr bool can_be_exact = false;
    static constexpr void describe(auto &d) { d("codebook", K); }

    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &) const -> layout<R> {
        return in.ok() && fits(in) ? index_layout(in, std::bit_width(count() - 1) + 1) : in;
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        if (!x.ok() || !fits(x.layout())) return x;
        B out(arrange(x.layout(), s));
        if (!out.ok()) return out;
        detail::nearest_entry const nearest(*this, x);
        write_indices(x, out, 1, [&](std::size_t p, std::size_t *to) { *to = nearest(x, p); });
        return out;
    }
    /// Indices that there are not are taken for the nearest that there is.
    template <class B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        if (!in.ok() || !fits(in)) return std::move(x).relabel(in);
        // Symbols that are not laid out as they should be have no memory to read.
        if (!x.ok() || x.size() != arrange(in, s).size()) return detail::no_memory<B>();
        return from_indices(x, in, 1, [&](std::size_t b, std::size_t element) {
            return [this, &band = in[b], element](auto const &symbol) {
                return value<typename B::value_type>(entries[entry(symbol(0)) * elements() + element], band);
            };
        });
    }
};

static_assert(quantizer_for<codebook<>, bands<std::int16_t, 2>> && plans_ahead<codebook<>> && stateful<codebook<>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
