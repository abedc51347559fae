// triptych/schedule/strips.hpp: H rows at a time through transform and quantizer, their symbols to one coder that streams.
//
// Fresh memory, not arithmetic, is what a large picture costs, and only bytes live for the whole picture here; contexts carry over from strip to
// strip, so nothing is paid twice. The order of symbols differs from that of `whole`. What a strip can't carry is refused: state
// fitted to the picture, and settings that need to see it. A setting made ahead is not refitted: a quantizer that plans ahead says by that that it is good without.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/picture.hpp>
#include <triptych/schedule/attempt.hpp>
#include <triptych/schedule/panelwork.hpp>
#include <triptych/schedule/stages.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {

template <class T, class Q, class C, class B, std::size_t H>
consteval auto check_strips() -> bool {
    static_assert(tileable<T>, "strips: the transform must be tileable (`tile_height` and `tile_margin`)");
    if constexpr (tileable<T>) {
        static_assert(T::tile_margin == 0,
                      "strips: the transform needs rows around its blocks (`tile_margin` is not 0)");
        static_assert(H % T::tile_height == 0,
                      "strips: the height must be a multiple of the transform's `tile_height`");
    }
    static_assert(plans_ahead<Q>, "strips: the quantizer must plan ahead: `setting plan(target const&) const`");
    static_assert(
        !per_picture<T, B> && !per_picture<Q, B> && !per_picture<C, B>,
        "strips: a panel fits something to the picture, of which a strip shows a part: `tiles` can carry that");
    static_assert(!closed_loop_for<T, B>,
                  "strips: a closed loop would not see the rows before a strip: `tiles` can carry it");
    return tileable<T> && plans_ahead<Q>;
}

/// Calls `f(box)` for each strip; not at all where there are no samples, for nobody shall count 2^31 rows of nothing.
template <std::size_t H, std::size_t R, class F>
void for_each_strip(extents<R> const &shape, std::size_t components, F &&f) {
    if (volume(shape) == 0 || components == 0) return;
    box<R> strip{{}, shape};
    for (; strip.first[0] < shape[0]; strip.first[0] += H) {
        strip.shape[0] = std::min(H, shape[0] - strip.first[0]);
        if (!f(strip)) return;
    }
}

template <std::size_t H, class B, class T, class Q, class C>
void decode_strips(panelwork<B, T, Q, C> const &work, byte_reader &r, sample_room room, box<B::rank> const &where) noexcept {
    static_assert(check_strips<T, Q, C, B, H>());
    auto const &p = work.policies;
    auto const setting = p.quantizer.read(r);
    if (!r.ok()) return;
    auto const held = volume(where.shape) * work.components * bytes_of(work.samples.type);
    void *const out = room();
    if (held != 0 && !out) return r.fail(errc::memory);
    auto from = decoder(p.coder, r, step_of(p.quantizer, setting));
    for_each_strip<H>(work.tiles.shape(), work.components, [&](box<B::rank> const &strip) {
        auto const in = work.layout_of(strip);
        auto const coefficients = p.transform.arrange(in);
        auto arranged = p.quantizer.arrange(coefficients, setting);
        if (!within_limits<B>(r, coefficients, arranged, held)) return false;
        B symbols(std::move(arranged));
        if (!symbols.ok()) return r.fail(errc::memory), false;
        from.get(symbols, r);
        if (!r.ok()) return false;
        auto const x = reconstruct(p.transform, p.quantizer, setting, std::move(symbols), in);
        if (!x.ok()) return r.fail(errc::memory), false;
        planes_to_samples(work.samples, x, strip, work.map, out, where);
        return true;
    });
    if (r.ok()) from.finish(r);
}

template <std::size_t H, class B, class T, class Q, class C>
class strip_encoding : public encoding {
    using work = panelwork<B, T, Q, C>;

public:
    strip_encoding(work const &w, void const *samples) : work_(w), samples_(samples) {}

    auto once(target const &aim) -> std::vector<std::byte> override {
        static_assert(check_strips<T, Q, C, B, H>());
        static_assert(streaming_coder<C, B>, "strips: the coder must stream (`encoder()` and `decoder(reader)`)");
        auto const &p = work_.policies;
        byte_writer w;
        auto const setting = p.quantizer.plan(aim);
        p.quantizer.write(setting, w);
        auto to = encoder(p.coder, step_of(p.quantizer, setting));
        box<B::rank> const all{{}, work_.tiles.shape()};
        for_each_strip<H>(all.shape, work_.components, [&](box<B::rank> const &strip) {
            B x(work_.layout_of(strip));
            if (!x.ok()) too_large_for_memory();
            samples_to_planes(work_.samples, samples_, all, strip, work_.map, x);
            x = analyse(p.transform, std::move(x), aim);
            to.put(quantised_at(p.quantizer, p.coder, std::move(x), setting, aim), w);
            return true;
        });
        to.finish(w);
        return std::move(w).take();
    }
    auto attempt_at(target const &aim) -> std::unique_ptr<attempt> override {
        return std::make_unique<strips_of>(work_, once(aim));
    }

private:
    struct strips_of : attempt {
        strips_of(work const &w, std::vector<std::byte> s) : from(w), stream(std::move(s)) {}
        auto bytes() -> std::vector<std::byte> override { return stream; }
        void decode(void *samples) override {
            constexpr auto no_limit = ~std::uint64_t{0} >> 8;
            byte_reader r(stream, {no_limit, no_limit});
            decode_strips<H>(from, r, [samples] { return samples; }, {{}, from.tiles.shape()});
            if (!r.ok()) raise<std::logic_error>("a codec could not decode what it encoded");
        }
        work const &from;
        std::vector<std::byte> stream;
    };

    work const work_;
    void const *samples_;
};

} // namespace detail

/// Schedule: H rows at a time; needs a tileable transform without margin, a quantizer that plans ahead and a streaming coder.
template <std::size_t H>
struct strips {
    static constexpr bool settled = false;
    static constexpr void describe(auto &d, auto... panels) { d("codec", panels..., "strips", H); }

    template <std::size_t R>
    static constexpr auto cut(extents<R> const &shape) noexcept -> detail::tiling<R> {
        return detail::tiling<R>(shape);
    }
    template <class B, class T, class Q, class C, bool Settles>
    static auto encoding(detail::panelwork<B, T, Q, C, Settles> const &work, void const *samples, box<B::rank> const &)
        -> std::unique_ptr<triptych::encoding> {
        return std::make_unique<detail::strip_encoding<H, B, T, Q, C>>(work, samples);
    }
    template <class B, class T, class Q, class C, bool Settles>
    static void decode(detail::panelwork<B, T, Q, C, Settles> const &work, byte_reader &r, detail::sample_room room,
                       box<B::rank> const &where) noexcept {
        detail::decode_strips<H>(work, r, room, where);
    }
};

} // namespace triptych::inline TRIPTYCH_ABI
