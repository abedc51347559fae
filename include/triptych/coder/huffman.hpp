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

#include <triptych/coder/analysis.hpp>
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
    static_assert(!detail::parametric_model<Model>,
                  "huffman: makes its codes of counts; a model that knows probabilities from a scale, such as "
                  "model::laplace, is for coder::rans");
    using order = fifo;
    using model_type = Model;
    static constexpr unsigned longest = 12;
    static constexpr void describe(auto &d) { d("huffman", part<Model>{}); }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        if (symbols.size() == 0) return;
        detail::analysis<Model> a(symbols);
        binary_encoder head;
        auto count = a.tables.size();
        bool memory = false;
        detail::code_head<Model>(head, a.letters, a.where, count, memory);
        triptych::detail::list<code_table> tables;
        model::detail::number_coder numbers;
        bool extra = false;
        for (auto const &h : a.tables) {
            code_table t;
            detail::limited_lengths(h.data(), h.size(), longest, t.length.data());
            for (std::uint32_t i = 0; i < h.size(); ++i)
                if (h[i] > 0) t.alone = i;
            code_lengths(head, numbers, a.letters, t);
            t.assign();
            tables.push_back(t), extra |= t.has_extra(a.letters);
        }
        a.need(!memory && tables.ok());
        head.finish(w);
        if (extra) detail::write_extra(symbols, a, w);
        detail::cursor<typename Model::classes, std::uint8_t> at(a.where, a.where.tables().data());
        a.need(at.ok());
        auto const coarse = a.coarse();
        std::array<std::uint8_t, detail::chunk + at.slack> of;
        detail::bit_writer bits;
        for (std::size_t i = 0; i < symbols.size(); i += detail::chunk) {
            auto const n = std::min(detail::chunk, symbols.size() - i);
            at.fill(i, n, of.data());
            for (std::size_t j = 0; j < n; ++j) {
                auto const t = coarse[a.tokens[i + j]];
                bits.put(tables[of[j]].code[t], tables[of[j]].length[t], w);
            }
        }
        bits.finish(w);
    }

    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        if (symbols.size() == 0) return;
        detail::contexts<typename Model::classes> where(symbols.layout());
        if (!where.ok()) return r.fail(errc::memory);
        binary_decoder head(r);
        alphabet letters;
        std::size_t count = 0;
        bool memory = false;
        if (!detail::code_head<Model>(head, letters, where, count, memory))
            return r.fail(memory ? errc::memory : errc::corrupt);
        triptych::detail::buffer<entry> slots(count << longest);
        if (!slots.ok()) return r.fail(errc::memory);
        model::detail::number_coder numbers;
        bool extra = false;
        for (std::size_t t = 0; t < count; ++t) {
            code_table table;
            if (!code_lengths(head, numbers, letters, table)) return r.fail(errc::corrupt);
            table.assign();
            table.spread(slots.data() + (t << longest));
            extra |= table.has_extra(letters);
        }
        head.finish(r);
        auto const more = extra ? detail::read_extra(r) : std::span<std::byte const>();
        detail::cursor<typename Model::classes, std::uint8_t> at(where, where.tables().data());
        if (!at.ok()) return r.fail(errc::memory);
        if (!r.ok()) return;
        detail::symbol_writer out(symbols, letters, more);
        std::array<std::uint8_t, detail::chunk + at.slack> table;
        std::array<std::uint8_t, detail::chunk> tokens;
        detail::bit_reader bits(r.rest());
        for (std::size_t i = 0; i < symbols.size(); i += detail::chunk) {
            auto const n = std::min(detail::chunk, symbols.size() - i);
            at.fill(i, n, table.data());
            for (std::size_t j = 0; j < n; ++j) {
                auto const e = slots[(static_cast<std::size_t>(table[j]) << longest) + bits.peek(longest)];
                bits.take(e.length);
                tokens[j] = e.token;
            }
            out.put(i, n, tokens.data());
        }
        bits.finish(r);
        out.finish(r);
    }

    /// Prices, with the tables shared out evenly.
    template <class B>
    auto rates(B const &symbols) const {
        return detail::table_estimator<Model>(*this, symbols, [](typename Model::histogram const &h, alphabet const &) {
            std::array<float, alphabet::most_tokens> bits;
            code_table t;
            detail::limited_lengths(h.data(), h.size(), longest, t.length.data());
            for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = h[i] ? static_cast<float>(t.length[i]) : 14.0F;
            return bits;
        });
    }

private:
    struct entry {
        std::uint8_t token, length;
    };
    struct code_table {
        std::array<std::uint8_t, alphabet::most_tokens> length{};
        std::array<std::uint16_t, alphabet::most_tokens> code{};
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
        auto several() const noexcept -> bool {
            return std::any_of(length.begin(), length.end(), [](auto n) { return n > 0; });
        }
        auto has_extra(alphabet const &letters) const noexcept -> bool {
            bool any = !several() && alone >= letters.direct();
            for (auto t = letters.direct(); t < letters.tokens(); ++t) any |= length[t] > 0;
            return any;
        }
        void spread(entry *slots) const noexcept {
            for (std::uint32_t i = 0; i < length.size(); ++i)
                if (length[i] > 0)
                    for (std::uint32_t s = code[i]; s < (1u << longest); s += 1u << length[i])
                        slots[s] = {static_cast<std::uint8_t>(i), length[i]};
            if (!several()) std::fill(slots, slots + (1u << longest), entry{static_cast<std::uint8_t>(alone), 0});
        }
    };

    /// Lengths until the code is complete, or the one token there is; both directions. False where they make no complete code.
    template <class E>
    static auto code_lengths(E &engine, model::detail::number_coder &numbers, alphabet const &letters, code_table &t)
        -> bool {
        if (engine.direct(!t.several(), 1) != 0) {
            t.alone = engine.direct(t.alone, 8);
            return t.alone < letters.tokens();
        }
        std::uint32_t filled = 0, i = 0;
        for (; i < letters.tokens() && filled < (1u << longest); ++i) {
            auto const n = numbers.code(engine, i, t.length[i]);
            if (n > longest) return false;
            t.length[i] = static_cast<std::uint8_t>(n);
            if (n > 0) filled += 1u << (longest - n);
        }
        numbers.end(i);
        return filled == (1u << longest);
    }
};

static_assert(coder_for<huffman<>, bands<std::int16_t, 2>> && rate_aware<huffman<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
