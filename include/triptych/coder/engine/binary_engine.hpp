// triptych/coder/engine/binary_engine.hpp: a binary arithmetic coder, the engine under all adaptive models.
//
// G. N. N. Martin's range coder (1979) for two symbols. Low and range have 64 bits, probabilities 16. It shifts out
// 32 bits at a time, so the branch that renormalises is taken once in 32 bits of output. A carry runs back through
// bytes that were not yet handed on. The surprise is the end. The number of closing bytes depends on the range alone,
// which the decoder knows as well. These bytes settle the value whatever follows them, so a decoder knows to the byte
// where its stream ends.
//
// Encoder and decoder offer one interface, `bit(p1, b) -> b`, so that a model is written once. The encoder codes b
// and returns it; the decoder ignores b and returns what it reads. `decoding` tells them apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/coder/engine/pending_bytes.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// Closing bytes of a stream whose range is `range`: the fewest that pin a value down for any low and any bytes behind.
constexpr auto closing_bytes(std::uint64_t range) noexcept -> unsigned {
    if (range == ~std::uint64_t{0}) return 0; // nothing was coded
    unsigned k = 1;
    while (k < 8 && (range >> (65 - 8 * k)) == 0) ++k;
    return k;
}
} // namespace detail

/// Codes bits under given probabilities. Bytes gather inside; `flush` hands on those that no carry can reach any more.
class binary_encoder {
public:
    static constexpr bool decoding = false;

    /// Codes b, whose probability to be 1 is p1 / 65536; 0 < p1 < 65536.
    auto bit(std::uint32_t p1, bool b) -> bool {
        auto const part = (range_ >> 16) * p1;
        if (b)
            range_ = part;
        else
            add(part), range_ -= part;
        shift();
        return b;
    }
    /// Codes the lowest n <= 32 bits of v as equally likely.
    auto direct(std::uint32_t v, unsigned n) -> std::uint32_t {
        for (unsigned i = n; i-- > 0;) {
            range_ >>= 1;
            if ((v >> i) & 1) add(range_);
            shift();
        }
        return v;
    }
    /// Codes [start, start + freq) of [0, 2^bits), bits <= 16.
    void slot(std::uint32_t start, std::uint32_t freq, unsigned bits) {
        auto const unit = range_ >> bits;
        add(unit * start), range_ = unit * freq;
        shift();
    }

    /// Hands on what is settled.
    template <class W>
    void flush(W &w) {
        bytes_.flush(w);
    }
    /// Closes the stream; the encoder may be used for another one afterwards.
    template <class W>
    void finish(W &w) {
        if (auto const k = detail::closing_bytes(range_); k > 0) {
            auto const unit = ~std::uint64_t{0} >> (8 * k - 1) >> 1; // 2^(64 - 8k) - 1
            add(unit);
            bytes_.push(low_ >> (64 - 8 * k), k);
        }
        bytes_.finish(w);
        low_ = 0, range_ = ~std::uint64_t{0};
    }

private:
    void add(std::uint64_t v) {
        low_ += v;
        if (low_ < v) bytes_.carry();
    }
    void shift() {
        if (range_ >> 32) return;
        bytes_.push(low_ >> 32, 4);
        low_ <<= 32, range_ <<= 32;
    }

    detail::pending_bytes bytes_;
    std::uint64_t low_ = 0, range_ = ~std::uint64_t{0};
};

/// The other side. Reads zeros past the end; `finish` takes exactly the stream's bytes from the reader, and fails where they
/// were not all there, or where they don't close as an encoder closes, which shows most damage done before.
class binary_decoder {
public:
    static constexpr bool decoding = true;

    explicit binary_decoder(byte_reader const &r) noexcept : bytes_(r.rest()) {
        code_ = static_cast<std::uint64_t>(next()) << 32;
        code_ |= next();
    }

    auto bit(std::uint32_t p1, bool = false) noexcept -> bool {
        auto const part = (range_ >> 16) * p1;
        bool const b = code_ < part;
        // No branch: it would be mispredicted wherever a decision says something.
        auto const one = std::uint64_t{0} - static_cast<std::uint64_t>(b);
        code_ -= part & ~one;
        range_ = (part & one) | ((range_ - part) & ~one);
        shift();
        return b;
    }
    auto direct(std::uint32_t, unsigned n) noexcept -> std::uint32_t {
        std::uint32_t v = 0;
        for (unsigned i = 0; i < n; ++i) {
            range_ >>= 1;
            bool const b = code_ >= range_;
            if (b) code_ -= range_;
            v = v << 1 | static_cast<std::uint32_t>(b);
            shift();
        }
        return v;
    }
    /// The point of [0, 2^bits) that the stream stands at; `slot` then says which interval that was.
    auto point(unsigned bits) const noexcept -> std::uint32_t {
        auto const at = code_ / (range_ >> bits), most = (std::uint64_t{1} << bits) - 1;
        return static_cast<std::uint32_t>(at < most ? at : most);
    }
    void slot(std::uint32_t start, std::uint32_t freq, unsigned bits) noexcept {
        auto const unit = range_ >> bits;
        code_ -= unit * start, range_ = unit * freq;
        shift();
    }

    /// True if the bytes given say what `bit(p1)` is, whatever bytes would follow.
    auto settled(std::uint32_t p1) const noexcept -> bool {
        if (at_ <= bytes_.size()) return true;
        auto const missing = at_ - bytes_.size(); // of the 8 last read, which were taken as zeros
        if (missing >= 8) return false;
        auto const part = (range_ >> 16) * p1, most = code_ + ((std::uint64_t{1} << 8 * missing) - 1);
        return code_ >= part || (most < part && most >= code_);
    }
    /// True once more bytes were asked for than any stream could need: what is decoded from here on means nothing.
    auto exhausted() const noexcept -> bool { return at_ > bytes_.size() + 8; }

    void finish(byte_reader &r) const noexcept {
        auto const k = detail::closing_bytes(range_);
        r.skip(at_ - 8 + k);
        if (!r.ok() || k == 0) return;
        // The encoder closed with the lowest k bytes that lie in its interval; any others are damage.
        auto const unit = ~std::uint64_t{0} >> (8 * k - 1) >> 1; // 2^(64 - 8k) - 1
        std::uint64_t behind = 0;
        for (auto i = at_ - 8 + k; i < at_; ++i) behind = behind << 8 | byte(i);
        if (code_ < behind || code_ - behind > unit) r.fail(errc::corrupt);
    }

private:
    void shift() noexcept {
        if (range_ >> 32) return;
        range_ <<= 32, code_ = code_ << 32 | next();
    }
    auto next() noexcept -> std::uint32_t {
        std::uint32_t v = 0;
        if (at_ + 4 <= bytes_.size())
            for (unsigned i = 0; i < 4; ++i) v = v << 8 | static_cast<std::uint32_t>(bytes_[at_ + i]);
        else
            for (unsigned i = 0; i < 4; ++i) v = v << 8 | byte(at_ + i);
        at_ += 4;
        return v;
    }
    auto byte(std::size_t i) const noexcept -> std::uint32_t {
        return i < bytes_.size() ? static_cast<std::uint32_t>(bytes_[i]) : 0u;
    }

    std::span<std::byte const> bytes_;
    std::size_t at_ = 0;
    std::uint64_t code_ = 0, range_ = ~std::uint64_t{0};
};

} // namespace triptych::inline TRIPTYCH_ABI::coder
