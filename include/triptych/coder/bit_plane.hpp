// triptych/coder/bit_plane.hpp: an embedded coder, whose streams may be cut anywhere.
//
// Magnitudes travel plane by plane, the highest first, over all bands at once. So any beginning of the stream is a
// coarser picture: embedded coding (J. M. Shapiro, 1993). The three passes of a plane are those of EBCOT (D. Taubman,
// *High performance scalable image compression with EBCOT*, 2000), which orders bits by how much each lowers the
// error. Contexts are the known magnitudes of all neighbours, before and behind, in units of the plane, as in ECECOW
// (X. Wu, 1997). The binary engine codes the bits.
//
// `decode` takes whole streams, and missing bytes are an error as with any coder. `decode_prefix` takes the beginning
// of a stream, on purpose; `coder::prefix` makes a coder of it, for codecs.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include <triptych/coder/engine/binary_engine.hpp>
#include <triptych/coder/engine/bit_plane_passes.hpp>
#include <triptych/coder/engine/rate_table.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// What a plane of a band weighs beside those of others: the same (symbols of a quantizer, whose steps follow the gains), or
/// as the band's gain and frac say (symbols that nothing has quantised).
enum class plane_weight { equal, by_gain };

namespace detail {
/// Writes bits; never runs out.
class plane_encoder : public binary_encoder {
public:
    auto exhausted() const noexcept -> bool { return false; }
};
/// Writes nothing, and notes what each symbol would have paid.
class plane_meter {
public:
    static constexpr bool decoding = false;
    explicit plane_meter(std::size_t symbols) noexcept : paid_(symbols, 0.0F) {}
    auto ok() const noexcept -> bool { return paid_.ok(); }
    auto bit(std::uint32_t p1, bool b) noexcept -> bool {
        spent_ -= std::log2(static_cast<float>(b ? p1 : 65536 - p1) / 65536.0F);
        return b;
    }
    void charge(std::size_t i) noexcept { paid_[i] += spent_, spent_ = 0; }
    auto paid(std::size_t i) const noexcept -> float { return paid_[i]; }
    auto exhausted() const noexcept -> bool { return false; }

private:
    triptych::detail::buffer<float> paid_;
    float spent_ = 0;
};
/// Reads the beginning of a stream: out of bytes once they do not settle the next bit, whatever would follow.
class prefix_decoder {
public:
    static constexpr bool decoding = true;
    explicit prefix_decoder(byte_reader const &r) noexcept : engine_(r) {}
    auto bit(std::uint32_t p1, bool = false) noexcept -> bool {
        stopped_ = stopped_ || !engine_.settled(p1);
        return stopped_ ? false : engine_.bit(p1);
    }
    auto exhausted() const noexcept -> bool { return stopped_; }

private:
    binary_decoder engine_;
    bool stopped_ = false;
};
} // namespace detail

/// Embedded bit planes. Any values.
template <plane_weight Weight = plane_weight::equal>
struct bit_plane {
    using order = fifo;
    static constexpr void describe(auto &d) {
        if constexpr (Weight == plane_weight::equal)
            d("bit_plane");
        else
            d("bit_plane", "by_gain");
    }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        if (symbols.size() == 0) return;
        detail::plane_encoder engine;
        if (!passes<T const>(symbols, engine))
            triptych::detail::raise<std::length_error>("there is no memory for the coder's planes");
        engine.finish(w);
    }
    /// Fails with `truncated` where bytes are missing; otherwise any bytes decode to some symbols.
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        if (symbols.size() == 0) return;
        if (!fits(symbols, r)) return;
        binary_decoder engine(r);
        if (!passes<T>(symbols, engine)) return r.fail(errc::memory);
        if (engine.exhausted()) r.fail(errc::truncated);
        if (r.ok()) engine.finish(r);
    }
    /// The symbols as far as the reader's bytes go, all of which it takes: the beginning of a stream, of any length. Of a magnitude known
    /// from some plane up it gives a likely one. A whole stream gives what was encoded.
    template <class T, std::size_t R>
    void decode_prefix(bands<T, R> &symbols, byte_reader &r) const noexcept {
        detail::prefix_decoder engine(r);
        if (!fits(symbols, r)) return;
        if (symbols.size() != 0 && !passes<T>(symbols, engine)) return r.fail(errc::memory);
        r.skip(r.remaining());
    }

    /// What the symbols paid in all planes together, by kind of surroundings.
    template <class B>
    auto rates(B const &symbols) const -> detail::rate_table_estimator {
        return detail::rate_table_estimator(meter{}, symbols);
    }

private:
    /// Runs the passes and books what each symbol paid.
    struct meter {
        static constexpr std::size_t rate_rows = detail::plane_price_rows; ///< see rate table.hpp
        auto ok() const noexcept -> bool { return true; }
        template <class T, std::size_t R>
        void code(detail::rate_table &rate_table, bands<T, R> const &symbols) const {
            detail::plane_meter engine(symbols.size());
            auto const book = [&](std::size_t i, std::size_t row) {
                rate_table.book(i, row, 0, static_cast<std::int32_t>(symbols.data()[i]), engine.paid(i));
            };
            if (!engine.ok() || !passes<T const>(symbols, engine, book))
                triptych::detail::raise<std::length_error>("there is no memory for the coder's planes");
        }
    };
    /// Five bytes a symbol are held beside the symbols.
    template <class B>
    static auto fits(B const &symbols, byte_reader &r) noexcept -> bool {
        if (symbols.size() > r.limits().max_bytes / 5) r.fail(errc::limit);
        return r.ok();
    }
    template <class T, class B, class E, class... Row>
    static auto passes(B &symbols, E &engine, Row &&...row) noexcept(E::decoding) -> bool {
        detail::plane_passes<T, std::remove_const_t<B>::rank, E> planes(symbols, engine);
        if (!planes.ok()) return false;
        int least = 64;
        for (auto const &g : symbols.layout().groups())
            if (g.count > 0) least = std::min(least, octave(symbols.info(g.first)));
        planes.run([&](std::size_t g) {
            auto const &group = symbols.layout().groups()[g];
            return static_cast<unsigned>(group.count > 0 ? std::min(octave(symbols.info(group.first)) - least, 31) : 0);
        });
        (planes.each_row(row), ...);
        return true;
    }
    /// The power of two below what a unit of a band adds to the picture.
    template <std::size_t R>
    static auto octave(band_info<R> const &b) noexcept -> int {
        if constexpr (Weight == plane_weight::equal) return 0;
        return static_cast<int>(std::bit_width(b.gain)) - b.frac;
    }
};

static_assert(coder_for<bit_plane<>, bands<std::int16_t, 2>> && coder_for<bit_plane<>, bands<std::int32_t, 4>>);
static_assert(embedded_coder<bit_plane<>, bands<std::int16_t, 2>> && rate_aware<bit_plane<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
