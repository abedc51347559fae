// triptych/coder/engine/static_coder.hpp: a coder with static tables, but for its engine.
//
// What an engine E offers:
//   E::table          of(histogram, alphabet) -> table; has(token); rate(token), in bits; code(binary coder, numbers, alphabet), which sends
//                     or reads it and says whether it is one
//   E::encoder(n)     for n tables. ok(); add(i, table, coarse): table i, to be asked for by fine tokens; setting(head, histograms): what else
//                     the head must say; write(analysis, w): all tokens
//   E::decoder(n)     ok(); add(i, table); setting(head); start(reader, symbols); get(tokens, table of each, n) for one chunk after
//                     another; finish(reader)
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/coder/engine/analysis.hpp>
#include <triptych/coder/engine/static_tables.hpp>
#include <triptych/coder/parts/width_coder.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// What an analysis knows of its symbols, a chunk at a time: f(tokens, table of each, n).
template <class M, class F>
void chunks_forwards(analysis<M> const &a, F &&f) {
    cursor<typename M::classes, std::uint8_t> at(a.where, a.where.tables().data());
    a.need(at.ok());
    std::array<std::uint8_t, chunk + at.slack> table;
    for (std::size_t i = 0; i < a.tokens.size(); i += chunk) {
        auto const n = std::min(chunk, a.tokens.size() - i);
        at.fill(i, n, table.data());
        f(a.tokens.data() + i, table.data(), n);
    }
}
/// The same from the last chunk to the first; all but the last are whole.
template <class M, class F>
void chunks_backwards(analysis<M> const &a, F &&f) {
    cursor<typename M::classes, std::uint8_t> at(a.where, a.where.tables().data());
    a.need(at.ok());
    std::array<std::uint8_t, chunk + at.slack> table;
    for (auto end = a.tokens.size(); end > 0;) {
        auto const i = (end - 1) / chunk * chunk;
        at.fill(i, end - i, table.data());
        f(a.tokens.data() + i, table.data(), end - i);
        end = i;
    }
}

template <class Engine, class Model>
struct static_coder {
    template <class T, std::size_t R, class W>
    static void encode(bands<T, R> const &symbols, W &w) {
        if (symbols.size() == 0) return;
        analysis<Model> a(symbols);
        binary_encoder head;
        auto count = a.tables.size();
        bool memory = false;
        code_head<Model>(head, a.letters, a.where, count, memory);
        typename Engine::encoder engine(count);
        a.need(!memory && engine.ok());
        width_coder numbers;
        auto const coarse = a.coarse();
        bool extra = false;
        for (std::size_t i = 0; i < count; ++i) {
            auto table = Engine::table::of(a.tables[i], a.letters);
            table.code(head, numbers, a.letters);
            extra = extra || has_extra(table, a.letters);
            engine.add(i, table, coarse);
        }
        engine.setting(head, a.tables);
        head.finish(w);
        if (extra) write_extra(symbols, a, w);
        engine.write(a, w);
    }

    template <class T, std::size_t R>
    static void decode(bands<T, R> &symbols, byte_reader &r) noexcept {
        if (symbols.size() == 0) return;
        contexts<typename Model::classes> where(symbols.layout());
        if (!where.ok()) return r.fail(errc::memory);
        binary_decoder head(r);
        alphabet letters;
        std::size_t count = 0;
        bool memory = false;
        if (!code_head<Model>(head, letters, where, count, memory))
            return r.fail(memory ? errc::memory : errc::corrupt);
        typename Engine::decoder engine(count);
        cursor<typename Model::classes, std::uint8_t> at(where, where.tables().data());
        if (!engine.ok() || !at.ok()) return r.fail(errc::memory);
        width_coder numbers;
        bool extra = false;
        for (std::size_t i = 0; i < count; ++i) {
            typename Engine::table table;
            if (!table.code(head, numbers, letters)) return r.fail(errc::corrupt);
            extra = extra || has_extra(table, letters);
            engine.add(i, table);
        }
        engine.setting(head);
        head.finish(r);
        auto const bits = extra ? read_extra(r) : std::span<std::byte const>();
        engine.start(r, symbols.size());
        if (!r.ok()) return;
        symbol_writer out(symbols, letters, bits);
        std::array<std::uint8_t, chunk + at.slack> table;
        std::array<std::uint8_t, chunk> tokens;
        for (std::size_t i = 0; i < symbols.size(); i += chunk) {
            auto const n = std::min(chunk, symbols.size() - i);
            at.fill(i, n, table.data());
            engine.get(tokens.data(), table.data(), n);
            out.put(i, n, tokens.data());
        }
        engine.finish(r);
        out.finish(r);
    }

    /// Prices of the symbols as `coder` would code them, with the tables shared out evenly.
    template <class C, class B>
    static auto rates(C const &coder, B const &symbols) {
        return table_estimator<Model>(coder, symbols, [](typename Model::histogram const &h, alphabet const &letters) {
            std::array<float, alphabet::most_tokens> bits;
            auto const table = Engine::table::of(h, letters);
            for (std::uint32_t t = 0; t < bits.size(); ++t) bits[t] = table.rate(t);
            return bits;
        });
    }

private:
    template <class Table>
    static auto has_extra(Table const &table, alphabet const &letters) noexcept -> bool {
        for (auto t = letters.direct(); t < letters.tokens(); ++t)
            if (table.has(t)) return true;
        return false;
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
