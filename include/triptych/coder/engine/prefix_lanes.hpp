// triptych/coder/engine/prefix_lanes.hpp: interleaved streams of prefix codes, decoded at the speed of the machine.
//
// One stream is a chain of look-up and shift, seven cycles a token. Eight streams, with token i in stream i mod 8,
// keep the machine busy, as the four of zstd's HUF do. Their tokens come in order, so each may have a table of its
// own. A stream is refilled once for five tokens. Five tokens of 11 bits and 7 bits of a byte begun leave one of 64
// bits. That bit is set, and its place says how many are used up.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <triptych/coder/engine/prefix_code.hpp>
#include <triptych/coder/engine/words.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// Tokens of a stream between two refills.
inline constexpr std::size_t prefix_run = 5;
static_assert(prefix_run * prefix_code::longest + 7 < 64);

/// Writes tokens to `Lanes` streams, 1 or an even number.
template <std::size_t Lanes>
class lane_encoder {
public:
    /// Room for so many tokens in all; `ok()` says whether there was memory.
    explicit lane_encoder(std::size_t tokens)
        : room_((tokens / Lanes + 1) * prefix_code::longest / 8 + 16), bytes_(room_ * Lanes) {
        for (std::size_t l = 0; l < Lanes && ok(); ++l) at_[l] = begin(l);
    }
    auto ok() const noexcept -> bool { return bytes_.ok(); }

    /// Codes n tokens, where all before were multiples of Lanes. `words` are those of prefix_code; table[i] says which 256 of them token i takes.
    void put(std::uint64_t const *words, std::uint8_t const *tokens, std::uint8_t const *table,
             std::size_t n) noexcept {
        auto const word = [&](std::size_t i) { return words[std::size_t{table[i]} << 8 | tokens[i]]; };
        constexpr auto round = Lanes * prefix_run, pair = Lanes > 1 ? std::size_t{2} : std::size_t{1};
        auto const whole = n - n % round;
        for (std::size_t l = 0; l < Lanes;
             l += pair) { // two at once: enough for the machine, few enough for its registers
            auto a = lane_[l], b = lane_[l + pair - 1];
            auto *to_a = at_[l], *to_b = at_[l + pair - 1];
            for (std::size_t i = l; i < whole; i += round) {
#pragma GCC unroll 5
                for (std::size_t k = 0; k < round; k += Lanes) {
                    a.push(word(i + k), k + Lanes == round);
                    if (pair == 2) b.push(word(i + k + 1), k + Lanes == round);
                }
                to_a = a.flush(to_a);
                if (pair == 2) to_b = b.flush(to_b);
            }
            lane_[l] = a, at_[l] = to_a;
            if (pair == 2) lane_[l + 1] = b, at_[l + 1] = to_b;
        }
        for (auto i = whole; i < n; ++i) {
            auto const l = i % Lanes;
            lane_[l].push(word(i), true), at_[l] = lane_[l].flush(at_[l]);
        }
    }

    /// The sizes of all streams but the last, then the streams.
    template <class W>
    void finish(W &w) {
        for (std::size_t l = 0; l < Lanes; ++l) {
            if (lane_[l].count > 0) *at_[l]++ = static_cast<std::byte>(lane_[l].held >> (64 - lane_[l].count));
            if (l + 1 < Lanes) w.varint(static_cast<std::uint64_t>(at_[l] - begin(l)));
        }
        for (std::size_t l = 0; l < Lanes; ++l) w.bytes(std::span<std::byte const>(begin(l), at_[l]));
    }

private:
    /// The highest `count` bits of `held` are to be written.
    struct lane {
        std::uint64_t held = 0, count = 0;

        /// A word's length stays behind in the lowest bits, which only the last before a flush might feel, and counts in those of `count`.
        void push(std::uint64_t word, bool last) noexcept {
            held = held >> (word & 63) | (last ? word & ~std::uint64_t{255} : word);
            count += word;
        }
        auto flush(std::byte *to) noexcept -> std::byte * {
            count &= 63;
            store_64(to, held >> ((0 - count) & 63));
            to += count >> 3, count &= 7;
            return to;
        }
    };
    auto begin(std::size_t l) noexcept -> std::byte * {
        return bytes_.data() + l * room_;
    }

    std::size_t room_;
    triptych::detail::buffer<std::byte> bytes_;
    std::array<std::byte *, Lanes> at_{};
    std::array<lane, Lanes> lane_{};
};

/// Reads them back. Never reads outside the bytes it is given, whatever they are; `finish` says whether they were right.
template <std::size_t Lanes>
class lane_decoder {
public:
    lane_decoder() = default;
    /// Takes sizes from the reader, and borrows what is left of it.
    explicit lane_decoder(byte_reader &r) noexcept {
        std::uint64_t end = 0;
        for (std::size_t l = 1; l < Lanes; ++l)
            end += r.varint(r.remaining()), at_[l] = end; // sums of seven can't overflow
        bytes_ = r.rest();
        if (end > bytes_.size()) r.fail(errc::truncated);
        if (!r.ok()) bytes_ = {}, at_ = {};
        for (std::size_t l = 0; l < Lanes; ++l) end_[l] = l + 1 < Lanes ? at_[l + 1] : 0;
        for (auto &at : at_) at *= 8;
    }

    /// Decodes n tokens, where all before were multiples of Lanes. `slots` are those of prefix_code; table[i] says which of them token i takes.
    void get(std::uint16_t const *slots, std::uint8_t *tokens, std::uint8_t const *table, std::size_t n) noexcept {
        // Tables change seldom, and mostly where a region ends: at a multiple of eight.
        std::uint64_t one = n > 0 ? table[0] * bytes : 0, differs = 0, changes = 0;
        std::size_t i = 0;
        for (std::uint64_t eight = 0; i + 8 <= n; i += 8) {
            std::memcpy(&eight, table + i, 8);
            differs |= eight ^ one, changes |= eight ^ (eight & 255) * bytes;
        }
        for (; i < n; ++i) differs |= table[i] ^ table[0], changes |= table[i] ^ table[n - n % 8];
        if (differs == 0)
            runs<tables::one>(slots + (n > 0 ? offset(table[0]) : 0), tokens, table, n);
        else if (changes == 0 && Lanes % 8 == 0)
            runs<tables::of_eight>(slots, tokens, table, n);
        else
            runs<tables::of_each>(slots, tokens, table, n);
    }

    /// Leaves the reader behind the last stream. Streams that end elsewhere than they should, or in other bits than zeros, are corrupt.
    void finish(byte_reader &r) noexcept {
        end_[Lanes - 1] = (at_[Lanes - 1] + 7) / 8;
        r.skip(end_[Lanes - 1]);
        for (std::size_t l = 0; l < Lanes && r.ok(); ++l) {
            auto const filled = at_[l] % 8;
            if ((at_[l] + 7) / 8 != end_[l] ||
                (filled != 0 && static_cast<unsigned>(bytes_[at_[l] / 8]) >> filled != 0))
                r.fail(errc::corrupt);
        }
    }

private:
    enum class tables { one, of_eight, of_each };
    static constexpr std::uint64_t bytes = 0x0101010101010101;
    static constexpr std::uint64_t sentinel = std::uint64_t{1} << 63, mask = prefix_code::slots - 1;

    static auto offset(std::uint8_t table) noexcept -> std::size_t {
        return std::size_t{table} << prefix_code::longest;
    }

    template <tables Kind>
    void runs(std::uint16_t const *slots, std::uint8_t *tokens, std::uint8_t const *table, std::size_t n) noexcept {
        constexpr auto round = Lanes * prefix_run;
        std::size_t done = 0;
        while (n - done >= round) {
            // A stream may take seven bytes a round; the one that is furthest decides how many rounds are safe.
            auto const furthest = *std::max_element(at_.begin(), at_.end()) / 8;
            if (furthest + 8 > bytes_.size()) break;
            auto const rounds = std::min<std::size_t>((n - done) / round, (bytes_.size() - 8 - furthest) / 7 + 1);
            std::array<std::uint64_t, Lanes> held;
            std::array<std::byte const *, Lanes> from;
            for (std::size_t l = 0; l < Lanes; ++l)
                from[l] = bytes_.data() + at_[l] / 8, held[l] = sentinel >> at_[l] % 8;
            for (auto const end = done + rounds * round; done < end; done += round) {
#pragma GCC unroll 8
                for (std::size_t l = 0; l < Lanes; ++l) {
                    auto const used = static_cast<unsigned>(std::countl_zero(held[l]));
                    from[l] += used / 8;
                    held[l] = (load_64(from[l]) | sentinel) >> used % 8;
                }
#pragma GCC unroll 5
                for (std::size_t k = 0; k < round; k += Lanes) {
                    auto const *of = Kind == tables::of_eight ? slots + offset(table[done + k]) : slots;
#pragma GCC unroll 8
                    for (std::size_t l = 0; l < Lanes; ++l) {
                        if (Kind == tables::of_each) of = slots + offset(table[done + k + l]);
                        std::uint32_t const e = of[held[l] & mask];
                        held[l] >>= e & 63;
                        tokens[done + k + l] = static_cast<std::uint8_t>(e >> 8);
                    }
                }
            }
            for (std::size_t l = 0; l < Lanes; ++l)
                at_[l] = 8 * static_cast<std::uint64_t>(from[l] - bytes_.data()) +
                         static_cast<unsigned>(std::countl_zero(held[l]));
        }
        for (; done < n; ++done) {
            auto &at = at_[done % Lanes];
            auto const first = Kind == tables::one ? 0 : offset(table[done]);
            std::uint32_t const e = slots[first + (bits_at(bytes_, at) & mask)];
            at += e & 63;
            tokens[done] = static_cast<std::uint8_t>(e >> 8);
        }
    }

    std::span<std::byte const> bytes_;
    std::array<std::uint64_t, Lanes> at_{}, end_{}; ///< bits read so far, and the byte where each stream ends
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
