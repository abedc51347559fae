// triptych/coder/parts/cluster.hpp: which contexts share a table.
//
// k-means of histograms with the Kullback-Leibler divergence as distance (Banerjee and others, JMLR 2005), from seeds
// that lie farthest apart, as in JPEG XL. There are as many clusters as pay for themselves. Bits are counted in
// integers, so every machine finds the same tables.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <triptych/coder/parts/tokens.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

using histogram = std::array<std::uint32_t, coder::alphabet::most_tokens>;

/// Which table each context uses, and what each table counted.
struct clusters {
    triptych::detail::buffer<std::uint8_t> of; ///< table of a context
    triptych::detail::list<histogram> tables;
    bool ok = true; ///< memory was there
};

inline auto failed(clusters c) -> clusters {
    c.ok = false;
    return c;
}

/// 65536 · log2(1 + i / 256), by squaring.
inline constexpr auto logarithms = [] {
    std::array<std::uint32_t, 257> t{};
    for (std::uint64_t i = 0; i < 256; ++i) {
        std::uint64_t x = (256 + i) << 22; // 30 fractional bits
        for (int bit = 16; bit >= 0; --bit) {
            x = x * x >> 30;
            if (x >> 31) x >>= 1, t[i] |= 1u << bit;
        }
        t[i] = (t[i] + 1) >> 1;
    }
    t[256] = 65536;
    return t;
}();
/// 65536 · log2(v), to a few parts in a million; v > 0.
constexpr auto log2_of(std::uint32_t v) noexcept -> std::int64_t {
    auto const e = static_cast<unsigned>(std::bit_width(v)) - 1;
    auto const mantissa = static_cast<std::uint64_t>(v) << (31 - e); // the leading one at bit 31
    auto const i = static_cast<std::size_t>(mantissa >> 23 & 255), rest = static_cast<std::size_t>(mantissa & 0x7fffff);
    return (static_cast<std::int64_t>(e) << 16) + logarithms[i] +
           static_cast<std::int64_t>((logarithms[i + 1] - logarithms[i]) * rest >> 23);
}

/// Bits that ideal codes of its own would take for all that a histogram counted, times 65536. At most 2^32 - 1 in all.
inline auto entropy(histogram const &h) -> std::int64_t {
    std::uint32_t n = 0;
    std::int64_t saved = 0;
    for (auto const c : h)
        if (c > 0) n += c, saved += c * log2_of(c);
    return n ? n * log2_of(n) - saved : 0;
}
/// Tokens of a histogram up to the last that occurs.
inline auto used_of(histogram const &h) -> std::size_t {
    auto used = h.size();
    while (used > 0 && h[used - 1] == 0) --used;
    return used;
}
/// Of two histograms, joined; tokens from `used` on occur in neither.
inline auto joint_entropy(histogram const &a, histogram const &b, std::size_t used) -> std::int64_t {
    std::uint32_t n = 0;
    std::int64_t saved = 0;
    for (std::size_t i = 0; i < used; ++i)
        if (auto const c = a[i] + b[i]; c > 0) n += c, saved += c * log2_of(c);
    return n ? n * log2_of(n) - saved : 0;
}
inline auto added(histogram a, histogram const &b) -> histogram {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
    return a;
}
/// About what it costs to send a table, in bits times 65536.
inline auto table_cost(histogram const &h) -> std::int64_t {
    return (24 + 6 * (static_cast<std::int64_t>(h.size()) - std::count(h.begin(), h.end(), 0u))) << 16;
}

/// Seeds: contexts farthest from all before, while a table of its own saves the farthest one more than it costs. Says which context
/// is nearest to which.
inline auto seeded(triptych::detail::buffer<histogram> const &contexts, std::size_t most) -> clusters {
    clusters c;
    c.of = triptych::detail::buffer<std::uint8_t>(contexts.size(), std::uint8_t{0});
    triptych::detail::buffer<std::int64_t> own(contexts.size()), far(contexts.size());
    triptych::detail::buffer<std::size_t> used(contexts.size());
    if (!c.of.ok() || !own.ok() || !far.ok() || !used.ok()) return failed(std::move(c));
    std::size_t next = 0;
    std::uint64_t largest = 0;
    for (std::size_t i = 0; i < contexts.size(); ++i) {
        own[i] = entropy(contexts[i]), used[i] = used_of(contexts[i]);
        std::uint64_t n = 0;
        for (auto const v : contexts[i]) n += v;
        far[i] = n == 0 ? 0 : std::numeric_limits<std::int64_t>::max();
        if (n > largest) largest = n, next = i;
    }
    while (c.tables.size() < most) {
        auto const seed = contexts.size() ? contexts[next] : histogram{};
        auto const seed_bits = entropy(seed);
        auto const seed_used = used_of(seed);
        auto const t = c.tables.size();
        c.tables.push_back(seed);
        for (std::size_t i = 0; i < contexts.size(); ++i) {
            if (far[i] <= 0) continue;
            auto const d =
                i == next ? 0 : joint_entropy(contexts[i], seed, std::max(used[i], seed_used)) - own[i] - seed_bits;
            if (d < far[i]) far[i] = d, c.of[i] = static_cast<std::uint8_t>(t);
        }
        next = 0;
        for (std::size_t i = 0; i < contexts.size(); ++i)
            if (far[i] > far[next]) next = i;
        if (contexts.size() == 0 || far[next] < table_cost(contexts[next])) break;
    }
    return c;
}

/// Numbers the tables in the order of the first contexts that use them, and leaves out those that none uses. What did not occur goes to the first.
inline void numbered(clusters &c, triptych::detail::buffer<histogram> const &contexts) {
    std::array<int, 256> number;
    number.fill(-1);
    triptych::detail::list<histogram> tables;
    for (std::size_t i = 0; i < contexts.size(); ++i) {
        bool const occurs = std::any_of(contexts[i].begin(), contexts[i].end(), [](auto n) { return n > 0; });
        auto &t = number[c.of[i]];
        if (occurs && t < 0) t = static_cast<int>(tables.size()), tables.push_back(c.tables[c.of[i]]);
        c.of[i] = static_cast<std::uint8_t>(occurs ? t : 0);
    }
    if (tables.empty()) tables.push_back({});
    c.ok = c.ok && tables.ok();
    c.tables = std::move(tables);
}

/// Joins contexts to at most `most` tables, at least one: k-means from the seeds. A context moves to the table that codes it in fewest bits,
/// tables become what their contexts counted, a few times.
inline auto cluster(triptych::detail::buffer<histogram> const &contexts, std::size_t most) -> clusters {
    auto c = seeded(contexts, most);
    if (!c.ok) return c;
    constexpr int rounds = 4;
    constexpr std::uint32_t unseen = 20u << 16; // bits for what a table has not
    triptych::detail::buffer<histogram> costs(c.tables.size());
    if (!costs.ok()) return failed(std::move(c));
    for (int round = 0;; ++round) {
        for (auto &h : c.tables) h = {};
        for (std::size_t i = 0; i < contexts.size(); ++i)
            for (std::size_t k = 0; k < contexts[i].size(); ++k) c.tables[c.of[i]][k] += contexts[i][k];
        if (round == rounds || c.tables.size() < 2) break;
        for (std::size_t t = 0; t < costs.size(); ++t) {
            std::uint32_t n = 0;
            for (auto const v : c.tables[t]) n += v;
            for (std::size_t k = 0; k < costs[t].size(); ++k) {
                auto const v = c.tables[t][k];
                costs[t][k] = v ? static_cast<std::uint32_t>(log2_of(n) - log2_of(v)) : unseen;
            }
        }
        bool moved = false;
        for (std::size_t i = 0; i < contexts.size(); ++i) {
            auto const &h = contexts[i];
            auto const used = used_of(h);
            std::uint64_t least = ~std::uint64_t{0};
            std::size_t best = c.of[i];
            for (std::size_t t = 0; t < costs.size() && used > 0; ++t) {
                std::uint64_t bits = 0;
                for (std::size_t k = 0; k < used; ++k) bits += static_cast<std::uint64_t>(h[k]) * costs[t][k];
                if (bits < least) least = bits, best = t;
            }
            moved |= best != c.of[i];
            c.of[i] = static_cast<std::uint8_t>(best);
        }
        if (!moved) round = rounds - 1;
    }
    numbered(c, contexts);
    return c;
}

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
