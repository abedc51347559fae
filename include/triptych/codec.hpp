// triptych/codec.hpp: three panels make a codec.
//
//     using mine = triptych::codec<transform::dct<8>, quantizer::uniform, coder::range<>>;
//     auto const stream = mine{}.encode(view, triptych::psnr(40));
//     auto const again = mine{}.decode(stream);
//
// A codec is a value: const, without hidden state, shared freely between threads. What a call needs lives in that call.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/detail/panels.hpp>
#include <triptych/detail/samples.hpp>
#include <triptych/detail/search.hpp>
#include <triptych/picture.hpp>
#include <triptych/quality.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/framing.hpp>
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

    // --- decoding --------------------------------------------------------------------------------------------------

    /// Decodes a file framing. Never throws, never reads outside `bytes`, never asks for more than `limits`.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto try_decode(std::span<std::byte const> bytes, limits const &most = {}) const noexcept -> result<picture<S, R>> {
        auto const info = peek(bytes, most);
        if (info.error) return {{}, info.error};
        if (info.value.codec != id) return {{}, {errc::codec, 6}};
        if (info.value.model != model_) return {{}, {errc::model, 11 + info.value.label.size()}};
        if (info.value.samples != detail::sample_type_of<S>::value || info.value.rank != R)
            return {{}, {errc::sample, info.value.payload_offset}};
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
        if (decoded.error) throw_error<S, R>(decoded.error, peek(bytes, most).value);
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
    template <sample S, std::size_t R>
    using planes = bands<detail::work_type<S>, R>;

    static constexpr auto short_name() -> std::string_view {
        if constexpr (requires { Derived::label; })
            return Derived::label;
        else
            return {};
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

    template <sample S, std::size_t R>
    auto framed(picture_view<S, R> const &view, quality const &goal, framing frame) const -> std::vector<std::byte> {
        if (view.components > max_components)
            detail::raise<std::invalid_argument>("a picture has at most 65535 components");
        auto const payload = search(view, goal);
        byte_writer w;
        if (frame == framing::file) {
            stream_info info;
            info.codec = id, info.model = model_, info.label = short_name();
            info.samples = detail::sample_type_of<S>::value, info.rank = R, info.components = view.components;
            std::copy(view.shape.begin(), view.shape.end(), info.shape.begin());
            info.payload_size = payload.size();
            detail::write_file_header(w, info);
        }
        w.bytes(payload);
        if (frame == framing::file) w.u32(crc32c(w.view()));
        if (frame == framing::record)
            w.u16(crc16(w.view(), detail::record_seed(id, model_, view.shape, view.components)));
        return std::move(w).take();
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
        std::span<std::byte const> verbatim;
        std::uint64_t exceptions = 0;
        if constexpr (std::is_same_v<S, float>) {
            if (map.how == detail::mapping::scaled) {
                exceptions = r.varint(samples * components);
                if (exceptions > r.remaining() / 5) r.fail(errc::corrupt);
                verbatim = r.rest();
                for (std::uint64_t i = 0; r.ok() && i < exceptions; ++i) (void)r.varint(), (void)r.u32();
            }
        }
        auto out = decode_panels<S, R>(r, map, shape, components);
        if (r.ok() && r.remaining() != 0) r.fail(errc::corrupt);
        if constexpr (std::is_same_v<S, float>) {
            byte_reader list(verbatim);
            std::uint64_t at = 0;
            for (std::uint64_t i = 0; r.ok() && i < exceptions; ++i) {
                at += list.varint() + (i > 0);
                auto const word = list.u32();
                if (at >= out.size())
                    r.fail(errc::corrupt);
                else
                    out.data()[at] = std::bit_cast<float>(word);
            }
        }
        if (!r.ok()) return {{}, r.error()};
        return {std::move(out), {}};
    }

    // --- the search for a step ---------------------------------------------------------------------------------------

    template <sample S, std::size_t R>
    struct trial {
        std::vector<std::byte> payload;
        picture<S, R> decoded; // only where the goal is a distortion
    };

    template <sample S, std::size_t R>
    static void write_exceptions(byte_writer &w, picture_view<S, R> const &view, picture<S, R> const &decoded,
                                 double bound) {
        std::vector<detail::exception> list;
        std::uint64_t last = 0;
        for (std::size_t i = 0; i < view.size(); ++i)
            if (!within<S>(view.data[i], decoded.data()[i], bound)) {
                list.push_back({i - last, std::bit_cast<std::uint32_t>(view.data[i])});
                last = i + 1;
            }
        w.varint(list.size());
        for (auto const &e : list) w.varint(e.index), w.u32(e.bits);
    }

    /// Is the decoded sample within the bound? Two NaNs of one bit pattern are; any other value that is not finite is only equal
    /// to itself.
    template <sample S>
    static auto within(S was, S is, double bound) -> bool {
        if constexpr (std::is_same_v<S, float>) {
            if (std::bit_cast<std::uint32_t>(was) == std::bit_cast<std::uint32_t>(is)) return true;
            if (!detail::is_finite(was) || !detail::is_finite(is)) return false;
        }
        return std::abs(static_cast<double>(was) - static_cast<double>(is)) <= bound;
    }

    template <sample S, std::size_t R>
    auto attempt(picture_view<S, R> const &view, detail::sample_map const &map, target const &aim, double bound,
                 bool reconstruct) const -> trial<S, R> {
        trial<S, R> t;
        auto const panels = encode_panels(view, map, aim);
        byte_writer w;
        detail::write_map<S>(map, w);
        bool const verbatim = std::is_same_v<S, float> && map.how == detail::mapping::scaled;
        if (verbatim || reconstruct) {
            byte_reader r(panels, unlimited);
            t.decoded = decode_panels<S, R>(r, map, view.shape, view.components);
            if (!r.ok()) detail::raise<std::logic_error>("a codec could not decode what it encoded");
        }
        if constexpr (std::is_same_v<S, float>) {
            if (verbatim) {
                write_exceptions(w, view, t.decoded, bound);
                for (std::size_t i = 0; i < view.size(); ++i)
                    if (!within<S>(view.data[i], t.decoded.data()[i], bound)) t.decoded.data()[i] = view.data[i];
            }
        }
        w.bytes(panels);
        t.payload = std::move(w).take();
        return t;
    }

    static constexpr limits unlimited{~std::uint64_t{0} >> 8, ~std::uint64_t{0} >> 8};

    template <sample S, std::size_t R>
    auto search(picture_view<S, R> const &view, quality const &goal) const -> std::vector<std::byte> {
        using kind = quality::kind;
        bool const exactly = goal.what == kind::exact || (goal.what == kind::max_error && goal.value == 0);
        if (exactly && !can_be_exact()) detail::raise<std::invalid_argument>("this codec cannot be exact");
        if (!exactly && exact_only()) detail::raise<std::invalid_argument>("this codec can only be exact");
        if (!(goal.value >= 0) || goal.value > 1e30)
            detail::raise<std::invalid_argument>("a quality is a number that is not negative");
        if (goal.what == kind::scale && goal.value > 100)
            detail::raise<std::invalid_argument>("a quality scale goes from 0 to 100");

        if (exactly)
            return attempt(view, detail::choose_map(view.data, view.size(), true), target{0, 0}, 0, false).payload;

        bool const wide = reversible<T> && !std::is_same_v<S, float> && goal.what == kind::max_error;
        auto const map = detail::choose_map(view.data, view.size(), wide);
        double const grain = std::ldexp(1.0, map.exponent); // a unit of the integers, in units of the samples
        double const span = peak(view);                     // the largest signal, in units of the samples
        double const unit = span / 255 / grain;             // what a step of one means for 8-bit samples, in integers
        double const bound = goal.what == kind::max_error ? goal.value : std::numeric_limits<double>::max();
        double const low = std::log2(unit) - 7, high = std::log2(unit) + 10;

        auto const at = [&](double log_step, bool reconstruct) {
            return attempt(view, map, target{static_cast<float>(std::exp2(log_step))}, bound, reconstruct);
        };
        auto const usual = std::log2(unit * 2) + 7 * (100 - (goal.what == kind::scale ? goal.value : 75)) / 100;
        if (goal.what == kind::scale) return at(usual, false).payload;
        if (goal.what == kind::step) return at(std::log2(std::max(goal.value, 1e-6) / grain), false).payload;

        trial<S, R> best;
        if (goal.what == kind::max_error) {
            // A step of twice the bound and one more, in integers, is what a quantizer without a transform needs exactly.
            auto const natural = std::log2(std::max(2 * std::floor(goal.value / grain) + 1, 1.0));
            bool met = false;
            auto const holds = [&](double log_step) {
                auto t = at(log_step, true);
                bool const good = within_all(view, t.decoded, bound);
                if (good && (!met || t.payload.size() < best.payload.size())) best = std::move(t), met = true;
                return good;
            };
            detail::find_largest(std::min(low, natural - 1), natural + 4, natural, 12, holds);
            if (!met && can_be_exact())
                return attempt(view, detail::choose_map(view.data, view.size(), true), target{0, 0}, 0, false).payload;
            if (!met) detail::raise<std::invalid_argument>("this codec cannot keep so small an error");
            return std::move(best.payload);
        }
        double nearest = std::numeric_limits<double>::max();
        bool const by_rate = goal.what == kind::bits_per_pixel;
        auto const pixels = static_cast<double>(std::max<std::uint64_t>(volume(view.shape), 1));
        // Framing is a constant part of the stream; count it, for the goal speaks of the stream.
        double const around = framed_overhead(view);
        auto const miss = [&](double log_step) {
            auto t = at(log_step, !by_rate);
            double const y = by_rate ? std::log2(std::max(goal.value, 1e-6)) -
                                           std::log2(8 * (static_cast<double>(t.payload.size()) + around) / pixels)
                                     : goal.value - psnr_of(view, t.decoded, span);
            if (std::abs(y) < nearest) nearest = std::abs(y), best = std::move(t);
            return y;
        };
        detail::find_root(low, high, by_rate ? usual : std::log2(unit) + (59.0 - goal.value) / 6.02,
                          by_rate ? 0.003 : 0.02, 20, miss);
        return std::move(best.payload);
    }

    template <sample S, std::size_t R>
    static auto framed_overhead(picture_view<S, R> const &) -> double {
        return 4 + 1 + 1 + 4 + 1 + static_cast<double>(short_name().size()) + 1 + 2 * R + 1 + 3 + 4;
    }

    /// The largest signal: 255 and 65535 for unsigned and 16-bit samples, the range of the finite values for all others.
    template <sample S, std::size_t R>
    static auto peak(picture_view<S, R> const &view) -> double {
        if constexpr (std::is_same_v<S, std::uint8_t>) return 255;
        if constexpr (std::is_same_v<S, std::uint16_t> || std::is_same_v<S, std::int16_t>) return 65535;
        double low = std::numeric_limits<double>::max(), high = -low;
        for (std::size_t i = 0; i < view.size(); ++i) {
            if constexpr (std::is_same_v<S, float>)
                if (!detail::is_finite(view.data[i])) continue;
            low = std::min(low, static_cast<double>(view.data[i])),
            high = std::max(high, static_cast<double>(view.data[i]));
        }
        return high > low ? high - low : 1;
    }

    template <sample S, std::size_t R>
    static auto psnr_of(picture_view<S, R> const &view, picture<S, R> const &decoded, double span) -> double {
        double sum = 0;
        std::size_t n = 0;
        for (std::size_t i = 0; i < view.size(); ++i) {
            if constexpr (std::is_same_v<S, float>)
                if (!detail::is_finite(view.data[i])) continue;
            double const d = static_cast<double>(view.data[i]) - static_cast<double>(decoded.data()[i]);
            sum += d * d, ++n;
        }
        return sum > 0 ? 10 * std::log10(span * span * static_cast<double>(n) / sum) : 1000;
    }

    template <sample S, std::size_t R>
    static auto within_all(picture_view<S, R> const &view, picture<S, R> const &decoded, double bound) -> bool {
        for (std::size_t i = 0; i < view.size(); ++i)
            if (!within<S>(view.data[i], decoded.data()[i], bound)) return false;
        return true;
    }

#if TRIPTYCH_EXCEPTIONS
    template <sample S, std::size_t R>
    [[noreturn]] void throw_error(error e, stream_info const &info) const;
#endif

    [[no_unique_address]] T transform_{};
    [[no_unique_address]] Q quantizer_{};
    [[no_unique_address]] C coder_{};
    std::uint32_t model_ = 0;
};

#if TRIPTYCH_EXCEPTIONS
namespace detail {
inline auto hexadecimal(std::uint32_t v) -> std::string {
    std::string text = "0x00000000";
    for (int i = 9; i >= 2; --i, v >>= 4) text[static_cast<std::size_t>(i)] = "0123456789abcdef"[v & 15];
    return text;
}
inline auto sample_name(sample_type s) -> std::string {
    constexpr char const *names[] = {"uint8", "uint16", "int16", "int32", "float32"};
    return names[static_cast<std::size_t>(s)];
}
} // namespace detail

template <class Derived, class T, class Q, class C, class Schedule>
template <sample S, std::size_t R>
void basic_codec<Derived, T, Q, C, Schedule>::throw_error(error e, stream_info const &info) const {
    auto const name = [](std::string_view label, std::uint32_t number, std::string const &otherwise) {
        return (label.empty() ? otherwise : std::string(label)) + " (" + detail::hexadecimal(number) + ")";
    };
    switch (e.code) {
    case errc::codec:
        throw mismatch_error(e, name(info.label, info.codec, "an unnamed codec"),
                             name(short_name(), id, description<basic_codec, std::string>()));
    case errc::model:
        throw mismatch_error(e, "model " + detail::hexadecimal(info.model), "model " + detail::hexadecimal(model_));
    case errc::sample:
        throw mismatch_error(e, detail::sample_name(info.samples) + " of rank " + std::to_string(info.rank),
                             detail::sample_name(detail::sample_type_of<S>::value) + " of rank " + std::to_string(R));
    default:
        throw format_error(e);
    }
}
#endif

/// A codec composed of three panels.
template <class T, class Q, class C, class Schedule = whole>
class codec : public basic_codec<codec<T, Q, C, Schedule>, T, Q, C, Schedule> {
public:
    using basic_codec<codec, T, Q, C, Schedule>::basic_codec;
};

} // namespace triptych::inline TRIPTYCH_ABI
