// triptych/coder/huffman.hpp: canonical Huffman codes of at most 12 bits.
//
// D. A. Huffman, 1952; lengths limited optimally by package-merge (Larmore and Hirschberg, 1990); canonical, so that only lengths are
// sent. Codes stand lowest bit first, so one look-up of 12 bits decodes a token. A table of one token spends no bits on it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <triptych/coder/raw.hpp>
#include <triptych/coder/static_tables.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// Optimal code lengths of at most `most` bits: sum of counts[i] · length[i] is least among all prefix codes so limited. A count of
/// zero, and a symbol that is alone, get length 0. Needs counts.size() <= 2^most.
inline void limited_lengths(std::uint32_t const *counts, std::size_t n, unsigned most, std::uint8_t *lengths) {
    // A package is a multiset of symbols; how often a symbol is in the 2·(used - 1) lightest packages is its length.
    struct package {
        std::uint64_t weight;
        std::vector<std::uint16_t> symbols;
    };
    std::vector<package> leaves;
    for (std::size_t i = 0; i < n; ++i) {
        lengths[i] = 0;
        if (counts[i] > 0) leaves.push_back({counts[i], {static_cast<std::uint16_t>(i)}});
    }
    if (leaves.size() < 2) return;
    auto const lighter = [](package const &a, package const &b) { return a.weight < b.weight; };
    std::stable_sort(leaves.begin(), leaves.end(), lighter);
    auto list = leaves;
    for (unsigned level = 1; level < most; ++level) {
        std::vector<package> pairs;
        for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
            package p = list[i];
            p.weight += list[i + 1].weight;
            p.symbols.insert(p.symbols.end(), list[i + 1].symbols.begin(), list[i + 1].symbols.end());
            pairs.push_back(std::move(p));
        }
        std::vector<package> merged;
        std::merge(leaves.begin(), leaves.end(), pairs.begin(), pairs.end(), std::back_inserter(merged), lighter);
        list = std::move(merged);
    }
    for (std::size_t i = 0; i < 2 * (leaves.size() - 1); ++i)
        for (auto const s : list[i].symbols) ++lengths[s];
}
} // namespace detail

/// Canonical Huffman coding of tokens and raw bits. Fast both ways; loses up to half a bit where one value is much likelier than all
/// others, which is what `run_length` is for.
template <class Model = model::table>
struct huffman {
    static_assert(
        detail::static_model<Model>,
        "huffman: its tables stand still, so its model cannot look at decoded neighbours or adapt to them; take "
        "coder::range for that, or a static model such as model::table");
    using order = fifo;
    using model_type = Model;
    static constexpr unsigned longest = 12;
    static constexpr void describe(auto &d) { d("huffman", part<Model>{}); }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        if (symbols.size() == 0) return;
        typename Model::classes const classes(symbols.layout());
        auto c = detail::counted<Model>(symbols, classes);
        binary_encoder head;
        auto count = c.tables.size();
        model::detail::code_map(head, count, c.of, Model::most_tables);
        triptych::detail::list<code_table> tables;
        for (auto const &h : c.tables) {
            code_table t;
            detail::limited_lengths(h.data(), h.size(), longest, t.length.data());
            for (std::uint32_t i = 0; i < token::count; ++i)
                if (h[i] > 0) t.alone = i;
            code_lengths(head, t);
            t.assign();
            tables.push_back(t);
        }
        if (!tables.ok()) triptych::detail::raise<std::length_error>("there is no memory for the tables");
        head.finish(w);
        detail::bit_writer bits;
        detail::each_symbol(symbols, [&](T v, std::size_t band) {
            auto const t = token::of(v);
            auto const &table = tables[c.of[classes[band]]];
            bits.put(table.code[t.value], table.length[t.value], w);
            if (auto const n = token::extra(t.value)) bits.put(t.rest, n, w);
        });
        bits.finish(w);
    }

    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        if (symbols.size() == 0) return;
        typename Model::classes const classes(symbols.layout());
        triptych::detail::buffer<std::uint8_t> of(classes.count(), std::uint8_t{0});
        if (!classes.ok() || !of.ok()) return r.fail(errc::memory);
        binary_decoder head(r);
        std::size_t count = 0;
        if (!model::detail::code_map(head, count, of, Model::most_tables)) return r.fail(errc::corrupt);
        triptych::detail::buffer<entry> slots(count << longest);
        if (!slots.ok()) return r.fail(errc::memory);
        for (std::size_t t = 0; t < count; ++t) {
            code_table table;
            if (!code_lengths(head, table)) return r.fail(errc::corrupt);
            table.assign();
            table.spread(slots.data() + (t << longest));
        }
        head.finish(r);
        if (!r.ok()) return;
        detail::bit_reader bits(r.rest());
        detail::each_symbol(symbols, [&](T &v, std::size_t band) {
            auto const e = slots[(static_cast<std::size_t>(of[classes[band]]) << longest) + bits.peek(longest)];
            bits.take(e.length);
            token t{e.token, 0};
            if (auto const n = token::extra(t.value)) t.rest = bits.get(n);
            v = static_cast<T>(sign_extend(static_cast<std::uint32_t>(t.symbol()), width_of<T>(symbols.info(band))));
        });
        bits.finish(r);
    }

    /// Prices without the tables themselves.
    template <class B>
    auto rates(B const &symbols) const {
        return detail::table_estimator<Model>(symbols, [](typename Model::histogram const &h) {
            std::array<float, token::count> bits;
            code_table t;
            detail::limited_lengths(h.data(), h.size(), longest, t.length.data());
            for (std::uint32_t i = 0; i < token::count; ++i)
                bits[i] = static_cast<float>(token::extra(i)) + (h[i] ? static_cast<float>(t.length[i]) : 14.0F);
            return bits;
        });
    }

private:
    struct entry {
        std::uint8_t token, length;
    };
    struct code_table {
        std::array<std::uint8_t, token::count> length{};
        std::array<std::uint16_t, token::count> code{};
        std::uint32_t alone = 0; ///< the only token, where all lengths are 0

        /// Canonical codes, shorter and lower tokens first, turned round to stand lowest bit first.
        void assign() noexcept {
            std::uint32_t next = 0;
            for (unsigned n = 1; n <= longest; ++n, next <<= 1)
                for (std::size_t i = 0; i < length.size(); ++i)
                    if (length[i] == n) {
                        std::uint32_t turned = 0;
                        for (unsigned b = 0; b < n; ++b) turned |= ((next >> b) & 1) << (n - 1 - b);
                        code[i] = static_cast<std::uint16_t>(turned), ++next;
                    }
        }
        void spread(entry *slots) const noexcept {
            bool any = false;
            for (std::uint32_t i = 0; i < token::count; ++i)
                if (length[i] > 0) {
                    any = true;
                    for (std::uint32_t s = code[i]; s < (1u << longest); s += 1u << length[i])
                        slots[s] = {static_cast<std::uint8_t>(i), length[i]};
                }
            if (!any) std::fill(slots, slots + (1u << longest), entry{static_cast<std::uint8_t>(alone), 0});
        }
    };

    /// Lengths, until the code is complete; both directions. False where they make no complete code.
    template <class E>
    static auto code_lengths(E &engine, code_table &t) -> bool {
        model::detail::number_coder numbers;
        std::uint32_t filled = 0, before = 0;
        bool const several =
            engine.direct(std::any_of(t.length.begin(), t.length.end(), [](auto n) { return n > 0; }), 1) != 0;
        if (!several) {
            t.alone = engine.direct(t.alone, 7);
            return t.alone < token::count;
        }
        for (std::size_t i = 0; i < t.length.size() && filled < (1u << longest); ++i) {
            auto const n = numbers.code(engine, before, t.length[i]);
            if (n > longest) return false;
            t.length[i] = static_cast<std::uint8_t>(n), before = n;
            if (n > 0) filled += 1u << (longest - n);
        }
        return filled == (1u << longest);
    }
};

static_assert(coder_for<huffman<>, bands<std::int16_t, 2>> && rate_aware<huffman<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
