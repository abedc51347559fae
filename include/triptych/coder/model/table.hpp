// triptych/coder/model/table.hpp: static tables, counted by the encoder and sent ahead; the model of Huffman and rANS
// coders.
//
// A band's *class* follows from the layout alone: component, level and orientation, or place in the block. A context
// is a class, or a class in regions of one level (see regions.hpp). Contexts whose statistics are alike share a table
// (cluster.hpp), so a table is sent only where it pays. Tables travel in a small adaptive binary code of their own.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/parts/cluster.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {

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

} // namespace detail

/// Static tables over tokens, by classes of bands and regions. What an engine makes of a table, integer intervals or code words, is its own.
struct table {
    static constexpr bool looks_back = false;
    static constexpr std::size_t most_tables = 64;
    static constexpr void describe(auto &d) { d("table"); }

    using classes = detail::band_classes;
    using histogram = detail::histogram;
    /// Tables and the map of contexts to them.
    static auto cluster(triptych::detail::buffer<histogram> const &counted) -> detail::clusters {
        return detail::cluster(counted, most_tables);
    }

    /// Intervals of [0, 2^bits): they cover it without a gap, and each token that was counted has at least one unit. A histogram
    /// of nothing gives all to token 0. bits <= 16, 2^bits at least the tokens counted.
    static auto intervals(histogram const &h, unsigned bits)
        -> std::array<coder::interval, coder::alphabet::most_tokens> {
        std::array<coder::interval, coder::alphabet::most_tokens> out{};
        std::uint64_t n = 0;
        std::int64_t left = std::int64_t{1} << bits;
        for (auto const c : h) n += c;
        if (n == 0) out[0].freq = 1u << bits, left = 0;
        // Tokens too rare for a unit get one, before the rest is shared out.
        auto const whole = static_cast<std::uint64_t>(left);
        auto others = n;
        for (std::size_t i = 0; i < h.size(); ++i)
            if (h[i] > 0 && h[i] * whole <= n) out[i].freq = 1, --left, others -= h[i];
        auto const shared = static_cast<std::uint64_t>(left);
        for (std::size_t i = 0; i < h.size(); ++i)
            if (h[i] > 0 && out[i].freq == 0) {
                auto const f = std::max<std::uint64_t>(1, (h[i] * shared + others / 2) / others);
                out[i].freq = static_cast<std::uint32_t>(f), left -= static_cast<std::int64_t>(f);
            }
        // The rounding's remainder goes where a unit changes the code length least: n_i / f_i is the slope.
        for (; left != 0; left += left < 0 ? 1 : -1) {
            std::size_t best = h.size();
            std::int64_t slope = 0;
            for (std::size_t i = 0; i < h.size(); ++i) {
                auto const f = out[i].freq;
                if (h[i] == 0 || (left < 0 && f == 1)) continue;
                auto const s = h[i] * (left > 0 ? detail::log2_of(f + 1) - detail::log2_of(f)
                                                : detail::log2_of(f - 1) - detail::log2_of(f));
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
