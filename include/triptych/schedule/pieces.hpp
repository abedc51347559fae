// triptych/schedule/pieces.hpp: encodes and decodes a picture as independent pieces: one, or many tiles behind an index.
//
// One piece is the panels' bytes and nothing else. Of many, those of each row of tiles come together: their sizes, then their bytes, each with a
// checksum that names its place. So a stream can be written and read row after row, and a reader that wants a region skips the rest
// without having read it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/detail/function_ref.hpp>
#include <triptych/picture.hpp>
#include <triptych/schedule/attempt.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/schedule/stages.hpp>
#include <triptych/schedule/tiling.hpp>
#include <triptych/schedule/workers.hpp>
#include <triptych/stream/crc32c.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// What all pieces of a picture share.
template <sample S, std::size_t R, class T, class Q, class C>
struct piecework {
    using planes = bands<work_type<S>, R>;

    panels<T, Q, C> policies;
    tiling<R> tiles;
    std::size_t components;
    sample_map map;
    std::uint32_t codec, model; ///< fingerprints, for the checksums
    workers crew;
    bool settled; ///< the transform's state is sent once, ahead of the pieces

    /// The seed of a tile's checksum: that of a record, and where the tile lies.
    auto seed(box<R> const &tile) const noexcept -> std::uint16_t {
        auto crc = record_seed(codec, model, tile.shape, components);
        for (auto const at : tile.first) crc = crc16_of(at, crc);
        return crc;
    }
    auto layout_of_tile(box<R> const &tile) const -> layout<R> {
        return component_planes(tile.shape, components, map.bits);
    }
};

/// The tiles of one row: their sizes, and their bytes.
template <class W>
void join_row(std::span<std::vector<std::byte> const> pieces, W &w) {
    for (auto const &p : pieces) w.varint(p.size());
    for (auto const &p : pieces) w.bytes(p);
}

template <sample S, std::size_t R, class T, class Q, class C>
class piece_encoder : public encoding<S, R> {
    using work = piecework<S, R, T, Q, C>;
    using B = typename work::planes;
    using ahead = analysed_ahead<T, B>;
    using coded_piece = coded_picture<T, Q, C, B>;

public:
    /// `view` lends the samples of the box `where`, which holds all tiles.
    piece_encoder(work const &w, picture_view<S, R> const &view, box<R> const &where)
        : work_(w), view_(view), where_(where) {}
    piece_encoder(work const &w, picture_view<S, R> const &view) : piece_encoder(w, view, {{}, view.shape}) {}

    /// The panels' bytes of all pieces; nothing else is kept of them meanwhile.
    auto once(target const &aim) -> std::vector<std::byte> override {
        settle();
        return joined(coding_at(aim));
    }

    /// The k-th row of many tiles alone, as it stands in a stream; the view lends its samples.
    void write_row(std::size_t k, target const &aim, byte_writer &w) const {
        auto const n = work_.tiles.in_a_row();
        join_row(summed(k * n, n, coding_at(aim)), w);
    }

    /// For a search: what does not depend on the target is done at the first, and kept.
    auto attempt_at(target const &aim) -> std::unique_ptr<attempt<S, R>> override {
        settle();
        auto const n = static_cast<std::size_t>(work_.tiles.count());
        if (kept_.empty()) {
            kept_.resize(n);
            work_.crew(n, [&](std::size_t i) { kept_[i].emplace(analysed(i)); });
        }
        auto made = std::make_unique<pieces>(*this);
        made->coded.resize(n);
        work_.crew(n, [&](std::size_t i) {
            made->coded[i].emplace(code(work_.policies, kept_[i]->transform, copy_of(kept_[i]->values), aim));
        });
        return made;
    }

private:
    class pieces : public attempt<S, R> {
    public:
        explicit pieces(piece_encoder const &e) : encoder_(e) {}
        auto bytes() -> std::vector<std::byte> override {
            return encoder_.joined([&](std::size_t i, byte_writer &w) { coded[i]->write(w, encoder_.work_.settled); });
        }
        auto decoded() -> picture<S, R> override {
            auto const &w = encoder_.work_;
            picture<S, R> out(w.tiles.shape(), w.components);
            if (!out.ok()) too_large();
            box<R> const all{{}, w.tiles.shape()};
            w.crew(coded.size(), [&](std::size_t i) {
                auto const tile = w.tiles[i];
                auto const x = reconstruct(coded[i]->transform.get(), coded[i]->quantizer.get(), coded[i]->setting,
                                           copy_of(coded[i]->symbols), w.layout_of_tile(tile));
                if (!x.ok()) raise<std::logic_error>("a codec could not decode what it encoded");
                planes_to_samples(x, tile, w.map, out.data(), all);
            });
            return out;
        }
        std::vector<std::optional<coded_piece>> coded;

    private:
        piece_encoder const &encoder_;
    };

    [[noreturn]] static void too_large() { raise<std::length_error>("the picture is too large for memory"); }
    static auto copy_of(B const &x) -> B {
        auto copy = x.clone();
        if (x.ok() && !copy.ok()) too_large();
        return copy;
    }
    auto planes_of(box<R> const &part) const -> B {
        B x(work_.layout_of_tile(part));
        if (!x.ok()) too_large();
        samples_to_planes(view_.data, where_, part, work_.map, x);
        return x;
    }
    void settle() {
        if (work_.settled && !settled_) settled_.emplace(fit_to_picture(work_.policies.transform, planes_of(where_)));
    }
    auto analysed(std::size_t i) const -> ahead {
        auto x = planes_of(work_.tiles[i]);
        if (!settled_) return fit_and_analyse_ahead(work_.policies.transform, std::move(x));
        x = analyse_ahead(settled_->get(), std::move(x));
        return {*settled_, std::move(x)};
    }
    /// Writes the i-th piece from its samples.
    auto coding_at(target const &aim) const {
        return [this, &aim](std::size_t i, byte_writer &w) {
            auto a = analysed(i);
            code(work_.policies, std::move(a.transform), std::move(a.values), aim).write(w, work_.settled);
        };
    }
    /// n pieces from the first-th on, each with its checksum. `write(i, writer)` writes the i-th.
    template <class Write>
    auto summed(std::size_t first, std::size_t n, Write const &write) const -> std::vector<std::vector<std::byte>> {
        std::vector<std::vector<std::byte>> done(n);
        work_.crew(n, [&](std::size_t i) {
            byte_writer piece;
            write(first + i, piece);
            piece.u16(crc16(piece.view(), work_.seed(work_.tiles[first + i])));
            done[i] = std::move(piece).take();
        });
        return done;
    }
    template <class Write>
    auto joined(Write const &write) const -> std::vector<std::byte> {
        byte_writer w;
        if (work_.settled) write_state<B>(settled_->get(), w);
        auto const n = static_cast<std::size_t>(work_.tiles.count()), in_a_row = work_.tiles.in_a_row();
        if (n == 1) {
            write(0, w);
            return std::move(w).take();
        }
        auto const done = summed(0, n, write);
        for (std::size_t k = 0; k < n; k += in_a_row) join_row(std::span(done).subspan(k, in_a_row), w);
        return std::move(w).take();
    }

    work work_;
    picture_view<S, R> view_;
    box<R> where_;
    std::optional<fitted_to<T, B>> settled_;
    std::vector<std::optional<ahead>> kept_;
};

/// Decodes the bytes of one tile into the samples of the box `where`. `held` is what the caller holds besides.
template <sample S, std::size_t R, class T, class Q, class C>
void decode_piece(piecework<S, R, T, Q, C> const &work, box<R> const &tile, std::uint64_t held, byte_reader &r,
                  T const *settled, function_ref<S *()> room, box<R> const &where) {
    using B = bands<work_type<S>, R>;
    auto const in = work.layout_of_tile(tile);
    if (!in.ok()) r.fail(errc::limit);
    if (!r.ok()) return;
    auto const x = decode_planes<B>(work.policies, in, held + in.size() * sizeof(typename B::value_type), r, settled);
    if (!r.ok()) return;
    S *const out = room();
    if (volume(where.shape) * work.components != 0 && !out) return r.fail(errc::memory);
    planes_to_samples(x, tile, work.map, out, where);
}

/// The same for a piece of many: its bytes, checked by their sum. Several may run at a time.
template <sample S, std::size_t R, class T, class Q, class C>
auto decode_summed_piece(piecework<S, R, T, Q, C> const &work, box<R> const &tile, std::span<std::byte const> bytes,
                         limits const &most, T const *settled, S *out, box<R> const &where) noexcept -> error {
    byte_reader r(bytes.first(bytes.size() < 2 ? 0 : bytes.size() - 2), most);
    if (bytes.size() < 2) r.fail(errc::truncated);
    if (r.ok()) {
        byte_reader sum(bytes.last(2));
        if (sum.u16() != crc16(r.rest(), work.seed(tile))) r.fail(errc::checksum);
    }
    decode_piece<S>(
        work, tile, 0, r, settled, [out] { return out; }, where);
    if (r.ok() && r.remaining() != 0) r.fail(errc::corrupt);
    return r.error();
}

/// Decodes the k-th row of many tiles: `bytes` are those of its tiles, `sizes` how many each has. `most` is for each tile. Offsets of errors are
/// counted from the first byte.
template <sample S, std::size_t R, class T, class Q, class C>
auto decode_row(piecework<S, R, T, Q, C> const &work, std::size_t k, std::span<std::byte const> bytes,
                std::span<std::uint64_t const> sizes, limits const &most, S *out) -> error {
    std::vector<error> errors(sizes.size());
    std::vector<std::size_t> offsets(sizes.size());
    for (std::size_t i = 1; i < sizes.size(); ++i) offsets[i] = offsets[i - 1] + static_cast<std::size_t>(sizes[i - 1]);
    auto const rows = work.tiles.rows_of(k);
    work.crew(sizes.size(), [&](std::size_t i) {
        errors[i] = decode_summed_piece<S, R, T, Q, C>(work, work.tiles[std::uint64_t{k} * sizes.size() + i],
                                                       bytes.subspan(offsets[i], static_cast<std::size_t>(sizes[i])),
                                                       most, nullptr, out, rows);
    });
    for (std::size_t i = 0; i < sizes.size(); ++i)
        if (errors[i]) return {errors[i].code, offsets[i] + errors[i].offset};
    return {};
}

/// Decodes those pieces of a payload that touch the box `where` into its samples, for which `room()` finds memory, as late as can be.
template <sample S, std::size_t R, class T, class Q, class C>
void decode_pieces(piecework<S, R, T, Q, C> const &work, byte_reader &r, function_ref<S *()> room,
                   box<R> const &where) {
    using B = bands<work_type<S>, R>;
    auto const &tiles = work.tiles;
    std::optional<fitted_to<T, B>> state;
    if (work.settled) state.emplace(fit_from_stream<B>(work.policies.transform, r));
    T const *const settled = state ? std::addressof(state->get()) : nullptr;
    if (!r.ok()) return;
    auto held = volume(where.shape) * work.components * sizeof(S);
    if (tiles.count() == 1) return decode_piece(work, tiles[0], held, r, settled, room, where);

    struct piece {
        std::uint64_t tile = 0;
        std::span<std::byte const> bytes;
        std::size_t offset = 0;
        triptych::error error{};
    };
    list<piece> wanted;
    auto const n = tiles.in_a_row();
    if (tiles.count() > r.remaining()) return r.fail(errc::truncated); // each tile has a size
    buffer<std::uint64_t> sizes(n);
    if (!sizes.ok()) return r.fail(errc::memory);
    for (std::size_t row = 0; r.ok() && row < tiles.rows(); ++row) {
        for (auto &s : sizes) s = r.varint();
        for (std::size_t k = 0; r.ok() && k < n; ++k) {
            piece p;
            p.tile = std::uint64_t{row} * n + k, p.offset = r.position(), p.bytes = r.bytes(sizes[k]);
            if (volume(shared(tiles[p.tile], where).shape) != 0) wanted.push_back(p);
        }
    }
    if (!wanted.ok()) r.fail(errc::memory);
    if (!r.ok()) return;
    // Several at a time share what the caller's limit leaves.
    auto most = r.limits();
    S *const out = room();
    if (held != 0 && !out) return r.fail(errc::memory);
    auto const at_a_time = std::clamp<std::uint64_t>(work.crew.count(), 1, std::max<std::size_t>(wanted.size(), 1));
    held += wanted.size() * sizeof(piece);
    most.max_bytes = most.max_bytes > held ? (most.max_bytes - held) / at_a_time : 0;
    work.crew(wanted.size(), [&](std::size_t i) {
        auto &p = wanted[i];
        p.error = decode_summed_piece(work, tiles[p.tile], p.bytes, most, settled, out, where);
    });
    for (auto const &p : wanted)
        if (p.error) return r.fail({p.error.code, p.offset + p.error.offset});
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
