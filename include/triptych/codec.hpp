// triptych/codec.hpp: three panels make a codec.
//
//     using mine = triptych::codec<transform::dct<8>, quantizer::uniform, coder::range<>>;
//     auto const stream = mine{}.encode(view, triptych::psnr(40));
//     auto const again = mine{}.decode(stream);
//
// A codec is a value: const, without hidden state, shared freely between threads. What a call needs lives in that call.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/goal/meet.hpp>
#include <triptych/picture.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/panels.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/schedule/verbatim.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/mismatch.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// What all codecs share; `Derived` may name itself with `static constexpr std::string_view label`.
template <class Derived, class T, class Q, class C, class Schedule = whole>
class basic_codec {
public:
    using transform_type = T;
    using quantizer_type = Q;
    using coder_type = C;

    constexpr basic_codec() = default;
    /// From panels that have learned something.
    constexpr basic_codec(T transform, Q quantizer, C coder)
        : transform_(std::move(transform)), quantizer_(std::move(quantizer)), coder_(std::move(coder)),
          model_(model_fingerprint(*this)) {}
    /// From a generated header: borrows its arrays. A header that lacks one of them does not compile in a constant expression,
    /// and gives a codec that refuses every stream otherwise.
    explicit constexpr basic_codec(model_view const &model)
        : model_(detail::borrow(*this, model) ? model.fingerprint : 0) {
        if (model_ == 0) detail::raise<std::invalid_argument>("the header's model does not fit this codec");
    }

    constexpr auto transform() const noexcept -> T const & { return transform_; }
    constexpr auto quantizer() const noexcept -> Q const & { return quantizer_; }
    constexpr auto coder() const noexcept -> C const & { return coder_; }
    /// Fingerprint of the learned state, 0 if there is none.
    constexpr auto model() const noexcept -> std::uint32_t { return model_; }

    static constexpr void describe(auto &d) {
        if constexpr (Schedule::rows == 0)
            d("codec", part<T>{}, part<Q>{}, part<C>{});
        else
            d("codec", part<T>{}, part<Q>{}, part<C>{}, "strips", Schedule::rows);
    }
    /// The fingerprint that streams carry.
    static constexpr std::uint32_t id = fingerprint<basic_codec>();
    /// What stands at the head of streams and packs of this codec; extents and components are not filled in.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto identity() const noexcept -> stream_info {
        stream_info info;
        info.codec = id, info.model = model_;
        if constexpr (requires { Derived::label; }) info.label = Derived::label;
        info.samples = detail::sample_type_of<S>::value, info.rank = R;
        return info;
    }

    template <class Self, class V>
    static constexpr void state(Self &self, V &&v) {
        nested("transform", self.transform_, v);
        nested("quantizer", self.quantizer_, v);
        nested("coder", self.coder_, v);
    }

    // --- encoding --------------------------------------------------------------------------------------------------

    /// Encodes samples (a `picture_view`, a `picture`, or with xtensor.hpp a container or expression of xtensor).
    /// Throws std::invalid_argument for a goal that this codec can't aim at.
    template <class X>
    auto encode(X const &x, quality const &goal, framing frame = framing::file) const -> std::vector<std::byte> {
        picture_source<X> const source{x};
        return framed(source.view(), goal, frame);
    }
    /// Encodes at the codec's own default: exactly if it can do nothing else, at scale 75 otherwise.
    template <class X>
    auto encode(X const &x) const -> std::vector<std::byte> {
        return encode(x, exact_only() ? exact : scale(75));
    }

    /// Encodes symbols that were found by other means than this codec's own `forward`, for a picture of 8-bit samples; with the
    /// state that per-picture panels of this codec hold. What learn/joint.hpp makes is encoded so.
    template <class B, class Panel = Q>
    auto encode_symbols(B const &symbols, typename Panel::setting const &setting, extents<B::rank> const &shape,
                        std::size_t components, framing frame = framing::file) const -> std::vector<std::byte> {
        static_assert(Schedule::rows == 0, "encode_symbols: needs the schedule `whole`");
        byte_writer w;
        detail::write_symbols(transform_, quantizer_, coder_, symbols, setting, w);
        return wrapped<std::uint8_t>(std::move(w).take(), shape, components, frame);
    }

    // --- decoding --------------------------------------------------------------------------------------------------

    /// Decodes a file framing. Never throws, never reads outside `bytes`, never asks for more than `limits`.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto try_decode(std::span<std::byte const> bytes, limits const &most = {}) const noexcept -> result<picture<S, R>> {
        auto const info = peek(bytes, most);
        if (info.error) return {{}, info.error};
        if (auto const e = detail::mismatch_of(info.value, identity<S, R>())) return {{}, e};
        extents<R> shape;
        for (std::size_t axis = 0; axis < R; ++axis) shape[axis] = info.value.shape[axis];
        return decode_payload<S, R>(bytes.first(info.value.payload_offset + info.value.payload_size),
                                    info.value.payload_offset, shape, info.value.components, most);
    }

    /// Decodes a record or bare framing, whose extents and number of components the caller knows.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto try_decode(std::span<std::byte const> bytes, framing frame, extents<R> const &shape, std::size_t components,
                    limits const &most = {}) const noexcept -> result<picture<S, R>> {
        if (frame == framing::file) return try_decode<S, R>(bytes, most);
        if (frame == framing::record) {
            if (bytes.size() < 2) return {{}, {errc::truncated, bytes.size()}};
            auto const body = bytes.first(bytes.size() - 2);
            auto const sum = crc16(body, detail::record_seed(id, model_, shape, components));
            auto const stored =
                static_cast<unsigned>(bytes[body.size()]) | static_cast<unsigned>(bytes[body.size() + 1]) << 8;
            if (sum != stored) return {{}, {errc::checksum, body.size()}};
            bytes = body;
        }
        return decode_payload<S, R>(bytes, 0, shape, components, most);
    }

#if TRIPTYCH_EXCEPTIONS
    /// As `try_decode`, but throws `mismatch_error` for another codec, model or sample type, `format_error` for wrong bytes.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto decode(std::span<std::byte const> bytes, limits const &most = {}) const -> picture<S, R> {
        auto decoded = try_decode<S, R>(bytes, most);
        if (decoded.error)
            detail::throw_error(decoded.error, peek(bytes, most).value, identity<S, R>(),
                                description<basic_codec, std::string>());
        return std::move(decoded.value);
    }
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto decode(std::span<std::byte const> bytes, framing frame, extents<R> const &shape, std::size_t components,
                limits const &most = {}) const -> picture<S, R> {
        auto decoded = try_decode<S, R>(bytes, frame, shape, components, most);
        if (decoded.error) throw format_error(decoded.error);
        return std::move(decoded.value);
    }
#endif

    /// True if the codec has no way to lose anything, so that the only goal it takes is `exact`.
    static constexpr auto exact_only() -> bool {
        return requires {
            requires bool(Q::exact_only);
        };
    }
    /// True if the codec can meet the goal `exact`.
    static constexpr auto can_be_exact() -> bool {
        return reversible<T> && requires {
            requires bool(Q::can_be_exact);
        };
    }

private:
    static constexpr auto abilities() -> detail::abilities {
        return {can_be_exact(), exact_only(), reversible<T>};
    }

    template <sample S, std::size_t R>
    using planes = bands<detail::work_type<S>, R>;

    template <class B>
    static consteval auto check_panels() -> bool {
        if constexpr (!detail::check_transform<T, B>())
            return false;
        else if constexpr (!detail::check_quantizer<Q, B>())
            return false;
        else
            return detail::check_coder<C, B>();
    }

    template <sample S, std::size_t R>
    auto head(std::size_t payload_size, extents<R> const &shape, std::size_t components, framing frame) const
        -> byte_writer {
        byte_writer w;
        if (frame != framing::file) return w;
        auto info = identity<S, R>();
        info.components = components;
        std::copy(shape.begin(), shape.end(), info.shape.begin());
        info.payload_size = payload_size;
        detail::write_file_header(w, info);
        return w;
    }
    template <sample S, std::size_t R>
    auto wrapped(std::vector<std::byte> const &payload, extents<R> const &shape, std::size_t components,
                 framing frame) const -> std::vector<std::byte> {
        auto w = head<S>(payload.size(), shape, components, frame);
        w.bytes(payload);
        if (frame == framing::file) w.u32(crc32c(w.view()));
        if (frame == framing::record) w.u16(crc16(w.view(), detail::record_seed(id, model_, shape, components)));
        return std::move(w).take();
    }

    template <sample S, std::size_t R>
    auto framed(picture_view<S, R> const &view, quality const &goal, framing frame) const -> std::vector<std::byte> {
        if (view.components > max_components)
            detail::raise<std::invalid_argument>("a picture has at most 65535 components");
        auto const tail = frame == framing::file ? 4u : frame == framing::record ? 2u : 0u;
        detail::goal_search const search(
            view, abilities(), [&](auto const &map, target const &aim) { return encode_panels(view, map, aim); },
            [&](std::span<std::byte const> bytes, auto const &map) {
                byte_reader r(bytes, {~std::uint64_t{0} >> 8, ~std::uint64_t{0} >> 8});
                auto decoded = decode_panels<S, R>(r, map, view.shape, view.components);
                if (!r.ok()) detail::raise<std::logic_error>("a codec could not decode what it encoded");
                return decoded;
            },
            [&](std::size_t size) { return head<S>(size, view.shape, view.components, frame).size() + tail; });
        auto const payload = search.payload(goal);
        return wrapped<S>(payload, view.shape, view.components, frame);
    }

    // --- one encode at one step ------------------------------------------------------------------------------------

    template <sample S, std::size_t R>
    auto encode_panels(picture_view<S, R> const &view, detail::sample_map const &map, target const &aim) const
        -> std::vector<std::byte> {
        using B = planes<S, R>;
        byte_writer w;
        if constexpr (check_panels<B>()) {
            auto const in = detail::component_planes(view.shape, view.components, map.bits);
            if constexpr (Schedule::rows == 0) {
                B x(in);
                if (!x.ok()) detail::raise<std::length_error>("the picture is too large for memory");
                detail::samples_to_planes(view.data, map, x);
                detail::encode_whole(transform_, quantizer_, coder_, std::move(x), aim, w);
            } else {
                auto const row = view.shape[0] ? view.size() / view.shape[0] : 0;
                auto const load = [&](std::size_t first, B &x) {
                    detail::samples_to_planes(view.data + first * row, map, x);
                };
                detail::encode_strips<Schedule::rows, B>(transform_, quantizer_, coder_, in, load, aim, w);
            }
        }
        return std::move(w).take();
    }

    template <sample S, std::size_t R>
    auto decode_panels(byte_reader &r, detail::sample_map const &map, extents<R> const &shape,
                       std::size_t components) const -> picture<S, R> {
        using B = planes<S, R>;
        picture<S, R> out;
        if constexpr (detail::check_synthesis<T, B>() && detail::check_quantizer<Q, B>() &&
                      detail::check_coder<C, B>()) {
            auto const in = detail::component_planes(shape, components, map.bits);
            auto const held = volume(shape) * components * sizeof(S) +
                              static_cast<std::uint64_t>(in.size()) * sizeof(typename B::value_type);
            if (!in.ok()) r.fail(errc::limit);
            if (!r.ok()) return out;
            auto const reserve = [&] {
                out = picture<S, R>(shape, components);
                if (!out.ok()) r.fail(errc::memory);
            };
            if constexpr (Schedule::rows == 0) {
                auto const x = detail::decode_whole<B>(transform_, quantizer_, coder_, in, held, r);
                if (r.ok()) reserve();
                if (r.ok()) detail::planes_to_samples<S>(x, map, out.data());
            } else {
                if (held > r.limits().max_bytes) r.fail(errc::limit);
                if (r.ok()) reserve();
                auto const row = shape[0] ? out.size() / shape[0] : 0;
                auto const store = [&](std::size_t first, B const &x) {
                    detail::planes_to_samples<S>(x, map, out.data() + first * row);
                };
                if (r.ok())
                    detail::decode_strips<Schedule::rows, B>(transform_, quantizer_, coder_, in, store, held, r);
            }
        }
        return out;
    }

    template <sample S, std::size_t R>
    auto decode_payload(std::span<std::byte const> bytes, std::size_t offset, extents<R> const &shape,
                        std::size_t components, limits const &most) const noexcept -> result<picture<S, R>> {
        byte_reader r(bytes, most);
        r.skip(offset);
        auto const samples = volume(shape);
        if (components > max_components || (components != 0 && samples > most.max_samples / components))
            r.fail(errc::limit);
        auto const map = detail::read_map<S>(r);
        detail::verbatim_list verbatim;
        if (map.how == detail::mapping::scaled && std::is_same_v<S, float>) verbatim = {r, samples * components};
        if (!r.ok()) return {{}, r.error()};
        auto out = decode_panels<S, R>(r, map, shape, components);
        if (r.ok() && r.remaining() != 0) r.fail(errc::corrupt);
        if constexpr (std::is_same_v<S, float>)
            if (r.ok()) verbatim.apply({out.data(), out.size()}, r);
        if (!r.ok()) return {{}, r.error()};
        return {std::move(out), {}};
    }

    [[no_unique_address]] T transform_{};
    [[no_unique_address]] Q quantizer_{};
    [[no_unique_address]] C coder_{};
    std::uint32_t model_ = 0;
};

/// A codec composed of three panels.
template <class T, class Q, class C, class Schedule = whole>
class codec : public basic_codec<codec<T, Q, C, Schedule>, T, Q, C, Schedule> {
public:
    using basic_codec<codec, T, Q, C, Schedule>::basic_codec;
};

} // namespace triptych::inline TRIPTYCH_ABI
