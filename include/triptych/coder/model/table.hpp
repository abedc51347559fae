// triptych/coder/model/table.hpp: static tables, counted by the encoder and sent ahead; the model of Huffman and rANS coders.
//
// A band's *class* follows from the layout alone: component, level and orientation, or place in the block. Classes whose statistics
// are alike share a table (clustering of histograms by the bits that a merge costs, as in JPEG XL), so a table is sent only where it pays,
// and a class that does not occur costs nothing. The tables travel in a small adaptive binary code of their own: some twenty bytes
// each, two or three for a picture of one colour.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/coder/model/logistic.hpp>
#include <triptych/coder/order.hpp>
#include <triptych/coder/tokens.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {

using histogram = std::array<std::uint32_t, coder::token::count>;

/// Class of each band of a layout, numbered in order of first appearance.
class band_classes {
public:
    template <std::size_t R>
    explicit band_classes(layout<R> const &where) noexcept : of_(where.count()) {
        if (!of_.ok()) return;
        triptych::detail::buffer<std::uint16_t> seen(keys, std::uint16_t{0});
        if (!(ok_ = seen.ok())) return;
        for (auto const &g : where.groups()) {
            std::size_t side = 1;
            while (side * side < g.count && side < 64) ++side;
            if (R == 1 || side * side != g.count) side = 0;
            for (std::size_t k = 0; k < g.count; ++k) {
                auto const &at = where[g.first + k].at;
                std::size_t zone = at.index & 3;
                if (g.count > 1) {
                    auto const far = side ? k / side + k % side : k;
                    zone =
                        4 + (far < 15 ? far
                                      : std::min<std::size_t>(11 + static_cast<std::size_t>(std::bit_width(far)), 27));
                }
                auto const key =
                    ((static_cast<std::size_t>(at.kind) * 4 + std::min<std::size_t>(at.component, 3)) * 16 +
                     std::min<std::size_t>(at.level, 15)) *
                        32 +
                    zone;
                if (seen[key] == 0) seen[key] = static_cast<std::uint16_t>(++count_);
                of_[g.first + k] = static_cast<std::uint16_t>(seen[key] - 1);
            }
        }
    }
    auto ok() const noexcept -> bool { return ok_ && of_.ok(); }
    auto count() const noexcept -> std::size_t { return count_; }
    auto operator[](std::size_t band) const noexcept -> std::size_t { return of_[band]; }

private:
    static constexpr std::size_t keys = 2 * 4 * 16 * 32;
    triptych::detail::buffer<std::uint16_t> of_;
    std::size_t count_ = 0;
    bool ok_ = true;
};

/// Which table each class uses, and what each table counted.
struct clusters {
    triptych::detail::buffer<std::uint8_t> of; ///< table of a class
    triptych::detail::list<histogram> tables;
};

inline auto entropy(histogram const &h) -> double {
    double n = 0, bits = 0;
    for (auto const c : h) n += c;
    for (auto const c : h)
        if (c > 0) bits -= c * std::log2(c / n);
    return bits;
}
inline auto added(histogram a, histogram const &b) -> histogram {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
    return a;
}

/// Joins classes until another table would cost more than it saves. At most `most` tables, at least one.
inline auto cluster(triptych::detail::buffer<histogram> const &classes, std::size_t most) -> clusters {
    constexpr double table_bits = 160;
    clusters c;
    c.of = triptych::detail::buffer<std::uint8_t>(classes.size(), std::uint8_t{0});
    triptych::detail::buffer<double> own(classes.size()), far(classes.size(), 1e300);
    std::size_t next = 0, largest = 0;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        own[i] = entropy(classes[i]);
        std::size_t n = 0;
        for (auto const v : classes[i]) n += v;
        if (n == 0) far[i] = 0;
        if (n > largest) largest = n, next = i;
    }
    while (c.tables.size() < most) {
        auto const seed = classes.size() ? classes[next] : histogram{};
        auto const seed_bits = entropy(seed);
        auto const t = c.tables.size();
        c.tables.push_back(seed);
        for (std::size_t i = 0; i < classes.size(); ++i) {
            if (far[i] <= 0) continue;
            auto const d = i == next ? 0 : entropy(added(classes[i], seed)) - own[i] - seed_bits;
            if (d < far[i]) far[i] = d, c.of[i] = static_cast<std::uint8_t>(t);
        }
        next = 0;
        for (std::size_t i = 0; i < classes.size(); ++i)
            if (far[i] > far[next]) next = i;
        if (classes.size() == 0 || far[next] < table_bits) break;
    }
    for (auto &h : c.tables) h = {};
    for (std::size_t i = 0; i < classes.size(); ++i) c.tables[c.of[i]] = added(c.tables[c.of[i]], classes[i]);
    return c;
}

/// Small numbers below 16 in adaptive bits, in the context of the one before.
class number_coder {
public:
    template <class E>
    auto code(E &engine, std::uint32_t before, std::uint32_t v) -> std::uint32_t {
        std::uint32_t node = 1;
        for (int i = 3; i >= 0; --i) {
            auto &c = nodes_[before * 16 + node];
            bool const b = engine.bit(std::clamp<std::uint32_t>(c.p(), 64, 65472), (v >> i) & 1);
            c.learn(b);
            node = node << 1 | static_cast<std::uint32_t>(b);
        }
        return node & 15;
    }

private:
    std::array<counter<4, 5>, 256> nodes_{};
};

/// Which table each class uses, as bits; both directions. A number too large is corrupt: returns false.
template <class E>
auto code_map(E &engine, std::size_t &tables, triptych::detail::buffer<std::uint8_t> &of, std::size_t most) -> bool {
    tables = engine.direct(static_cast<std::uint32_t>(tables - 1), 5) + 1;
    if (tables > most) return false;
    auto const n = static_cast<unsigned>(std::bit_width(tables - 1));
    for (auto &v : of) {
        v = static_cast<std::uint8_t>(engine.direct(v, n));
        if (v >= tables) return false;
    }
    return true;
}

} // namespace detail

/// Static tables over tokens, by classes of bands. What an engine makes of a table, integer intervals or code words, is its own.
struct table {
    static constexpr bool looks_back = false;
    static constexpr std::size_t most_tables = 24;
    static constexpr void describe(auto &d) { d("table"); }

    using classes = detail::band_classes;
    using histogram = detail::histogram;
    /// Tables and the map of classes to them.
    static auto cluster(triptych::detail::buffer<histogram> const &counted) -> detail::clusters {
        return detail::cluster(counted, most_tables);
    }

    /// Intervals of [0, 2^bits): they cover it without a gap, and each token that was counted has at least one unit. A histogram
    /// of nothing gives all to token 0.
    static auto intervals(histogram const &h, unsigned bits) -> std::array<coder::interval, coder::token::count> {
        auto const whole = std::uint32_t{1} << bits;
        std::array<coder::interval, coder::token::count> out{};
        std::uint64_t n = 0;
        for (auto const c : h) n += c;
        if (n == 0) return out[0].freq = whole, out;
        std::int64_t left = whole;
        for (std::size_t i = 0; i < h.size(); ++i) {
            if (h[i] > 0)
                out[i].freq =
                    std::max<std::uint32_t>(1, static_cast<std::uint32_t>((h[i] * std::uint64_t{whole} + n / 2) / n));
            left -= out[i].freq;
        }
        // The rounding's remainder goes where a unit changes the code length least: n_i / f_i is the slope.
        for (; left != 0; left += left < 0 ? 1 : -1) {
            std::size_t best = h.size();
            double slope = 0;
            for (std::size_t i = 0; i < h.size(); ++i) {
                if (h[i] == 0 || (left < 0 && out[i].freq == 1)) continue;
                double const f = out[i].freq,
                             s = left > 0 ? h[i] * std::log2((f + 1) / f) : -h[i] * std::log2(f / (f - 1));
                if (best == h.size() || s > slope) best = i, slope = s;
            }
            out[best].freq += left < 0 ? ~0u : 1u;
        }
        std::uint32_t start = 0;
        for (auto &i : out) i.start = start, start += i.freq;
        return out;
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::model
