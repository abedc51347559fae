// triptych/coder/rans.hpp: interleaved range asymmetric numeral systems over static tables.
//
// J. Duda, arXiv:1311.2540; the interleaving after F. Giesen, arXiv:1402.3392. 32-bit states from 2^16 up, 16-bit words, 12-bit
// probabilities; symbol i lives in lane i mod 32, so a vector machine decodes 32 at a time and any narrower one writes the same
// bytes (rans_machine.hpp). The encoder runs backwards. Every state must come home to 2^16 at the end, which catches most damaged streams. A token
// that has a whole table for itself has frequency 2^12, one more than 12 bits hold: tables store the frequency less one.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/coder/analysis.hpp>
#include <triptych/coder/rans_machine.hpp>
#include <triptych/coder/static_tables.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// Static rANS: fast, close to the entropy of each class of bands and each kind of region. Any values.
template <class Model = model::table>
struct rans {
    static_assert(detail::static_model<Model>,
                  "rans: decodes in reverse, so its model cannot look at decoded neighbours or adapt to them; take "
                  "coder::range for that, or a static model such as model::table");
    using order = lifo;
    using model_type = Model;
    static constexpr unsigned precision = detail::rans_precision;
    static constexpr void describe(auto &d) { d("rans", part<Model>{}); }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        if (symbols.size() == 0) return;
        detail::analysis<Model> a(symbols);
        binary_encoder head;
        auto count = a.tables.size();
        bool memory = false;
        detail::code_head<Model>(head, a.letters, a.where, count, memory);
        triptych::detail::buffer<detail::rans_code> codes(count << 8);
        a.need(!memory && codes.ok());
        model::detail::number_coder numbers;
        auto const coarse = a.coarse();
        bool extra = false, still = true;
        for (std::size_t t = 0; t < count; ++t) {
            auto table = intervals_of(a.tables[t], a.letters);
            code_table(head, numbers, a.letters, table, a.tables[t]);
            extra |= has_extra(table, a.letters), still &= is_still(table);
            for (std::size_t k = 0; k < coarse.size(); ++k) // codes are asked for by fine tokens
                if (table[coarse[k]].freq > 0) codes[t << 8 | k] = detail::rans_code::of(table[coarse[k]]);
        }
        head.finish(w);
        if (extra) detail::write_extra(symbols, a, w);
        if (!still) encode_tokens(a, codes.data(), w);
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
        triptych::detail::buffer<std::uint32_t> slots(count << precision);
        if (!slots.ok()) return r.fail(errc::memory);
        model::detail::number_coder numbers;
        bool extra = false, still = true;
        for (std::size_t t = 0; t < count; ++t) {
            intervals table{};
            if (!code_table(head, numbers, letters, table, {})) return r.fail(errc::corrupt);
            extra |= has_extra(table, letters), still &= is_still(table);
            spread(table, slots.data() + (t << precision));
        }
        head.finish(r);
        auto const bits = extra ? detail::read_extra(r) : std::span<std::byte const>();
        auto const lanes = lanes_for(symbols.size());
        std::array<std::uint32_t, detail::rans_lanes> state;
        state.fill(detail::rans_low);
        for (std::size_t l = 0; l < lanes && !still; ++l) state[l] = r.u32();
        detail::cursor<typename Model::classes, std::uint8_t> at(where, where.tables().data());
        if (!at.ok()) return r.fail(errc::memory);
        if (!r.ok()) return;

        detail::symbol_writer out(symbols, letters, bits);
        std::array<std::uint8_t, detail::chunk + at.slack> table;
        std::array<std::uint8_t, detail::chunk> tokens;
        auto const *const words = reinterpret_cast<std::uint8_t const *>(r.rest().data());
        detail::rans_source source{slots.data(), nullptr, nullptr, words, words + (still ? 0 : r.remaining())};
        for (std::size_t i = 0; i < symbols.size(); i += detail::chunk) {
            auto const n = std::min(detail::chunk, symbols.size() - i);
            at.fill(i, n, table.data());
            source.table = table.data(), source.tokens = tokens.data();
            detail::rans_decode(lanes, state.data(), source, n);
            out.put(i, n, tokens.data());
        }
        r.skip(static_cast<std::size_t>(source.words - words));
        if (source.missing > 0) r.fail(errc::truncated);
        for (std::size_t l = 0; l < lanes; ++l)
            if (state[l] != detail::rans_low) r.fail(errc::corrupt);
        out.finish(r);
    }

    /// Prices, with the tables shared out evenly.
    template <class B>
    auto rates(B const &symbols) const {
        return detail::table_estimator<Model>(
            *this, symbols, [](typename Model::histogram const &h, alphabet const &letters) {
                std::array<float, alphabet::most_tokens> bits;
                auto const t = intervals_of(h, letters);
                for (std::size_t i = 0; i < bits.size(); ++i)
                    bits[i] = t[i].freq ? std::log2(static_cast<float>(whole) / static_cast<float>(t[i].freq)) : 14.0F;
                return bits;
            });
    }

private:
    using intervals = std::array<interval, alphabet::most_tokens>;
    static constexpr std::uint32_t whole = detail::rans_whole;

    /// Four bytes a lane are too much for a small picture.
    static constexpr auto lanes_for(std::size_t symbols) noexcept -> std::size_t {
        return symbols < 1024 ? 1 : symbols < 8192 ? 4 : detail::rans_lanes;
    }
    static auto has_extra(intervals const &table, alphabet const &letters) noexcept -> bool {
        bool any = false;
        for (auto t = letters.direct(); t < letters.tokens(); ++t) any |= table[t].freq > 0;
        return any;
    }
    /// All of a table's symbols are one token: nothing is coded, and states stand still.
    static auto is_still(intervals const &table) noexcept -> bool {
        bool any = false;
        for (auto const &i : table) any |= i.freq == whole;
        return any;
    }

    template <class W>
    static void encode_tokens(detail::analysis<Model> const &a, detail::rans_code const *codes, W &w) {
        auto const n = a.tokens.size();
        auto const lanes = lanes_for(n);
        constexpr std::size_t slack = 16;
        triptych::detail::buffer<std::uint16_t> words(n + slack);
        detail::cursor<typename Model::classes, std::uint8_t> at(a.where, a.where.tables().data());
        a.need(words.ok() && at.ok());
        std::array<std::uint32_t, detail::rans_lanes> state;
        state.fill(detail::rans_low);
        std::array<std::uint8_t, detail::chunk + at.slack> table;
        detail::rans_sink sink{codes, table.data(), nullptr, words.end()};
        for (auto end = n; end > 0;) {
            auto const i = (end - 1) / detail::chunk * detail::chunk;
            at.fill(i, end - i, table.data());
            sink.tokens = a.tokens.data() + i;
            detail::rans_encode(lanes, state.data(), sink, end - i);
            end = i;
        }
        for (std::size_t l = 0; l < lanes; ++l) w.u32(state[l]);
        if constexpr (std::endian::native == std::endian::little)
            w.bytes(std::as_bytes(std::span<std::uint16_t const>(sink.words, words.end())));
        else
            for (auto const *p = sink.words; p != words.end(); ++p) w.u16(*p);
    }

    static auto intervals_of(typename Model::histogram const &h, [[maybe_unused]] alphabet const &letters)
        -> intervals {
        if constexpr (detail::parametric_model<Model>)
            return Model::intervals(Model::fit(h, letters, precision).best, letters, precision);
        else
            return Model::intervals(h, precision);
    }

    /// A table by its parameters, where the model has any: six bits of scale and eight of the largest token. Else frequencies as lengths and mantissas, or the one token there is; both directions. False where they do not add up to the whole.
    template <class E>
    static auto code_table(E &engine, [[maybe_unused]] model::detail::number_coder &numbers, alphabet const &letters,
                           intervals &table, [[maybe_unused]] typename Model::histogram const &counted) -> bool {
        if constexpr (detail::parametric_model<Model>) {
            typename Model::parameters p;
            if constexpr (!E::decoding) p = Model::fit(counted, letters, precision).best;
            p.scale = engine.direct(p.scale, 6), p.top = engine.direct(p.top, 8);
            if (p.top >= letters.tokens()) return false;
            table = Model::intervals(p, letters, precision);
            return true;
        }
        std::uint32_t alone = 0;
        for (std::uint32_t i = 0; i < letters.tokens(); ++i)
            if (table[i].freq == whole) alone = i;
        if (engine.direct(table[alone].freq == whole, 1) != 0) {
            alone = engine.direct(alone, 8);
            table = {}, table[alone].freq = whole;
            return alone < letters.tokens();
        }
        std::uint32_t sum = 0, i = 0;
        for (; i < letters.tokens() && sum < whole; ++i) {
            auto &f = table[i].freq;
            auto const length = numbers.code(engine, i, static_cast<std::uint32_t>(std::bit_width(f)));
            if (length > precision) return false;
            if (length > 1) f = 1u << (length - 1) | engine.direct(f & ((1u << (length - 1)) - 1), length - 1);
            if (length < 2) f = length;
            table[i].start = sum;
            sum += f;
        }
        numbers.end(i);
        for (; i < table.size(); ++i) table[i] = {whole, 0};
        return sum == whole;
    }
    /// Entry: frequency - 1 (12 bits), offset in the interval (12), token (8).
    static void spread(intervals const &table, std::uint32_t *slots) noexcept {
        for (std::uint32_t t = 0; t < table.size(); ++t)
            for (std::uint32_t j = 0; j < table[t].freq; ++j)
                slots[table[t].start + j] = (table[t].freq - 1) << 20 | j << 8 | t;
    }
};

static_assert(coder_for<rans<>, bands<std::int16_t, 2>> && rate_aware<rans<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
