// triptych/coder/rans.hpp: interleaved range asymmetric numeral systems over static tables.
//
// J. Duda, arXiv:1311.2540; the interleaving after F. Giesen, arXiv:1402.3392. 32-bit states from 2^16 up, 16-bit words, 12-bit
// probabilities; symbol i lives in lane i mod 32, so a vector machine decodes 32 at a time and any narrower one writes the same
// bytes. The encoder runs backwards. Every state must come home to 2^16 at the end, which catches most damaged streams. A token that has a
// whole table for itself has frequency 2^12, one more than 12 bits hold: tables store the frequency less one.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/raw.hpp>
#include <triptych/coder/static_tables.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// Static rANS: fast, close to the entropy of each class of bands, blind to neighbours. Any values.
template <class Model = model::table>
struct rans {
    static_assert(detail::static_model<Model>,
                  "rans: decodes in reverse, so its model cannot look at decoded neighbours or adapt to them; take "
                  "coder::range for that, or a static model such as model::table");
    using order = lifo;
    using model_type = Model;
    static constexpr unsigned precision = 12;
    static constexpr void describe(auto &d) { d("rans", part<Model>{}); }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        if (symbols.size() == 0) return;
        typename Model::classes const classes(symbols.layout());
        auto c = detail::counted<Model>(symbols, classes);
        triptych::detail::list<intervals> tables;
        for (auto const &h : c.tables) tables.push_back(Model::intervals(h, precision));
        binary_encoder head;
        auto count = tables.size();
        model::detail::code_map(head, count, c.of, Model::most_tables);
        for (auto &t : tables) code_table(head, t);
        head.finish(w);

        auto const lanes = lanes_for(symbols.size());
        std::array<std::uint32_t, most_lanes> state;
        state.fill(low);
        triptych::detail::buffer<std::uint16_t> words(symbols.size());
        if (!words.ok() || !tables.ok())
            triptych::detail::raise<std::length_error>("there is no memory for the coded words");
        auto free = words.size(); // words are written downwards
        auto const &groups = symbols.layout().groups();
        auto i = symbols.size();
        for (auto g = groups.size(); g-- > 0;)
            for (auto p = groups[g].samples; p-- > 0;)
                for (auto k = groups[g].count; k-- > 0;) {
                    --i;
                    auto const t = token::of(symbols.data()[i]).value;
                    auto const &in = tables[c.of[classes[groups[g].first + k]]][t];
                    auto &x = state[i & (lanes - 1)];
                    if (x >= static_cast<std::uint64_t>(in.freq) << (32 - precision))
                        words[--free] = static_cast<std::uint16_t>(x), x >>= 16;
                    x = (x / in.freq << precision) + x % in.freq + in.start;
                }
        for (std::size_t l = 0; l < lanes; ++l) w.u32(state[l]);
        for (; free < words.size(); ++free) w.u16(words[free]);

        detail::bit_writer raw;
        detail::each_symbol(symbols, [&](T v, std::size_t) {
            auto const t = token::of(v);
            if (auto const n = token::extra(t.value)) raw.put(t.rest, n, w);
        });
        raw.finish(w);
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
        triptych::detail::buffer<std::uint32_t> slots(count << precision);
        if (!slots.ok()) return r.fail(errc::memory);
        for (std::size_t t = 0; t < count; ++t) {
            intervals table{};
            if (!code_table(head, table)) return r.fail(errc::corrupt);
            spread(table, slots.data() + (t << precision));
        }
        head.finish(r);

        auto const lanes = lanes_for(symbols.size());
        std::array<std::uint32_t, most_lanes> state{};
        for (std::size_t l = 0; l < lanes; ++l) state[l] = r.u32();
        if (!r.ok()) return;
        auto const bytes = r.rest();
        std::size_t at = 0, i = 0;
        std::uint32_t large = 0;
        for (auto const &g : symbols.layout().groups())
            for (std::size_t p = 0; p < g.samples; ++p)
                for (std::size_t k = 0; k < g.count; ++k, ++i) {
                    auto &x = state[i & (lanes - 1)];
                    auto const m = x & (whole - 1);
                    auto const e = slots[(static_cast<std::size_t>(of[classes[g.first + k]]) << precision) + m];
                    x = ((e >> 20) + 1) * (x >> precision) + ((e >> 8) & (whole - 1));
                    if (x < low) {
                        std::uint32_t word = 0;
                        if (at + 2 <= bytes.size())
                            word = static_cast<std::uint32_t>(bytes[at]) | static_cast<std::uint32_t>(bytes[at + 1])
                                                                               << 8;
                        x = x << 16 | word, at += 2;
                    }
                    auto const t = e & 255;
                    large |= static_cast<std::uint32_t>(t >= 16);
                    auto const width = width_of<T>(symbols.info(g.first + k));
                    auto const v = sign_extend(static_cast<std::uint32_t>(token{t, 0}.symbol()), width);
                    symbols.data()[i] = static_cast<T>(t < 16 ? v : mark - static_cast<std::int32_t>(t));
                }
        r.skip(at);
        for (std::size_t l = 0; l < lanes; ++l)
            if (r.ok() && state[l] != low) r.fail(errc::corrupt);
        if (!r.ok() || !large) return;
        detail::bit_reader raw(r.rest());
        detail::each_symbol(symbols, [&](T &v, std::size_t band) {
            if (v > mark - 16) return;
            token t{static_cast<std::uint32_t>(mark - v), 0};
            t.rest = raw.get(token::extra(t.value));
            v = static_cast<T>(sign_extend(static_cast<std::uint32_t>(t.symbol()), width_of<T>(symbols.info(band))));
        });
        raw.finish(r);
    }

    /// Prices without the tables themselves.
    template <class B>
    auto rates(B const &symbols) const {
        return detail::table_estimator<Model>(symbols, [](typename Model::histogram const &h) {
            std::array<float, token::count> bits;
            auto const t = Model::intervals(h, precision);
            for (std::uint32_t i = 0; i < token::count; ++i)
                bits[i] = static_cast<float>(token::extra(i)) +
                          (t[i].freq ? std::log2(static_cast<float>(whole) / static_cast<float>(t[i].freq)) : 14.0F);
            return bits;
        });
    }

private:
    using intervals = std::array<interval, token::count>;
    static constexpr std::size_t most_lanes = 32;
    static constexpr std::uint32_t low = 1u << 16, whole = 1u << precision;
    /// Tokens that wait for their raw bits stand in the buffer as mark - token: below any symbol that needs none.
    static constexpr std::int32_t mark = -1000;

    /// Four bytes a lane are too much for a small picture.
    static constexpr auto lanes_for(std::size_t symbols) noexcept -> std::size_t {
        return symbols < 1024 ? 1 : symbols < 8192 ? 4 : most_lanes;
    }

    /// Frequencies as lengths and mantissas; both directions. False where they do not add up to the whole.
    template <class E>
    static auto code_table(E &engine, intervals &table) -> bool {
        model::detail::number_coder numbers;
        std::uint32_t sum = 0, before = 0;
        for (std::uint32_t i = 0; i < token::count; ++i) {
            auto &f = table[i].freq;
            auto const length = numbers.code(engine, before, static_cast<std::uint32_t>(std::bit_width(f)));
            if (length > precision + 1) return false;
            if (length > 1) f = 1u << (length - 1) | engine.direct(f & ((1u << (length - 1)) - 1), length - 1);
            if (length < 2) f = length;
            table[i].start = sum;
            sum += f, before = length;
            if (sum >= whole) {
                for (auto j = i + 1; j < token::count; ++j) table[j] = {whole, 0};
                break;
            }
        }
        return sum == whole;
    }
    /// Entry: frequency - 1 (12 bits), offset in the interval (12), token (8).
    static void spread(intervals const &table, std::uint32_t *slots) noexcept {
        for (std::uint32_t t = 0; t < token::count; ++t)
            for (std::uint32_t j = 0; j < table[t].freq; ++j)
                slots[table[t].start + j] = (table[t].freq - 1) << 20 | j << 8 | t;
    }
};

static_assert(coder_for<rans<>, bands<std::int16_t, 2>> && rate_aware<rans<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
