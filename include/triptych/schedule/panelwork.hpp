// triptych/schedule/panelwork.hpp: what three panels do with one piece of a picture.
//
// Compiled once for a width of integers and a rank: types of samples differ in how planes are loaded and stored, and in nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <triptych/picture.hpp>
#include <triptych/schedule/pieces.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/schedule/stages.hpp>
#include <triptych/schedule/tiling.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// What all pieces of a picture share.
template <std::size_t R>
struct piecework {
    tiling<R> tiles;
    std::size_t components;
    sample_map map;
    std::uint32_t codec, model; ///< fingerprints, for the checksums
    workers crew;

    auto count() const noexcept -> piece_count { return {tiles.count(), tiles.in_a_row(), crew}; }
    /// The seed of a tile's checksum: that of a record, and where the tile lies.
    auto seed(std::uint64_t i) const noexcept -> std::uint16_t {
        auto const tile = tiles[i];
        auto crc = record_seed(codec, model, tile.shape, components);
        for (auto const at : tile.first) crc = crc16_of(at, crc);
        return crc;
    }
    auto layout_of(box<R> const &part) const -> layout<R> { return component_planes(part.shape, components, map.bits); }
};

/// A codec at work on one picture. `Settles`: the transform's state is sent once, ahead of many pieces.
template <class B, class T, class Q, class C, bool Settles = false>
struct panelwork : piecework<B::rank> {
    static constexpr bool can_settle = Settles;
    panels<T, Q, C> policies;
    sample_access<typename B::value_type> const &samples;

    auto settled() const noexcept -> bool { return Settles && this->tiles.count() > 1; }
};

/// Is a codec with this quantizer ever tried at several targets?
template <class Q>
constexpr bool searched = !requires { requires bool(Q::exact_only); };

[[noreturn]] inline void too_large_for_memory() { raise<std::length_error>("the picture is too large for memory"); }

template <class B, class T, class Q, class C, bool Settles>
class panel_encoder final : public piece_encoder {
    using work = panelwork<B, T, Q, C, Settles>;
    using part = box<B::rank>;

public:
    /// `samples` are those of the box `where`, which holds all tiles.
    panel_encoder(work const &w, void const *samples, part const &where)
        : piece_encoder(w.count()), work_(w), samples_(samples), where_(where) {}

    void settle([[maybe_unused]] byte_writer &w) override {
        if constexpr (Settles) {
            if (!work_.settled()) return;
            settled_.emplace(fit_to_picture(work_.policies.transform, planes_of(where_)));
            write_state<B>(settled_->get(), w);
        }
    }
    auto analyse(std::uint64_t i) const -> std::unique_ptr<analysed_piece> override {
        auto const tile = work_.tiles[i];
        auto x = planes_of(tile);
        if constexpr (Settles)
            if (settled_) {
                x = analyse_ahead(settled_->get(), std::move(x));
                return std::make_unique<piece>(work_, tile, analysed_ahead<T, B>{*settled_, std::move(x)});
            }
        return std::make_unique<piece>(work_, tile, fit_and_analyse_ahead(work_.policies.transform, std::move(x)));
    }
    auto seed(std::uint64_t i) const noexcept -> std::uint16_t override { return work_.seed(i); }

private:
    static auto copy_of(B const &x) -> B {
        auto copy = x.clone();
        if (x.ok() && !copy.ok()) too_large_for_memory();
        return copy;
    }
    auto planes_of(part const &p) const -> B {
        B x(work_.layout_of(p));
        if (!x.ok()) too_large_for_memory();
        samples_to_planes(work_.samples, samples_, where_, p, work_.map, x);
        return x;
    }

    struct coded final : coded_piece {
        coded(work const &w, part const &p, coded_picture<T, Q, C, B> m) : from(w), tile(p), made(std::move(m)) {}
        void write(byte_writer &w) const override { made.write(w, from.settled()); }
        void decode([[maybe_unused]] void *samples) const override {
            if constexpr (searched<Q>) decode_to(samples);
        }
        void decode_to(void *samples) const {
            auto const x = reconstruct(made.transform.get(), made.quantizer.get(), made.setting, copy_of(made.symbols),
                                       from.layout_of(tile));
            if (!x.ok()) raise<std::logic_error>("a codec could not decode what it encoded");
            planes_to_samples(from.samples, x, tile, from.map, samples, {{}, from.tiles.shape()});
        }
        work const &from;
        part const tile;
        coded_picture<T, Q, C, B> const made;
    };
    struct piece final : analysed_piece {
        piece(work const &w, part const &p, analysed_ahead<T, B> x) : from(w), tile(p), ahead(std::move(x)) {}
        auto code(target const &aim, bool last) -> std::unique_ptr<coded_piece> override {
            auto &x = ahead.values;
            return std::make_unique<coded>(
                from, tile,
                detail::code(from.policies, ahead.transform, searched<Q> && !last ? copy_of(x) : std::move(x), aim));
        }
        work const &from;
        part const tile;
        analysed_ahead<T, B> ahead;
    };

    work const work_;
    void const *samples_;
    part const where_;
    std::optional<fitted_to<T, B>> settled_;
};

/// Calls `f(piece_decoder)` for pieces that go to samples of the box `where`; `settled` is the transform, where its state was sent before.
template <class B, class T, class Q, class C, bool Settles, class F>
auto with_decoder(panelwork<B, T, Q, C, Settles> const &work, T const *settled, box<B::rank> const &where, F const &f) {
    auto const held = volume(where.shape) * work.components * bytes_of(work.samples.type);
    auto const seed = [&](std::uint64_t i) { return work.seed(i); };
    auto const wanted = [&](std::uint64_t i) { return volume(shared(work.tiles[i], where).shape) != 0; };
    auto const decode = [&](std::uint64_t i, std::uint64_t besides, byte_reader &r, sample_room room) {
        auto const tile = work.tiles[i];
        auto const in = work.layout_of(tile);
        if (!in.ok()) r.fail(errc::limit);
        if (!r.ok()) return;
        besides += in.size() * sizeof(typename B::value_type);
        auto const x = decode_planes<B>(work.policies, in, besides, r, settled);
        if (!r.ok()) return;
        void *const out = room();
        if (held != 0 && !out) return r.fail(errc::memory);
        planes_to_samples(work.samples, x, tile, work.map, out, where);
    };
    return f(piece_decoder{work.count(), held, seed, wanted, decode});
}

/// Decodes the pieces of a payload that touch the box `where` into its samples.
template <class B, class T, class Q, class C, bool Settles>
void decode_by_pieces(panelwork<B, T, Q, C, Settles> const &work, byte_reader &r, sample_room room,
                      box<B::rank> const &where) noexcept {
    auto const decode = [&](T const *settled) {
        with_decoder(work, settled, where, [&](piece_decoder const &d) { decode_pieces(d, r, room); });
    };
    if constexpr (Settles)
        if (work.settled()) {
            auto const state = fit_from_stream<B>(work.policies.transform, r);
            return decode(std::addressof(state.get()));
        }
    decode(nullptr);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
