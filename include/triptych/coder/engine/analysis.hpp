// triptych/coder/engine/analysis.hpp: what an encoder with static tables finds out about its symbols before it codes
// any.
//
// That is: tokens of all symbols, levels of regions, and the tables that contexts share. The arithmetic is of
// integers, so every machine writes the same bytes. Rates for rate-distortion optimisation come from the same tables.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/coder/engine/binary_engine.hpp>
#include <triptych/coder/engine/static_tables.hpp>
#include <triptych/coder/parts/cluster.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// What an encoder with static tables knows of its symbols.
template <class M>
struct analysis {
    contexts<typename M::classes> where;
    alphabet letters;                                     ///< what the stream uses
    alphabet fine;                                        ///< what `tokens` are of
    triptych::detail::buffer<std::uint8_t> tokens;        ///< of each symbol, in the buffer's order
    triptych::detail::list<typename M::histogram> tables; ///< of `letters`

    /// Throws std::length_error where there is no memory. There must be symbols.
    template <class T, std::size_t R>
    explicit analysis(bands<T, R> const &symbols) : where(symbols.layout()), tokens(symbols.size()) {
        need(where.ok() && tokens.ok());
        tokenise(symbols.data(), symbols.size());
        choose_levels();
        auto counts = count();
        if (drop_levels()) counts = count();
        join(counts);
        choose_split();
    }
    /// The stream's tokens of those in `tokens`.
    auto coarse() const -> std::array<std::uint8_t, 256> {
        std::array<std::uint8_t, 256> of{};
        for (std::uint32_t t = 0; t < fine.tokens(); ++t) of[t] = static_cast<std::uint8_t>(letters.coarsened(t, fine));
        return of;
    }
    static void need(bool memory) {
        if (!memory) triptych::detail::raise<std::length_error>("there is no memory for the tables");
    }

private:
    using histograms = triptych::detail::buffer<typename M::histogram>;

    /// The finest alphabet that holds all symbols, and their tokens. Folded values of both signs that are small, which is what coders mostly get,
    /// take one pass; an odd folded value is a negative symbol.
    template <class T>
    void tokenise(T const *v, std::size_t n) {
        auto const all = write_tokens(v, n);
        if ((all & 1) != 0 && all < 256) return;
        auto const [low, high] = std::minmax_element(v, v + n);
        auto const range = static_cast<std::uint32_t>(*high) - static_cast<std::uint32_t>(*low);
        fine.counts = *low >= 0 || (range < 256 && all >= 256);
        fine.base = fine.counts ? *low : 0;
        fine.split = (fine.counts ? range : all) < 256 ? 8 : 7;
        write_tokens(v, n);
    }
    /// Writes the tokens of all symbols, if split is 8 without a look at how large their values are; the union of the values' bits.
    template <class T>
    auto write_tokens(T const *v, std::size_t n) -> std::uint32_t {
        using U = std::make_unsigned_t<T>;
        auto const base = static_cast<U>(fine.base);
        constexpr int sign = 8 * sizeof(T) - 1;
        std::array<U, 32> all{};
        for_blocks(n, [&](std::size_t i, auto size) {
            std::array<U, 32> u{};
            std::copy_n(v + i, size, u.begin());
            if (fine.counts)
                for (auto &x : u) x = static_cast<U>(x - base);
            else
                for (auto &x : u)
                    x = static_cast<U>(static_cast<U>(x << 1) ^ static_cast<U>(static_cast<T>(x) >> sign));
            std::array<std::uint8_t, 32> t{};
            for (std::size_t j = 0; j < size; ++j) t[j] = static_cast<std::uint8_t>(u[j]);
            std::copy_n(t.begin(), size, tokens.data() + i);
            for (std::size_t j = 0; j < size; ++j) all[j] = static_cast<U>(all[j] | u[j]);
            if (fine.split == alphabet::most) return;
            U some = 0;
            for (auto const x : u) some = static_cast<U>(some | x);
            if (some >= fine.direct())
                for (std::size_t j = 0; j < size; ++j) tokens[i + j] = static_cast<std::uint8_t>(fine.token(u[j]));
        });
        std::uint32_t every = 0;
        for (auto const x : all) every |= x;
        return every;
    }

    /// Gives each region a level by the mean of its tokens, on a logarithmic scale. Of interleaved bands the first, a block's mean, says little.
    void choose_levels() {
        // Where there are many classes fewer levels each are enough, and all pairs are quicker to sort out.
        std::size_t const most = where.classes().count() <= 8 ? level_count : where.classes().count() <= 128 ? 5 : 1;
        if (most == 1) return;
        for (std::size_t g = 0; g < where.groups().size(); ++g) {
            auto &own = where.of_group(g);
            if (own.levels == where.no_levels || own.grid.count() < 4) continue;
            triptych::detail::buffer<std::uint32_t> sums(own.grid.count()), numbers(own.grid.count());
            auto const n = where.groups()[g].count, row = own.grid.columns * n;
            triptych::detail::buffer<std::uint16_t> column(row); // of at most 256 rows of a region
            need(sums.ok() && numbers.ok() && column.ok());
            auto const *t = tokens.data() + where.groups()[g].offset;
            for (std::size_t y = 0, end = 0; y < own.grid.rows; y = end) {
                auto const first = (y >> own.grid.height_log2) * own.grid.across();
                end = std::min(own.grid.rows, y + (std::size_t{1} << own.grid.height_log2));
                std::fill(column.begin(), column.end(), std::uint16_t{0});
                for (auto r = y; r < end; ++r, t += row)
                    for_blocks(row, [&, to = column.data()](std::size_t i, auto size) {
                        std::array<std::uint8_t, 32> x;
                        std::copy_n(t + i, size, x.begin());
                        for (std::size_t j = 0; j < size; ++j) to[i + j] = static_cast<std::uint16_t>(to[i + j] + x[j]);
                    });
                for (std::size_t x = 0, c = 0; x < own.grid.across(); ++x) {
                    auto const last = std::min(own.grid.columns, (x + 1) << own.grid.width_log2);
                    auto const samples = (end - y) * (last - c);
                    // All in one run, which is quick, and then less the means of blocks.
                    auto sum = std::accumulate(column.data() + c * n, column.data() + last * n, std::uint32_t{0});
                    for (; n > 1 && c < last; ++c) sum -= column[c * n];
                    c = last;
                    sums[first + x] = sum;
                    numbers[first + x] = static_cast<std::uint32_t>(samples * std::max<std::size_t>(n - 1, 1));
                }
            }
            // log2 of the mean and a quarter, in 16 fractional bits; steps of half an octave at least.
            triptych::detail::buffer<std::int64_t> log(sums.size());
            need(log.ok());
            for (std::size_t i = 0; i < log.size(); ++i)
                log[i] = model::detail::log2_of(4 * sums[i] + numbers[i]) - model::detail::log2_of(4 * numbers[i]);
            auto const [low, high] = std::minmax_element(log.begin(), log.end());
            auto const step = std::max<std::int64_t>((*high - *low) / static_cast<std::int64_t>(most - 1), 1 << 15);
            for (std::size_t i = 0; i < log.size(); ++i)
                where.levels(own)[i] = static_cast<std::uint8_t>((log[i] - *low + step / 2) / step);
            own.regional = *high - *low >= step / 2;
        }
    }

    /// Histograms of the contexts that occur, and which those are.
    struct counted {
        histograms tokens;
        triptych::detail::list<std::uint32_t> context;
    };
    auto count() -> counted {
        counted c;
        where.note_levels();
        triptych::detail::buffer<std::uint16_t> number(where.count(), std::uint16_t{0});
        need(number.ok() && where.each_used([&](std::size_t context) {
            number[context] = static_cast<std::uint16_t>(c.context.size());
            c.context.push_back(static_cast<std::uint32_t>(context));
            return true;
        }));
        auto const n = c.context.size();
        // Four sets of counters where there are few, so that equal symbols in a row need not wait for one another.
        std::size_t const sets = n <= 160 ? 4 : 1;
        histograms sub(n * sets, typename M::histogram{});
        cursor<typename M::classes, std::uint16_t> at(where, number.data());
        need(c.context.ok() && sub.ok() && at.ok());
        std::array<std::uint16_t, chunk + at.slack> of;
        for (std::size_t i = 0; i < tokens.size(); i += chunk) {
            auto const size = std::min(chunk, tokens.size() - i);
            at.fill(i, size, of.data());
            auto const *const t = tokens.data() + i;
            std::size_t j = 0;
            if (sets == 4)
                for (; j + 4 <= size; j += 4) {
                    ++sub[of[j]][t[j]], ++sub[n + of[j + 1]][t[j + 1]];
                    ++sub[2 * n + of[j + 2]][t[j + 2]], ++sub[3 * n + of[j + 3]][t[j + 3]];
                }
            for (; j < size; ++j) ++sub[of[j]][t[j]];
        }
        c.tokens = histograms(n);
        need(c.tokens.ok());
        for (std::size_t i = 0; i < n; ++i) {
            c.tokens[i] = sub[i];
            for (std::size_t s = 1; s < sets; ++s) c.tokens[i] = model::detail::added(c.tokens[i], sub[s * n + i]);
        }
        saved_ = triptych::detail::buffer<std::int64_t>(where.classes().count(), std::int64_t{0});
        need(saved_.ok());
        for (std::size_t i = 0; i < n;) {
            auto const of_class = c.context[i] / level_count;
            typename M::histogram sum{};
            for (; i < n && c.context[i] / level_count == of_class; ++i) {
                sum = model::detail::added(sum, c.tokens[i]);
                saved_[of_class] -= model::detail::entropy(c.tokens[i]);
            }
            saved_[of_class] += model::detail::entropy(sum);
        }
        return c;
    }
    /// Levels cost bits of their own, and more tables: where they don't pay they are dropped. True if any were.
    auto drop_levels() -> bool {
        bool any = false;
        for (std::size_t g = 0; g < where.groups().size(); ++g) {
            auto &own = where.of_group(g);
            if (!own.regional) continue;
            binary_encoder engine;
            level_coder levels;
            byte_writer map;
            levels.code(engine, own.grid, where.levels(own));
            engine.finish(map);
            auto const &bands = where.groups()[g];
            std::int64_t saved = 0;
            for (std::size_t k = 0; k < bands.count; ++k) {
                auto &s = saved_[where.classes()[bands.first + k]];
                saved += s, s = 0;
            }
            auto const several = std::popcount(own.used) - 1;
            auto const cost = static_cast<std::int64_t>(8 * map.size()) << 16;
            if (saved < cost + (std::int64_t{several} << 24)) own.regional = false, any = true;
        }
        return any;
    }
    void join(counted const &c) {
        auto joined = M::cluster(c.tokens);
        need(joined.ok);
        for (std::size_t i = 0; i < c.context.size(); ++i) where.tables()[c.context[i]] = joined.of[i];
        tables = std::move(joined.tables);
    }

    /// As few tokens as pay: a small table against extra bits that are not evenly likely. Extra bits take time, so of alphabets whose sizes differ by
    /// less than a thousandth the largest is taken.
    void choose_split() {
        std::array<std::int64_t, alphabet::most + 1> cost{};
        alphabet a = fine;
        for (a.split = alphabet::fewest; a.split <= fine.split; ++a.split)
            for (auto const &h : tables) {
                auto const m = merged(h, a);
                if constexpr (parametric_model<M>)
                    cost[a.split] += M::fit(m, a, 12).bits;
                else
                    cost[a.split] += model::detail::entropy(m) + model::detail::table_cost(m);
                for (auto t = a.direct(); t < a.tokens(); ++t)
                    cost[a.split] += static_cast<std::int64_t>(m[t]) * a.extra(t) << 16;
            }
        auto const least = *std::min_element(cost.begin() + alphabet::fewest, cost.begin() + fine.split + 1);
        letters = fine;
        while (cost[letters.split] - least > least >> 10) --letters.split;
        for (auto &h : tables) h = merged(h, letters);
    }
    auto merged(typename M::histogram const &h, alphabet const &a) const -> typename M::histogram {
        typename M::histogram m{};
        for (std::uint32_t t = 0; t < fine.tokens(); ++t)
            if (h[t] > 0) m[a.coarsened(t, fine)] += h[t];
        return m;
    }

    triptych::detail::buffer<std::int64_t> saved_; ///< bits that the levels of a class save, times 65536
};

/// The extra bits of all symbols, in order: how many bytes they fill, and those. A stream has this part only if a table has tokens with extra bits.
template <class M, class T, std::size_t R, class W>
void write_extra(bands<T, R> const &symbols, analysis<M> const &a, W &w) {
    byte_writer packed;
    bit_writer bits;
    for_blocks(symbols.size(), [&](std::size_t i, auto size) {
        // Both alphabets agree in the tokens without extra bits, so fine ones tell which have none.
        if (!any_from(a.letters.direct(), a.tokens.data() + i, size)) return;
        for (std::size_t j = i; j < i + size; ++j) {
            auto const v = a.letters.value(symbols.data()[j]);
            if (v < a.letters.direct()) continue;
            auto const n = a.letters.extra(a.letters.token(v));
            bits.put(v & static_cast<std::uint32_t>((std::uint64_t{1} << n) - 1), n, packed);
        }
    });
    bits.finish(packed);
    w.varint(packed.size());
    w.bytes(packed.view());
}

/// Bits of a token with its extra bits, by context: what estimates are made of.
template <class M>
class table_estimator {
public:
    /// `rate(histogram, alphabet)` gives the bits of each token, without the extra ones. What `coder` writes beyond these, tables above all, is
    /// shared out among all symbols.
    template <class C, class T, std::size_t R, class Price>
    table_estimator(C const &coder, bands<T, R> const &symbols, Price &&rate)
        : where_(symbols.layout()), group_(symbols.count()) {
        if (symbols.size() == 0) return;
        byte_writer w;
        coder.encode(symbols, w);
        auto rest = 8 * static_cast<double>(w.size());
        analysis<M> a(symbols);
        for (auto const &h : a.tables) {
            rates_.push_back(rate(h, a.letters));
            for (std::uint32_t t = 0; t < a.letters.tokens(); ++t) {
                auto &p = rates_[rates_.size() - 1][t];
                p += static_cast<float>(a.letters.extra(t)), rest -= static_cast<double>(p) * h[t];
            }
        }
        share_ = static_cast<float>(std::max(rest, 0.0) / static_cast<double>(symbols.size()));
        for (std::size_t g = 0; g < where_.groups().size(); ++g)
            for (std::size_t k = 0; k < where_.groups()[g].count; ++k)
                group_[where_.groups()[g].first + k] = static_cast<std::uint32_t>(g);
        analysis<M>::need(rates_.ok() && group_.ok());
        letters_ = a.letters, where_ = std::move(a.where);
    }
    /// Symbols around do not matter here: only place and value do.
    template <class B>
    auto bits(B const &, std::size_t band, std::size_t element, std::int32_t v) const -> float {
        auto const t = letters_.token(letters_.value(v));
        auto const g = group_[band];
        auto const table = where_.tables()[where_.at(g, element - where_.groups()[g].offset)];
        return share_ + (t < letters_.tokens() ? rates_[table][t] : 24); // another alphabet might have it
    }

private:
    contexts<typename M::classes> where_;
    alphabet letters_;
    float share_ = 0;
    triptych::detail::buffer<std::uint32_t> group_;
    triptych::detail::list<std::array<float, alphabet::most_tokens>> rates_;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
