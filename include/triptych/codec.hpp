// triptych/codec.hpp: three panels make a codec.
//
//     using mine = triptych::codec<transform::dct<8>, quantizer::uniform, coder::range<>>;
//     auto const stream = mine{}.encode(view, triptych::psnr(40));
//     auto const again = mine{}.decode(stream);
//
// A codec is a value: const, without hidden state, shared freely between threads. What a call needs lives in that call. To the rest of the
// library a codec is whatever meets `codec_for`: one that writes a foreign format, or chooses between others, is as good.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/goal/meet.hpp>
#include <triptych/goal/original.hpp>
#include <triptych/picture.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/panelwork.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/schedule/strips.hpp>
#include <triptych/schedule/tiles.hpp>
#include <triptych/schedule/verbatim.hpp>
#include <triptych/schedule/whole.hpp>
#include <triptych/schedule/workers.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/mismatch.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/wrap.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// A codec of pictures of S with R axes: a goal and samples to bytes, bytes to samples or an error.
template <class C, class S = std::uint8_t, std::size_t R = 2>
concept codec_for = sample<S> &&
    requires(C const &c, picture_view<S, R> const &x, quality const &goal, std::span<std::byte const> bytes) {
    { c.encode(x, goal) } -> std::same_as<std::vector<std::byte>>;
    { c.template try_decode<S, R>(bytes) } -> std::same_as<result<picture<S, R>>>;
    { c.template decode<S, R>(bytes) } -> std::same_as<picture<S, R>>;
};

/// What all codecs of three panels share; `Derived` may name itself with `static constexpr std::string_view label`.
template <class Derived, class T, class Q, class C, class Schedule = whole>
class basic_codec {
public:
    using transform_type = T;
    using quantizer_type = Q;
    using coder_type = C;
    using schedule_type = Schedule;

    constexpr basic_codec() = default;
    /// From panels that have learned something.
    constexpr basic_codec(T transform, Q quantizer, C coder)
        : transform_(std::move(transform)), quantizer_(std::move(quantizer)), coder_(std::move(coder)),
          model_(model_fingerprint(*this)) {}
    /// From a generated header: borrows its arrays. A header that lacks one of them, or has one that does not fit, does not compile in a constant
    /// expression, and throws std::invalid_argument otherwise.
    explicit constexpr basic_codec(model_view const &model)
        : model_(detail::borrow(*this, model) && valid_state(*this) ? model.fingerprint : 0) {
        if (model_ == 0) detail::raise<std::invalid_argument>("the header's model does not fit this codec");
    }

    constexpr auto transform() const noexcept -> T const & { return transform_; }
    constexpr auto quantizer() const noexcept -> Q const & { return quantizer_; }
    constexpr auto coder() const noexcept -> C const & { return coder_; }
    /// Fingerprint of the learned state, 0 if there is none.
    constexpr auto model() const noexcept -> std::uint32_t { return model_; }

    static constexpr void describe(auto &d) { Schedule::describe(d, part<T>{}, part<Q>{}, part<C>{}); }
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

    // --- encoding --------------------------------------------------------------------------------------------------

    /// Encodes samples (a `picture_view`, a `picture`, or with xtensor.hpp a container or expression of xtensor).
    /// Throws std::invalid_argument for a goal that this codec can't aim at. `crew` does the tiles of a codec that has them; the bytes are
    /// the same whoever does.
    template <class X>
    auto encode(X const &x, quality const &goal, framing frame = framing::file, workers const &crew = {}) const
        -> std::vector<std::byte> {
        return meet(x, goal, frame, crew).bytes;
    }
    /// Encodes at the codec's own default: exactly if it can do nothing else, at scale 75 otherwise.
    template <class X>
    auto encode(X const &x) const -> std::vector<std::byte> {
        return encode(x, exact_only() ? exact : scale(75));
    }
    /// As `encode`, and says whether the goal was met, and what was reached.
    template <class X>
    auto meet(X const &x, quality const &goal, framing frame = framing::file, workers const &crew = {}) const
        -> outcome {
        picture_source<X> const source{x};
        return meet_view(source.view(), goal, frame, crew);
    }

    /// Encodes symbols that were found by other means than this codec's own `forward`, for a picture of 8-bit samples; with the
    /// state that per-picture panels of this codec hold. What learn/joint.hpp makes is encoded so.
    template <class B, class Panel = Q>
    auto encode_symbols(B const &symbols, typename Panel::setting const &setting, extents<B::rank> const &shape,
                        std::size_t components, framing frame = framing::file) const -> std::vector<std::byte> {
        static_assert(std::is_same_v<Schedule, whole>, "encode_symbols: needs the schedule `whole`");
        using detail::fitted_to;
        detail::coded_picture<T, Q, C, B> const made{fitted_to<T, B>(transform_), fitted_to<Q, B>(quantizer_), setting,
                                                     symbols.clone(), fitted_to<C, B>(coder_)};
        byte_writer w;
        made.write(w);
        return detail::wrapped(info_of<std::uint8_t>(shape, components), w.view(), frame);
    }

    // --- decoding --------------------------------------------------------------------------------------------------

    /// Decodes a file framing. Never throws, never reads outside `bytes`, never asks for more than `limits`.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto try_decode(std::span<std::byte const> bytes, limits const &most = {}, workers const &crew = {}) const noexcept
        -> result<picture<S, R>> {
        auto const info = peek(bytes, most);
        if (info.error) return {{}, info.error};
        if (auto const e = detail::mismatch_of(info.value, identity<S, R>())) return {{}, e};
        auto const shape = shape_of<R>(info.value);
        return decode_payload<S, R>(bytes.first(info.value.payload_offset + info.value.payload_size),
                                    info.value.payload_offset, shape, info.value.components, {{}, shape}, most, crew);
    }

    /// Decodes a record or bare framing, whose extents and number of components the caller knows.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto try_decode(std::span<std::byte const> bytes, framing frame, extents<R> const &shape, std::size_t components,
                    limits const &most = {}, workers const &crew = {}) const noexcept -> result<picture<S, R>> {
        if (frame == framing::file) return try_decode<S, R>(bytes, most, crew);
        if (frame == framing::record) {
            auto const checked = detail::payload_of_record(bytes, info_of<S>(shape, components));
            if (checked.error) return {{}, checked.error};
            bytes = checked.value;
        }
        return decode_payload<S, R>(bytes, 0, shape, components, {{}, shape}, most, crew);
    }

    /// Decodes a part of a file framing. Of a picture in tiles only those that the region touches are decoded, and only they are checked for
    /// damage; of any other all is, and `limits` count it. A region that does not lie in the picture is an error of the kind `sample`.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto try_decode_region(std::span<std::byte const> bytes, box<R> const &region, limits const &most = {},
                           workers const &crew = {}) const noexcept -> result<picture<S, R>> {
        // The limit on samples is for what is asked for, not for the picture that it is a part of.
        byte_reader r(bytes, {~std::uint64_t{0} >> 8, most.max_bytes});
        stream_info info;
        detail::read_file_header(r, info);
        if (!r.ok()) return {{}, r.error()};
        if (auto const e = detail::mismatch_of(info, identity<S, R>())) return {{}, e};
        auto const shape = shape_of<R>(info);
        for (std::size_t axis = 0; axis < R; ++axis)
            if (region.first[axis] > shape[axis] || region.shape[axis] > shape[axis] - region.first[axis])
                return {{}, {errc::sample, info.payload_offset}};
        if (Schedule::template cut<R>(shape).count() == 1) {
            auto const checked = peek(bytes, {most.max_samples, most.max_bytes});
            if (checked.error) return {{}, checked.error};
        }
        if (r.remaining() < 4 || info.payload_size > r.remaining() - 4) return {{}, {errc::truncated, r.position()}};
        auto const size = info.sized ? info.payload_size : r.remaining() - 4;
        return decode_payload<S, R>(bytes.first(info.payload_offset + size), info.payload_offset, shape,
                                    info.components, region, most, crew);
    }

#if TRIPTYCH_EXCEPTIONS
    /// As `try_decode`, but throws `mismatch_error` for another codec, model or sample type, `format_error` for wrong bytes.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto decode(std::span<std::byte const> bytes, limits const &most = {}, workers const &crew = {}) const
        -> picture<S, R> {
        return detail::value_or_throw(try_decode<S, R>(bytes, most, crew), peek(bytes, most).value, identity<S, R>(),
                                      description<basic_codec, std::string>);
    }
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto decode(std::span<std::byte const> bytes, framing frame, extents<R> const &shape, std::size_t components,
                limits const &most = {}, workers const &crew = {}) const -> picture<S, R> {
        auto decoded = try_decode<S, R>(bytes, frame, shape, components, most, crew);
        if (decoded.error) throw format_error(decoded.error);
        return std::move(decoded.value);
    }
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto decode_region(std::span<std::byte const> bytes, box<R> const &region, limits const &most = {},
                       workers const &crew = {}) const -> picture<S, R> {
        return detail::value_or_throw(try_decode_region<S, R>(bytes, region, most, crew), peek(bytes, most).value,
                                      identity<S, R>(), description<basic_codec, std::string>);
    }
#endif

    // --- for schedules that stream, see <triptych/rows.hpp> ---------------------------------------------------------

    /// This codec at work on one picture.
    template <sample S, std::size_t R>
    auto panelwork(extents<R> const &shape, std::size_t components, detail::sample_map const &map,
                   workers const &crew) const -> detail::panelwork<bands<detail::work_type<S>, R>, T, Q, C, Schedule::settled> {
        return work_on<bands<detail::work_type<S>, R>>(detail::access_to<S>, shape, components, map, crew);
    }
    /// What a header says of a picture.
    template <sample S, std::size_t R>
    auto info_of(extents<R> const &shape, std::size_t components) const noexcept -> stream_info {
        auto info = identity<S, R>();
        info.components = components;
        std::copy(shape.begin(), shape.end(), info.shape.begin());
        return info;
    }

private:
    static constexpr auto able() -> abilities {
        abilities a{can_be_exact(), exact_only(), reversible<T>};
        if constexpr (keeps_errors<T> && bounds_errors<Q>)
            a.step_within = [](std::int64_t e) { return static_cast<float>(Q::step_within(e)); };
        return a;
    }

    template <class B>
    static consteval auto check_panels() -> bool {
        if constexpr (!detail::check_transform<T, B>())
            return false;
        else if constexpr (!detail::check_quantizer<Q, B>())
            return false;
        else
            return detail::check_coder<C, B>();
    }

    template <std::size_t R>
    static auto shape_of(stream_info const &info) noexcept -> extents<R> {
        extents<R> shape;
        std::copy_n(info.shape.begin(), R, shape.begin());
        return shape;
    }
    template <class B>
    auto work_on(detail::sample_access<typename B::value_type> const &samples, extents<B::rank> const &shape, std::size_t components,
                 detail::sample_map const &map, workers const &crew) const -> detail::panelwork<B, T, Q, C, Schedule::settled> {
        return {{Schedule::template cut<B::rank>(shape), components, map, id, model_, crew},
                {transform_, quantizer_, coder_},
                samples};
    }

    template <sample S, std::size_t R>
    auto meet_view(picture_view<S, R> const &view, quality const &goal, framing frame, workers const &crew) const
        -> outcome {
        if (view.components > max_components)
            detail::raise<std::invalid_argument>("a picture has at most 65535 components");
        return meet_samples<bands<detail::work_type<S>, R>>(detail::original_of<S>(view), detail::access_to<S>, view.shape,
                            info_of<S>(view.shape, view.components), goal, frame, crew);
    }
    /// Compiled once for all types of samples that have the same planes.
    template <class B>
    auto meet_samples(detail::original const &picture, detail::sample_access<typename B::value_type> const &samples,
                      extents<B::rank> const &shape, stream_info const &info, quality const &goal, framing frame,
                      workers const &crew) const -> outcome {
        outcome met;
        if constexpr (check_panels<B>()) {
            auto const start = [&](detail::sample_map const &map) {
                return Schedule::encoding(work_on<B>(samples, shape, info.components, map, crew), picture.samples(),
                                          box<B::rank>{{}, shape});
            };
            auto const around = [&](std::size_t size) { return detail::bytes_around(info, size, frame); };
            met = detail::goal_search(picture, able(), start, around).payload(goal);
            met.bytes = detail::wrapped(info, met.bytes, frame);
        }
        return met;
    }

    template <sample S, std::size_t R>
    auto decode_payload(std::span<std::byte const> bytes, std::size_t offset, extents<R> const &shape,
                        std::size_t components, box<R> const &where, limits const &most,
                        workers const &crew) const noexcept -> result<picture<S, R>> {
        picture<S, R> out;
        byte_reader r(bytes, most);
        r.skip(offset);
        decode_samples<bands<detail::work_type<S>, R>>(
            r, detail::access_to<S>,
            [&]() -> void * {
                out = picture<S, R>(where.shape, components);
                return out.data();
            },
            shape, components, where, crew);
        if (!r.ok()) return {{}, r.error()};
        return {std::move(out), {}};
    }
    /// Compiled once for all types of samples that have the same planes.
    template <class B>
    void decode_samples(byte_reader &r, detail::sample_access<typename B::value_type> const &access, detail::sample_room room,
                        extents<B::rank> const &shape, std::size_t components, box<B::rank> const &where,
                        workers const &crew) const noexcept {
        if constexpr (detail::check_synthesis<T, B>() && detail::check_quantizer<Q, B>() &&
                      detail::check_coder<C, B>()) {
            auto const samples = volume(where.shape);
            if (components > max_components || (components != 0 && samples > r.limits().max_samples / components))
                return r.fail(errc::limit);
            auto map = detail::byte_map();
            detail::verbatim_list verbatim;
            if constexpr (detail::with_maps<B>) {
                map = detail::read_map(access.type, r);
                if (map.how == detail::mapping::scaled && access.type == sample_type::float32)
                    verbatim = {r, volume(shape) * components};
            }
            if (r.ok() && samples * components * detail::bytes_of(access.type) > r.limits().max_bytes) r.fail(errc::limit);
            if (!r.ok()) return;
            void *out = nullptr;
            auto const found = [&] { return out = room(); };
            Schedule::decode(work_on<B>(access, shape, components, map, crew), r, found, where);
            if (r.ok() && r.remaining() != 0) r.fail(errc::corrupt);
            if constexpr (detail::with_maps<B>)
                if (r.ok()) verbatim.apply(shape, components, static_cast<float *>(out), where, r);
        }
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
