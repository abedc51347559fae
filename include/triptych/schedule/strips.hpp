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
#include <triptych/schedule/pieces.hpp>
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

/// Calls `f(box)` for each strip.
template <std::size_t H, std::size_t R, class F>
void for_each_strip(extents<R> const &shape, F &&f) {
    if (volume(shape) == 0) return; // nobody shall count 2^31 rows of nothing
    box<R> strip{{}, shape};
    for (; strip.first[0] < shape[0]; strip.first[0] += H) {
        strip.shape[0] = std::min(H, shape[0] - strip.first[0]);
        if (!f(strip)) return;
    }
}

template <std::size_t H, sample S, std::size_t R, class T, class Q, class C>
void decode_strips(piecework<S, R, T, Q, C> const &work, byte_reader &r, function_ref<S *()> room,
                   box<R> const &where) {
    using B = bands<work_type<S>, R>;
    static_assert(check_strips<T, Q, C, B, H>());
    auto const &p = work.policies;
    auto const setting = p.quantizer.read(r);
    if (!r.ok()) return;
    auto const held = volume(where.shape) * work.components * sizeof(S);
    S *const out = room();
    if (held != 0 && !out) return r.fail(errc::memory);
    auto from = decoder(p.coder, r, step_of(p.quantizer, setting));
    for_each_strip<H>(work.tiles.shape(), [&](box<R> const &strip) {
        auto const in = work.layout_of_tile(strip);
        auto const coefficients = p.transform.arrange(in);
        auto arranged = p.quantizer.arrange(coefficients, setting);
        if (!within_limits<B>(r, coefficients, arranged, held)) return false;
        B symbols(std::move(arranged));
        if (!symbols.ok()) return r.fail(errc::memory), false;
        from.get(symbols, r);
        if (!r.ok()) return false;
        auto const x = reconstruct(p.transform, p.quantizer, setting, std::move(symbols), in);
        if (!x.ok()) return r.fail(errc::memory), false;
        planes_to_samples(x, strip, work.map, out, where);
        return true;
    });
    if (r.ok()) from.finish(r);
}

template <std::size_t H, sample S, std::size_t R, class T, class Q, class C>
class strip_encoder : public encoding<S, R> {
    using work = piecework<S, R, T, Q, C>;
    using B = typename work::planes;

public:
    strip_encoder(work const &w, picture_view<S, R> const &view) : work_(w), view_(view) {}

    auto once(target const &aim) -> std::vector<std::byte> override {
        static_assert(check_strips<T, Q, C, B, H>());
        static_assert(streaming_coder<C, B>, "strips: the coder must stream (`encoder()` and `decoder(reader)`)");
        auto const &p = work_.policies;
        byte_writer w;
        auto const setting = p.quantizer.plan(aim);
        p.quantizer.write(setting, w);
        auto to = encoder(p.coder, step_of(p.quantizer, setting));
        box<R> const all{{}, view_.shape};
        for_each_strip<H>(view_.shape, [&](box<R> const &strip) {
            B x(work_.layout_of_tile(strip));
            if (!x.ok()) raise<std::length_error>("the picture is too large for memory");
            samples_to_planes(view_.data, all, strip, work_.map, x);
            x = analyse(p.transform, std::move(x), aim);
            if constexpr (decides_by_rates<Q, C, B>)
                to.put(quantise(p.quantizer, p.coder, x, setting, aim), w);
            else
                to.put(first_symbols(p.quantizer, std::move(x), setting, aim), w);
            return true;
        });
        to.finish(w);
        return std::move(w).take();
    }
    auto attempt_at(target const &aim) -> std::unique_ptr<attempt<S, R>> override {
        return std::make_unique<strips_of>(work_, once(aim));
    }

private:
    class strips_of : public attempt<S, R> {
    public:
        strips_of(work const &w, std::vector<std::byte> bytes) : work_(w), bytes_(std::move(bytes)) {}
        auto bytes() -> std::vector<std::byte> override { return bytes_; }
        auto decoded() -> picture<S, R> override {
            picture<S, R> out(work_.tiles.shape(), work_.components);
            if (!out.ok()) raise<std::length_error>("the picture is too large for memory");
            constexpr auto no_limit = ~std::uint64_t{0} >> 8;
            byte_reader r(bytes_, {no_limit, no_limit});
            decode_strips<H, S>(work_, r, [&] { return out.data(); }, {{}, work_.tiles.shape()});
            if (!r.ok()) raise<std::logic_error>("a codec could not decode what it encoded");
            return out;
        }

    private:
        work const &work_;
        std::vector<std::byte> bytes_;
    };

    work work_;
    picture_view<S, R> view_;
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
    template <sample S, std::size_t R, class T, class Q, class C>
    using encoder = detail::strip_encoder<H, S, R, T, Q, C>;

    template <sample S, std::size_t R, class T, class Q, class C>
    static void decode(detail::piecework<S, R, T, Q, C> const &work, byte_reader &r, function_ref<S *()> room,
                       box<R> const &where) {
        detail::decode_strips<H>(work, r, room, where);
    }
};

} // namespace triptych::inline TRIPTYCH_ABI
