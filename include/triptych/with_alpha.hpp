// triptych/with_alpha.hpp: a lossy codec for colour and an exact one for how opaque pixels are, as one codec.
//
//     using codec = triptych::with_alpha<triptych::photo, triptych::lossless>;
//     auto const stream = codec{}.encode(triptych::without_hidden(view), triptych::scale(75));
//
// An error of one in alpha is seen: opaque pictures let a page shine through, and a mask that is soft is no mask. PNG's authors and WebP's (its
// lossy pictures carry an exact plane of alpha, too) came to the same. Alpha is the last of two or four components; with any other number the
// payload is that of the colour codec, so one codec serves a mixed collection. The surprise: a constant alpha, which most are, takes two bytes.
//
//   payload  =  varint n | n bytes: colour | 0, and the value that all of alpha has (8 or 16 bits)
//                                          | 1, and alpha: the exact codec's payload, to the end
//
// Nobody sees the colour of a pixel whose alpha is 0, but it costs bytes: `without_hidden` gives such pixels colours that cost little.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/schedule/workers.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/mismatch.hpp>
#include <triptych/stream/wrap.hpp>
#include <triptych/transparent.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// `Alpha` can meet the goal `exact`. Carries uint8 and uint16.
template <class Colour, class Alpha>
class with_alpha {
    static_assert(Alpha::can_be_exact(), "with_alpha: the second codec must be able to lose nothing");

public:
    constexpr with_alpha() = default;
    /// From codecs that have learned something.
    constexpr with_alpha(Colour colour, Alpha alpha)
        : colour_(std::move(colour)), alpha_(std::move(alpha)), model_(model_fingerprint(*this)) {}

    constexpr auto colour() const noexcept -> Colour const & { return colour_; }
    constexpr auto alpha() const noexcept -> Alpha const & { return alpha_; }
    constexpr auto model() const noexcept -> std::uint32_t { return model_; }
    static constexpr void describe(auto &d) { d("with_alpha", part<Colour>{}, part<Alpha>{}); }
    static constexpr std::uint32_t id = fingerprint<with_alpha>();
    static constexpr auto exact_only() -> bool { return Colour::exact_only(); }
    static constexpr auto can_be_exact() -> bool { return Colour::can_be_exact(); }

    template <sample S = std::uint8_t, std::size_t R = 2>
    auto identity() const noexcept -> stream_info {
        stream_info info;
        info.codec = id, info.model = model_, info.label = {label_text.data(), label_text.size()};
        info.samples = detail::sample_type_of<S>::value, info.rank = R;
        return info;
    }
    template <class Self, class V>
    static constexpr void state(Self &self, V &&v) {
        nested("colour", self.colour_, v);
        nested("alpha", self.alpha_, v);
    }

    /// Goals are those of the whole picture: `psnr` counts alpha, which has no error, and `bits_per_pixel` counts its bytes.
    template <class X>
    auto encode(X const &x, quality const &goal, framing frame = framing::file, workers const &crew = {}) const
        -> std::vector<std::byte> {
        picture_source<X> const source{x};
        return framed(source.view(), goal, frame, crew);
    }
    template <class X>
    auto encode(X const &x) const -> std::vector<std::byte> {
        return encode(x, exact_only() ? exact : scale(75));
    }

    template <sample S = std::uint8_t, std::size_t R = 2>
    auto try_decode(std::span<std::byte const> bytes, limits const &most = {}, workers const &crew = {}) const noexcept
        -> result<picture<S, R>> {
        auto const info = peek(bytes, most);
        if (info.error) return {{}, info.error};
        if (auto const e = detail::mismatch_of(info.value, identity<S, R>())) return {{}, e};
        extents<R> shape;
        for (std::size_t axis = 0; axis < R; ++axis) shape[axis] = info.value.shape[axis];
        return payload<S, R>(bytes.subspan(info.value.payload_offset, info.value.payload_size),
                             info.value.payload_offset, shape, info.value.components, most, crew);
    }
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto try_decode(std::span<std::byte const> bytes, framing frame, extents<R> const &shape, std::size_t components,
                    limits const &most = {}, workers const &crew = {}) const noexcept -> result<picture<S, R>> {
        if (frame == framing::file) return try_decode<S, R>(bytes, most, crew);
        if (frame == framing::record) {
            auto const checked = detail::payload_of_record(bytes, info_of<S>(shape, components));
            if (checked.error) return {{}, checked.error};
            bytes = checked.value;
        }
        return payload<S, R>(bytes, 0, shape, components, most, crew);
    }

#if TRIPTYCH_EXCEPTIONS
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto decode(std::span<std::byte const> bytes, limits const &most = {}, workers const &crew = {}) const
        -> picture<S, R> {
        return detail::value_or_throw(try_decode<S, R>(bytes, most, crew), peek(bytes, most).value, identity<S, R>(),
                                      description<with_alpha, std::string>);
    }
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto decode(std::span<std::byte const> bytes, framing frame, extents<R> const &shape, std::size_t components,
                limits const &most = {}, workers const &crew = {}) const -> picture<S, R> {
        auto decoded = try_decode<S, R>(bytes, frame, shape, components, most, crew);
        if (decoded.error) throw format_error(decoded.error);
        return std::move(decoded.value);
    }
#endif

private:
    template <class S>
    static constexpr bool carried = std::is_same_v<S, std::uint8_t> || std::is_same_v<S, std::uint16_t>;

    /// "photo-alpha" for photo, nothing for a codec without a label.
    static constexpr auto label_text = [] {
        if constexpr (requires { Colour::label; }) {
            static_assert(Colour::label.size() + 6 <= detail::max_label);
            std::array<char, Colour::label.size() + 6> text{};
            std::copy_n("-alpha", 6, std::copy(Colour::label.begin(), Colour::label.end(), text.begin()));
            return text;
        } else {
            return std::array<char, 0>{};
        }
    }();

    template <sample S, std::size_t R>
    auto info_of(extents<R> const &shape, std::size_t components) const noexcept -> stream_info {
        auto info = identity<S, R>();
        info.components = components;
        std::copy(shape.begin(), shape.end(), info.shape.begin());
        return info;
    }

    template <sample S, std::size_t R>
    auto framed(picture_view<S, R> const &view, quality const &goal, framing frame, workers const &crew) const
        -> std::vector<std::byte> {
        static_assert(carried<S>, "with_alpha: samples are uint8 or uint16");
        auto const info = info_of<S>(view.shape, view.components);
        byte_writer body;
        if (!detail::has_alpha(view.components)) {
            body.bytes(colour_.encode(view, goal, framing::bare, crew));
        } else {
            auto const parts = detail::split_alpha(view);
            auto const [low, high] = std::minmax_element(parts.alpha.data(), parts.alpha.data() + parts.alpha.size());
            byte_writer opacity;
            if (low == high || *low == *high) {
                opacity.u8(0);
                for (std::size_t b = 0; b < sizeof(S); ++b)
                    opacity.u8(static_cast<std::uint8_t>((low == high ? S{} : *low) >> (8 * b)));
            } else {
                opacity.u8(1);
                opacity.bytes(alpha_.encode(parts.alpha, exact.at_effort(goal.effort), framing::bare, crew));
            }
            auto lens = parts.colour.view();
            lens.peak = view.peak;
            auto aim = goal;
            auto const n = static_cast<double>(view.components);
            if (aim.what == quality::kind::psnr) aim.value -= 10 * std::log10(n / (n - 1));
            if (aim.what == quality::kind::bits_per_pixel) {
                auto const pixels = std::max(1.0, static_cast<double>(volume(view.shape)));
                auto const expected = static_cast<std::size_t>(std::clamp(aim.value * pixels / 8, 1.0, 1e15));
                auto const other = opacity.size() + detail::bytes_around(info, expected, frame) + 3;
                aim.value = std::max(aim.value - 8 * static_cast<double>(other) / pixels, 1e-6);
            }
            auto const seen = colour_.encode(lens, aim, framing::bare, crew);
            body.varint(seen.size()), body.bytes(seen), body.bytes(opacity.view());
        }
        return detail::wrapped(info, body.view(), frame);
    }

    template <sample S, std::size_t R>
    auto payload(std::span<std::byte const> bytes, std::size_t offset, extents<R> const &shape, std::size_t components,
                 limits most, workers const &crew) const noexcept -> result<picture<S, R>> {
        static_assert(carried<S>, "with_alpha: samples are uint8 or uint16");
        auto const moved = [&](error e, std::size_t by) { return error{e.code, e.offset + by}; };
        if (!detail::has_alpha(components)) {
            auto decoded = colour_.template try_decode<S, R>(bytes, framing::bare, shape, components, most, crew);
            if (decoded.error) return {{}, moved(decoded.error, offset)};
            return decoded;
        }
        byte_reader r(bytes, most);
        auto const seen = r.bytes(r.varint());
        auto const colour_at = r.position() - seen.size();
        auto const kind = r.u8();
        if (kind > 1) r.fail(errc::corrupt);
        S constant{};
        if (kind == 0) constant = static_cast<S>(sizeof(S) == 1 ? r.u8() : r.u16());
        if (kind == 0 && r.remaining() != 0) r.fail(errc::corrupt);
        // Both parts and the whole are held at once.
        auto const samples = volume(shape);
        if (r.ok() && samples > most.max_samples / components) r.fail(errc::limit);
        auto const held = r.ok() ? 2 * samples * components * sizeof(S) : 0;
        if (held > most.max_bytes) r.fail(errc::limit);
        if (!r.ok()) return {{}, moved(r.error(), offset)};
        most.max_bytes -= held;
        auto colour = colour_.template try_decode<S, R>(seen, framing::bare, shape, components - 1, most, crew);
        if (colour.error) return {{}, moved(colour.error, offset + colour_at)};
        picture<S, R> alpha;
        if (kind == 1) {
            auto decoded = alpha_.template try_decode<S, R>(r.rest(), framing::bare, shape, 1, most, crew);
            if (decoded.error) return {{}, moved(decoded.error, offset + r.position())};
            alpha = std::move(decoded.value);
        }
        picture<S, R> out(shape, components);
        if (!out.ok()) return {{}, {errc::memory, offset}};
        auto const *in = colour.value.data();
        auto *to = out.data();
        for (std::size_t i = 0; i < static_cast<std::size_t>(samples); ++i) {
            for (std::size_t c = 1; c < components; ++c) *to++ = *in++;
            *to++ = kind == 1 ? alpha.data()[i] : constant;
        }
        return {std::move(out), {}};
    }

    [[no_unique_address]] Colour colour_{};
    [[no_unique_address]] Alpha alpha_{};
    std::uint32_t model_ = 0;
};

} // namespace triptych::inline TRIPTYCH_ABI
