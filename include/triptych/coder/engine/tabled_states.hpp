// triptych/coder/engine/tabled_states.hpp: the tabled asymmetric numeral system: states, tables and the stream of
// bits.
//
// A state is a place in a table. The entry there says the token, the next place and the number of bits to read, so
// there is no multiplication. The encoder runs backwards and fills its bytes from the last one down, so the decoder
// reads forwards. One state alone is a chain of look-ups, so symbol i belongs to state i mod Lanes. All states share
// one stream of bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/coder/engine/frequency_table.hpp>
#include <triptych/coder/engine/words.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// What follows from a table of frequencies. States are size ... 2 · size - 1, stored less size by the decoder.
struct state_table {
    static constexpr unsigned precision = 12;
    static constexpr std::uint32_t size = 1u << precision;

    /// Of a token: it takes (state + more_bits) >> 16 bits, and the next state is number (state >> bits) + first of `states`.
    struct step {
        std::uint32_t more_bits;
        std::int32_t first;
    };

    /// Calls f(slot, token, number) for all slots in order; a token's slots are numbered from its frequency on. They lie scattered by a
    /// stride that is odd, so that each slot is met once, and near 5/8 of the table, as in Y. Collet's FSE.
    template <class Table, class F>
    static void each_slot(Table const &table, F &&f) {
        constexpr auto stride = (size >> 1) + (size >> 3) + 3;
        std::array<std::uint8_t, size> tokens;
        std::array<std::uint32_t, alphabet::most_tokens> number;
        std::uint32_t slot = 0;
        for (std::uint32_t t = 0; t < number.size(); ++t) {
            number[t] = table.token[t].freq;
            for (std::uint32_t i = 0; i < number[t]; ++i, slot = (slot + stride) & (size - 1))
                tokens[slot] = static_cast<std::uint8_t>(t);
        }
        for (std::uint32_t s = 0; s < size; ++s) f(s, std::uint32_t{tokens[s]}, number[tokens[s]]++);
    }
    /// For encoders: a step for each token, and the states they lead to.
    template <class Table>
    static void steps(Table const &table, step *of, std::uint16_t *states) {
        for (std::uint32_t t = 0; t < alphabet::most_tokens; ++t) {
            auto const [start, freq] = table.token[t];
            auto const most = precision + 1 - static_cast<unsigned>(std::bit_width(freq));
            of[t] = {};
            if (freq > 0)
                of[t] = {(most << 16) - (freq << most),
                         static_cast<std::int32_t>(start) - static_cast<std::int32_t>(freq)};
        }
        each_slot(table, [&](std::uint32_t slot, std::uint32_t t, std::uint32_t number) {
            states[static_cast<std::int32_t>(number) + of[t].first] = static_cast<std::uint16_t>(size + slot);
        });
    }
    /// For decoders: token (8 bits), number of bits (8), what to add to them for the next state (16).
    template <class Table>
    static void entries(Table const &table, std::uint32_t *out) noexcept {
        each_slot(table, [&](std::uint32_t slot, std::uint32_t t, std::uint32_t number) {
            auto const bits = precision + 1 - static_cast<unsigned>(std::bit_width(number));
            out[slot] = ((number << bits) - size) << 16 | bits << 8 | t;
        });
    }
};

/// Tokens between two visits to memory: their bits and 7 of a byte begun fit 64.
inline constexpr std::size_t state_run = 4;
static_assert(state_run * state_table::precision + 7 < 64);

/// Codes tokens from the last to the first.
template <std::size_t Lanes>
class state_encoder {
public:
    /// Room for so many tokens in all; `ok()` says whether there was memory.
    explicit state_encoder(std::size_t tokens)
        : bytes_(tokens * state_table::precision / 8 + 2 * Lanes + 16), at_(bytes_.end()) {
        state_.fill(state_table::size);
    }
    auto ok() const noexcept -> bool { return bytes_.ok(); }

    /// Codes n tokens that stand before all so far, the first at a multiple of 8. table[i] says which 256 steps and which states token i takes.
    void put(state_table::step const *steps, std::uint16_t const *states, std::uint8_t const *tokens,
             std::uint8_t const *table, std::size_t n) noexcept {
        auto own = bits_; // in registers
        auto state = state_;
        auto *at = at_;
        auto const push = [&](std::size_t i, std::size_t lane) {
            auto &x = state[lane];
            auto const s = steps[std::size_t{table[i]} << 8 | tokens[i]];
            auto const bits = (x + s.more_bits) >> 16;
            own.push(x & ((1u << bits) - 1), bits);
            auto const next = static_cast<std::int32_t>(x >> bits) + s.first;
            x = states[table[i] * std::size_t{state_table::size} + static_cast<std::size_t>(next)];
        };
        for (; n % 8 != 0; at = own.flush(at)) --n, push(n, n % Lanes);
        for (; n > 0; n -= 8)
#pragma GCC unroll 2
            for (std::size_t end = 8; end > 0; end -= state_run) {
#pragma GCC unroll 4
                for (std::size_t k = end; k > end - state_run; --k) push(n - 9 + k, (k - 1) % Lanes);
                at = own.flush(at);
            }
        bits_ = own, state_ = state, at_ = at;
    }

    /// The states, the first one first, behind a one that says where in its byte the stream begins.
    template <class W>
    void finish(W &w) {
        for (auto lane = Lanes; lane-- > 0; at_ = bits_.flush(at_))
            bits_.push(state_[lane] - state_table::size, state_table::precision);
        bits_.push(1, 1);
        at_ = bits_.flush(at_);
        if (bits_.count > 0) *--at_ = static_cast<std::byte>(bits_.held << (8 - bits_.count));
        w.bytes(std::span<std::byte const>(at_, bytes_.end()));
    }

private:
    /// The lowest `count` bits of `held` are to be written, the latest lowest.
    struct pending {
        std::uint64_t held = 0, count = 0;

        void push(std::uint32_t v, unsigned bits) noexcept { held = held << bits | v, count += bits; }
        auto flush(std::byte *to) noexcept -> std::byte * {
            store_64(to - 8, held << ((0 - count) & 63));
            to -= count >> 3, count &= 7;
            return to;
        }
    };

    triptych::detail::buffer<std::byte> bytes_;
    std::byte *at_;
    pending bits_;
    std::array<std::uint32_t, Lanes> state_;
};

/// Decodes them from the first to the last. Never reads outside the bytes it is given; `finish` says whether they were right.
template <std::size_t Lanes>
class state_decoder {
public:
    state_decoder() = default;
    explicit state_decoder(byte_reader &r) noexcept : bytes_(r.rest()) {
        if (bytes_.empty() || bytes_[0] == std::byte{0}) {
            r.fail(bytes_.empty() ? errc::truncated : errc::corrupt);
            return;
        }
        at_ = static_cast<std::uint64_t>(std::countr_zero(static_cast<unsigned>(bytes_[0]))) + 1;
        for (auto &x : state_) {
            x = bits_at(bytes_, at_) & (state_table::size - 1);
            at_ += state_table::precision;
        }
    }

    /// Decodes n tokens, where all before were multiples of 8. table[i] says which entries token i takes.
    void get(std::uint32_t const *entries, std::uint8_t *tokens, std::uint8_t const *table, std::size_t n) noexcept {
        auto state = state_;
        auto const pull = [&](std::size_t i, std::size_t lane, std::uint64_t held) -> unsigned {
            auto &x = state[lane];
            auto const e = entries[table[i] * std::size_t{state_table::size} + x];
            unsigned const bits = e >> 8 & 255;
            x = (e >> 16) + static_cast<std::uint32_t>(held & ((1u << bits) - 1));
            tokens[i] = static_cast<std::uint8_t>(e);
            return bits;
        };
        std::size_t done = 0;
        while (n - done >= 8 && bytes_.size() >= at_ / 8 + 8 + round_bytes) {
            auto const safe = (bytes_.size() - 8 - static_cast<std::size_t>(at_ / 8)) / round_bytes;
            auto const end = done + 8 * std::min((n - done) / 8, safe);
            auto const *from = bytes_.data() + at_ / 8;
            unsigned used = at_ % 8;
            while (done < end)
#pragma GCC unroll 2
                for (std::size_t first = 0; first < 8; first += state_run, done += state_run) {
                    from += used / 8, used %= 8;
                    auto held = load_64(from) >> used;
#pragma GCC unroll 4
                    for (std::size_t k = 0; k < state_run; ++k) {
                        auto const bits = pull(done + k, (first + k) % Lanes, held);
                        held >>= bits, used += bits;
                    }
                }
            at_ = 8 * static_cast<std::uint64_t>(from - bytes_.data()) + used;
        }
        for (; done < n; ++done) at_ += pull(done, done % Lanes, bits_at(bytes_, at_));
        state_ = state;
    }

    /// Leaves the reader behind the stream. All states must be where the encoder began, and the stream at the end of a byte.
    void finish(byte_reader &r) const noexcept {
        r.skip(static_cast<std::size_t>((at_ + 7) / 8));
        bool const home = std::all_of(state_.begin(), state_.end(), [](auto x) { return x == 0; });
        if (!home || at_ % 8 != 0) r.fail(errc::corrupt);
    }

private:
    static constexpr std::size_t round_bytes = state_table::precision; ///< that eight tokens take at most

    std::span<std::byte const> bytes_;
    std::uint64_t at_ = 0; ///< bits read so far
    std::array<std::uint32_t, Lanes> state_{};
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
