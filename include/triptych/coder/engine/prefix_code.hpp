// triptych/coder/engine/prefix_code.hpp: optimal code words of limited length, and the tables that read and write
// them.
//
// Lengths are optimal by package-merge (Larmore and Hirschberg, 1990). This form keeps only which entries of each
// level are packages: O(length · symbols) time and no lists of symbols. Codes are canonical, so only lengths need be
// sent. They stand lowest bit first, so one look-up of `longest` bits decodes a token.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/parts/cluster.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/coder/parts/width_coder.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// Optimal code lengths of at most `most` <= 16 bits: the sum of counts[i] · length[i] is least among all prefix codes so limited. A count
/// of zero, and a symbol that is alone, get length 0. Needs n <= 256, n <= 2^most.
inline void limited_lengths(std::uint32_t const *counts, std::size_t n, unsigned most, std::uint8_t *lengths) {
    constexpr std::size_t symbols = 256;
    std::array<std::uint64_t, symbols> leaves; // count << 8 | symbol: sorts by count, and equal ones by symbol
    std::size_t used = 0;
    for (std::size_t i = 0; i < n; ++i) {
        lengths[i] = 0;
        if (counts[i] > 0) leaves[used++] = std::uint64_t{counts[i]} << 8 | i;
    }
    if (used < 2) return;
    std::sort(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(used));
    // A level holds the leaves and, merged among them by weight, pairs of neighbours of the level below.
    std::array<std::uint64_t, 2 * symbols> weights, merged;
    std::array<std::array<bool, 2 * symbols>, 16> is_pair;
    std::size_t size = 0;
    for (unsigned level = 0; level < most; ++level) {
        std::size_t const pairs = size / 2;
        size = used + pairs;
        for (std::size_t i = 0, leaf = 0, pair = 0; i < size; ++i) {
            auto const weight = pair < pairs ? weights[2 * pair] + weights[2 * pair + 1] : ~std::uint64_t{0};
            auto const count = leaf < used ? leaves[leaf] >> 8 : ~std::uint64_t{0};
            bool const takes_pair = leaf == used || (pair < pairs && weight < count);
            is_pair[level][i] = takes_pair;
            merged[i] = takes_pair ? weight : count;
            (takes_pair ? pair : leaf) += 1;
        }
        std::swap(weights, merged);
    }
    // How often a leaf is in the 2 · (used - 1) lightest entries of the last level, packages opened, is its length.
    auto taken = 2 * (used - 1);
    for (auto level = most; level-- > 0 && taken > 0;) {
        std::size_t pairs = 0;
        for (std::size_t i = 0; i < taken; ++i) pairs += is_pair[level][i];
        for (std::size_t i = 0; i < taken - pairs; ++i) ++lengths[leaves[i] & 255];
        taken = 2 * pairs;
    }
}

/// A code over at most 256 tokens.
struct prefix_code {
    static constexpr unsigned longest = 11;
    static constexpr std::size_t tokens = 256, slots = std::size_t{1} << longest;

    std::array<std::uint8_t, tokens> length{};
    std::uint32_t alone = 0; ///< the only token, where all lengths are 0: it takes no bits

    static auto of(model::detail::histogram const &counts, alphabet const & = {}) -> prefix_code {
        prefix_code code;
        limited_lengths(counts.data(), counts.size(), longest, code.length.data());
        for (std::uint32_t t = 0; t < tokens; ++t)
            if (counts[t] > 0) code.alone = t;
        return code;
    }
    auto single() const noexcept -> bool {
        return std::all_of(length.begin(), length.end(), [](auto n) { return n == 0; });
    }
    auto has(std::uint32_t token) const noexcept -> bool { return length[token] > 0 || (token == alone && single()); }
    /// Bits of a token; many for one that does not occur.
    auto rate(std::uint32_t token) const noexcept -> float {
        return has(token) ? static_cast<float>(length[token]) : 14.0F;
    }

    /// Lengths of the tokens, until the code is complete; both directions. False where they make no complete code.
    template <class E>
    auto code(E &engine, width_coder &numbers, alphabet const &letters) -> bool {
        auto const count = letters.tokens();
        if (engine.direct(single(), 1) != 0) {
            alone = engine.direct(alone, 8);
            return alone < count;
        }
        std::uint32_t filled = 0, t = 0;
        for (; t < count && filled < slots; ++t) {
            auto const n = numbers.code(engine, t, length[t]);
            if (n > longest) return false;
            length[t] = static_cast<std::uint8_t>(n);
            if (n > 0) filled += 1u << (longest - n);
        }
        numbers.end(t);
        return filled == slots;
    }

    /// Calls f(token, length, word): canonical words, shorter ones and lower tokens first, turned round to stand lowest bit first.
    template <class F>
    void each_word(F &&f) const noexcept {
        std::uint32_t next = 0;
        for (unsigned n = 1; n <= longest; ++n, next <<= 1)
            for (std::uint32_t i = 0; i < tokens; ++i)
                if (length[i] == n) {
                    std::uint32_t word = 0;
                    for (unsigned b = 0; b < n; ++b) word |= ((next >> b) & 1) << (n - 1 - b);
                    f(i, n, word), ++next;
                }
    }
    /// What encoders look up, by tokens of which `coarse` makes the code's own: the word in the highest bits, its length in the lowest. What can't
    /// occur is of no use.
    void words(std::array<std::uint8_t, tokens> const &coarse, std::uint64_t *out) const noexcept {
        std::array<std::uint64_t, tokens> own{};
        each_word(
            [&](std::uint32_t t, unsigned n, std::uint32_t word) { own[t] = std::uint64_t{word} << (64 - n) | n; });
        for (std::size_t t = 0; t < tokens; ++t) out[t] = own[coarse[t]];
    }
    /// What decoders look up by the next `longest` bits: the token above eight bits of its length.
    void spread(std::uint16_t *out) const noexcept {
        if (single()) std::fill(out, out + slots, static_cast<std::uint16_t>(alone << 8));
        each_word([&](std::uint32_t i, unsigned n, std::uint32_t word) {
            for (std::size_t s = word; s < slots; s += std::size_t{1} << n)
                out[s] = static_cast<std::uint16_t>(i << 8 | n);
        });
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
