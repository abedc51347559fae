// triptych/schedule/pieces.hpp: a picture as independent pieces: one, or many tiles behind an index.
//
// One piece is the panels' bytes and nothing else. Of many, those of each row of tiles come together: their sizes, then their bytes, each with a
// checksum that names its place. So a stream can be written and read row after row, and a reader that wants a region skips the rest
// without having read it.
//
// The walk knows neither panels nor types of samples nor rank: what is done with a piece is behind a few functions (panelwork.hpp), so
// that a program with many codecs compiles the walk once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <triptych/detail/function_ref.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/attempt.hpp>
#include <triptych/schedule/workers.hpp>
#include <triptych/stream/crc32c.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// How many pieces there are, and who works on them.
struct piece_count {
    std::uint64_t all = 1;
    std::size_t in_a_row = 1;
    workers crew;

    auto rows() const noexcept -> std::uint64_t { return all / in_a_row; }
};

// --- encoding -----------------------------------------------------------------------------------------------------------

/// A piece, coded at one target.
class coded_piece {
public:
    virtual ~coded_piece() = default;
    virtual void write(byte_writer &w) const = 0;
    /// Puts what a decoder will make of it to its place among the samples of the picture.
    virtual void decode(void *samples) const = 0;
};

/// A piece, as far as no target is needed.
class analysed_piece {
public:
    virtual ~analysed_piece() = default;
    /// `last`: it will not be asked again, and need keep nothing.
    virtual auto code(target const &aim, bool last) -> std::unique_ptr<coded_piece> = 0;
};

/// What encoders do with the pieces of one picture. Several may be worked on at a time.
class piece_encoder {
public:
    explicit piece_encoder(piece_count const &n) : count(n) {}
    virtual ~piece_encoder() = default;
    /// Fits to the whole picture what all pieces share, and writes it.
    virtual void settle(byte_writer &w) = 0;
    virtual auto analyse(std::uint64_t i) const -> std::unique_ptr<analysed_piece> = 0;
    /// Of the checksum: ties bytes to codec, model and place.
    virtual auto seed(std::uint64_t i) const noexcept -> std::uint16_t = 0;

    piece_count const count;
};

/// The tiles of one row: their sizes, and their bytes.
inline void join_row(std::span<std::vector<std::byte> const> pieces, byte_writer &w) {
    for (auto const &p : pieces) w.varint(p.size());
    for (auto const &p : pieces) w.bytes(p);
}

/// n pieces from the first-th on, each with its checksum. `write(i, writer)` writes the i-th.
inline auto summed_pieces(piece_encoder const &e, std::uint64_t first, std::size_t n,
                          function_ref<void(std::uint64_t, byte_writer &)> write) -> std::vector<std::vector<std::byte>> {
    std::vector<std::vector<std::byte>> done(n);
    e.count.crew(n, [&](std::size_t i) {
        byte_writer piece;
        write(first + i, piece);
        piece.u16(crc16(piece.view(), e.seed(first + i)));
        done[i] = std::move(piece).take();
    });
    return done;
}

/// The k-th row of many tiles alone, as it stands in a stream.
inline void write_row(piece_encoder const &e, std::uint64_t k, target const &aim, byte_writer &w) {
    auto const n = e.count.in_a_row;
    join_row(summed_pieces(e, k * n, n,
                           [&](std::uint64_t i, byte_writer &piece) { e.analyse(i)->code(aim, true)->write(piece); }),
             w);
}

class pieces_encoding : public encoding {
public:
    explicit pieces_encoding(std::unique_ptr<piece_encoder> e) : encoder_(std::move(e)) { encoder_->settle(settled_); }

    auto once(target const &aim) -> std::vector<std::byte> override {
        return joined([&](std::uint64_t i, byte_writer &w) { encoder_->analyse(i)->code(aim, true)->write(w); });
    }
    auto attempt_at(target const &aim) -> std::unique_ptr<attempt> override {
        auto const n = static_cast<std::size_t>(encoder_->count.all);
        auto const &crew = encoder_->count.crew;
        if (kept_.empty()) {
            kept_.resize(n);
            crew(n, [&](std::size_t i) { kept_[i] = encoder_->analyse(i); });
        }
        auto made = std::make_unique<pieces>(*this);
        made->coded.resize(n);
        crew(n, [&](std::size_t i) { made->coded[i] = kept_[i]->code(aim, false); });
        return made;
    }

private:
    struct pieces : attempt {
        explicit pieces(pieces_encoding const &e) : from(e) {}
        auto bytes() -> std::vector<std::byte> override {
            return from.joined([&](std::uint64_t i, byte_writer &w) { coded[static_cast<std::size_t>(i)]->write(w); });
        }
        void decode(void *samples) override {
            from.encoder_->count.crew(coded.size(), [&](std::size_t i) { coded[i]->decode(samples); });
        }
        pieces_encoding const &from;
        std::vector<std::unique_ptr<coded_piece>> coded;
    };

    auto joined(function_ref<void(std::uint64_t, byte_writer &)> write) const -> std::vector<std::byte> {
        byte_writer w;
        w.bytes(settled_.view());
        auto const n = static_cast<std::size_t>(encoder_->count.all), in_a_row = encoder_->count.in_a_row;
        if (n == 1) {
            write(0, w);
            return std::move(w).take();
        }
        auto const done = summed_pieces(*encoder_, 0, n, write);
        for (std::size_t k = 0; k < n; k += in_a_row) join_row(std::span(done).subspan(k, in_a_row), w);
        return std::move(w).take();
    }

    std::unique_ptr<piece_encoder> encoder_;
    byte_writer settled_;
    std::vector<std::unique_ptr<analysed_piece>> kept_;
};

// --- decoding -----------------------------------------------------------------------------------------------------------

/// Where a decoder's samples go; asked as late as can be. Null if there is no memory.
using sample_room = function_ref<void *()>;

/// What decoders do with the pieces of one picture: the counterpart of `piece_encoder`.
struct piece_decoder {
    piece_count count;
    std::uint64_t held; ///< bytes of the samples that are decoded
    function_ref<std::uint16_t(std::uint64_t)> seed;
    /// Is a part of the i-th piece wanted?
    function_ref<bool(std::uint64_t)> wanted;
    /// Decodes the bytes of the i-th piece. `held` is what the caller holds besides.
    function_ref<void(std::uint64_t, std::uint64_t held, byte_reader &, sample_room)> decode;
};

/// One of many pieces as it stands in a stream, and what became of it.
struct summed_piece {
    std::uint64_t at = 0;
    std::span<std::byte const> bytes;
    std::size_t offset = 0;
    triptych::error error{};
};

/// Decodes pieces, each checked by its sum; `most` is for each. Gives the first error.
inline auto decode_summed(piece_decoder const &d, std::span<summed_piece> pieces, limits const &most, void *samples) noexcept
    -> error {
    d.count.crew(pieces.size(), [&](std::size_t i) {
        auto &p = pieces[i];
        byte_reader r(p.bytes.first(p.bytes.size() < 2 ? 0 : p.bytes.size() - 2), most);
        if (p.bytes.size() < 2) r.fail(errc::truncated);
        if (r.ok()) {
            byte_reader sum(p.bytes.last(2));
            if (sum.u16() != crc16(r.rest(), d.seed(p.at))) r.fail(errc::checksum);
        }
        if (r.ok()) d.decode(p.at, 0, r, [samples] { return samples; });
        if (r.ok() && r.remaining() != 0) r.fail(errc::corrupt);
        p.error = r.error();
    });
    for (auto const &p : pieces)
        if (p.error) return {p.error.code, p.offset + p.error.offset};
    return {};
}

/// Decodes the k-th row of many tiles: `bytes` are those of its tiles, `sizes` how many each has. Offsets of errors are counted from the first byte.
inline auto decode_row(piece_decoder const &d, std::uint64_t k, std::span<std::byte const> bytes,
                       std::span<std::uint64_t const> sizes, limits const &most, void *samples) -> error {
    std::vector<summed_piece> pieces(sizes.size());
    std::size_t offset = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        auto const size = static_cast<std::size_t>(sizes[i]);
        pieces[i].at = k * sizes.size() + i, pieces[i].bytes = bytes.subspan(offset, size), pieces[i].offset = offset;
        offset += size;
    }
    return decode_summed(d, pieces, most, samples);
}

/// Decodes those pieces of a payload that are wanted.
inline void decode_pieces(piece_decoder const &d, byte_reader &r, sample_room room) noexcept {
    if (!r.ok()) return;
    if (d.count.all == 1) return d.decode(0, d.held, r, room);
    list<summed_piece> wanted;
    auto const n = d.count.in_a_row;
    if (d.count.all > r.remaining()) return r.fail(errc::truncated); // each tile has a size
    buffer<std::uint64_t> sizes(n);
    if (!sizes.ok()) return r.fail(errc::memory);
    for (std::uint64_t row = 0; r.ok() && row < d.count.rows(); ++row) {
        for (auto &s : sizes) s = r.varint();
        for (std::size_t k = 0; r.ok() && k < n; ++k) {
            summed_piece p;
            p.at = row * n + k, p.offset = r.position(), p.bytes = r.bytes(sizes[k]);
            if (d.wanted(p.at)) wanted.push_back(p);
        }
    }
    if (!wanted.ok()) r.fail(errc::memory);
    if (!r.ok()) return;
    void *const samples = room();
    if (d.held != 0 && !samples) return r.fail(errc::memory);
    // Several at a time share what the caller's limit leaves.
    auto most = r.limits();
    auto const held = d.held + wanted.size() * sizeof(summed_piece);
    auto const at_a_time = std::clamp<std::uint64_t>(d.count.crew.count(), 1, std::max<std::size_t>(wanted.size(), 1));
    most.max_bytes = most.max_bytes > held ? (most.max_bytes - held) / at_a_time : 0;
    if (auto const e = decode_summed(d, {wanted.begin(), wanted.size()}, most, samples)) r.fail(e);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
