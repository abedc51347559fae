// triptych/coder/engine/multisymbol_engine.hpp: an arithmetic coder for digits 0 ... 15, the engine under models that
// count in digits.
//
// The range coder of Daala and AV1 (AV1 specification, 8.2.6; T. Terriberry). The range has 16 bits, so all
// thresholds of an `adaptive_cdf` are one vector product away. A window of 64 bits is filled 32 at a time. As with
// `binary_engine.hpp`, the closing bytes depend on what both sides know and settle the value whatever follows. So a
// decoder knows to the byte where its stream ends.
//
// Encoder and decoder offer one interface, `digit(cdf, d) -> d`, so that a model is written once. The encoder codes d
// and returns it; the decoder ignores d and returns what it reads.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/coder/engine/pending_bytes.hpp>
#include <triptych/coder/parts/adaptive_cdf.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
inline constexpr std::uint32_t full_range = 65535;
/// Bytes of a stream whose range was doubled `shifts` times: two bits more than that pin a value down, since the range is
/// never below 2^15. The full range never comes back once something was coded.
constexpr auto stream_bytes(std::uint64_t shifts, std::uint32_t range) noexcept -> std::uint64_t {
    return range == full_range ? 0 : (shifts + 2 + 7) / 8;
}
/// Bits coded at once as equally likely: what the division of the range loses stays below a hundredth of a bit.
inline constexpr unsigned direct_bits = 8;
} // namespace detail

/// Codes digits under adaptive probabilities, which learn on the way.
class multisymbol_encoder {
public:
    static constexpr bool decoding = false;

    template <unsigned Slowest>
    auto digit(adaptive_cdf<Slowest> &cdf, unsigned d) -> unsigned {
        narrow(range_ * cdf.at_least(d + 1) >> 15, range_ * cdf.at_least(d) >> 15);
        cdf.learn(d);
        return d;
    }
    /// Codes the lowest n <= 32 bits of v as equally likely.
    auto direct(std::uint32_t v, unsigned n) -> std::uint32_t {
        for (auto left = n; left > 0;) {
            auto const k = std::min(left, detail::direct_bits);
            left -= k;
            auto const unit = range_ >> k, at = (v >> left) & ((1u << k) - 1);
            narrow(unit * at, unit * (at + 1));
        }
        return v;
    }

    /// Hands on what is settled.
    template <class W>
    void flush(W &w) {
        bytes_.flush(w);
    }
    /// Closes the stream; the encoder may be used for another one afterwards.
    template <class W>
    void finish(W &w) {
        if (auto const n = static_cast<unsigned>(detail::stream_bytes(held_, range_)); n > 0) {
            auto const unused = held_ + 16 - 8 * n; // bits of `low_` beyond the closing bytes: 7 to 14
            auto const v = (low_ + (std::uint64_t{1} << unused) - 1) >> unused;
            if (v >> (8 * n)) bytes_.carry();
            bytes_.push(v, n);
        }
        bytes_.finish(w);
        low_ = 0, range_ = detail::full_range, held_ = 0;
    }

private:
    /// Takes the part [low, high) of the range.
    void narrow(std::uint32_t low, std::uint32_t high) {
        low_ += low, range_ = high - low;
        auto const s = static_cast<unsigned>(std::countl_zero(static_cast<std::uint16_t>(range_)));
        low_ <<= s, range_ <<= s, held_ += s;
        if (held_ < 32) return;
        held_ -= 32;
        auto const v = low_ >> (16 + held_);
        if (v >> 32) bytes_.carry();
        bytes_.push(v, 4);
        low_ &= (std::uint64_t{1} << (16 + held_)) - 1;
    }

    detail::pending_bytes bytes_;
    std::uint64_t low_ = 0; ///< 16 + held_ bits, and a carry
    std::uint32_t range_ = detail::full_range;
    unsigned held_ = 0;
};

/// The other side. Reads zeros past the end; `finish` takes exactly the stream's bytes from the reader, and fails where they
/// were not all there, or where they don't close as an encoder closes.
class multisymbol_decoder {
public:
    static constexpr bool decoding = true;

    explicit multisymbol_decoder(byte_reader const &r) noexcept : bytes_(r.rest()) { refill(), refill(); }

    template <unsigned Slowest>
    auto digit(adaptive_cdf<Slowest> &cdf, unsigned = 0) noexcept -> unsigned {
        std::uint16_t edges[32];
        auto const d = cdf.find(range_, static_cast<std::uint32_t>(code_ >> 48), edges);
        narrow(edges[d + 1], edges[d]);
        cdf.learn(d);
        return d;
    }
    auto direct(std::uint32_t, unsigned n) noexcept -> std::uint32_t {
        std::uint32_t v = 0;
        while (n > 0) {
            auto const k = std::min(n, detail::direct_bits);
            auto const unit = range_ >> k;
            auto const at = std::min(static_cast<std::uint32_t>(code_ >> 48) / unit, (1u << k) - 1);
            narrow(unit * at, unit * (at + 1));
            v = v << k | at, n -= k;
        }
        return v;
    }

    /// True once more bytes were asked for than any stream could need: what is decoded from here on means nothing.
    auto exhausted() const noexcept -> bool { return at_ > bytes_.size() + 8; }

    void finish(byte_reader &r) const noexcept {
        auto const shifts = 8 * std::uint64_t{at_} - have_;
        auto const n = detail::stream_bytes(shifts, range_);
        r.skip(static_cast<std::size_t>(n));
        if (!r.ok() || n == 0) return;
        // The encoder closed with the lowest bytes that lie in its interval; any others are damage.
        auto const inside = static_cast<unsigned>(8 * n - shifts); // bits of the window within them: 2 to 9
        auto const i = static_cast<std::size_t>(n);
        auto const behind = (byte(i) << 8 | byte(i + 1)) >> inside;
        auto const x = static_cast<std::uint32_t>(code_ >> 48);
        if (x >= range_ || x < behind || x - behind >= 1u << (16 - inside)) r.fail(errc::corrupt);
    }

private:
    void narrow(std::uint32_t low, std::uint32_t high) noexcept {
        range_ = high - low;
        auto const s = static_cast<unsigned>(std::countl_zero(static_cast<std::uint16_t>(range_)));
        code_ = (code_ - (std::uint64_t{low} << 48)) << s;
        range_ <<= s, have_ -= s;
        if (have_ <= 32) refill();
    }
    void refill() noexcept {
        std::uint32_t v = 0;
        if (at_ + 4 <= bytes_.size())
            for (unsigned i = 0; i < 4; ++i) v = v << 8 | static_cast<std::uint32_t>(bytes_[at_ + i]);
        else
            for (unsigned i = 0; i < 4; ++i) v = v << 8 | byte(at_ + i);
        code_ |= std::uint64_t{v} << (32 - have_);
        at_ += 4, have_ += 32;
    }
    auto byte(std::size_t i) const noexcept -> std::uint32_t {
        return i < bytes_.size() ? static_cast<std::uint32_t>(bytes_[i]) : 0u;
    }

    std::span<std::byte const> bytes_;
    std::size_t at_ = 0;
    std::uint64_t code_ =
        0; ///< what the stream says less the low end; `have_` bits of it, the highest 16 of which lie within the range
    std::uint32_t range_ = detail::full_range;
    unsigned have_ = 0;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder
