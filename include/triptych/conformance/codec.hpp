// triptych/conformance/codec.hpp: the laws of whole codecs: what was encoded comes back, and no bytes whatever do harm.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/conformance/cases.hpp>
#include <triptych/conformance/tiles.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Samples of any type: integers from end to end, floats with all that makes floats difficult.
template <sample S, std::size_t R>
auto picture_to_try(extents<R> const &shape, std::size_t components, std::size_t kind, std::uint64_t seed)
    -> picture<S, R> {
    picture<S, R> x(shape, components);
    if constexpr (std::is_same_v<S, float>) {
        small_random random(seed);
        content value(kind, -(1 << 20), (1 << 20) - 1, seed);
        constexpr std::array<std::uint32_t, 8> odd{0x7fc00000, 0x7f800000, 0xff800000, 0x80000000,
                                                   1,          0x7f7fffff, 0xff7fffff, 0x7fa00001};
        for (std::size_t i = 0; i < x.size(); ++i)
            x.data()[i] = seed % 3 == 0 && random.below(9) == 0 ? std::bit_cast<float>(odd[random.below(odd.size())])
                                                                : static_cast<float>(value(i)) / 1024;
    } else {
        content value(kind, std::numeric_limits<S>::min(), std::numeric_limits<S>::max(), seed);
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<S>(value(i));
    }
    return x;
}

template <sample S, std::size_t R>
auto same_bits(picture<S, R> const &a, picture<S, R> const &b) -> bool {
    return a.size() == b.size() && (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(S)) == 0);
}

template <class C>
concept any_codec = requires {
    typename C::transform_type;
    typename C::quantizer_type;
    typename C::coder_type;
    C::id;
};

template <class C, sample S, std::size_t R>
constexpr bool codes = transform_for<typename C::transform_type, bands<work_type<S>, R>> &&quantizer_for<
    typename C::quantizer_type, bands<work_type<S>, R>> &&coder_for<typename C::coder_type, bands<work_type<S>, R>>;

template <sample S, std::size_t R, class C>
void codec_laws(C const &codec, conformance_options const &o, conformance_report &report) {
    auto const kind_of_samples = std::string(std::is_same_v<S, float> ? "float"
                                             : std::is_signed_v<S>    ? "int"
                                                                      : "uint") +
                                 std::to_string(8 * sizeof(S)) + " rank " + std::to_string(R);
    report.role("codec of " + kind_of_samples);
    std::vector<quality> goals;
    if (C::can_be_exact()) goals.push_back(exact);
    if (!C::exact_only()) goals.insert(goals.end(), {scale(75), scale(20), max_error(3)});

    auto narrow = o; // a codec is three policies, and each has its own laws
    if (narrow.every == 1) narrow.every = 3;
    std::size_t turn = 0;
    for (auto const &shape : shapes_to_try<R>(narrow)) {
        auto const components = turn % 5 + (turn % 7 != 0), kind = turn / 2 % content::kinds;
        auto const &goal = goals[turn % goals.size()];
        auto const frame = turn % 4 == 0 ? framing::record : turn % 4 == 1 ? framing::bare : framing::file;
        ++turn;
        auto const where = [&] {
            return shape_text(shape) + ", " + std::to_string(components) + " components of " + kind_of_samples +
                   ", content " + std::to_string(kind) + ", goal " + std::to_string(static_cast<int>(goal.what)) + " " +
                   std::to_string(goal.value);
        };
        auto const x = picture_to_try<S, R>(shape, components, kind, o.seed + turn);
        std::vector<std::byte> bytes;
#if TRIPTYCH_EXCEPTIONS
        try {
            bytes = codec.encode(x, goal, frame);
        } catch (std::invalid_argument const &) {
            // A codec may refuse a bound it can't keep, or extents that its learned state does not fit; see `accepted` below.
            continue;
        }
#else
        bytes = codec.encode(x, goal, frame);
#endif
        report.check(codec.encode(x, goal, frame) == bytes, "encode is deterministic", where);
        auto const y = codec.template try_decode<S, R>(bytes, frame, shape, components);
        if (!report.check(!y.error, "a codec decodes what it encoded",
                          [&] { return where() + ": " + message(y.error.code); }))
            continue;
        report.check(y.value.shape() == shape && y.value.components() == components, "extents come back", where);
        if (goal.what == quality::kind::exact)
            report.check(same_bits(x, y.value), "an exact codec gives back every bit", where);
        if (goal.what == quality::kind::max_error) {
            bool within = x.size() == y.value.size();
            for (std::size_t i = 0; within && i < x.size(); ++i) {
                if constexpr (std::is_same_v<S, float>)
                    if (!is_finite(x.data()[i])) {
                        within = std::bit_cast<std::uint32_t>(x.data()[i]) ==
                                 std::bit_cast<std::uint32_t>(y.value.data()[i]);
                        continue;
                    }
                double const e = static_cast<double>(x.data()[i]) - static_cast<double>(y.value.data()[i]);
                within = e <= goal.value && -e <= goal.value;
            }
            report.check(within, "no sample misses the bound of max_error", where);
        }
    }

    // Streams to be damaged: small ones, so that a mutation often hits what matters.
    limits const small{1 << 16, 1 << 22};
    std::vector<std::vector<std::byte>> streams;
    for (std::size_t n = 0; n < 6; ++n) {
        extents<R> shape;
        for (std::size_t axis = 0; axis < R; ++axis) shape[axis] = axis + 2 < R ? 2 : 5 + 7 * (n % 3);
#if TRIPTYCH_EXCEPTIONS
        try {
#endif
            streams.push_back(
                codec.encode(picture_to_try<S, R>(shape, n < 3 ? 3 : 1, 7 - n % 2, o.seed), goals[n % goals.size()]));
#if TRIPTYCH_EXCEPTIONS
        } catch (std::invalid_argument const &) {
        }
#endif
    }
    report.check(!streams.empty(), "a codec encodes some picture", [&] { return kind_of_samples; });
    auto const attempt = [&](std::vector<std::byte> const &bytes, char const *what) -> bool {
        auto const where = [&] { return std::string(what) + " of " + kind_of_samples; };
        watch const w;
        auto const y = codec.template try_decode<S, R>(bytes, small);
        auto const seconds = w.seconds();
        auto const held = w.bytes();
        report.check(seconds <= o.seconds, "wrong bytes end in time",
                     [&] { return where() + ": " + std::to_string(seconds) + " s"; });
        report.check(held <= static_cast<std::int64_t>(2 * small.max_bytes) + o.memory,
                     "wrong bytes stay within the bound of memory",
                     [&] { return where() + ": " + std::to_string(held) + " bytes"; });
        return !y.error;
    };
    small_random random(o.seed);
    for (auto const &stream : streams) {
        auto const where = [&] { return kind_of_samples + ", " + std::to_string(stream.size()) + " bytes"; };
        auto const thin = std::max<std::size_t>(stream.size() / 300, 1);
        for (std::size_t n = 0; n < stream.size(); n += thin) {
            std::vector<std::byte> const cut(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(n));
            report.check(!attempt(cut, "a truncated stream"), "a truncated stream is an error", where);
            (void)attempt(resign(cut), "a truncated stream, signed again");
            auto flipped = stream;
            flipped[n] ^= static_cast<std::byte>(1u << random.below(8));
            report.check(!attempt(flipped, "a flipped bit"), "a flipped bit is an error", where);
        }
        // No samples, but as many rows or columns as a header can claim.
        stream_info info;
        for (std::size_t axis = 0; R > 1 && read_header(stream, info) && axis < R; ++axis)
            for (std::size_t none = 0; none < R; ++none) {
                auto empty = info;
                empty.shape.fill(1);
                empty.shape[axis] = std::size_t{1} << 31, empty.shape[none] = 0;
                (void)attempt(frame_again(empty, std::span(stream).subspan(info.payload_offset, info.payload_size)),
                              "a picture of no samples and many rows");
            }
        for (std::size_t round = 0; round < o.mutations / streams.size(); ++round) {
            auto const mutant = mutate_stream(stream, random);
            (void)attempt(mutant, "a mutated stream, signed again");
            if constexpr (has_tiles<C, R>)
                (void)attempt(resign_tiles<S, R>(codec, mutant), "a mutated stream, its tiles signed again");
        }
        starve([&] {
            auto const y = codec.template try_decode<S, R>(stream, small);
            report.check(y.error.code == errc::none || y.error.code == errc::memory || y.error.code == errc::limit,
                         "a decoder without memory says so", [&] { return where() + ": " + message(y.error.code); });
            return y.error.code != errc::none;
        });
    }
    if (o.threads != 0 && !streams.empty()) {
        extents<R> shape;
        for (std::size_t axis = 0; axis < R; ++axis) shape[axis] = axis + 2 < R ? 2 : 12;
        auto const x = picture_to_try<S, R>(shape, 3, 7, o.seed);
        auto const once = codec.encode(x, goals.front());
        auto const back = codec.template try_decode<S, R>(once);
        report.check(on_threads(o.threads,
                                [&](std::size_t) {
                                    auto const again = codec.encode(x, goals.front());
                                    auto const y = codec.template try_decode<S, R>(again);
                                    return again == once && !y.error && same_bits(y.value, back.value);
                                }),
                     "one const codec serves several threads", [&] { return kind_of_samples; });
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
