// triptych/coder/raw.hpp: no entropy coding: each symbol in as many bits as its band says.
//
// The baseline of all coders, and the right one for data that are random already. Bits fill bytes from the lowest up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/engine/words.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// Packs numbers of up to 32 bits, lowest bit first.
class bit_writer {
public:
    template <class W>
    void put(std::uint32_t v, unsigned n, W &w) {
        held_ |= (static_cast<std::uint64_t>(v) & ((std::uint64_t{1} << n) - 1)) << count_;
        count_ += n;
        if (count_ < 32) return;
        store_64(bytes_.data() + size_, held_);
        held_ >>= 32, count_ -= 32, size_ += 4;
        if (size_ + 8 > bytes_.size()) give(w);
    }
    /// Fills the last byte with zeros.
    template <class W>
    void finish(W &w) {
        store_64(bytes_.data() + size_, held_);
        size_ += (count_ + 7) / 8;
        give(w);
        held_ = 0, count_ = 0;
    }

private:
    template <class W>
    void give(W &w) {
        w.bytes(std::span<std::byte const>(bytes_.data(), size_));
        size_ = 0;
    }

    std::array<std::byte, 256> bytes_; ///< `size_` of them wait to be handed on
    std::size_t size_ = 0;
    std::uint64_t held_ = 0;
    unsigned count_ = 0; ///< below 32 between calls
};

/// Reads them back; zeros past the end. `finish` takes the bytes from the reader.
class bit_reader {
public:
    explicit bit_reader(std::span<std::byte const> bytes) noexcept : bytes_(bytes) {}

    /// The next n <= 32 bits, without taking them.
    auto peek(unsigned n) noexcept -> std::uint32_t {
        if (count_ < n) refill();
        return static_cast<std::uint32_t>(held_ & ((std::uint64_t{1} << n) - 1));
    }
    /// Takes n bits that were looked at.
    void take(unsigned n) noexcept { held_ >>= n, count_ -= n; }
    auto get(unsigned n) noexcept -> std::uint32_t {
        auto const v = peek(n);
        take(n);
        return v;
    }
    /// Leaves the reader behind the last byte begun. Padding bits that are not zero are corrupt.
    void finish(byte_reader &r) noexcept {
        r.skip(at_ - count_ / 8);
        if (r.ok() && (held_ & ((std::uint64_t{1} << count_ % 8) - 1)) != 0) r.fail(errc::corrupt);
    }

private:
    /// Holds 56 bits or more. Bits of a byte that is not yet counted may stand above them already: the same are put there again.
    void refill() noexcept {
        if (at_ + 8 <= bytes_.size()) {
            held_ |= load_64(bytes_.data() + at_) << count_;
            at_ += (63 - count_) / 8, count_ |= 56;
            return;
        }
        for (; count_ < 56; count_ += 8, ++at_)
            if (at_ < bytes_.size()) held_ |= static_cast<std::uint64_t>(bytes_[at_]) << count_;
    }

    std::span<std::byte const> bytes_;
    std::size_t at_ = 0; ///< bytes in `held_` or before, also such as there are not
    std::uint64_t held_ = 0;
    unsigned count_ = 0;
};
} // namespace detail

/// Bit packing. Symbols must lie within their band's `bits`; higher bits are dropped. Any rank, int16 and int32.
struct raw {
    using order = fifo;
    static constexpr void describe(auto &d) { d("raw"); }

    class encoder_type {
    public:
        template <class T, std::size_t R, class W>
        void put(bands<T, R> const &symbols, W &w) {
            walk(symbols, [&](T const &v, unsigned width) { bits_.put(static_cast<std::uint32_t>(v), width, w); });
        }
        template <class W>
        void finish(W &w) {
            bits_.finish(w);
        }

    private:
        detail::bit_writer bits_;
    };
    class decoder_type {
    public:
        explicit decoder_type(byte_reader const &r) noexcept : bits_(r.rest()) {}
        template <class T, std::size_t R>
        void get(bands<T, R> &symbols, byte_reader &) noexcept {
            walk(symbols, [&](T &v, unsigned width) { v = static_cast<T>(sign_extend(bits_.get(width), width)); });
        }
        void finish(byte_reader &r) noexcept { bits_.finish(r); }

    private:
        detail::bit_reader bits_;
    };
    auto encoder() const -> encoder_type { return {}; }
    auto decoder(byte_reader const &r) const noexcept -> decoder_type { return decoder_type(r); }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        auto e = encoder();
        e.put(symbols, w), e.finish(w);
    }
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        auto d = decoder(r);
        d.get(symbols, r);
        if (r.ok()) d.finish(r);
    }

    /// Every value of a band costs its width.
    struct estimator {
        template <class T, std::size_t R>
        auto bits(bands<T, R> const &symbols, std::size_t band, std::size_t, std::int32_t) const noexcept -> float {
            return static_cast<float>(width_of<T>(symbols.info(band)));
        }
    };
    template <class B>
    auto rates(B const &) const noexcept -> estimator {
        return {};
    }

private:
    /// Each symbol in buffer order, with its width.
    template <class B, class F>
    static void walk(B &symbols, F &&f) {
        using T = typename std::remove_const_t<B>::value_type;
        for (auto const &g : symbols.layout().groups()) {
            auto *const at = symbols.data() + g.offset;
            for (std::size_t p = 0; p < g.samples; ++p)
                for (std::size_t k = 0; k < g.count; ++k)
                    f(at[p * g.count + k], width_of<T>(symbols.info(g.first + k)));
        }
    }
};

static_assert(coder_for<raw, bands<std::int16_t, 2>> && coder_for<raw, bands<std::int32_t, 1>>);
static_assert(streaming_coder<raw, bands<std::int16_t, 2>> && rate_aware<raw, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
